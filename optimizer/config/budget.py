"""`budget`: the means of each planning year, mnkr."""

from typing import Literal

from pydantic import Field

from optimizer.config.section import ByYear, NonNegative, Number, Section, Share


class Limit(Section):
    """A limit as a share of the year's appropriation, or as an amount."""

    share: Share | None = Field(
        default=None, description="Share of the year's appropriation. Range: 0 to 1."
    )
    amount: NonNegative | None = Field(
        default=None,
        description="Amount, the same in every year's own prices. Unit: mnkr a year.",
    )

    def mnkr(self, appropriation_mnkr: float, raised: float) -> float:
        """The limit in prices of the base year, in a year with this appropriation.

        An amount is in kronor of the year, ``raised`` by compensation against the base year.
        """
        if self.share is not None:
            return self.share * appropriation_mnkr
        return (self.amount or 0.0) / raised


class Budget(Section):
    """Appropriation and other means; saving and credit between years. All amounts in mnkr."""

    base_appropriation: NonNegative | None = Field(
        default=None,
        description="Appropriation that `cut` is counted from. Unit: mnkr a year. Annual report "
        "2024, 4.5: 946.9 given in 2024.",
    )
    cut: ByYear | None = Field(
        default=None,
        description="By year, how far the appropriation lies below the base (a level, not a "
        "change from the year before). Unit: mnkr. Instead of `appropriation`.",
    )
    appropriation: ByYear | None = Field(
        default=None, description="Appropriation by year. Unit: mnkr. Instead of `cut`."
    )
    other_income: NonNegative = Field(
        default=0.0,
        description="Income beside the appropriation, before the fees of lost visits are taken "
        "off. Unit: mnkr a year. Annual report 2024, Tabell 2: 101.3.",
    )
    carry_in: Number = Field(
        default=0.0,
        description="Saving (+) or credit (-) brought into the first year, in kronor: it is not "
        "compensated for rising prices. Unit: mnkr.",
    )
    saving_limit: Limit = Field(
        default=Limit(amount=0.0),
        description="Most that may be saved for the next year. Annual report 2024, note 33: 3 %.",
    )
    credit_limit: Limit = Field(
        default=Limit(amount=0.0),
        description="Most that may be borrowed of the next year, as a positive number; nothing "
        "in the last year. Annual report 2024, note 35: 28.362 mnkr.",
    )

    @property
    def given_by(self) -> Literal["cut", "appropriation"]:
        """The key that states the appropriation."""
        return "cut" if self.appropriation is None else "appropriation"

    def appropriation_mnkr(self, year: int) -> float:
        """The appropriation of a planning year, mnkr."""
        if self.appropriation is not None:
            return self.appropriation[year]
        return (self.base_appropriation or 0.0) - (self.cut or {})[year]

    def saving_limit_mnkr(self, year: int, raised: float) -> float:
        """The most that may be carried out of a planning year, mnkr in prices of the base year."""
        return self.saving_limit.mnkr(self.appropriation_mnkr(year), raised)

    def credit_limit_mnkr(self, year: int, raised: float) -> float:
        """The most that may be borrowed in a year, mnkr in prices of the base year (positive)."""
        return self.credit_limit.mnkr(self.appropriation_mnkr(year), raised)
