"""The YAML of a sweep as frozen types: which points it has, by what, and what is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationInfo, field_validator, model_validator

from optimizer.config.section import Flag, NonNegative, Number, Positive, Section, Words

Name = Annotated[
    Words,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$",
        max_length=64,
        description="Letters a-z, digits, - and _.",
    ),
]
Settings = Mapping[Words, Any]

_SETTINGS = (
    "Values by config key with dots: `demand.growth_per_year: 0.02`, `modes.*.fte_min: {times: "
    "1.3}` (the base's value times a factor), `requirements.mode_limits[0].at_most: 20`."
)
MOST_POINTS = 10_000


class NamedPoint(Section):
    """One point of a list."""

    name: Name = Field(description="Name of the point and of its run folder.")
    set: Settings = Field(default={}, description=_SETTINGS)


class Range(Section):
    """What a sampled key is drawn from: one of the four."""

    uniform: tuple[Number, Number] | None = Field(default=None, description="Least and most.")
    triangular: tuple[Number, Number, Number] | None = Field(
        default=None, description="Least, most likely and most."
    )
    normal: tuple[Number, Positive] | None = Field(
        default=None, description="Mean and standard deviation."
    )
    choice: tuple[Any, ...] | None = Field(
        default=None, min_length=1, description="Values that are equally likely."
    )
    whole: Flag = Field(default=False, description="Whether the number is rounded to a whole one.")
    times: Flag = Field(
        default=False, description="Whether the number multiplies the base's value."
    )

    @model_validator(mode="after")
    def _one_and_in_order(self) -> Range:
        given = [one for one in (self.uniform, self.triangular, self.normal, self.choice) if one]
        if len(given) != 1:
            raise ValueError("must be one of uniform, triangular, normal and choice")
        for ordered in (self.uniform, self.triangular):
            if ordered and (list(ordered) != sorted(ordered) or ordered[0] == ordered[-1]):
                raise ValueError("must name the least value first and the greatest last")
        return self


class Grid(Section):
    """Every combination of the values of some keys."""

    kind: Literal["grid"] = Field(default="grid", description="Every combination of values.")
    axes: Mapping[Words, Annotated[tuple[Any, ...], Field(min_length=1)]] = Field(
        min_length=1, description="Values to try by config key with dots. " + _SETTINGS
    )


class Listed(Section):
    """Points written out."""

    kind: Literal["list"] = Field(default="list", description="Points written out, by name.")
    points: tuple[NamedPoint, ...] = Field(
        min_length=1, max_length=MOST_POINTS, description="The points."
    )


class Sample(Section):
    """Points drawn at random."""

    kind: Literal["sample"] = Field(default="sample", description="Points drawn with a seed.")
    points: int = Field(strict=True, ge=1, le=MOST_POINTS, description="How many points.")
    seed: int = Field(default=1, strict=True, ge=0, description="Seed of the draw.")
    method: Literal["latin_hypercube", "random"] = Field(
        default="latin_hypercube",
        description="latin_hypercube: every key's range is covered evenly; random: independent.",
    )
    ranges: Mapping[Words, Range] = Field(
        min_length=1, description="What each config key is drawn from."
    )


Scenarios = Annotated[Grid | Listed | Sample, Field(discriminator="kind")]


class Sweep(Section):
    """What every kind of sweep says."""

    name: Name = Field(description="Name of the sweep and of its folder; the file's if not given.")
    config: Words = Field(
        default="base.yaml",
        description="The config that every point starts from: looked for beside the sweep's file, "
        "then among the shipped configs.",
    )
    set: Settings = Field(
        default={}, description="On top of the config, for every point. " + _SETTINGS
    )
    runs: Flag = Field(
        default=False, description="Whether each point's run folder is written, under runs/."
    )
    warm_start: Flag = Field(
        default=True,
        description="Whether a point's search also starts from the plan of the nearest finished "
        "point, and its bound from the relaxation of an earlier one of the same network.",
    )


class GridSweep(Sweep, Grid):
    """`kind: grid`."""


class ListSweep(Sweep, Listed):
    """`kind: list`."""


class SampleSweep(Sweep, Sample):
    """`kind: sample`."""


class RobustSweep(Sweep):
    """`kind: robust`: which decisions hold whatever happens."""

    kind: Literal["robust"] = Field(description="Plans of some futures tried in all the others.")
    scenarios: Scenarios = Field(description="The futures: a grid, a list or a sample.")
    seek_seconds: NonNegative = Field(
        default=120.0,
        description="Time to search for the plan of least greatest regret, from the futures' own "
        "plans; 0: these alone are ranked. Unit: seconds.",
    )
    closure_choices: int = Field(
        default=0,
        strict=True,
        ge=0,
        le=MOST_POINTS,
        description="The two-stage form: how many choices of closures are tried as decided before "
        "the future is known, each with its best second stage in every future. 0: none.",
    )
    recourse_seconds: Positive = Field(
        default=10.0,
        description="The time limit of each second stage: modes, staff and room, with the closures "
        "decided. Unit: seconds.",
    )


#: The aims that each list of limits is for, and what is said where they are not asked for.
_ASKED_OF_AIMS: Mapping[str, tuple[set[str], str]] = {
    "cuts": ({"cut"}, "must have cut among the aims if cuts are given"),
    "costs": ({"access", "cost"}, "must have access and cost among the aims if costs are given"),
    "closures": ({"closures"}, "must have closures among the aims if closures are given"),
    "added": ({"equity"}, "must have equity among the aims if added is given"),
}


class FrontierSweep(Sweep):
    """`kind: frontier`: plans of which none is better in one aim without being worse in another."""

    kind: Literal["frontier"] = Field(description="The trade-off between aims.")
    runs: Flag = Field(
        default=True,
        description="Whether each point's run folder is written, under runs/: marks of the chart "
        "open the maps there.",
    )
    aims: tuple[Literal["access", "cost", "cut", "closures", "equity"], ...] = Field(
        default=("access", "cut"),
        min_length=2,
        max_length=3,
        description="access: visit-minutes; cost: mnkr over all planning years, fees of lost "
        "visits included; cut: mnkr a year that the plan can do without, beyond the config's (with "
        "access, and instead of cost); closures: offices closed in the last year; equity: minutes "
        "that the zone that gets most has farther to go than today. Each plan is the best in "
        "access, without it in cost, within limits on the others.",
    )
    cuts: tuple[Number, ...] | None = Field(
        default=None,
        min_length=1,
        description="Cuts beyond the config's to solve at. Unit: mnkr a year, negative: more "
        "money. If not given, from cut_from on, each step just beyond what the plan before bears.",
    )
    cut_from: Number = Field(default=0.0, description="Where the steps begin. Unit: mnkr a year.")
    cut_step: Positive | None = Field(
        default=None,
        description="How much further each step is at least. If not given, a thousandth of the "
        "first year's appropriation, rounded up to 1, 2 or 5 times a power of ten. Unit: mnkr a "
        "year.",
    )
    costs: tuple[NonNegative, ...] | None = Field(
        default=None,
        min_length=1,
        description="Most cost to solve at, where access is an aim too. If not given, each step "
        "asks for less than the plan before costs, by cost_step. Unit: mnkr over all planning "
        "years.",
    )
    cost_step: Positive | None = Field(
        default=None,
        description="How much less each step may cost at least. If not given, as cut_step. Unit: "
        "mnkr.",
    )
    closures: tuple[Annotated[int, Field(strict=True, ge=0)], ...] | None = Field(
        default=None,
        min_length=1,
        description="Most offices closed, to solve at. If not given, each step allows one less "
        "than the plan before.",
    )
    added: tuple[NonNegative, ...] | None = Field(
        default=None,
        min_length=1,
        description="Most minutes that any zone may get farther to go, to solve at. If not given, "
        "each step asks for less than the plan before gives, by equity_step. Unit: minutes.",
    )
    equity_step: Positive = Field(
        default=1.0, description="How much less each step asks for at least. Unit: minutes."
    )
    most_points: int = Field(
        default=200, strict=True, ge=1, le=MOST_POINTS, description="Where the steps stop."
    )

    @field_validator("aims")
    @classmethod
    def _aims_make_sense(cls, aims: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(aims)) != len(aims):
            raise ValueError("must have aims that differ")
        if "cut" in aims and ("access" not in aims or "cost" in aims):
            raise ValueError("must have cut beside access and not beside cost")
        return aims

    @field_validator("cuts", "costs", "closures", "added")
    @classmethod
    def _limits_are_on_aims(cls, given: Any, of: ValidationInfo) -> Any:
        aims = of.data.get("aims")
        if given is None or aims is None or of.field_name is None:
            return given
        needed, accepted = _ASKED_OF_AIMS[of.field_name]
        if not needed <= set(aims):
            raise ValueError(accepted)
        if of.field_name == "added" and not {"access", "cost"} & set(aims):
            raise ValueError("must have access or cost among the aims if added is given")
        return given

    @property
    def best(self) -> Literal["access", "cost"] | None:
        """The aim that each plan is best at; None where limits alone are asked for."""
        if "access" in self.aims:
            return "access"
        return "cost" if "cost" in self.aims else None


class AlternativesSweep(Sweep):
    """`kind: alternatives`: the best plans that differ from each other."""

    kind: Literal["alternatives"] = Field(description="The best plans that differ enough.")
    plans: int = Field(
        default=5, strict=True, ge=2, le=MOST_POINTS, description="How many plans, the best first."
    )
    differ: int = Field(
        default=3,
        strict=True,
        ge=1,
        description="Each plan has at least so many sites in another mode (or closed) in the last "
        "year than every plan before it. Unit: sites.",
    )


class RoadmapSweep(Sweep):
    """`kind: roadmap`: in which order the changes of the best plan give most."""

    kind: Literal["roadmap"] = Field(
        description="The order in which the changes of the config's plan give most."
    )


KINDS: Mapping[str, type[Sweep]] = {
    "grid": GridSweep,
    "list": ListSweep,
    "sample": SampleSweep,
    "robust": RobustSweep,
    "frontier": FrontierSweep,
    "alternatives": AlternativesSweep,
    "roadmap": RoadmapSweep,
}


def sweep_schema() -> dict[str, Any]:
    """The JSON Schema of a sweep's YAML, for editors; the name is the file's if not given."""
    kinds = (
        GridSweep
        | ListSweep
        | SampleSweep
        | RobustSweep
        | FrontierSweep
        | AlternativesSweep
        | RoadmapSweep
    )
    adapter: TypeAdapter[Any] = TypeAdapter(Annotated[kinds, Field(discriminator="kind")])
    schema = adapter.json_schema()
    for kind in KINDS.values():
        schema["$defs"][kind.__name__]["required"].remove("name")
    return schema
