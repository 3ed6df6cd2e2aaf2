"""A ledger as one JSON document: it holds no case, so it can be kept, signed off and sent."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from tipline_outcomes._engine import Frame, frame_of
from tipline_outcomes.errors import LedgerMismatchError
from tipline_outcomes.ledger.spec import LedgerSpec
from tipline_outcomes.ledger.tables import TABLES, columns_of

__all__ = ["dumped", "loaded"]

_FORMAT: Final = "tipline_outcomes ledger 1"
_NO_LEDGER: Final = "this is no ledger that this version of the package can read"


def dumped(spec: LedgerSpec, tables: Mapping[str, Frame], digest: str) -> str:
    """Write question and counts."""
    question = {
        "as_of": spec.as_of.isoformat(),
        "unit": spec.unit.value,
        "by": spec.by,
        "period": spec.period.value,
        "horizons": spec.horizons,
        "vocabulary": spec.vocabulary,
    }
    columns = {name: _columns(tables[name]) for name in TABLES}
    content = {"format": _FORMAT, "question": question, "tables": columns, "digest": digest}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"


def _columns(table: Frame) -> dict[str, list[object]]:
    values: dict[str, list[object]] = table.to_dict(as_series=False)
    return {
        name: [day.isoformat() if isinstance(day, date) else day for day in column]
        for name, column in values.items()
    }


def loaded(text: str) -> tuple[LedgerSpec, dict[str, Frame], str]:
    """Read what `dumped` wrote: question, tables and digest.

    Raises:
        LedgerMismatchError: If it is something else.
    """
    try:
        content: dict[str, Any] = json.loads(text)
        if content["format"] != _FORMAT:
            raise LedgerMismatchError(_NO_LEDGER)
        asked: dict[str, Any] = content["question"]
        spec = LedgerSpec(
            as_of=date.fromisoformat(asked["as_of"]),
            unit=asked["unit"],
            by=tuple(asked["by"]),
            period=asked["period"],
            horizons=asked["horizons"],
            vocabulary=asked["vocabulary"],
        )
        tables = {name: _table(name, spec, content["tables"][name]) for name in TABLES}
        return spec, tables, content["digest"]
    except (KeyError, TypeError, ValueError) as error:
        raise LedgerMismatchError(_NO_LEDGER) from error


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _table(name: str, spec: LedgerSpec, columns: Mapping[str, list[Any]]) -> Frame:
    kinds = columns_of(name, spec.by)
    values = (
        map(_day, columns[column]) if kind is date else columns[column] for column, kind in kinds.items()
    )
    return frame_of(zip(*values, strict=True), kinds)
