"""Places by their codes: which codes name one place, and which place lies in which.

ISO 3166-1 gives codes to countries, ISO 3166-2 to their parts, and some places have both: Puerto Rico is
``PR``, and as a part of the United States ``US-PR``. Here such codes are one place, whose one form is the
shorter code. To whom a place belongs is not decided here: under whom it is listed is what the standard says.

Sources: ISO 3166-1 and ISO 3166-2 as of November 2023, with the list of the parts that are in both; for
the codes that the French overseas departments had before, ISO 3166-2:FR as of 2016.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.model.vocabulary import member

__all__ = ["TERRITORY", "UNKNOWN_TERRITORY", "Extent", "encloses", "roll_up", "same_place"]

UNKNOWN_TERRITORY = "ZZ"
"""The user-assigned ISO 3166 code for a territory that is not known."""

TERRITORY = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
"""The shape of a territory's code."""

_PLACES: Final = (
    *(("HK", "CN-HK"), ("MO", "CN-MO"), ("TW", "CN-TW")),
    ("AX", "FI-01"),
    *(("BL", "FR-BL"), ("MF", "FR-MF"), ("NC", "FR-NC"), ("PF", "FR-PF")),
    *(("PM", "FR-PM"), ("TF", "FR-TF"), ("WF", "FR-WF")),
    # What stands third has left the standard, and is still met with.
    *(("GP", "FR-971", "FR-GP"), ("MQ", "FR-972", "FR-MQ"), ("GF", "FR-973", "FR-GF")),
    *(("RE", "FR-974", "FR-RE"), ("YT", "FR-976", "FR-YT")),
    *(("AW", "NL-AW"), ("CW", "NL-CW"), ("SX", "NL-SX")),
    *(("BQ-BO", "NL-BQ1"), ("BQ-SA", "NL-BQ2"), ("BQ-SE", "NL-BQ3")),
    *(("AS", "US-AS"), ("GU", "US-GU"), ("MP", "US-MP"), ("PR", "US-PR"), ("UM", "US-UM"), ("VI", "US-VI")),
)
"""The places that have several codes, each with its one form first."""

_CODES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {code: codes for codes in _PLACES for code in codes}
)
# Svalbard and Jan Mayen are two parts of Norway and one country code, so that neither part is all of it.
_COUNTRIES: Final[Mapping[str, str]] = MappingProxyType({"NO-21": "SJ", "NO-22": "SJ"})
_LISTED_UNDER: Final[Mapping[str, str]] = MappingProxyType(
    {one[:2]: part[:2] for one, part, *_ in _PLACES}
    | {country: part[:2] for part, country in _COUNTRIES.items()}
)


class Extent(StrEnum):
    """How far a territory's code is rolled up.

    >>> [roll_up("US-PR", to=extent) for extent in Extent], [roll_up("US-CA", to=extent) for extent in Extent]
    (['PR', 'PR', 'US'], ['US-CA', 'US', 'US'])
    """

    TERRITORY = "territory"
    """Not at all: the place itself, by the one form of its code."""
    COUNTRY = "country"
    """The entry of ISO 3166-1. It lists places that are no sovereign states: ``PR``, ``HK``, ``GP``."""
    WIDEST = "widest"
    """The country under which ISO 3166-2 lists that entry: ``US`` for ``PR``; else the country itself."""


def same_place(code: str) -> tuple[str, ...]:
    """Give every code of the place that a code names: its one form first, then the others.

    A code that has left the standard is among them, so that old extracts can be read.

    Raises:
        InvalidValueError: If the code has not the shape of ISO 3166.

    >>> same_place("US-PR"), same_place("FR-GP"), same_place("US-CA")
    (('PR', 'US-PR'), ('GP', 'FR-971', 'FR-GP'), ('US-CA',))
    """
    _check_shape(code)
    return _CODES.get(code, (code,))


def roll_up(code: str, *, to: Extent | str = Extent.COUNTRY) -> str:
    """Give the code of the wider territory that a territory lies in.

    Codes of one place give one result. ``ZZ`` and codes that a user has assigned, such as ``XK``, are
    countries of their own. Only the shape is checked, so ``US-QQ`` rolls up to ``US``.

    Args:
        code: ISO 3166-1 alpha-2 or ISO 3166-2.
        to: How far.

    Raises:
        InvalidValueError: If the code has not the shape of ISO 3166, or *to* is no `Extent`.

    >>> roll_up("US-CA"), roll_up("FR-971"), roll_up("FR-971", to="widest"), roll_up("ZZ")
    ('US', 'GP', 'FR', 'ZZ')
    """
    _check_shape(code)
    wider = _wider(code)
    match member(Extent, to, "to"):
        case Extent.TERRITORY:
            return wider[0]
        case Extent.COUNTRY:
            return wider[1]
        case Extent.WIDEST:
            return wider[2]


def encloses(outer: str, inner: str) -> bool:
    """Tell whether a territory lies in another one, or is it.

    >>> encloses("US", "PR"), encloses("PR", "US-PR"), encloses("US-CA", "US")
    (True, True, False)
    """
    return _wider(outer)[0] in _wider(inner)


def _wider(code: str) -> tuple[str, str, str]:
    """Give the place, the country that it lies in, and the country under which that one is listed."""
    place = _CODES.get(code, (code,))[0]
    country = _COUNTRIES.get(place, place[:2])
    return place, country, _LISTED_UNDER.get(country, country)


def _check_shape(code: str) -> None:
    if TERRITORY.fullmatch(code) is None:
        message = f"{code!r} is no code of a territory; use ISO 3166, for example 'US' or 'US-CA'"
        raise InvalidValueError(message)
