"""What would close the gap: who would have to share which fields, and how much that would narrow the bounds.

Today the share of reports to the task forces that led to a charge lies between 0 and 1: a width of 100
points. Each number here says by how many points it would shrink if one thing were shared, that thing alone.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from attrs import frozen

from tipline_outcomes._show import Grid, percent
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.evidence.answers.answer import Asking
from tipline_outcomes.evidence.assumptions import AllSources, Coverage, Lag, Multiplicity
from tipline_outcomes.evidence.catalogue import Catalogue, catalogue
from tipline_outcomes.evidence.figure import Figure
from tipline_outcomes.evidence.ratio import Ratio
from tipline_outcomes.metrics import Assumption, Bounds

__all__ = ["Closing", "Gap", "closing", "states_needed"]

_PURSUED: Final = Assumption(
    name="informational reports end there",
    statement="No report that is classed as informational leads to a charge.",
    formula="known = informational / made available",
)
_REGISTER: Final = Assumption(
    name="a complete register",
    statement="Every charge is in the register, with the ids of all referrals that it comes from.",
    formula="charged = referrals in the register / made available",
)
_ARREST_FIRST: Final = Assumption(
    name="no charge without an arrest",
    statement="Every charge follows an arrest that is counted there.",
    formula="charged <= linked to an arrest",
)
_SILENCE: Final = Assumption(
    name="a silence tells nothing",
    statement="What a prosecutor says nothing of may have been charged, or not.",
    formula="narrows by no more than the referrals that are told of",
)
_TOTAL: Final = "ncmec-sent-icac-total-2023"


@frozen(kw_only=True)
class Gap:
    """Something that is not shared today.

    Attributes:
        label: Its name, which never changes.
        party: Who has it.
        fields: The fields of this package's schema that would have to be shared, of each referral.
        tells: What they would tell.
        narrows: By how much the width of the bounds would shrink, of the 1 that it is today.
        at_face_value: The same by the numbers as they are quoted.
        figures: The figures that it is computed from.
    """

    label: str
    party: str
    fields: tuple[str, ...]
    tells: str
    narrows: Bounds
    at_face_value: Fraction
    figures: tuple[Figure, ...]

    @property
    def points(self) -> str:
        """By how many points the bounds would narrow, in words."""
        ends, points = self.narrows, f"{percent(self.at_face_value).removesuffix(' %')} points"
        if ends.width == 0:
            return points
        if ends.lower == self.at_face_value:
            return f"at least {points}"
        return f"at most {points}" + (
            "" if ends.upper == self.at_face_value else ", by the arrests as quoted"
        )

    def __str__(self) -> str:
        return f"{self.party}: {self.label} narrows by {self.points}"


@frozen(repr=False)
class Closing:
    """What would close the gap, the clearinghouse first.

    Attributes:
        gaps: What is not shared.
    """

    gaps: tuple[Gap, ...]

    @property
    def _grid(self) -> Grid:
        return Grid(
            caption="What would close the gap: by how much bounds of 100 points would narrow",
            headers=("who", "what", "narrows by", "if"),
            rows=tuple(
                (
                    gap.party,
                    gap.label,
                    gap.points,
                    "; ".join(assumption.name for assumption in gap.narrows.assumptions),
                )
                for gap in self.gaps
            ),
            texts=4,
        )

    def __str__(self) -> str:
        return self._grid.text()

    def _repr_html_(self) -> str:
        return self._grid.html()

    def __repr__(self) -> str:
        return f"{len(self.gaps)} things that would close the gap"


def closing() -> Closing:
    """Compute what sharing would tell, for reports made available to the task forces in 2023.

    >>> for gap in closing().gaps:
    ...     print(gap)
    clearinghouse: feedback_by_outcome narrows by at most 34.4 points
    clearinghouse: classification narrows by 26.2 points
    task forces: every_end narrows by at least 65.6 points
    prosecutors: register_of_charges narrows by 100.0 points
    prosecutors: charges_1_per_arrest narrows by at most 1.4 points, by the arrests as quoted
    prosecutors: charges_3_per_arrest narrows by at most 4.2 points, by the arrests as quoted
    """
    ask = Asking(catalogue())
    covered = ask.ratio("ncmec-feedback-icac-2023", _TOTAL, Coverage())
    informational = ask.ratio("ncmec-sent-icac-informational-2023", _TOTAL)
    return Closing(
        (
            _gap(
                "feedback_by_outcome",
                "clearinghouse",
                ("referral_id", "report_id", "on", "action", "disposition", "reason"),
                "What the feedback says that is there: of how many referrals it is, and which outcome.",
                covered,
            ),
            _gap(
                "classification",
                "clearinghouse",
                ("referral_id", "classification"),
                "Which referrals were classed as informational, beside what became of them. Their share is"
                " published today: it is the belief that narrows, and this lets it be tested.",
                informational,
                _PURSUED,
            ),
            _gap(
                "every_end",
                "task forces",
                ("referral_id", "territory", "agency", "on", "action", "reason", "observed_through"),
                "How every referral ended of which nothing is told, and up to which day one would know. What"
                " has not ended by then is known to have led to no charge by then.",
                covered.rest("referrals without feedback"),
            ),
            _gap(
                "register_of_charges",
                "prosecutors",
                ("referral_id", "charge_id", "on", "action", "level", "observed_through"),
                "Which referrals led to a charge, if no charge is left out: what is not in the register was"
                " not charged by its last day.",
                ask.ratio(_TOTAL, _TOTAL),
                _REGISTER,
            ),
            *(
                _gap(
                    f"charges_{most}_per_arrest",
                    "prosecutors",
                    ("referral_id", "subject_id", "charge_id", "on", "action", "reason", "level"),
                    "Whether an arrest became a charge, at which level, and how it ended. By the same beliefs"
                    " no more than this share can have been charged, before anything is shared.",
                    ask.ratio(
                        "icac-us-arrests-fy2024",
                        _TOTAL,
                        *(Multiplicity(most=most), AllSources(), Lag(days=274)),
                    ),
                    *(_ARREST_FIRST, _SILENCE),
                )
                for most in (1, 3)
            ),
        )
    )


def states_needed(share: Fraction, *, known: Catalogue | None = None) -> Sequence[Figure]:
    """Find the fewest states that together have a share of the reports of 2023 that name a state.

    If these reported every end, and reports went to task forces as they are attributed to states, the bounds
    of a rate of the reports that name a state would be no wider than the other states' share. Of all reports
    of the country, one in five names none.

    Args:
        share: The share, above 0 and no more than 1.
        known: The catalogue; the packaged one by default.

    Raises:
        InvalidValueError: If it is no such share.

    >>> [state.territory for state in states_needed(Fraction(1, 3))]
    ['US-CA', 'US-TX', 'US-FL', 'US-NY']
    """
    if not 0 < share <= 1:
        message = f"share is {share}; give one above 0 and no more than 1"
        raise InvalidValueError(message)
    figures = (known or catalogue()).search(measure="reports_attributed_to_state", year=2023)
    by_size = sorted(figures, key=lambda figure: figure.value, reverse=True)
    wanted = share * sum(Fraction(figure.value) for figure in by_size)
    chosen: list[Figure] = []
    for figure in by_size:
        if sum(Fraction(each.value) for each in chosen) >= wanted:
            break
        chosen.append(figure)
    return tuple(chosen)


def _gap(
    label: str, party: str, fields: tuple[str, ...], tells: str, narrows: Ratio, *believed: Assumption
) -> Gap:
    return Gap(
        label=label,
        party=party,
        fields=fields,
        tells=tells,
        narrows=Bounds(
            what=label,
            lower=narrows.lower,
            upper=narrows.upper,
            assumptions=(*narrows.assumptions, *believed),
        ),
        at_face_value=narrows.at_face_value or Fraction(0),
        figures=narrows.figures,
    )
