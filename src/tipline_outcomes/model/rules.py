"""The rules that a record can break, by name, and what a breach means for counting.

A broken rule is a value, never an exception: the object check and the check of whole tables both report
`Violation`s with these names, and the ledger counts every record that breaks one.
"""

from enum import StrEnum

from attrs import frozen

from tipline_outcomes.model.ids import ReferralId
from tipline_outcomes.model.vocabulary import Word

__all__ = ["Breach", "Rule", "Violation"]


class Breach(StrEnum):
    """What a broken rule does to the counting of its referral."""

    SETS_ASIDE = "sets_aside"
    """Where the referral stands cannot be told: counted as unknown, with the rule's name as reason."""
    LEAVES_OPEN = "leaves_open"
    """A charge that is known stays; where else the referral stands cannot be told, nor what comes next."""
    UNDATES = "undates"
    """The referral keeps its place, and enters no clock."""
    TOLD = "told"
    """It is counted as ever; the finding is told, because something beside the history is amiss."""


class Rule(Word):
    """Every rule, in the order in which it names a record that breaks several.

    >>> Rule.DATE_BACKWARDS.breach, Rule.ILLEGAL_TRANSITION.breach
    (<Breach.UNDATES: 'undates'>, <Breach.SETS_ASIDE: 'sets_aside'>)
    """

    DUPLICATE_REFERRAL = ("duplicate_referral", "two rows of the referral table share an id", "table form")
    DUPLICATE_SEQ = ("duplicate_seq", "two events of one referral share a number", "table form")
    NO_EVENTS = ("no_events", "a referral has no event at all", "table form")
    EVENT_WITHOUT_REFERRAL = (
        "event_without_referral",
        "an event names no referral of the table",
        "table form",
    )
    DATE_MISSING = ("date_missing", "an event has no date, or none that can be read", "table form")
    UNKNOWN_WORD = (
        "unknown_word",
        "an action, disposition, reason or level is not in the vocabulary",
        "table form",
    )
    EVENT_MISFIT = (
        "event_misfit",
        "an event lacks what its action needs, or has what it cannot have",
        "table form",
    )
    INCOMPLETE = (
        "incomplete",
        "the source says more about a referral than could be read",
        "table form",
    )
    ILLEGAL_TRANSITION = (
        "illegal_transition",
        "the pipeline does not allow the action in that stage",
        "the pipeline",
    )
    CHARGE_NOT_FILED = ("charge_not_filed", "a result for a charge that nobody filed", "the pipeline")
    TRANSFER_CYCLE = ("transfer_cycle", "following the parents never ends", "links between referrals")
    SURVIVOR_CYCLE = (
        "survivor_cycle",
        "following the survivors of duplicates never ends",
        "links between referrals",
    )
    CHILD_WITHOUT_PARENT = (
        "child_without_parent",
        "a transfer names a referral of the data that does not name it as its parent",
        "links between referrals",
    )
    DATE_BACKWARDS = ("date_backwards", "an event is dated before the one before it", "dates")
    CHILD_BEFORE_PARENT = (
        "child_before_parent",
        "a referral that came by transfer was made available before its parent was",
        "dates",
    )
    REPORT_MISSING = (
        "report_missing",
        "a referral names a report that is not in the data",
        "links to reports",
    )
    UNKNOWN_JURISDICTION = (
        "unknown_jurisdiction",
        "a referral's level is not in the vocabulary, or its territory has not the shape of a code",
        "table form",
    )

    @property
    def breach(self) -> Breach:
        """What breaking this rule means for counting."""
        match self:
            case Rule.INCOMPLETE:
                return Breach.LEAVES_OPEN
            case Rule.DATE_BACKWARDS | Rule.CHILD_BEFORE_PARENT:
                return Breach.UNDATES
            case Rule.REPORT_MISSING | Rule.UNKNOWN_JURISDICTION:
                return Breach.TOLD
            case _:
                return Breach.SETS_ASIDE


@frozen(kw_only=True, order=True)
class Violation:
    """One breach of one rule by one record.

    Attributes:
        referral_id: The referral concerned.
        seq: The event's number in the history, from 0; None where the rule is about the referral as a whole.
        rule: The rule.
        detail: What was found; of a word that is in no vocabulary, the word.

    >>> violation = Violation(
    ...     referral_id=ReferralId("f-1"),
    ...     seq=2,
    ...     rule=Rule.DATE_BACKWARDS,
    ...     detail="2024-01-02 after 2024-01-05",
    ... )
    >>> violation.rule.meaning, violation.rule.breach.value
    ('an event is dated before the one before it', 'undates')
    """

    referral_id: ReferralId
    seq: int | None
    rule: Rule
    detail: str
