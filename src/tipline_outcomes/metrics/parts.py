"""What every result carries: whose units, counted when, from which ledger, and where each of them stands."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, Final

from attrs import Attribute, asdict, field, fields, frozen

from tipline_outcomes._show import plain
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.ledger import Unit
from tipline_outcomes.model import Place

__all__ = ["NOT_RECORDED", "OUTCOMES", "Group", "Parts", "Result", "hold", "natural", "share"]

NOT_RECORDED = "not recorded"
"""How a dimension without a value is shown."""


def natural(instance: object, attribute: "Attribute[Any]", value: object) -> None:
    """Validate that a field is a count: a whole number, never negative."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        message = f"{type(instance).__name__}.{attribute.name} is {value!r}; a count is an int, 0 or more"
        raise InvalidValueError(message)


def hold(law: str, left: int, right: int) -> None:
    """Refuse counts that do not add up.

    Raises:
        InvalidValueError: If left is not right; the message names the law and both numbers.
    """
    if left != right:
        message = f"these counts do not add up: {law}, but {left} is not {right}"
        raise InvalidValueError(message)


def share(part: int, whole: int) -> Fraction | None:
    """Divide exactly. Nothing out of nothing is None: not zero, for nothing has been seen to fail.

    >>> share(2, 6), share(0, 0)
    (Fraction(1, 3), None)
    """
    return Fraction(part, whole) if whole else None


@frozen(eq=False)
class Group(Mapping[str, str | None]):
    """Whom a result is about: a mapping from dimension to value that cannot change. Empty: everybody.

    Attributes:
        pairs: Dimensions and values, in the order of the table; None is "not recorded".

    >>> group = Group((("territory", "US-CA"), ("source", None)))
    >>> group["territory"], dict(group) == group
    ('US-CA', True)
    >>> str(group)
    'territory=US-CA, source=not recorded'
    """

    pairs: tuple[tuple[str, str | None], ...] = ()

    def __getitem__(self, key: str) -> str | None:
        return dict(self.pairs)[key]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def __hash__(self) -> int:
        return hash(frozenset(self.pairs))

    def __str__(self) -> str:
        return plain(", ".join(map("{}={}".format, self, self.labels)))

    @property
    def labels(self) -> tuple[str, ...]:
        """The values as they are shown."""
        return tuple(NOT_RECORDED if value is None else value for _, value in self.pairs)


OUTCOMES: Final = (Place.CHARGE, Place.ADMINISTRATIVE, Place.CLOSED)
"""The places in which a disposition put the unit."""


@frozen(kw_only=True)
class Parts:
    """Where the units stand: every unit in exactly one place, and what else is to be known of them.

    The identity is checked when the parts are made: ``received = charge + administrative + closed + pending
    + unknown + excluded + transferred_out``. The other counts are *of them*: they overlap the places.

    Attributes:
        received: All units. Of referrals, those received first-hand and those that came by transfer.
        charge: A charge was filed, whatever became of it.
        administrative: Ended by an administrative disposition, without a charge.
        closed: Ended otherwise, without a charge.
        pending: Open and watched through the date of the count.
        unknown: Open as far as is known, and nobody would have told us how it went on.
        excluded: Ended with a reason that says "count me elsewhere" (duplicate, merged, ...).
        transferred_out: Handed on; of referrals only, because elsewhere the child stands for its parent.
        unlinked: Of the excluded and transferred out: what carries them on is not in the data.
        set_aside: Of the unknown: the record breaks a rule about its form, its path or its links.
        undated: The record breaks a rule about dates, or its first day is not known to be the first; it keeps
            its place and enters no clock.
        known_late: Something is known of a time when nobody was watching.
        came_in: Came by transfer (a referral), or came from a referral that is not in the data (a family, and
            the reports and subjects of one).
        lossy: Of charge, administrative and closed: a disposition came through a code that says less than our
            words (see the crosswalks), so that it is the nearest one.

    Raises:
        InvalidValueError: If a count is negative, or the identity does not hold.

    >>> parts = Parts(received=10, charge=3, closed=4, pending=1, unknown=1, excluded=1)
    >>> parts.denominator
    9
    >>> Parts(received=10, charge=3)
    Traceback (most recent call last):
        ...
    tipline_outcomes.errors.InvalidValueError: these counts do not add up: received = the places...
    """

    received: int = field(validator=natural)
    charge: int = field(default=0, validator=natural)
    administrative: int = field(default=0, validator=natural)
    closed: int = field(default=0, validator=natural)
    pending: int = field(default=0, validator=natural)
    unknown: int = field(default=0, validator=natural)
    excluded: int = field(default=0, validator=natural)
    transferred_out: int = field(default=0, validator=natural)
    unlinked: int = field(default=0, validator=natural)
    set_aside: int = field(default=0, validator=natural)
    undated: int = field(default=0, validator=natural)
    known_late: int = field(default=0, validator=natural)
    came_in: int = field(default=0, validator=natural)
    lossy: int = field(default=0, validator=natural)

    def __attrs_post_init__(self) -> None:
        """Hold the identity, and every part within its whole."""
        hold("received = the places", self.received, sum(self.places.values()))
        for name, part, whole in (
            ("unlinked", self.unlinked, self.excluded + self.transferred_out),
            ("set_aside", self.set_aside, self.unknown),
            ("undated", self.undated, self.received),
            ("known_late", self.known_late, self.received),
            ("came_in", self.came_in, self.received),
            ("lossy", self.lossy, sum(self.places[place] for place in OUTCOMES)),
        ):
            if part > whole:
                message = f"Parts.{name} is {part}, and there are only {whole} that it can be part of"
                raise InvalidValueError(message)

    @classmethod
    def total(cls, parts: Iterable["Parts"]) -> "Parts":
        """Add up the parts of groups that have no unit in common; of none, nothing was received.

        >>> Parts.total([Parts(received=2, charge=2), Parts(received=1, closed=1)]).places[Place.CLOSED]
        1
        """
        each: list[dict[str, int]] = [asdict(part) for part in parts]
        return cls(**{name.name: sum(part[name.name] for part in each) for name in fields(cls)})

    @property
    def places(self) -> dict[Place, int]:
        """The seven places and how many units stand in each, in the vocabulary's order."""
        counts: dict[str, int] = asdict(self)
        return {place: counts[place.value] for place in Place}

    @property
    def of_them(self) -> dict[str, int]:
        """The counts that overlap the places, by name."""
        counts: dict[str, int] = asdict(self)
        return {name: n for name, n in counts.items() if name != "received" and name not in set(Place)}

    @property
    def denominator(self) -> int:
        """``D = received - excluded - transferred_out``: the units that are to be counted here."""
        return self.received - self.excluded - self.transferred_out


@frozen(kw_only=True)
class Result:
    """What every result knows of itself.

    Attributes:
        group: Whom it is about; empty for all of the ledger's units.
        unit: What was counted.
        as_of: The date of the count; what happened later does not exist.
        ledger_digest: The digest of the ledger that it was read from.
        parts: Where every unit stands.

    >>> parts = Parts(received=3, closed=2, excluded=1)
    >>> result = Result(unit=Unit.FAMILY, as_of=date(2024, 6, 30), ledger_digest="", parts=parts)
    >>> result.received, result.excluded, result.parts.denominator, result.counted
    (3, 1, 2, 'families as of 2024-06-30')
    """

    group: Group = field(factory=Group)
    unit: Unit
    as_of: date
    ledger_digest: str
    parts: Parts

    @property
    def received(self) -> int:
        """All units of the group."""
        return self.parts.received

    @property
    def excluded(self) -> int:
        """Ended with a reason that says "count me elsewhere"; in no denominator."""
        return self.parts.excluded

    @property
    def transferred_out(self) -> int:
        """Handed on, so that another referral counts; in no denominator."""
        return self.parts.transferred_out

    @property
    def unlinked(self) -> int:
        """Of the excluded and transferred out: what carries them on is not in the data."""
        return self.parts.unlinked

    @property
    def counted(self) -> str:
        """The unit in the plural and the date of the count.

        >>> nothing = Parts(received=0)
        >>> Result(unit=Unit.FAMILY, as_of=date(2024, 6, 30), ledger_digest="", parts=nothing).counted
        'families as of 2024-06-30'
        """
        return f"{self.unit.plural} as of {self.as_of}"

    def named(self, sentence: str) -> str:
        """Put the group before a sentence about it."""
        return f"{self.group}: {sentence}" if self.group else sentence
