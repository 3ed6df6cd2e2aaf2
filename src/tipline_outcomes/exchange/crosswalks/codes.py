"""One list of codes, and what each says in the words of the pipeline; what it cannot say is told, too."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from enum import StrEnum
from typing import Final, Literal

from attrs import Factory, field, frozen

from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.model import Action, Reason, Stage
from tipline_outcomes.model.disposition import kind_of
from tipline_outcomes.model.pipeline import NEEDS_SUBJECT, OPEN_STAGES, REASONS, target

__all__ = ["Crosswalk", "CrosswalkRow", "UnmappedCode", "Verification", "nearest"]

_FEW: Final = 8
"""Up to so many codes can be read in one sentence."""


class Verification(StrEnum):
    """How far it is known that a standard has a code, and what it means there.

    >>> Verification("second_hand")
    <Verification.SECOND_HAND: 'second_hand'>
    """

    READ = "read"
    """At the primary or official text, or in code that implements it."""
    SECOND_HAND = "second_hand"
    """At a source that reports on it."""
    UNVERIFIED = "unverified"
    """Not at all, or not what it means. Nothing is counted by such a row."""


@frozen(kw_only=True)
class CrosswalkRow:
    """What one code of a standard says.

    It is an outcome (``reason``), or the stage of an open matter (``stage``), or neither: then it is about
    something else, such as the report, or about something beside the pipeline's outcomes, such as an arrest.

    Attributes:
        crosswalk: The name of the crosswalk.
        code: The code, as it stands in data.
        label: What the standard means by it, in short.
        action: What happened; None: nothing that moves a referral or stands beside it.
        reason: The reason of the disposition, if it is one.
        stage: Where the matter is, if it is open.
        lossy: Whether the code says less than the words it becomes, or something that they do not hold.
        why: What is lost, or why it is no outcome; every lossy row has it.
        source: Where it was found.
        verified: How far it was read there.

    Raises:
        InvalidValueError: If the parts do not fit, or a lossy row does not say why.

    >>> from tipline_outcomes import crosswalk
    >>> row = crosswalk("nibrs_exceptional_clearance")["C"]
    >>> row.kind, row.reason.value, row.lossy
    ('closed', 'in_custody_elsewhere', True)
    >>> row.says
    'close in_custody_elsewhere'
    """

    crosswalk: str
    code: str
    label: str
    action: Action | None = None
    reason: Reason | None = None
    stage: Stage | None = None
    lossy: bool = False
    why: str = ""
    source: str
    verified: Verification

    def __attrs_post_init__(self) -> None:
        """Hold the parts to each other; the pipeline's data say what fits."""
        for name in ("crosswalk", "code", "label", "source"):
            text: str = getattr(self, name)
            if not text or text != text.strip():
                raise InvalidValueError(f"{name} is {text!r}; write it, without white space around it")
        if self.lossy and not self.why:
            raise InvalidValueError(f"code {self.code!r} is lossy, and does not say why")
        if self.action in NEEDS_SUBJECT or self.action is Action.MADE_AVAILABLE:
            raise InvalidValueError(f"code {self.code!r} cannot say {self.action}; no code alone does")
        if self.reason not in ({None} if self.action is None else REASONS[self.action]):
            raise InvalidValueError(f"code {self.code!r}: {self.action} cannot come with {self.reason}")
        if self.stage is not None and (self.stage not in OPEN_STAGES or self._leads_to is not self.stage):
            leads = f"{self.action} leads to {self._leads_to}"
            raise InvalidValueError(f"code {self.code!r}: {leads}, and not to the open stage {self.stage}")

    @property
    def _leads_to(self) -> Stage | None:
        """The stage that the action alone leads to; with none, a referral is where it began."""
        if self.action is None:
            return Stage.MADE_AVAILABLE
        return target(self.action, None, charges_open=False)

    @property
    def kind(self) -> Literal["charge", "administrative", "closed", "pending"] | None:
        """The kind of outcome: a disposition's, or pending where the matter is open; None if it is none."""
        if self.reason is not None:
            return kind_of(self.reason)
        return None if self.stage is None else "pending"

    @property
    def says(self) -> str:
        """What a profile would write for the code: an action, an action and its reason, or ``nothing``."""
        return " ".join(filter(None, (self.action, self.reason))) or "nothing"


@frozen(kw_only=True)
class UnmappedCode:
    """A code that a crosswalk does not have. It says nothing, and "nothing" is not "no".

    Attributes:
        crosswalk: The name of the crosswalk.
        code: The code that was asked for.
        nearest: A code that it has and that may have been meant, if there is one.

    >>> from tipline_outcomes import crosswalk
    >>> crosswalk("nibrs_exceptional_clearance").get("c")
    UnmappedCode(crosswalk='nibrs_exceptional_clearance', code='c', nearest='C')
    """

    crosswalk: str
    code: str
    nearest: str | None


def _by_code(crosswalk: "Crosswalk") -> Mapping[str, CrosswalkRow]:
    by_code: dict[str, CrosswalkRow] = {}
    for row in crosswalk.rows:
        if row.crosswalk != crosswalk.name:
            raise InvalidValueError(f"a row of {row.crosswalk} is none of {crosswalk.name}")
        if row.code in by_code:
            raise InvalidValueError(f"{crosswalk.name} has the code {row.code!r} twice")
        by_code[row.code] = row
    if not by_code:
        raise InvalidValueError(f"{crosswalk.name} has no row")
    return by_code


@frozen(kw_only=True)
class Crosswalk:
    """The codes of one standard, in its own order.

    Attributes:
        name: Its name here, by which profiles ask for it.
        standard: The name of the standard, and of the list in it.
        edition: Of which edition or state the codes are.
        checked: How and at what they were read.
        terms: The licence or the attribution, where known.
        rows: The codes.

    Raises:
        InvalidValueError: If it has no row, a row of another crosswalk, or a code twice.

    >>> from tipline_outcomes import crosswalk
    >>> outcomes = crosswalk("home_office_outcomes")
    >>> outcomes["20"].says, "23" in outcomes, len(outcomes)
    ('transfer transferred', False, 26)
    >>> match outcomes.get("23"):
    ...     case CrosswalkRow() as row:
    ...         print(row.says)
    ...     case UnmappedCode(code=code):
    ...         print(f"nobody knows what {code} says")
    nobody knows what 23 says
    >>> outcomes["23"]
    Traceback (most recent call last):
        ...
    tipline_outcomes.errors.InvalidValueError: home_office_outcomes has no code '23'; did you mean '3'?
    """

    name: str
    standard: str
    edition: str
    checked: str
    terms: str = ""
    rows: tuple[CrosswalkRow, ...] = field(repr=False)
    _by_code: Mapping[str, CrosswalkRow] = field(
        init=False, repr=False, eq=False, default=Factory(_by_code, takes_self=True)
    )

    def __getitem__(self, code: str) -> CrosswalkRow:
        """Look a code up.

        Raises:
            InvalidValueError: If the crosswalk does not have it; the message names the nearest.
        """
        if code in self._by_code:
            return self._by_code[code]
        ask = nearest(code, self)
        hint = f"its codes are {', '.join(self)}" if len(self) <= _FEW else f"it has {len(self)} others"
        hint = f"did you mean {ask!r}?" if ask else hint
        raise InvalidValueError(f"{self.name} has no code {code!r}; {hint}")

    def get(self, code: str) -> CrosswalkRow | UnmappedCode:
        """Look a code up; one that the crosswalk does not have comes back as unmapped."""
        if code in self._by_code:
            return self._by_code[code]
        return UnmappedCode(crosswalk=self.name, code=code, nearest=nearest(code, self))

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_code)

    def __len__(self) -> int:
        return len(self.rows)


def nearest(text: str, known: Iterable[str]) -> str | None:
    """Find the nearest of the names that are known, in whatever case."""
    folded = {each.casefold(): each for each in known}
    near = get_close_matches(text.casefold(), folded, n=1)
    return folded[near[0]] if near else None
