"""What is known of a solved point, as plain values that survive JSON and any network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

from optimizer.engine.evaluate import Evaluation
from optimizer.instance import Instance, Ints

#: done: there is a plan. no_plan: proved that there is none, or a rule rules it out. limit: no plan
#: within the limits. wrong_input: a table is wrong. bug: an error of the program. lost: the
#: worker ended, more than once.
PointStatus = Literal["done", "no_plan", "limit", "wrong_input", "bug", "lost"]

#: Outcomes that the same content will give again; the others are tried again by the next sweep.
LASTING = ("done", "no_plan", "limit")
#: What a plan is worth; a point of an earlier program that lacks one is solved again.
AIMS = ("access", "cost_mnkr", "cut_mnkr", "closures", "equity_minutes")


@dataclass(frozen=True)
class States:
    """A plan by the names of sites, years and modes, so that it fits any instance that has them."""

    sites: tuple[str, ...]
    years: tuple[int, ...]
    modes: tuple[tuple[str, ...], ...]  #: a row for each site, a mode for each year

    @staticmethod
    def of(content: Mapping[str, Any]) -> States:
        """The plan of plain values, also after JSON."""
        rows = tuple(tuple(str(mode) for mode in row) for row in content["modes"])
        return States(tuple(content["sites"]), tuple(content["years"]), rows)

    def fitted(self, instance: Instance) -> Ints | None:
        """[J, T] the plan in an instance; sites it does not name as today; None if it can not be.

        It can not be if the years differ or a mode is not in the catalogue.
        """
        known = {name: number for number, name in enumerate(instance.states)}
        if self.years != instance.years or any(m not in known for row in self.modes for m in row):
            return None
        own = dict(zip(self.sites, self.modes, strict=True))
        states = instance.unchanged()
        for j, site in enumerate(instance.sites):
            if site in own:
                states[j] = [known[mode] for mode in own[site]]
        return states


@dataclass(frozen=True)
class Record:
    """A solved point. Numbers that are not known are None."""

    key: str
    outcome: PointStatus
    error: str = ""  #: a sentence where the outcome is not done
    lacks_mnkr: float | None = None  #: a year, of the plan that came nearest where there is none
    certificate: Mapping[str, Any] = field(default_factory=dict)
    figures: Sequence[Mapping[str, Any]] = ()  #: of each year, today first
    counts: Mapping[str, int] = field(default_factory=dict)  #: closed, converted, opened by the end
    access: Mapping[str, float] = field(default_factory=dict)  #: of the last year
    aims: Mapping[str, float] = field(default_factory=dict)  #: what a frontier compares
    plan: States | None = None
    actions: Sequence[Sequence[str]] = ()  #: a row for each site, an action for each year
    seconds: float = 0.0
    seconds_read: float = 0.0  #: of these, reading tables
    worker: str = ""
    sent_to: str = ""  #: the address of the cluster that solved it; empty: this machine
    warm: bool = False  #: whether the search had a plan to start from

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @property
    def complete(self) -> bool:
        """Whether it says all that is known of a plan, if there is one."""
        return self.outcome != "done" or set(AIMS) <= set(self.aims)

    @staticmethod
    def of(content: Mapping[str, Any]) -> Record:
        """The record of ``as_dict``, also after JSON. Raises ValueError if it is something else."""
        try:
            values = {one.name: content[one.name] for one in fields(Record) if one.name in content}
            if values["plan"] is not None:
                values["plan"] = States.of(values["plan"])
            return Record(**values)
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a record of a point: {error}") from None


def states_of(instance: Instance, evaluation: Evaluation) -> States:
    """The plan of an evaluation by names."""
    rows = tuple(tuple(instance.states[s] for s in row) for row in evaluation.states)
    return States(instance.sites, instance.years, rows)
