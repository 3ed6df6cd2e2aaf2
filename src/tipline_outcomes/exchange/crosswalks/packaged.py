"""The crosswalks that come with the package: two tables, a line each crosswalk and a line each code."""

import csv
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import StringIO
from types import MappingProxyType
from typing import Final

from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.exchange.crosswalks.codes import Crosswalk, CrosswalkRow, Verification, nearest
from tipline_outcomes.model import Action, AdministrativeReason, ChargeStatus, ClosedReason, Reason, Stage
from tipline_outcomes.model.vocabulary import member

__all__ = ["crosswalk", "crosswalk_names", "crosswalks", "read_crosswalks"]

_CROSSWALKS: Final = ("name", "standard", "edition", "checked", "terms")
_ROWS: Final = (
    *("crosswalk", "code", "label", "action", "reason", "stage", "lossy", "why", "source", "verified"),
)
_LOSSY: Final[Mapping[str, bool]] = MappingProxyType({"yes": True, "no": False})
_REASONS: Final[Mapping[str, Reason]] = MappingProxyType(
    {word.value: word for words in (ChargeStatus, AdministrativeReason, ClosedReason) for word in words}
)


def crosswalk(name: str) -> Crosswalk:
    """Give the crosswalk of a name.

    Raises:
        InvalidValueError: If there is none; the message names the nearest.

    >>> crosswalk("recidiviz_charge_status")["DROPPED"].reason.value
    'charge_withdrawn'
    >>> crosswalk("recidiviz_charges")
    Traceback (most recent call last):
        ...
    tipline_outcomes.errors.InvalidValueError: there is no crosswalk 'recidiviz_charges'; did you mean ...
    """
    known = _packaged()
    if name not in known:
        ask = nearest(name, known)
        hint = f"did you mean {ask!r}?" if ask else "crosswalks() lists them"
        raise InvalidValueError(f"there is no crosswalk {name!r}; {hint}")
    return known[name]


def crosswalks() -> tuple[Crosswalk, ...]:
    """List the crosswalks.

    >>> [each.name for each in crosswalks() if "charge_pending" in {row.reason for row in each.rows}][:2]
    ['icac_annual_report', 'icac_programme_review']
    """
    return tuple(_packaged().values())


def crosswalk_names() -> frozenset[str]:
    """Name the crosswalks.

    >>> "lions_disposition" in crosswalk_names()
    True
    """
    return frozenset(_packaged())


@lru_cache(maxsize=1)
def _packaged() -> Mapping[str, Crosswalk]:
    return read_crosswalks(files("tipline_outcomes.exchange.crosswalks") / "data")


def read_crosswalks(folder: Traversable) -> Mapping[str, Crosswalk]:
    """Read crosswalks from the two tables in a folder, in the order of ``crosswalks.csv``.

    Raises:
        InvalidValueError: If a line is wrong; the message names it, and what would be right.
    """
    rows: dict[str, list[CrosswalkRow]] = {}
    for line, cells in _lines(folder, "rows.csv", _ROWS):
        try:
            row = _row(cells)
        except InvalidValueError as error:
            raise InvalidValueError(f"rows.csv, line {line}: {error}") from error
        rows.setdefault(row.crosswalk, []).append(row)
    known: dict[str, Crosswalk] = {}
    for line, cells in _lines(folder, "crosswalks.csv", _CROSSWALKS):
        name = cells["name"]
        try:
            known[name] = Crosswalk(**cells, rows=tuple(rows.pop(name, ())))
        except InvalidValueError as error:
            raise InvalidValueError(f"crosswalks.csv, line {line}: {error}") from error
    if rows:
        raise InvalidValueError(f"rows.csv has rows of {', '.join(rows)}, which crosswalks.csv does not have")
    return MappingProxyType(known)


def _lines(folder: Traversable, name: str, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    lines = csv.reader(StringIO((folder / name).read_text(encoding="utf-8")), strict=True)
    for cells in lines:
        if len(cells) != len(columns):
            wrong = f"{len(cells)} cells, and not {len(columns)}"
            raise InvalidValueError(f"{name}, line {lines.line_num}: {wrong}")
        if lines.line_num > 1:
            yield lines.line_num, dict(zip(columns, cells, strict=True))


def _row(cells: Mapping[str, str]) -> CrosswalkRow:
    reason, lossy = cells["reason"], cells["lossy"]
    if reason and reason not in _REASONS:
        near = nearest(reason, _REASONS)
        raise InvalidValueError(f"{reason!r} is no reason" + (f"; did you mean {near!r}?" if near else ""))
    if lossy not in _LOSSY:
        raise InvalidValueError(f"lossy is {lossy!r}; write yes or no")
    return CrosswalkRow(
        crosswalk=cells["crosswalk"],
        code=cells["code"],
        label=cells["label"],
        action=member(Action, cells["action"], "action") if cells["action"] else None,
        reason=_REASONS[reason] if reason else None,
        stage=member(Stage, cells["stage"], "stage") if cells["stage"] else None,
        lossy=_LOSSY[lossy],
        why=cells["why"],
        source=cells["source"],
        verified=member(Verification, cells["verified"], "verified"),
    )
