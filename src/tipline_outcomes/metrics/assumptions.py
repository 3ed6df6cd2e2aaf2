"""What may be believed of the silent, and of a sample: assumptions with names, which results carry."""

from typing import Final

from attrs import frozen

from tipline_outcomes.metrics.bounds import Assumption

__all__ = [
    "INDEPENDENT_UNITS",
    "OPEN_END_ALIKE",
    "SAMPLED_AGENCIES",
    "SILENT_EQUALLY_OFTEN",
    "SILENT_NO_MORE_OFTEN",
    "Silence",
]


@frozen(kw_only=True)
class Silence(Assumption):
    """What is believed of the units on which nobody reports, beside those on which somebody does.

    It narrows the bounds of `Answers`. Where nobody reports there is nothing to compare with, and the worst
    cases stay. Nothing in the data can show that such a belief is right: it is for whoever publishes the
    number to say why it should be.

    Attributes:
        no_more_often: The silent get there no more often than the reporting: the upper end comes down.
        no_less_often: The silent get there no less often: the lower end comes up.
        of_all_open: It is believed of everything that is not known, not of the silent alone: of the pending,
            the implied and the unlinked, too.

    >>> print(SILENT_NO_MORE_OFTEN)
    silent no more often: The units on which nobody reports get there no more often than the others.
    """

    no_more_often: bool = False
    no_less_often: bool = False
    of_all_open: bool = False


SILENT_NO_MORE_OFTEN: Final = Silence(
    name="silent no more often",
    statement="The units on which nobody reports get there no more often than the others.",
    formula="upper = (yes + undecided) / (yes + no + undecided)",
    no_more_often=True,
)
"""The silent charge no more often than the reporting: who has a charge to tell of is likelier to tell."""

SILENT_EQUALLY_OFTEN: Final = Silence(
    name="silent equally often",
    statement="The units on which nobody reports get there as often as the others.",
    formula="lower = yes / (yes + no + undecided), upper = (yes + undecided) / (yes + no + undecided)",
    no_more_often=True,
    no_less_often=True,
)
"""Whether anybody reports has nothing to do with what there is to report."""

OPEN_END_ALIKE: Final = Silence(
    name="the open end alike",
    statement="All of which the end is not known, the pending too, end as those do of which it is.",
    formula="lower = upper = yes / (yes + no)",
    no_more_often=True,
    no_less_often=True,
    of_all_open=True,
)
"""What the share among the resolved takes for granted. It seldom holds: what ends soon is known first."""

INDEPENDENT_UNITS: Final = Assumption(
    name="units drawn one by one",
    statement="The units are drawn from many more like them, each for itself, all with the same chance.",
    formula="variance = p (1 - p) / n",
)
"""A superpopulation. Of a complete count nothing was drawn: then bounds say all, and no interval is due."""

SAMPLED_AGENCIES: Final = Assumption(
    name="agencies drawn, not units",
    statement="The agencies are drawn from many more like them; units of one agency may be alike.",
    formula="variance = m / (m - 1) * sum((yes - p n)^2) / (sum n)^2 over the m agencies",
)
"""Units of one agency share its policy: one decision there moves them all."""
