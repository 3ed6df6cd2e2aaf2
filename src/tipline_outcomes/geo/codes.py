"""Codes of territories against ISO 3166: what they name, and what is no code and may be meant as one."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Final

from attrs import frozen

from tipline_outcomes._show import count, plain
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.geo.iso import folded, standard
from tipline_outcomes.model.territory import TERRITORY, UNKNOWN_TERRITORY, same_place

__all__ = ["TerritoryProblem", "problems_of", "territory_name", "unknown_territories"]

# Not for use and much used: of the United Kingdom, and of the European Union for Greece.
_CUSTOMARY: Final = {"UK": "GB", "EL": "GR"}
_NEAR: Final = 0.85
"""How alike two names have to be: Washington D.C. is not the state of Washington."""


@frozen(kw_only=True)
class TerritoryProblem:
    """A value that names no territory, or one that the same data also name otherwise.

    Attributes:
        territory: The value as it is written, or None where there is none.
        records: How many records have it.
        because: What is wrong, in one clause.
        nearest: The codes that may be meant, as far as can be guessed. Nothing is replaced by them.

    >>> print(TerritoryProblem(territory="UK", records=3, because="is not in ISO 3166", nearest=("GB",)))
    'UK' (3 records) is not in ISO 3166; 'GB'?
    """

    territory: str | None
    records: int
    because: str
    nearest: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Write it as one line."""
        value = "null" if self.territory is None else f"'{plain(self.territory)}'"
        records = "1 record" if self.records == 1 else f"{count(self.records)} records"
        guess = f"; {' or '.join(map(repr, self.nearest))}?" if self.nearest else ""
        return f"{value} ({records}) {self.because}{guess}"


def territory_name(code: str) -> str:
    """Give the name of a territory: of countries the English one, of parts that of ISO 3166-2.

    All codes of one place give one name. ``ZZ`` is "not known", and ``XK``, which the standard leaves to its
    users, is Kosovo.

    Raises:
        InvalidValueError: If it is no code of ISO 3166; the message says which may be meant.
        MissingExtraError: If the extra ``geo`` is not installed.

    >>> territory_name("US-CA"), territory_name("US-PR"), territory_name("XK")
    ('California', 'Puerto Rico', 'Kosovo')
    >>> territory_name("California")
    Traceback (most recent call last):
        ...
    tipline_outcomes.errors.InvalidValueError: 'California' (1 record) is not in ISO 3166; 'US-CA'?
    """
    for problem in unknown_territories([code]):
        raise InvalidValueError(str(problem))
    return standard().names[same_place(code)[0]]


def unknown_territories(codes: Iterable[str | None]) -> tuple[TerritoryProblem, ...]:
    """Find the values that are no code of ISO 3166, each once, the most frequent first.

    ``ZZ`` and ``XK`` are let through.

    Args:
        codes: One value a record, as it came.

    Raises:
        MissingExtraError: If the extra ``geo`` is not installed. No value makes it raise.

    >>> for problem in unknown_territories(["US-CA", "Florida", "Florida", "US-TEX", "FR-GP", "AN", None]):
    ...     print(problem)
    'Florida' (2 records) is not in ISO 3166; 'US-FL' or 'UY-FD'?
    null (1 record) is no territory; 'ZZ'?
    'AN' (1 record) has left ISO 3166
    'FR-GP' (1 record) has left ISO 3166; 'GP'?
    'US-TEX' (1 record) is not in ISO 3166; 'US-TX'?
    """
    return problems_of(Counter(codes))


def problems_of(records: Mapping[str | None, int]) -> tuple[TerritoryProblem, ...]:
    """Do as `unknown_territories` does with values whose records are counted already."""
    names = standard().names
    unknown = [value for value in records if value is None or value not in names]
    return tuple(
        TerritoryProblem(
            territory=value, records=records[value], because=_because(value), nearest=_nearest(value)
        )
        for value in sorted(unknown, key=lambda value: (-records[value], value is not None, value or ""))
    )


def _because(value: str | None) -> str:
    if value is None:
        return "is no territory"
    left = value in standard().withdrawn or len(_codes_of(value)) > 1
    return "has left ISO 3166" if left else "is not in ISO 3166"


def _nearest(value: str | None) -> tuple[str, ...]:
    """Guess: another code of the place, the code in another form, a name, or a code of the same country."""
    if value is None:
        return (UNKNOWN_TERRITORY,)
    names, named = standard().names, standard().named
    if len(codes := _codes_of(value)) > 1:
        return codes[:1]
    head, *rest = re.sub(r"[\W_]+", " ", value).upper().split()[:2] or [""]
    country = _CUSTOMARY.get(head, head)
    if (code := "-".join((country, *rest))) in names:
        return (code,)
    if exact := named.get(folded(value)):
        return exact
    if country in names and rest:
        return _nearest_part(country, rest[0]) or (country,)
    near = get_close_matches(folded(value), named, n=1, cutoff=_NEAR)
    return named[near[0]] if near else ()


def _nearest_part(country: str, part: str) -> tuple[str, ...]:
    parts = {code[3:]: name for code, name in standard().names.items() if code.startswith(f"{country}-")}
    of_that_name = [code for code, name in parts.items() if folded(name) == folded(part)]
    near = of_that_name or get_close_matches(part, parts)
    return tuple(f"{country}-{code}" for code in near)


def _codes_of(value: str) -> tuple[str, ...]:
    return same_place(value) if TERRITORY.fullmatch(value) else (value,)
