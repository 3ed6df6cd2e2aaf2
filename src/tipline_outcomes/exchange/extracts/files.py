r"""The rows of an agency's tables, as their files hold them: every record is read, or refused by name.

A CSV file in which every record is one plain line is left to the engine, which is fast. Where quotes hold
line breaks or stand astray, or bytes are not of the encoding, its records are read one by one. Both
roads give the same rows.

>>> from tempfile import TemporaryDirectory
>>> folder = TemporaryDirectory()
>>> _ = Path(folder.name, "intake.csv").write_text("id,name,day\n1,\"A, B\",2019-03-01\n2,C\n3,D, NULL \n")
>>> rows = read_rows(Path(folder.name), "intake.csv", TableForm(blank=("NULL",)), ["id", "day"])
>>> rows.frame.rows(), rows.read
([(0, '1', '2019-03-01'), (2, '3', None)], 3)
>>> rows.bad.rows()
[(1, 'wrong_field_count', '2 fields, the header has 3')]
>>> rows.legible.rows()
[(1, '2', None)]
>>> located(Path(folder.name), "intake.csv", TableForm(), [1]).rows()
[(1, 3, '2,C')]
>>> folder.cleanup()
"""

import json
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeAlias

from attrs import evolve, frozen

from tipline_outcomes import _engine
from tipline_outcomes._engine import Frame, cleaned, frame_of, is_pattern
from tipline_outcomes.errors import ExtractError
from tipline_outcomes.exchange.extracts.csv_file import Csv
from tipline_outcomes.exchange.extracts.jsonl_file import JsonLines
from tipline_outcomes.exchange.extracts.parts import TableForm
from tipline_outcomes.exchange.extracts.text_file import (
    BAD_COLUMNS,
    Rows,
    check_there,
    form_faults,
    instead,
    stands_in,
)

__all__ = ["KINDS", "Rows", "column_names", "located", "read_rows"]

_PACKED: Final = (".gz", ".zip", ".bz2", ".xz", ".zst", ".7z")
_LINE_COLUMNS: Final = {"row": int, "line": int, "raw": str}


def read_rows(folder: Path, table: str, form: TableForm, columns: Iterable[str]) -> Rows:
    """Read columns of a table, and account for every record of its file.

    Args:
        folder: Where the file is.
        table: The file's name. Its suffix says what it is: CSV, JSON Lines, Parquet or Arrow.
        form: How it is written.
        columns: The columns to read.

    Raises:
        ExtractError: If the file or a column is not there, the nearest one named; or if it cannot be read as
            a whole: a header with a column twice, a quote that nothing closes, an encoding that is none.

    >>> read_rows(Path("nowhere"), "intake.csv", TableForm(), ["id"])
    Traceback (most recent call last):
        ...
    tipline_outcomes.errors.ExtractError: there is no folder 'nowhere'
    """
    names = tuple(dict.fromkeys(columns))
    for name in filter(is_pattern, names):
        message = f"{table!r} has a column {name!r}, which reads as a pattern; rename it"
        raise ExtractError(message)
    if "row" in names:
        message = f"{table!r} has a column 'row', which is what the number of a record is called; rename it"
        raise ExtractError(message)
    with _opened(folder, table, form) as file:
        rows = file.rows(names)
    blank = [text.strip() for text in form.blank]
    return evolve(rows, frame=cleaned(rows.frame, blank), legible=cleaned(rows.legible, blank))


def column_names(folder: Path, table: str, form: TableForm) -> tuple[str, ...]:
    r"""Name the columns of a table: of JSON Lines, every key that an object has, in order of appearance.

    Raises:
        ExtractError: If the file is not there or cannot be read.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "intake.csv").write_text("id;day\n1;2019-03-01\n")
    ...     column_names(Path(folder), "intake.csv", TableForm(separator=";"))
    ('id', 'day')
    """
    with _opened(folder, table, form) as file:
        return file.names()


def located(folder: Path, table: str, form: TableForm, rows: Sequence[int]) -> Frame:
    r"""Say where records stand in their file, and what their text is, unchanged.

    Args:
        folder: Where the file is.
        table: The file's name.
        form: How it is written.
        rows: The numbers of the records, as in `Rows`.

    Returns:
        ``row``, ``line`` (on which the record begins, from 1) and ``raw`` (its text without the line end; a
        byte that is not of the encoding stands as ``\xff``). In Parquet and Arrow, the line is the number of
        the row, from 1, and the text is the row as JSON.

    Raises:
        ExtractError: If the file is not there or cannot be read.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "intake.csv").write_text('id,note\n1,"two\nlines"\n2,one\n')
    ...     located(Path(folder), "intake.csv", TableForm(), [0, 1]).rows()
    [(0, 2, '1,"two\nlines"'), (1, 4, '2,one')]
    """
    wanted = sorted(set(rows))
    with _opened(folder, table, form) as file:
        return frame_of(file.located(wanted) if wanted else (), _LINE_COLUMNS)


@frozen
class _Columnar:
    path: Path
    form: TableForm

    def names(self) -> tuple[str, ...]:
        return _engine.column_names(self.path)

    def rows(self, names: tuple[str, ...]) -> Rows:
        check_there(self.path.name, names, self.names())
        frame = _engine.read_columns(self.path, names)
        return Rows(frame=frame, read=frame.height, bad=frame_of((), BAD_COLUMNS), legible=frame.head(0))

    def located(self, wanted: Sequence[int]) -> Iterable[tuple[int, int, str]]:
        for row, values in zip(wanted, _engine.read_records(self.path, wanted), strict=True):
            yield row, row + 1, json.dumps(values, ensure_ascii=False, default=str)


_File: TypeAlias = Csv | JsonLines | _Columnar
KINDS: Final[Mapping[str, type[_File]]] = {
    ".csv": Csv,
    ".tsv": Csv,
    ".txt": Csv,
    ".jsonl": JsonLines,
    ".ndjson": JsonLines,
    ".parquet": _Columnar,
    ".arrow": _Columnar,
    ".feather": _Columnar,
    ".ipc": _Columnar,
}
"""How a table is read, by the suffix of its file."""


@contextmanager
def _opened(folder: Path, table: str, form: TableForm) -> Generator[_File]:
    path = folder / table
    if not path.is_file():
        raise _missing(folder, table)
    suffix = path.suffix.lower()
    if suffix in _PACKED:
        message = f"{table!r} is packed; unpack it, and name the file that comes out"
        raise ExtractError(message)
    if suffix not in KINDS:
        message = f"{table!r} is of no kind that can be read; save it as one of {', '.join(KINDS)}"
        raise ExtractError(message)
    for key, message in form_faults(form):
        raise ExtractError(f"{key} {stands_in(table)}: {message}")
    try:
        yield KINDS[suffix](path, form)
    except OSError as error:
        message = f"{str(path)!r} cannot be read: {error.strerror or error}"
        raise ExtractError(message) from error
    except UnicodeError as error:
        # The only one left: every byte that is not of the encoding is kept, and told.
        message = (
            f"{table!r} is not {form.encoding}: it does not begin with the byte order mark of that encoding;"
            f" name the encoding without it {stands_in(table)}, for example"
            f' encoding = "{form.encoding}-le" or "utf-8"'
        )
        raise ExtractError(message) from error


def _missing(folder: Path, table: str) -> ExtractError:
    if not folder.is_dir():
        return ExtractError(f"there is no folder {str(folder)!r}")
    there = sorted(path.name for path in folder.iterdir() if path.is_file())
    return ExtractError(f"there is no file {table!r} in {str(folder)!r}{instead(table, there)}")
