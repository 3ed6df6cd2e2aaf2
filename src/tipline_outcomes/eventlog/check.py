"""What a check of a whole log found: every violation, as a table, with a count per rule."""

from collections.abc import Mapping

from attrs import frozen

from tipline_outcomes._engine import Frame
from tipline_outcomes.model import ReferralId, Rule, Violation

__all__ = ["CheckReport"]


@frozen(eq=False, repr=False)
class CheckReport:
    """Every violation of a log.

    >>> from tipline_outcomes import Cohort, EventLog
    >>> EventLog.of(Cohort()).check().counts
    {}
    """

    _frame: Frame

    def to_frame(self) -> Frame:
        """Give the violations as a frame.

        Columns: ``referral_id``, ``seq`` (null: the referral as a whole), ``rule``, ``detail``.
        """
        return self._frame

    @property
    def counts(self) -> Mapping[Rule, int]:
        """How many violations of each rule there are; rules that nothing breaks are absent."""
        found = dict(self._frame["rule"].value_counts().iter_rows())
        return {rule: found[rule.value] for rule in Rule if rule.value in found}

    def violations(self) -> tuple[Violation, ...]:
        """Give the violations as objects, in order. Meant for few: a large log is better read as a frame."""
        return tuple(
            Violation(referral_id=ReferralId(referral_id), seq=seq, rule=Rule(rule), detail=detail)
            for referral_id, seq, rule, detail in self._frame.iter_rows()
        )

    def __repr__(self) -> str:
        counts = ", ".join(f"{n:,} {rule.value}" for rule, n in self.counts.items())
        return f"<CheckReport: {counts or 'nothing found'}>"

    def __len__(self) -> int:
        """Count the violations."""
        return self._frame.height
