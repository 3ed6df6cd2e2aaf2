"""The embedded engine. The one module that imports Polars; all counting is written against narwhals.

A `Frame` is what tables of results are made of: a Polars data frame, which pandas, Arrow, DuckDB and narwhals
read without a copy. A `Lazy` is a narwhals lazy frame over any engine.
"""

import hashlib
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias
from uuid import uuid4

import narwhals.stable.v2 as nw
import polars as pl
from narwhals.stable.v2.typing import IntoFrame

from tipline_outcomes.errors import ExtractError

__all__ = [
    "Eager",
    "Frame",
    "Lazy",
    "among",
    "as_csv",
    "cleaned",
    "column_names",
    "csv_lines",
    "csv_texts",
    "digest_of",
    "eager",
    "engine_version",
    "frame_of",
    "from_text",
    "hashed",
    "is_pattern",
    "lazy",
    "lazy_file",
    "looked_up",
    "marked",
    "read_columns",
    "read_days",
    "read_records",
    "read_table",
    "spread",
    "table_file",
    "to_frame",
    "together",
    "translated",
    "whole",
    "write_table",
]

Frame: TypeAlias = pl.DataFrame
"""A table of results: a Polars data frame."""

Lazy: TypeAlias = nw.LazyFrame[Any]
"""A narwhals lazy frame, over whatever engine."""

Eager: TypeAlias = nw.DataFrame[Any]
"""A narwhals frame in memory, whose rows have an order."""

_TYPES: Mapping[type, type[pl.DataType]] = {
    str: pl.String,
    int: pl.Int64,
    bool: pl.Boolean,
    date: pl.Date,
    float: pl.Float64,
}


def looked_up(expr: nw.Expr, table: Mapping[int, int] | Mapping[int, str]) -> nw.Expr:
    """Look codes up in a table: what is not in it is 0, or null where the table holds texts.

    >>> frame = eager(frame_of([(7,), (8,)], {"code": int}))
    >>> frame.select(looked_up(nw.col("code"), {7: "charge"}))["code"].to_list()
    ['charge', None]
    """
    texts = any(isinstance(value, str) for value in table.values())
    kind, none = (nw.String, None) if texts else (nw.Int32, 0)
    return expr.replace_strict(list(table), list(table.values()), default=none, return_dtype=kind)


def marked(rows: nw.Series[Any], height: int) -> nw.Series[Any]:
    """Say of each of *height* rows whether its number is in a series.

    >>> marked(eager(frame_of([(1,)], {"i": int}))["i"], 3).to_list()
    [False, True, False]
    """
    none = pl.repeat(value=False, n=height, dtype=pl.Boolean, eager=True)
    return nw.from_native(none.scatter(rows.to_native(), values=True), series_only=True)


def spread(rows: nw.Series[Any], values: nw.Series[Any], height: int) -> nw.Series[Any]:
    """Put values into the rows that have the numbers beside them, of *height* rows; into the others, null.

    >>> frame = eager(frame_of([(2, 7), (0, 8)], {"i": int, "x": int}))
    >>> spread(frame["i"], frame["x"], 3).to_list()
    [8, None, 7]
    """
    native = values.to_native()
    none = pl.repeat(None, n=height, dtype=native.dtype, eager=True)
    return nw.from_native(none.scatter(rows.to_native(), native), series_only=True)


def among(column: str, values: nw.Series[Any]) -> nw.Expr:
    """Say that a column's value is one of those in a series."""
    return nw.col(column).is_in(values.to_native().implode())


def frame_of(rows: Iterable[Sequence[object]], columns: Mapping[str, type]) -> Frame:
    """Build a frame from rows; an empty one keeps its column types.

    >>> frame_of([("charge", 3)], {"place": str, "n": int}).to_dicts()
    [{'place': 'charge', 'n': 3}]
    """
    schema = {name: _TYPES[kind] for name, kind in columns.items()}
    return pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")


def lazy(frame: Frame) -> Lazy:
    """Enter narwhals."""
    return nw.from_native(frame.lazy())


def lazy_file(path: Path) -> Lazy:
    """Enter narwhals with a Parquet file, of which only what is needed will be read."""
    return nw.from_native(pl.scan_parquet(path, glob=False))


def eager(frame: Frame) -> Eager:
    """Enter narwhals with a frame in memory."""
    return nw.from_native(frame, eager_only=True)


def to_frame(native: IntoFrame, table: str) -> Frame:
    """Bring a data frame of any engine that narwhals knows into memory, here.

    Raises:
        ExtractError: If *native*, the table of that name, is no data frame, or its engine cannot give it.
    """
    try:
        frame = nw.from_native(native)
        if isinstance(frame, nw.LazyFrame):
            return frame.collect(backend="polars").to_polars()
        return frame.to_polars()
    except (TypeError, ValueError, nw.exceptions.NarwhalsError, pl.exceptions.PolarsError) as error:
        message = f"{table} cannot be read as a data frame: {error}"
        raise ExtractError(message) from error


def read_table(folder: Path, name: str) -> Frame | None:
    """Read ``name.parquet`` or ``name.csv`` in a folder; None where there is neither.

    A CSV file is read as text, so that an id such as ``007`` stays what it is.

    Raises:
        ExtractError: If the file is there and cannot be read.
    """
    path = table_file(folder, name)
    if path is None:
        return None
    try:
        if path.suffix == ".parquet":
            return pl.read_parquet(path)
        text = pl.read_csv(path, infer_schema=False)
        return text.filter(~pl.all_horizontal(pl.all().is_null()))
    except (OSError, pl.exceptions.PolarsError) as error:
        # The engine's first line says what is wrong; what follows is advice to those who call it themselves.
        because = str(error).partition("\n")[0]
        message = f"{path} cannot be read: {because}"
        raise ExtractError(message) from error


def table_file(folder: Path, name: str) -> Path | None:
    """Name the file of a table in a folder; None where there is none."""
    paths = (folder / f"{name}{suffix}" for suffix in (".parquet", ".csv"))
    return next((path for path in paths if path.is_file()), None)


def csv_lines(
    source: Path | bytes, separator: str, width: int, places: Mapping[str, int]
) -> tuple[Frame, Frame, Frame] | None:
    r"""Read columns of a CSV file, given by their places, if each of its records is one plain line.

    The engine's own reader takes what it gets: it fills short records with nulls, cuts long ones, and lets a
    stray quote swallow lines. So every line is held against the form of a record first. None where a line can
    be anything but a record or blank: such a file has to be read by other means.

    Returns:
        The records of *width* fields, as ``row`` (from 0, the header not counted) and the columns; the
        others, as ``row`` and ``fields``, their number of fields; and these again as far as they go, as
        ``row`` and the columns.

    >>> good, odd, legible = csv_lines(b'id,"n"\n7,"1,5"\n\n8\n', ",", 2, {"id": 0})
    >>> good.rows(), odd.rows(), legible.rows()
    ([(0, '7')], [(1, 1)], [(1, '8')])
    >>> csv_lines(b'id,n\n7,"1\n5"\n', ",", 2, {"n": 1}) is None
    True
    """
    line, row = pl.col("line"), pl.col("row")
    marks = line.str.count_matches(separator, literal=True).cast(pl.Int64)
    record = _record(separator, f"{{{width - 1}}}")
    try:
        quick = _lines(source).filter(line.is_null() | (marks != width - 1) | line.str.contains('["\r]'))
        odd = quick.collect(engine="streaming").filter(line.is_null() | ~line.str.contains(record))
        if odd["line"].str.contains('["\r]').any():
            return None
        schema = {str(place): pl.String for place in range(width)}
        fields = _scan(source)(schema=schema, separator=separator, truncate_ragged_lines=True)
        found = fields.select("row", **{name: pl.col(str(n)) for name, n in places.items()}).collect()
    except pl.exceptions.PolarsError:
        return None
    good = found.filter(~row.is_in(odd["row"].to_list())) if odd.height else found
    blank = odd.filter(line.is_null())["row"]
    odd = odd.filter(line.is_not_null())
    odd = odd.select("row", fields=marks + 1)
    legible = found.filter(row.is_in(odd["row"].to_list()))
    before = pl.lit(blank).search_sorted(row) if len(blank) else 0
    number = row.cast(pl.Int64) - before - 1
    # The first of the good ones is the header.
    return good.slice(1).with_columns(number), odd.with_columns(number), legible.with_columns(number)


def csv_texts(source: Path | bytes, separator: str, rows: Sequence[int]) -> list[tuple[int, str]] | None:
    r"""Give the line and the text of records of a CSV file, if no line of it is anything but a plain record.

    None also where a line is blank: then the number of a record does not tell its line.

    >>> csv_texts(b'id,"n"\n7,"1,5"\n8\n', ",", [1])
    [(3, '8')]
    """
    line, row = pl.col("line"), pl.col("row")
    wanted = row.is_in([number + 1 for number in rows])
    strange = line.str.contains('["\r]')
    try:
        found = _lines(source).filter(wanted | line.is_null() | strange).collect(engine="streaming")
    except pl.exceptions.PolarsError:
        return None
    plain = line.is_not_null() & (~strange | line.str.contains(_record(separator, "*")))
    if not found.select(plain.all()).item():
        return None
    return found.filter(wanted).select(row + 1, line).rows()


def _lines(source: Path | bytes) -> pl.LazyFrame:
    """Read lines: separated by what ends it, a line is one field. Bytes that are not UTF-8 are an error."""
    return _scan(source)(schema={"line": pl.String}, separator="\n", quote_char=None)


def _scan(source: Path | bytes) -> Callable[..., pl.LazyFrame]:
    return partial(pl.scan_csv, source, has_header=False, glob=False, row_index_name="row")


def _record(separator: str, times: str) -> str:
    """Give the form of a record on one line, whose fields after the first come so many times."""
    mark = rf"\x{ord(separator):02x}"
    field = rf'(?:[^"{mark}\r]*|"(?:[^"\r]|"")*")'
    return rf"^{field}(?:{mark}{field}){times}$"


def cleaned(frame: Frame, blank: Sequence[str] = ()) -> Frame:
    """Strip the texts of a frame; those that are empty then, or mean "nothing", become null.

    >>> cleaned(frame_of([(" 007 ",), (" ",), ("NULL",)], {"id": str}), ["NULL"])["id"].to_list()
    ['007', None, None]
    """
    return frame.with_columns(
        pl.col(pl.String).str.strip_chars().replace(list(dict.fromkeys(["", *blank])), None)
    )


def column_names(path: Path) -> tuple[str, ...]:
    """Name the columns of a Parquet or Arrow file.

    Raises:
        ExtractError: If the file is no such file.
    """
    with _columns(path) as columns:
        return tuple(columns.collect_schema())


def is_pattern(name: str) -> bool:
    """Tell whether the engine takes a column's name for a pattern that stands for several.

    >>> is_pattern("*"), is_pattern("^n.*$"), is_pattern("n*")
    (True, True, False)
    """
    return name == "*" or (name.startswith("^") and name.endswith("$"))


def read_columns(path: Path, names: Iterable[str]) -> Frame:
    """Read columns of a Parquet or Arrow file after its ``row``: days as days, all else as text.

    Raises:
        ExtractError: If the file is no such file, or a column holds neither texts nor days nor numbers.
    """
    with _columns(path) as columns:
        frame = columns.select(pl.int_range(pl.len()).alias("row"), *names).collect()
        return frame.with_columns(_text_or_day(path, name, frame.schema[name]) for name in names)


def read_records(path: Path, rows: Sequence[int]) -> list[dict[str, object]]:
    """Read some rows of a Parquet or Arrow file as they are.

    Raises:
        ExtractError: If the file is no such file, or does not have so many rows.
    """
    with _columns(path) as columns:
        return columns.select(pl.all().gather(list(rows))).collect().to_dicts()


@contextmanager
def _columns(path: Path) -> Generator[pl.LazyFrame]:
    scan = pl.scan_parquet if path.suffix.lower() == ".parquet" else pl.scan_ipc
    try:
        # An open file: of a path the engine would make a pattern.
        with path.open("rb") as file:
            yield scan(file)
    except (OSError, pl.exceptions.PolarsError) as error:
        because = str(error).partition("\n")[0]
        message = f"{path.name!r} cannot be read: {because}"
        raise ExtractError(message) from error


def _text_or_day(path: Path, name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(kind, pl.Datetime) and kind.time_zone is not None:
        message = (
            f"{path.name!r} has times of zone {kind.time_zone} in column {name!r}, and on which day they fall"
            " depends on where one is; write the day in the agency's own zone as a date"
        )
        raise ExtractError(message)
    if kind.is_nested() or isinstance(kind, pl.Binary | pl.Object | pl.Duration):
        message = f"{path.name!r} has {kind} in column {name!r}; write texts, days or numbers"
        raise ExtractError(message)
    if isinstance(kind, pl.Date | pl.Datetime):
        return column.cast(pl.Date)
    text = column.cast(pl.String)
    if kind.is_float() or kind.is_decimal():
        # The id 7 is often kept as a number with a fraction; not a number is what others write for nothing.
        return text.str.replace(r"\.0+$", "").replace("NaN", None)
    return text


_TRUTH = {"true": True, "false": False}


def from_text(frame: Frame, columns: Mapping[str, type]) -> Frame:
    """Read columns of text as days (``YYYY-MM-DD``), whole numbers or truth; null where that cannot be done.

    >>> from_text(frame_of([("2024-02-30",)], {"on": str}), {"on": date})["on"].to_list()
    [None]
    """

    def read(name: str, kind: type) -> pl.Expr:
        text = pl.col(name).str.strip_chars()
        if kind is date:
            # The parser alone would take 24-1-8 for a day of the year 24.
            whole = pl.when(text.str.contains(r"^\d{4}-\d{2}-\d{2}$")).then(text)
            return whole.str.to_date("%Y-%m-%d", strict=False)
        if kind is bool:
            return text.str.to_lowercase().replace_strict(_TRUTH, default=None, return_dtype=pl.Boolean)
        return text.cast(_TYPES[kind], strict=False)

    return frame.with_columns(read(name, kind) for name, kind in columns.items())


_OF_TIME = ("%H", "%I", "%M", "%S", "%p", "%T", "%R", "%X")


def read_days(texts: pl.Series, formats: Sequence[str]) -> Frame:
    """Read texts as days, by every format: a column ``text``, and one a format, null where it cannot be done.

    >>> read_days(pl.Series(["3/4/2024", "13/4/2024"]), ["%m/%d/%Y", "%d/%m/%Y"]).rows()[1]
    ('13/4/2024', None, datetime.date(2024, 4, 13))
    """

    def read(form: str) -> pl.Expr:
        text = pl.col("text")
        if any(part in form for part in _OF_TIME):
            return text.str.to_datetime(form, strict=False, time_unit="us").dt.date()
        return text.str.to_date(form, strict=False)

    return pl.select(text=texts).with_columns(
        read(form).alias(f"format {i}") for i, form in enumerate(formats)
    )


def together(columns: Iterable[nw.Series[Any]], height: int) -> Eager:
    """Put columns of one height side by side, beside the number of the row; they lose their names.

    >>> together([], height=2).columns
    ['row']
    """
    rows = pl.DataFrame({"row": range(height)})
    return eager(rows.with_columns(c.to_native().alias(f"column {i}") for i, c in enumerate(columns)))


def translated(values: nw.Series[Any], old: nw.Series[Any], new: nw.Series[Any]) -> nw.Series[Any]:
    """Replace each value by what stands beside it, once each; null stays null, and so is what is not there.

    >>> names, codes = (eager(frame_of([("a", 1)], {"x": str, "y": int}))[c] for c in "xy")
    >>> translated(names, names, codes).to_list()
    [1]
    """
    known = pl.DataFrame({"value": old.to_native(), "new": new.to_native()})
    found = values.to_native().alias("value").to_frame().join(known, "value", "left", maintain_order="left")
    return nw.from_native(found["new"], series_only=True)


def as_csv(frame: Frame) -> str:
    """Write a frame as CSV text, the same on every machine."""
    return frame.write_csv(null_value="\x00")


def write_table(frame: Frame, path: Path) -> None:
    """Write a frame as Parquet, under its name only when it is whole."""
    with whole(path) as half:
        frame.rechunk().write_parquet(half, compression="zstd", compression_level=3)


@contextmanager
def whole(path: Path) -> Generator[Path]:
    """Give another name to write a file under; when that is done, it gets its own. Nobody sees a half."""
    half = path.with_name(f".{path.name}.{uuid4().hex}.half")
    yield half
    half.replace(path)


def digest_of(path: Path) -> str:
    """Give the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def engine_version() -> str:
    """Give the version of the embedded engine."""
    return f"polars {pl.__version__}"


def hashed(texts: nw.Series[Any]) -> nw.Series[Any]:
    """Give a number of 64 bits for each text, the same for equal ones, as long as the engine is the same."""
    return nw.from_native(texts.to_native().hash(), series_only=True)
