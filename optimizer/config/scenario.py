"""The whole config as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Self

from pydantic import Field, PrivateAttr

from optimizer.config.budget import Budget
from optimizer.config.costs import Costs
from optimizer.config.data import Data
from optimizer.config.demand import Demand
from optimizer.config.finding import KeyPath
from optimizer.config.modes import Mode
from optimizer.config.objective import Objective
from optimizer.config.offices import Offices
from optimizer.config.output import Output
from optimizer.config.requirements import Requirements
from optimizer.config.section import Section, Text, Words, Year
from optimizer.config.services import Service
from optimizer.config.solver import Solver
from optimizer.config.value import Value

ModeName = Annotated[Words, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]


@dataclass(frozen=True)
class _Files:
    """Where the keys of a scenario stand; two scenarios are the same wherever theirs do."""

    keys: Value | None = field(default=None, compare=False, repr=False)


class Scenario(Section):
    """One question to the planner: data, years, money, modes, rules. Defaults filled in."""

    name: Words = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$",
        max_length=64,
        description="Name of the scenario and of its run folder: letters a-z, digits, - and _. "
        "Not inherited; the name of the file if not given.",
    )
    title: Text = Field(
        default=Text(), description="Title for people. Not inherited; empty: the name."
    )
    question: Text | None = Field(
        default=None, description="The question it answers, a sentence. Not inherited."
    )
    data: Data = Field(description="Where the tables come from.")
    years: tuple[Year, ...] = Field(
        min_length=1, max_length=10, description="Planning years, consecutive. Range: 1 to 10."
    )
    base_year: Year = Field(
        default=2024, description="Year of today's network and of all prices, before `years`."
    )
    budget: Budget = Field(description="Means of each planning year, mnkr.")
    modes: Mapping[ModeName, Mode] = Field(
        min_length=1,
        description="Catalogue of modes by name, from most to least service. `closed` is implicit.",
    )
    services: Mapping[ModeName, Service] = Field(
        default_factory=dict,
        max_length=5,
        description="Services beyond the general one, by the name they have in the offices table.",
    )
    costs: Costs = Field(default=Costs(), description="Costs and prices, mnkr of the base year.")
    demand: Demand = Field(default=Demand(), description="Visits, needs, staff and room.")
    offices: Offices = Field(default=Offices(), description="Decisions on single offices.")
    requirements: Requirements = Field(
        default=Requirements(), description="What a plan must keep to."
    )
    objective: Objective = Field(default=Objective(), description="What the plan is best at.")
    solver: Solver = Field(default=Solver(), description="How long and how exactly to search.")
    output: Output = Field(default=Output(), description="Language and files of the run.")
    _files: _Files = PrivateAttr(default=_Files())

    def standing_in(self, keys: Value) -> Self:
        """The same, with the files that its keys stand in."""
        found = self.model_copy()
        found._files = _Files(keys)
        return found

    def gives(self, path: KeyPath) -> bool:
        """Whether the files hold the key; also where no file is known."""
        value = self._files.keys
        for key in path if value is not None else ():
            value = None if value is None else value.child(key)
        return self._files.keys is None or value is not None

    def where(self, path: KeyPath) -> str:
        """File and key as people write them; the key alone where no file is known."""
        if self._files.keys is not None:
            return self._files.keys.where(path)
        text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
        return text.removeprefix(".")
