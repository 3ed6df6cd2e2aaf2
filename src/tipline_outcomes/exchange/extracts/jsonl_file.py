"""JSON Lines files: one object a line; a number keeps the text that it has in the file."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, cast

from attrs import evolve, frozen

from tipline_outcomes.exchange.extracts.rows import RowRule
from tipline_outcomes.exchange.extracts.text_file import (
    HALF,
    Fault,
    Rows,
    Text,
    check_there,
    gathered,
    picked,
)

__all__ = ["JsonLines"]


@frozen
class JsonLines(Text):
    """A JSON Lines file."""

    def names(self) -> tuple[str, ...]:
        """Name the columns."""
        seen: dict[str, None] = {}
        with self.text(newline="\n") as file:
            for _, raw in self.records(file):
                value = self._object(raw)
                if not isinstance(value, Fault):
                    seen.update(dict.fromkeys(name for name in value if not HALF.search(name)))
        return tuple(seen)

    def rows(self, names: tuple[str, ...]) -> Rows:
        """Read columns of every record."""
        seen: dict[str, None] = {}

        def values(file: IO[str]) -> Iterator[Sequence[str | None] | Fault]:
            for _, raw in self.records(file):
                value = self._object(raw)
                if isinstance(value, Fault):
                    yield value
                    continue
                if value.keys() - seen:
                    seen.update(dict.fromkeys(value))
                yield self._texts(raw, value, names)

        with self.text(newline="\n") as file:
            rows = gathered(values(file), names)
        if seen:
            check_there(self.path.name, names, tuple(seen))
        return rows

    def located(self, wanted: Sequence[int]) -> Iterable[tuple[int, int, str]]:
        """Say where records begin, and what their text is."""
        with self.text(newline="\n") as file:
            yield from picked(self.records(file), wanted)

    def records(self, file: IO[str]) -> Iterator[tuple[int, str]]:
        """Read record by record: the line on which it begins, and its text."""
        for line, raw in enumerate(file, start=1):
            if raw.strip():
                yield line, raw

    def _object(self, raw: str) -> Mapping[str, object] | Fault:
        try:
            # Numbers keep the text that they have in the file.
            value: object = json.loads(
                raw,
                parse_int=str,
                parse_float=str,
                parse_constant=_no_constant,
                object_pairs_hook=_keys_once,
            )
        except (ValueError, RecursionError) as error:
            if HALF.search(raw):
                return self.undecodable()
            if isinstance(error, json.JSONDecodeError):
                return Fault(RowRule.NOT_JSON, f"{error.msg}, at column {error.colno}")
            return Fault(RowRule.NOT_JSON, str(error))
        if not isinstance(value, dict):
            return Fault(RowRule.NOT_JSON, "JSON, but no object in braces")
        return cast("dict[str, object]", value)

    def _texts(
        self, raw: str, value: Mapping[str, object], names: Iterable[str]
    ) -> Sequence[str | None] | Fault:
        bad_bytes = not raw.isascii() and HALF.search(raw) is not None
        texts: list[str | None] = []
        # A key that cannot be decoded may be that of a column that is read.
        fault = self.undecodable() if bad_bytes and any(map(HALF.search, value)) else None
        for name in names:
            text = value.get(name)
            if isinstance(text, bool):
                text = json.dumps(text)
            if isinstance(text, _Unfit):
                fault = fault or Fault(RowRule.NOT_JSON, text.why)
            elif isinstance(text, dict | list):
                fault = fault or Fault(RowRule.NOT_JSON, f"{name!r} holds several values; one is needed")
            elif isinstance(text, str) and HALF.search(text):
                escape = Fault(RowRule.UNDECODABLE, f"an escape in {name!r} stands for half a character")
                fault = fault or (self.undecodable() if bad_bytes else escape)
            else:
                texts.append(cast("str | None", text))
                continue
            texts.append(None)
        return texts if fault is None else evolve(fault, legible=texts)


@frozen
class _Unfit:
    """What stands for no value, and why."""

    why: str


def _keys_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) < len(pairs):
        names = [name for name, _ in pairs]
        value |= {
            name: _Unfit(f"an object has the key {name!r} twice") for name in value if names.count(name) > 1
        }
    return value


def _no_constant(name: str) -> _Unfit:
    return _Unfit(f"{name} is not JSON")
