"""`costs`: what today's network costs and what changes of it cost, mnkr in base-year prices."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from optimizer.config.section import (
    ByYear,
    NonNegative,
    Positive,
    Section,
    Share,
    Words,
    assumption,
)


def _municipality_codes(factors: Mapping[str, float]) -> Mapping[str, float]:
    strange = [code for code in factors if not (len(code) == 4 and code.isdecimal())]
    if strange:
        raise ValueError(f"must have municipality codes of four digits as keys, not {strange}")
    return factors


class StaffTravel(Section):
    """Travel of staff to sites without placed staff, from the nearest staffed office of today."""

    weeks_per_year: Positive = assumption(
        46.0,
        "Weeks a year in which staff travels to such a site.",
        unit="weeks",
        vary="44 to 50",
        reason="the year less holidays and closed days; no public figure",
        le=53,
    )
    trips_per_open_day: NonNegative = assumption(
        1.0,
        "Return trips by car on an open day.",
        unit="trips",
        vary="0.5 to 2",
        reason="one car, there in the morning and back in the evening; no public figure",
    )
    staff_per_trip: NonNegative = assumption(
        2.0,
        "Staff in each car, paid for the time on the way.",
        unit="persons",
        vary="1 to 3",
        reason="two on the floor",
    )
    km_cost_kr: NonNegative = assumption(
        2.5,
        "Cost of driving.",
        unit="kr per kilometre",
        vary="2 to 5",
        reason="the tax-free allowance for a car of one's own, 25 kr for 10 km in 2024; a car of "
        "the agency's may cost more",
    )
    hours_per_year: Positive = assumption(
        1700.0,
        "Working hours of one FTE, to price time.",
        unit="hours a year",
        vary="1,600 to 1,800",
        reason="full time less leave and public holidays; no public figure of the agency",
    )


class Costs(Section):
    """Cost of today by item (they scale the reconstruction) and prices of changes."""

    total_mnkr: Positive = Field(
        default=1003.1,
        description="Cost of local service in the base year; central cost is what the other items "
        "leave of it. Unit: mnkr. Annual report 2024, Tabell 2.",
    )
    wage_mnkr_per_fte: Positive = Field(
        default=0.769,
        description="Personnel cost per FTE. Unit: mnkr a year. Annual report 2024: 1 026.5 mnkr "
        "for 1 335 FTE.",
    )
    front_fte: Positive = Field(
        default=656.0,
        description="Front staff of the base year, to which productivity is set. Unit: FTE. 85 % "
        "of 772, the share of Medborgarservice (907 of 1 569) in 1 335.",
    )
    central_fte: NonNegative = Field(
        default=116.0,
        description="Staff inside central cost, never saved by a closure; their pay follows the "
        "index of pay, the rest of central cost that of prices. Unit: FTE.",
    )
    premises_total_mnkr: NonNegative = Field(
        default=183.0,
        description="Premises of the offices of today. Unit: mnkr a year. 85 % of 215.7 (annual "
        "report 2024, note 6), an assumption.",
    )
    premises_base_mnkr: NonNegative = assumption(
        0.30,
        "Premises of an office before scaling: the part without staff.",
        unit="mnkr a year",
        vary="±30 %",
        reason="rent follows size and city",
    )
    premises_per_fte_mnkr: NonNegative = assumption(
        0.11,
        "Premises of an office before scaling: the part per FTE.",
        unit="mnkr a year per FTE",
        vary="±30 %",
        reason="rent follows size and city",
    )
    city_premises_factors: Annotated[
        Mapping[Words, NonNegative], AfterValidator(_municipality_codes)
    ] = assumption(
        {"0180": 1.5},
        "Premises cost of a municipality (code in quotes) against the rest; 1 where not named.",
        unit="ratio",
        vary="±30 %",
        reason="rent follows size and city: 1.5 in Stockholm",
    )
    local_total_mnkr: NonNegative = Field(
        default=88.8,
        description="Local fixed cost of the offices of today: 148 times 0.6. Unit: mnkr a year.",
    )
    local_per_office_mnkr: NonNegative = assumption(
        0.6,
        "Local fixed cost of an office before scaling.",
        unit="mnkr a year",
        vary="0.3 to 0.9",
        reason="network, security, cleaning; no public figure",
    )
    extension_mnkr_per_1000_visits: NonNegative = assumption(
        0.15,
        "Price of room beyond what an office has, for each 1,000 visits a year: the mean over the "
        "visits of today. At an office its rent follows the town's rents.",
        unit="mnkr a year per 1,000 visits a year",
        vary="±50 %",
        reason="rent per visit and refurbishing over six years",
    )
    extension_rent_share: Share = assumption(
        0.44,
        "Part of the price of room that is rent: it follows the rents of the receiving town and "
        "their index. The rest is refurbishing written off over six years, alike everywhere and at "
        "the index of prices; 0 is one price everywhere.",
        unit="share",
        vary="0.3 to 0.6",
        reason="183 mnkr of premises for 2.76 million visits is 0.066 of the 0.15",
    )
    closure_mnkr: NonNegative = assumption(
        0.8,
        "One-off cost of closing an office.",
        unit="mnkr",
        vary="±50 %",
        reason="restoration, lease tail, notice",
    )
    closure_lease_share: Share = assumption(
        0.6,
        "Part of closure_mnkr that is rent during notice and until the lease ends; left out for an "
        "office whose lease_end is known, as that rent is counted by itself (lease_tail).",
        unit="share",
        vary="0 to 1",
        reason="0.32 mnkr is left for restoration and removal, near the 0.3 of a conversion",
    )
    write_off_years: int = Field(
        default=6,
        strict=True,
        ge=1,
        le=30,
        description="Years from the end of the base year over which improvements of premises "
        "(improvements_mnkr of the offices) are written off; until the lease ends if that comes "
        "sooner. What is left when an office closes or changes premises is a cost of that year. "
        "Unit: years. Annual report 2024, 11.4.2: 5-6 years.",
    )
    opening_mnkr: NonNegative = assumption(
        0.3,
        "One-off cost of opening a candidate, as of a conversion.",
        unit="mnkr",
        vary="±50 %",
        reason="equipment and refurbishing",
    )
    redundancy_mnkr_per_fte: NonNegative = assumption(
        0.4,
        "One-off cost of making staff redundant.",
        unit="mnkr per FTE",
        vary="±50 %",
        reason="notice and adjustment; no public figure",
    )
    move_mnkr_per_fte: NonNegative = assumption(
        0.05,
        "One-off cost of staff that moves to another office.",
        unit="mnkr per FTE",
        vary="±50 %",
        reason="introduction and travel; no public figure",
    )
    hire_mnkr_per_fte: NonNegative = assumption(
        0.0,
        "One-off cost of hiring.",
        unit="mnkr per FTE",
        vary="0 to 0.1",
        reason="recruitment goes on as staff leaves; none counted beyond that",
    )
    remote_mnkr_per_fte: NonNegative = assumption(
        0.05,
        "Equipment and lines for help by video, for each FTE of help.",
        unit="mnkr a year per FTE",
        vary="±50 %",
        reason="a screen, a line and a booth at both ends; no public figure",
    )
    attrition_per_year: Share = assumption(
        0.05,
        "Staff that leaves by itself in a year.",
        unit="share of staff a year",
        vary="±50 %",
        reason="retirement and change of work; no public figure for front staff",
    )
    fee_income_mnkr: Mapping[Words, NonNegative] = Field(
        default={"pensions": 57.7, "id_cards": 30.5, "migration": 6.1},
        description="Fees that follow visits, by source; a lost visit loses its part. They are a "
        "part of budget.other_income; null takes a source away, or all. Unit: mnkr a year. Annual "
        "report 2024, Tabell 6.",
    )
    staff_travel: StaffTravel = Field(
        default=StaffTravel(), description="Price of staff travel to sites without placed staff."
    )
    net_price_index: ByYear = Field(
        default_factory=dict,
        description="By year, prices against the base year, net of what the appropriation is "
        "compensated for; 1 where not named. Unit: ratio.",
    )
    net_rent_index: ByYear = Field(
        default_factory=dict,
        description="The same for offices' rents; net_price_index where not named. Unit: ratio.",
    )
    net_wage_index: ByYear = Field(
        default_factory=dict,
        description="The same for pay (front and central staff, and their time on the way); "
        "net_price_index where not named. Unit: ratio.",
    )

    compensation_index: ByYear = Field(
        default_factory=dict,
        description="By year, what the appropriation is raised by for prices and pay, against the "
        "base year; 1 where not named. Amounts are in prices of the base year; times this they are "
        "in prices of the year. Unit: ratio.",
    )
    gross_price_index: ByYear = Field(
        default_factory=dict,
        description="By year, prices against the base year as they rise, compensation not taken "
        "off: net_price_index is this by compensation_index. Instead of net_price_index. Unit: "
        "ratio.",
    )
    gross_rent_index: ByYear = Field(
        default_factory=dict,
        description="The same for offices' rents, instead of net_rent_index. Unit: ratio. Annual "
        "report 2024, note 6: premises rose 9 % in a year, new offices and index.",
    )
    gross_wage_index: ByYear = Field(
        default_factory=dict,
        description="The same for pay, instead of net_wage_index. Unit: ratio. Annual report "
        "2024: pay revision 3.3 %.",
    )

    def compensation(self, year: int) -> float:
        """What the appropriation of a year is raised by, against the base year."""
        return self.compensation_index.get(year, 1.0)

    def price_index(self, year: int) -> float:
        """Prices of a year against the base year, net of compensation."""
        return self._net(self.net_price_index, self.gross_price_index, year, 1.0)

    def rent_index(self, year: int) -> float:
        """Rents of a year against the base year, net of compensation."""
        return self._net(self.net_rent_index, self.gross_rent_index, year, self.price_index(year))

    def wage_index(self, year: int) -> float:
        """Pay of a year against the base year, net of compensation."""
        return self._net(self.net_wage_index, self.gross_wage_index, year, self.price_index(year))

    def _net(
        self, net: Mapping[int, float], gross: Mapping[int, float], year: int, otherwise: float
    ) -> float:
        if year in gross:
            return gross[year] / self.compensation(year)
        return net.get(year, otherwise)
