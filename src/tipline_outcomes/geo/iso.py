"""The list of ISO 3166 as pycountry holds it, in the form that the checks look things up in."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final, cast
from unicodedata import combining, normalize

from attrs import frozen

from tipline_outcomes.errors import MissingExtraError
from tipline_outcomes.model.territory import UNKNOWN_TERRITORY, encloses, same_place

__all__ = ["Standard", "folded", "standard"]

# Of the codes that the standard leaves to its users, the two that have one meaning everywhere.
_LEFT_TO_USERS: Final = {UNKNOWN_TERRITORY: "not known", "XK": "Kosovo"}


@frozen(kw_only=True)
class Standard:
    """What the standard says.

    Attributes:
        names: The English or local name of every code that may be written.
        withdrawn: Codes that were given up; some were given to another country since.
        named: The places that bear a name, by its `folded` form; a part of another one with it is left out.
    """

    names: Mapping[str, str]
    withdrawn: frozenset[str]
    named: Mapping[str, tuple[str, ...]]


@cache
def standard() -> Standard:
    """Read the list, once.

    Raises:
        MissingExtraError: If pycountry is not installed.

    >>> standard().named[folded("ITALY")], standard().named["georgia"]
    (('IT',), ('GE', 'US-GA'))
    """
    try:
        from pycountry import countries, historic_countries, subdivisions
        from pycountry.db import Data
    except ImportError as error:
        raise MissingExtraError(package="pycountry", extra="geo") from error
    names = dict(_LEFT_TO_USERS)
    titles = {folded(name): {code} for code, name in names.items()}
    for country in countries:
        fields = dict(country)
        names[fields["alpha_2"]] = fields.get("common_name", fields["name"])
        for title in (names[fields["alpha_2"]], fields["name"], fields["alpha_3"]):
            titles.setdefault(folded(title), set()).add(fields["alpha_2"])
    for part in cast("Iterable[Data]", subdivisions):
        names[part.code] = part.name
        titles.setdefault(folded(part.name), set()).add(same_place(part.code)[0])
    return Standard(
        names=names,
        withdrawn=frozenset(country.alpha_2 for country in historic_countries),
        named={title: _outermost(codes) for title, codes in titles.items()},
    )


def folded(name: str) -> str:
    """Take from a name what people write differently: case, accents and marks.

    >>> folded("Saint-Barthélemy") == folded("SAINT BARTHELEMY")
    True
    """
    letters = "".join(letter for letter in normalize("NFKD", name) if not combining(letter))
    return re.sub(r"[\W_]+", " ", letters).strip().casefold()


def _outermost(codes: Iterable[str]) -> tuple[str, ...]:
    """Leave out a part that is named after the whole, as Guatemala's department is."""
    return tuple(
        sorted(code for code in codes if not any(code != other and encloses(other, code) for other in codes))
    )
