"""What a check of a whole log found: every violation, as a table, with a count per rule."""

from collections.abc import Mapping
from typing import Final

import narwhals.stable.v2 as nw
from attrs import frozen
from narwhals.stable.v2.typing import IntoFrame

from tipline_outcomes._engine import Eager, Frame, Lazy, as_given, collected
from tipline_outcomes.model import ReferralId, Rule, Violation

__all__ = ["VIOLATION_COLUMNS", "CheckReport", "counts_of"]

VIOLATION_COLUMNS: Final = ("referral_id", "seq", "rule", "detail")


@frozen(eq=False, repr=False)
class CheckReport:
    """Every violation of a log.

    Attributes:
        counts: How many violations of each rule there are; rules that nothing breaks are absent.

    >>> from tipline_outcomes import Cohort, EventLog
    >>> EventLog.of(Cohort()).check().counts
    {}
    """

    _found: Frame | Lazy
    counts: Mapping[Rule, int]
    _engine: nw.Implementation

    def to_frame(self) -> Frame:
        """Give the violations as a frame; if they lie on an engine, they are brought here.

        Columns: ``referral_id``, ``seq`` (null: the referral as a whole), ``rule``, ``detail``.
        """
        if isinstance(self._found, nw.LazyFrame):
            return _in_order(collected(self._found)).to_polars()
        return self._found

    def to_native(self) -> IntoFrame:
        """Give the violations as a frame of the engine that the events were given on.

        On an engine that counts by itself, such as DuckDB or Spark, they are a lazy frame, in no order; none
        of them comes here, and the engine looks for them when it is asked for rows.

        >>> from tipline_outcomes import Cohort, EventLog
        >>> EventLog.of(Cohort()).check().to_native().columns
        ['referral_id', 'seq', 'rule', 'detail']
        """
        if isinstance(self._found, nw.LazyFrame):
            native: IntoFrame = self._found.to_native()
            return native
        return as_given(self._found, self._engine)

    def violations(self) -> tuple[Violation, ...]:
        """Give the violations as objects, in order. Meant for few: a large log is better read as a frame."""
        return tuple(
            Violation(referral_id=ReferralId(referral_id), seq=seq, rule=Rule(rule), detail=detail)
            for referral_id, seq, rule, detail in self.to_frame().iter_rows()
        )

    def __repr__(self) -> str:
        counts = ", ".join(f"{n:,} {rule.value}" for rule, n in self.counts.items())
        return f"<CheckReport: {counts or 'nothing found'}>"

    def __len__(self) -> int:
        """Count the violations."""
        return sum(self.counts.values())


def counts_of(found: Frame) -> Mapping[Rule, int]:
    """Count violations by rule, in the order of the rules."""
    counts = dict(found["rule"].value_counts().iter_rows())
    return {rule: counts[rule.value] for rule in Rule if rule.value in counts}


def _in_order(found: Eager) -> Eager:
    ranks = nw.col("rule").replace_strict(
        [rule.value for rule in Rule], list(range(len(Rule))), return_dtype=nw.Int32
    )
    ordered = found.with_columns(rank=ranks).sort("referral_id", "seq", "rank", "detail", nulls_last=True)
    return ordered.drop("rank")
