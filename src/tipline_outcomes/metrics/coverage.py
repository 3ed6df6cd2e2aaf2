"""Coverage: whose tips the numbers are to be about, and how many of them the clearinghouse made available."""

import csv
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from attrs import Attribute, Factory, field, frozen

from tipline_outcomes.errors import ExtractError, InvalidValueError, LedgerMismatchError
from tipline_outcomes.metrics.parts import natural

__all__ = ["Coverage"]

_COUNT = "made_available"
"""The column of a file that holds the clearinghouse's counts."""
_COLUMNS = 2


_Counts: TypeAlias = tuple[tuple[str, int | None], ...]


def _pairs(counts: Mapping[str, int | None] | _Counts) -> _Counts:
    pairs = counts if isinstance(counts, tuple) else tuple(counts.items())
    return tuple(sorted(pairs, key=lambda pair: pair[0]))


def _check_counts(_: object, __: "Attribute[_Counts]", counts: _Counts) -> None:
    for name, n in counts:
        if n is not None and (type(n) is not int or n < 0):
            message = f"what was made available to {name!r} is {n!r}; give a whole number, 0 or more"
            raise InvalidValueError(message)


def _sum(coverage: "Coverage") -> int:
    if untold := [name for name, n in coverage.made_available if n is None]:
        message = (
            f"of {untold[0]!r} no count is given, so nobody knows how much is missing; give the total that"
            " the clearinghouse made available to all contributors"
        )
        raise InvalidValueError(message)
    return sum(n for _, n in coverage.made_available if n is not None)


@frozen(kw_only=True)
class Coverage:
    """Whose tips the numbers are to be about: every contributor, with the clearinghouse's own counts.

    The counts are the clearinghouse's, not the contributors': what it made available to each first-hand, in
    the same time and of the same kind as the data.

    Attributes:
        made_available: What the clearinghouse made available to each contributor, given as a mapping or as
            pairs; None where it publishes no count for this one, and only the total.
        total: What it made available to all of them; if not given, the sum of the counts.
        dimension: The dimension of the ledger that names the contributor.

    Raises:
        InvalidValueError: If a count is negative, a contributor comes twice, the total is less than the sum,
            or a count is None and no total is given: then nobody knows how much is missing.

    >>> coverage = Coverage(made_available={"tf-1": 120, "tf-2": None}, total=200)
    >>> coverage.expected, coverage.pooled
    (('tf-1', 'tf-2'), 80)
    >>> (coverage + Coverage(made_available={"tf-3": 5})).total
    205
    """

    made_available: _Counts = field(default=(), converter=_pairs, validator=_check_counts)
    total: int = field(default=Factory(_sum, takes_self=True), validator=natural)
    dimension: str = "agency"

    def __attrs_post_init__(self) -> None:
        """Refuse counts that cannot be."""
        if twice := [name for name, times in Counter(self.expected).items() if times > 1]:
            message = f"the contributor {twice[0]!r} is listed twice; give one count for each"
            raise InvalidValueError(message)
        if self.pooled < 0 or (self.pooled and all(n is not None for _, n in self.made_available)):
            message = (
                f"the counts of the contributors sum to {self._told}, and the total is {self.total}; it is"
                " their sum where all have a count, and no less where some have none"
            )
            raise InvalidValueError(message)

    @property
    def expected(self) -> tuple[str, ...]:
        """The contributors, by name."""
        return tuple(name for name, _ in self.made_available)

    @property
    def pooled(self) -> int:
        """What was made available to those without a count of their own, together."""
        return self.total - self._told

    @property
    def _told(self) -> int:
        return sum(n for _, n in self.made_available if n is not None)

    def __add__(self, other: "Coverage") -> "Coverage":
        """Add what was made available besides: associative and commutative, with `Coverage()` as identity.

        Raises:
            LedgerMismatchError: If the two name contributors by different dimensions.
        """
        if self.dimension != other.dimension:
            message = f"contributors are named by {self.dimension!r} here and by {other.dimension!r} there"
            raise LedgerMismatchError(message)
        both: dict[str, int | None] = dict(self.made_available)
        for name, n in other.made_available:
            known = both.get(name, 0)
            both[name] = None if n is None or known is None else known + n
        return Coverage(made_available=both, total=self.total + other.total, dimension=self.dimension)

    @classmethod
    def from_file(cls, path: Path) -> "Coverage":
        """Read a CSV file of two columns: the dimension, by its name, and ``made_available``.

        A contributor without a count of its own has an empty field; the total of all, where it is needed,
        stands in a line without a contributor.

        Raises:
            ExtractError: If the file is no such file; the message names the line.
            InvalidValueError: If the counts cannot be.
        """
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                lines = csv.reader(file, strict=True)
                head = next(lines, [""])
                rows = [(lines.line_num, row) for row in lines if any(row)]
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            message = f"{str(path)!r} cannot be read: {error}"
            raise ExtractError(message) from error
        if len(head) != _COLUMNS or head[1].strip() != _COUNT:
            message = f"{str(path)!r} has the columns {head}; it must have two, such as agency,{_COUNT}"
            raise ExtractError(message)
        counts = [_counted(path, line, row) for line, row in rows]
        named = tuple((name, n) for name, n in counts if name)
        match [n for name, n in counts if not name]:
            case []:
                return cls(made_available=named, dimension=head[0].strip())
            case [int(total)]:
                return cls(made_available=named, total=total, dimension=head[0].strip())
            case _:
                message = f"{str(path)!r}: the total stands in one line, with its count and no contributor"
                raise ExtractError(message)


def _counted(path: Path, line: int, row: list[str]) -> tuple[str, int | None]:
    match [cell.strip() for cell in row]:
        case [name, ""]:
            return name, None
        case [name, number] if number.isascii() and number.isdigit():
            return name, int(number)
        case _:
            message = f"{str(path)!r}, line {line}: {row} is no contributor and whole number, as in tf-1,120"
            raise ExtractError(message)
