"""CSV files. A file whose records are plain lines is left to the engine, which is fast.

Where quotes hold line breaks or stand astray, or bytes are not of the encoding, records are read one by one.
Both roads give the same rows.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import IO, Final, NoReturn

from attrs import frozen

from tipline_outcomes import _engine
from tipline_outcomes._engine import frame_of
from tipline_outcomes.errors import ExtractError
from tipline_outcomes.exchange.extracts.rows import RowRule
from tipline_outcomes.exchange.extracts.text_file import (
    BAD_COLUMNS,
    HALF,
    Fault,
    Rows,
    Text,
    check_there,
    gathered,
    other_separator,
    picked,
)

__all__ = ["Csv"]

_PIECE: Final = 1 << 16


@frozen
class Csv(Text):
    """A CSV file."""

    def names(self) -> tuple[str, ...]:
        """Name the columns."""
        return self.header()[1]

    def header(self) -> tuple[int, tuple[str, ...]]:
        """Give the line of the header, and its names."""
        with self.text(newline="") as file:
            first = next(self.records(file), None)
        if first is None:
            message = f"{self.path.name!r} is empty: there is no header; export it again, or leave it out"
            raise ExtractError(message)
        line, raw, fields = first
        if HALF.search(raw) or "\0" in raw:
            message = (
                f"the header of {self.path.name!r} is not {self.encoding}; name its encoding {self.where},"
                ' for example encoding = "cp1252" or "utf-16"'
            )
            raise ExtractError(message)
        return line, tuple(field.strip() for field in fields)

    def rows(self, names: tuple[str, ...]) -> Rows:
        """Read columns of every record."""
        line, header = self.header()
        check_there(self.path.name, names, header, other_separator(self.path.name, header))
        for name in names:
            if header.count(name) > 1:
                message = (
                    f"{self.path.name!r} names the column {name!r} twice; rename one of them in its header"
                )
                raise ExtractError(message)
        places = {name: header.index(name) for name in names}
        # Blank lines before the header are what versions of the engine differ about.
        utf8 = self._utf8() if line == 1 else None
        parts = None if utf8 is None else _engine.csv_lines(utf8, self.form.separator, len(header), places)
        if parts is None:
            with self.text(newline="") as file:
                return gathered(self._values(file, len(header), tuple(places.values())), names)
        good, odd, legible = parts
        faults = [
            (row, RowRule.WRONG_FIELD_COUNT.value, _field_count(fields, len(header)))
            for row, fields in odd.rows()
        ]
        bad = frame_of(faults, BAD_COLUMNS)
        return Rows(frame=good, read=good.height + len(faults), bad=bad, legible=legible)

    def located(self, wanted: Sequence[int]) -> Iterable[tuple[int, int, str]]:
        """Say where records begin, and what their text is."""
        utf8 = self._utf8()
        plain = None if utf8 is None else _engine.csv_texts(utf8, self.form.separator, wanted)
        if plain is not None:
            return [(row, line, text) for row, (line, text) in zip(wanted, plain, strict=True)]
        with self.text(newline="") as file:
            records = ((line, raw) for line, raw, _ in islice(self.records(file), 1, None))
            return list(picked(records, wanted))

    def records(self, file: IO[str]) -> Iterator[tuple[int, str, list[str]]]:
        """Read record by record, the header first: the line on which it begins, its text, its fields."""
        taken: list[str] = []
        over = False

        def lines() -> Iterator[str]:
            nonlocal over
            for line in file:
                taken.append(line)
                yield line
            over = True
            # To a reader that waits for a quote this is one line more; to any other it is blank.
            yield "\n"

        line = 1
        try:
            for fields in csv.reader(lines(), delimiter=self.form.separator):
                if fields and over:
                    self._unclosed(line)
                if fields:
                    yield line, "".join(taken), fields
                line += len(taken)
                taken.clear()
        except csv.Error:
            # The only one left: a field that is longer than any field should be.
            self._unclosed(line)

    def _unclosed(self, line: int) -> NoReturn:
        message = (
            f"in {self.path.name!r} a quote opens on line {line} and does not close again; close it, or write"
            ' a quote that belongs to the text twice, as in "the ""Red"" case"'
        )
        raise ExtractError(message)

    def _values(
        self, file: IO[str], width: int, places: Sequence[int]
    ) -> Iterator[Sequence[str | None] | Fault]:
        for _, raw, fields in islice(self.records(file), 1, None):
            found = len(fields)
            fields.extend([""] * (width - found))
            texts = [fields[place] for place in places]
            if not raw.isascii() and any(map(HALF.search, texts)):
                yield self.undecodable([None if HALF.search(text) else text for text in texts])
            elif found != width:
                yield Fault(RowRule.WRONG_FIELD_COUNT, _field_count(found, width), texts)
            else:
                yield texts

    def _utf8(self) -> Path | bytes | None:
        """Give what the engine can read: the file, or its text in UTF-8; None if it cannot read it."""
        if not self.form.separator.isascii():
            return None
        if self.encoding in ("utf-8", "utf-8-sig"):
            return self.path
        utf8 = BytesIO()
        try:
            with self.text(newline="", errors="strict") as file:
                for piece in iter(lambda: file.read(_PIECE), ""):
                    utf8.write(piece.encode())
        except UnicodeError:
            return None
        return utf8.getvalue()


def _field_count(fields: int, width: int) -> str:
    return f"{fields} {'field' if fields == 1 else 'fields'}, the header has {width}"
