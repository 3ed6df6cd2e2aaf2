"""What came of a load: the records that were accepted, and every one that was refused, with the reason.

Loading never drops a record in silence: accepted and refused records always add up to the records read.
"""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

from attrs import field, frozen

from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.model import Cohort

__all__ = ["Loaded", "Refusal", "RefusalRule"]


class RefusalRule(StrEnum):
    """Why a record could not be accepted. A record that only breaks a rule of the pipeline is accepted.

    >>> RefusalRule("wrong_type")
    <RefusalRule.WRONG_TYPE: 'wrong_type'>
    """

    NOT_UTF8 = "not_utf8"
    """The bytes are no UTF-8, or an escape stands for half a character."""
    NOT_JSON = "not_json"
    """The text of the record is no JSON: a syntax error, NaN or Infinity, nested without end."""
    DUPLICATE_KEY = "duplicate_key"
    """An object names one field twice, and readers would differ on which one counts."""
    NOT_AN_OBJECT = "not_an_object"
    """The record is JSON, but no object."""
    UNKNOWN_RECORD = "unknown_record"
    """The tag ``record`` names no kind of record, or one that cannot stand on this line."""
    UNSUPPORTED_VERSION = "unsupported_version"
    """The header is that of a version of the format not known here, so no line after it can be understood."""
    UNKNOWN_FIELD = "unknown_field"
    """A field that the record does not have; a misspelt one would be lost otherwise."""
    MISSING_FIELD = "missing_field"
    """A field that the record must have."""
    WRONG_TYPE = "wrong_type"
    """A value of another JSON type: ``"false"`` is no boolean, 5.7 no integer, ``"5"`` no number."""
    UNKNOWN_WORD = "unknown_word"
    """A word that its vocabulary, or the tag ``kind``, does not have."""
    INVALID_VALUE = "invalid_value"
    """A value of the right type that can never be right: a 30 February, a territory that is no code."""
    DATE_OUTSIDE_WINDOW = "date_outside_window"
    """A day outside the window that the caller declared, such as 2109 for 2019."""
    DUPLICATE_ID = "duplicate_id"
    """The id was taken by a record accepted before; the first one is kept."""


@frozen(kw_only=True)
class Refusal:
    r"""One refused record.

    Attributes:
        line: The line on which it begins, from 1.
        path: Where in the record, as in ``$.history[1].on``; ``$`` is the record itself. In one document for
            all of them, where in the document, as in ``$.referrals[3].history[1].on``.
        rule: Why it was refused; of several reasons the first.
        message: What was found and what would be right, in one sentence.
        raw: The text of the record, unchanged; bytes that are no text stand as ``\xff``. It is left out
            of the `repr`, because it may hold what nobody wants in a log.

    >>> Refusal(line=3, path="$.id", rule=RefusalRule.DUPLICATE_ID, message="'f-1' is taken", raw="{}")
    Refusal(line=3, path='$.id', rule=<RefusalRule.DUPLICATE_ID: 'duplicate_id'>, message="'f-1' is taken")
    """

    line: int
    path: str
    rule: RefusalRule
    message: str
    raw: str = field(repr=False)


@frozen(kw_only=True)
class Loaded:
    """A cohort, and what was refused on the way to it.

    Attributes:
        cohort: The accepted reports and referrals, each in the order of the source.
        refused: The refused records, in the order of the source.
        read: The number of records read. Blank lines and an accepted header are no records.

    Raises:
        InvalidValueError: If accepted and refused records do not add up to the records read.

    >>> Loaded(cohort=Cohort(), refused=(), read=1)
    Traceback (most recent call last):
        ...
    tipline_outcomes.errors.InvalidValueError: 0 records accepted and 0 refused are not the 1 read
    """

    cohort: Cohort
    refused: tuple[Refusal, ...]
    read: int

    def __attrs_post_init__(self) -> None:
        """Hold the three numbers to each other."""
        accepted, refused = self.accepted, len(self.refused)
        if accepted + refused != self.read:
            message = f"{accepted} records accepted and {refused} refused are not the {self.read} read"
            raise InvalidValueError(message)

    @property
    def accepted(self) -> int:
        """The number of records that are in the cohort."""
        return len(self.cohort.reports) + len(self.cohort.referrals)

    @property
    def refused_by_rule(self) -> Mapping[RefusalRule, int]:
        """How many records each rule refused, in the order of the rules; without those that refused none.

        >>> Loaded(cohort=Cohort(), refused=(), read=0).refused_by_rule
        {}
        """
        counts = Counter(refusal.rule for refusal in self.refused)
        return {rule: counts[rule] for rule in RefusalRule if rule in counts}
