"""The embedded engine. The one module that imports Polars; all counting is written against narwhals.

A `Frame` is what tables of results are made of: a Polars data frame, which pandas, Arrow, DuckDB and narwhals
read without a copy. A `Lazy` is a narwhals lazy frame over any engine.
"""

import hashlib
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar, cast
from uuid import uuid4

import narwhals.stable.v2 as nw
import polars as pl
from narwhals.stable.v2.typing import IntoFrame

from tipline_outcomes.errors import ExtractError

__all__ = [
    "AnyRows",
    "Eager",
    "Frame",
    "Lazy",
    "Rows",
    "among",
    "as_csv",
    "as_given",
    "as_other",
    "beside",
    "cleaned",
    "collected",
    "column_names",
    "csv_lines",
    "csv_texts",
    "digest_of",
    "eager",
    "engine_of",
    "engine_version",
    "entered",
    "flagged",
    "for_a_while",
    "frame_of",
    "hashed",
    "is_pattern",
    "joined",
    "kept",
    "lazy",
    "lazy_file",
    "looked_up",
    "marked",
    "of_one_engine",
    "outermost",
    "read_columns",
    "read_days",
    "read_records",
    "read_table",
    "settled",
    "spread",
    "steps_in_order",
    "steps_unlike",
    "table_file",
    "taken_from",
    "together",
    "told_of",
    "translated",
    "whole",
    "with_bits",
    "with_facts",
    "write_table",
]

Frame: TypeAlias = pl.DataFrame
"""A table of results: a Polars data frame."""

Lazy: TypeAlias = nw.LazyFrame[Any]
"""A narwhals lazy frame, over whatever engine."""

Eager: TypeAlias = nw.DataFrame[Any]
"""A narwhals frame in memory, whose rows have an order."""

Rows: TypeAlias = Eager | Lazy
"""Either: what is counted the same way wherever it lies."""

AnyRows = TypeVar("AnyRows", Eager, Lazy)
"""One of the two throughout."""

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


def joined(rows: AnyRows, facts: AnyRows, on: str) -> AnyRows:
    """Put facts beside rows by what both have; here in memory the order of the rows is kept (an inner join).

    A table in memory with a place for every number finds them many times as fast as a hash does. Where a
    number has several facts, that is no use, and every pair is a row.

    >>> rows = eager(frame_of([(2,), (0,), (1,), (None,)], {"i": int}))
    >>> joined(rows, eager(frame_of([(0, 7), (2, 8), (None, 9)], {"i": int, "x": int})), "i").rows()
    [(2, 8), (0, 7)]
    """
    if isinstance(rows, nw.LazyFrame):
        return rows.join(as_other(facts), on=on, how="inner")
    given, known = rows.to_native(), facts.to_native()
    at = _places(known[on], given[on])
    if at is None:
        return eager(given.join(known, on=on, how="inner", maintain_order="left"))
    if at.has_nulls():
        given, at = given.filter(at.is_not_null()), at.drop_nulls()
    return eager(given.hstack(known.drop(on)[at]))


def _places(known: pl.Series, wanted: pl.Series) -> pl.Series | None:
    """Find the row in which each wanted number is known, null for none; None if one is known twice."""
    numbers, rows = known, pl.int_range(len(known), dtype=pl.UInt32, eager=True)
    if known.has_nulls():
        numbers, rows = known.drop_nulls(), rows.filter(known.is_not_null())
    height = max(cast("int", of.max()) for of in (numbers, wanted, pl.Series([-1])) if of.count()) + 1
    places = pl.repeat(None, n=height, dtype=pl.UInt32, eager=True).scatter(numbers, rows)
    return None if height - places.null_count() < len(numbers) else places.gather(wanted)


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


# What computes windows over a partition, in an order, by itself; others give their rows to Polars.
_ENGINES: Final = (
    nw.Implementation.DUCKDB,
    nw.Implementation.PYSPARK,
    nw.Implementation.PYSPARK_CONNECT,
    nw.Implementation.IBIS,
)


def entered(native: IntoFrame, table: str) -> Rows:
    """Enter narwhals with a data frame of any engine: here if it is in memory, else where it lies.

    Raises:
        ExtractError: If *native*, the table of that name, is no data frame, or its engine cannot give it.

    >>> entered([1, 2], "events")
    Traceback (most recent call last):
    ...
    tipline_outcomes.errors.ExtractError: events is of type list; give a frame of Polars (lazy ones too), ...
    """
    try:
        frame = _from_native(native)
    except TypeError as error:
        message = (
            f"{table} is of type {type(native).__name__}; give a frame of Polars (lazy ones too), pandas"
            " or PyArrow, a DuckDB relation, a PySpark data frame or an Ibis table"
        )
        raise ExtractError(message) from error
    if isinstance(frame, nw.LazyFrame) and _counts_by_itself(frame):
        return frame
    try:
        # A scan of files is read in pieces: what nobody needs of them is never here.
        streamed = {"engine": "streaming"} if _engine(frame) is nw.Implementation.POLARS else {}
        here = frame.collect(backend="polars", **streamed) if isinstance(frame, nw.LazyFrame) else frame
        return eager(here.to_polars())
    except (TypeError, ValueError, nw.exceptions.NarwhalsError, pl.exceptions.PolarsError) as error:
        message = f"{table} cannot be read as a data frame: {error}"
        raise ExtractError(message) from error


def engine_of(native: IntoFrame) -> nw.Implementation:
    """Name the engine of a data frame.

    >>> engine_of(frame_of([], {"x": int})).name
    'POLARS'
    """
    return _engine(_from_native(native))


def _from_native(native: IntoFrame) -> Rows:
    return nw.from_native(native)


def _engine(rows: Rows) -> nw.Implementation:
    return rows.implementation


def _counts_by_itself(frame: Lazy) -> bool:
    engine = _engine(frame)
    # Ibis has no windows on Polars.
    of_ibis = engine is nw.Implementation.IBIS and frame.to_native().get_backend().name == "polars"
    return engine in _ENGINES and not of_ibis


def of_one_engine(frames: Sequence[Rows]) -> bool:
    """Tell whether frames lie on one engine beside this one, so that it can join them."""
    lazies = [frame for frame in frames if isinstance(frame, nw.LazyFrame)]
    if len(lazies) < len(frames) or len({frame.implementation for frame in lazies}) > 1:
        return False
    try:
        # What belongs to two connections cannot be put together; nothing is computed.
        nw.concat([frame.select(nw.lit(1).alias("one")) for frame in lazies], how="vertical")
    except Exception:  # noqa: BLE001 - every engine has errors of its own, and none may be imported
        return False
    return True


def collected(rows: Rows) -> Eager:
    """Bring rows here from whatever engine, whole numbers in 64 bits: some engines sum in more."""
    if isinstance(rows, nw.DataFrame):
        return rows
    here = rows.collect(backend="polars")
    wide = (name for name, kind in here.schema.items() if kind.is_decimal() or kind == nw.Int128)
    return here.with_columns(nw.col(name).cast(nw.Int64) for name in wide)


_LET_GO: Final[ContextVar[list[Callable[[], object]] | None]] = ContextVar("let_go", default=None)


@contextmanager
def for_a_while() -> Generator[None]:
    """Let go at the end of what is kept in between; otherwise it is kept as long as the connection."""
    token = _LET_GO.set([])
    try:
        yield
    finally:
        for let_go in _LET_GO.get() or ():
            let_go()
        _LET_GO.reset(token)


def kept(rows: Lazy) -> Lazy:
    """Compute rows once, and keep them on their engine: in a temporary table, or in a checkpoint of Spark's.

    Neither has to fit into memory: both engines write to disk what does not. A checkpoint forgets how it was
    computed, or Spark would plan all of that again for every question. It lies with the workers, or where the
    session keeps its checkpoints, if that was set.
    """
    native = rows.to_native()
    match _engine(rows):
        case nw.Implementation.DUCKDB:
            name = f"tipline_outcomes_{uuid4().hex}"
            made = native.query(f"of_{name}", f"CREATE TEMP TABLE {name} AS FROM of_{name}")
            # A relation keeps all that it was made of; what the statement gave back, if anything, does not.
            native = (native if made is None else made).query(f"of_{name}", f"FROM {name}")
            # Spark and Ibis see for themselves what nobody asks for any more.
            if (later := _LET_GO.get()) is not None:
                later.append(partial(native.query, f"of_{name}", f"DROP TABLE {name}"))
        case nw.Implementation.IBIS:
            native = native.cache()
        case nw.Implementation.PYSPARK if native.sparkSession.sparkContext.getCheckpointDir() is not None:
            native = native.checkpoint()
        case nw.Implementation.PYSPARK | nw.Implementation.PYSPARK_CONNECT:
            native = native.localCheckpoint()
        case _:
            return collected(rows).lazy()
    there: Lazy = nw.from_native(native)
    return there


def steps_in_order(rows: Eager, words: Sequence[str], width: int) -> Eager:
    """Pack the word of each row with that of the row above it: ``step``, ``astray``.

    Args:
        rows: ``id`` and ``word``, and perhaps ``number``; those of one id together, in the order of their
            numbers.
        words: Their codes count from 0.
        width: The code of the word above is multiplied by it. *width* - 1 is the code of a word that is none
            of them, *width* - 2 of no row above.

    ``astray`` marks a row whose number is not greater than that above: such rows are in no order.

    >>> rows = [("f", "a"), ("f", "b"), ("g", "a")]
    >>> steps_in_order(eager(frame_of(rows, {"id": str, "word": str})), ["a", "b"], 16)["step"].to_list()
    [224, 1, 224]
    """
    native, step, astray = _steps(rows, words, width)
    return eager(native.lazy().select(step=step, astray=astray).collect())


def steps_unlike(rows: Eager, words: Sequence[str], width: int, known: Sequence[int]) -> Eager:
    """Find the steps that are none of those known: ``row`` (from 0), ``id``, ``step``, ``astray``.

    >>> rows = [("f", "a"), ("f", "b"), ("g", "a")]
    >>> rows = eager(frame_of(rows, {"id": str, "word": str}))
    >>> steps_unlike(rows, ["a", "b"], 16, known=[224]).select("row", "id", "step").rows()
    [(1, 'f', 1)]
    """
    native, step, astray = _steps(rows, words, width)
    unknown = ~step.is_in(pl.Series(known, dtype=pl.UInt8).implode())
    # To tell where they are, and look there again, takes less than to write down every step.
    row = native.lazy().select(pl.arg_where(astray | unknown)).collect().to_series().cast(pl.Int64)
    near = pl.concat([row, row - 1]).unique().sort()
    near = near.filter(near >= 0)
    steps = native[near].lazy().select("id", row=near, step=step, astray=astray)
    return eager(steps.filter(pl.col("row").is_in(row.implode())).collect())


def _steps(rows: Eager, words: Sequence[str], width: int) -> tuple[pl.DataFrame, pl.Expr, pl.Expr]:
    native: pl.DataFrame = rows.to_native()
    if native.schema["word"] != pl.Enum(words):
        native = native.with_columns(pl.col("word").cast(pl.String).cast(pl.Enum(words), strict=False))
    code = pl.col("word").to_physical().cast(pl.UInt8)
    if native["word"].has_nulls():
        code = code.fill_null(width - 1)
    same = pl.col("id") == pl.col("id").shift(1)
    outside = pl.lit((width - 2) * width, pl.UInt8)
    step = pl.when(same).then(code.shift(1) * pl.lit(width, pl.UInt8)).otherwise(outside) + code
    numbered = "number" in native.columns
    return (
        native,
        step,
        same & (pl.col("number") <= pl.col("number").shift(1)) if numbered else pl.lit(value=False),
    )


def settled(rows: AnyRows) -> AnyRows:
    """Compute rows once, on their engine, if they are not here."""
    if isinstance(rows, nw.LazyFrame):
        return kept(rows)
    return rows


def outermost(rows: AnyRows, of: Sequence[str], by: str, *, first: bool = False) -> AnyRows:
    """Keep the last row of each group, or the first.

    Args:
        rows: The rows; here in memory, in the order of *of* and *by*.
        of: The columns that make the groups.
        by: The column that orders them.
        first: Whether it is the first that is kept.

    >>> rows = eager(frame_of([("a", 1), ("a", 2), ("b", 1)], {"unit": str, "day": int}))
    >>> outermost(rows, ["unit"], "day").rows()
    [('a', 2), ('b', 1)]
    """
    if isinstance(rows, nw.LazyFrame):
        return rows.unique(subset=list(of), keep="first" if first else "last", order_by=[by])
    same = (nw.col(c) == nw.col(c).shift(1 if first else -1) for c in of)
    return rows.filter(~nw.all_horizontal(*same, ignore_nulls=False).fill_null(value=False))


def beside(rows: AnyRows, of: Sequence[str], by: str, *, above: int = 1, **columns: str) -> AnyRows:
    """Put beside each row what another of its group holds; null where there is none.

    Args:
        rows: The rows; here in memory, in the order of *of* and *by*.
        of: The columns that make the groups.
        by: The column that orders them; in a group, no two rows share a value.
        above: How many rows above; below, if it is negative.
        columns: By name of the new column, which one to take.

    >>> rows = eager(frame_of([("a", 1), ("a", 2), ("b", 1)], {"unit": str, "day": int}))
    >>> beside(rows, ["unit"], "day", before="day").rows()
    [('a', 1, None), ('a', 2, 1), ('b', 1, None)]
    """
    if isinstance(rows, nw.LazyFrame):
        return rows.with_columns(
            **{name: nw.col(column).shift(above).over(*of, order_by=by) for name, column in columns.items()}
        )
    same = nw.all_horizontal(*(nw.col(c) == nw.col(c).shift(above) for c in of), ignore_nulls=False)
    # Rows in order need no window, which is several times as fast.
    return rows.with_columns(
        **{name: nw.when(same).then(nw.col(column).shift(above)) for name, column in columns.items()}
    )


def taken_from(rows: AnyRows, table: AnyRows, on: str, **columns: str) -> AnyRows:
    """Put beside each row what a table says of it; null where the table says nothing.

    Args:
        rows: The rows; here in memory they keep their order.
        table: At most one row for each value of *on*.
        on: What names the rows of the table.
        columns: By name of the new column, which one to take.

    >>> rows = eager(frame_of([(7,), (8,)], {"unit": int}))
    >>> taken_from(rows, eager(frame_of([(7, 3)], {"unit": int, "cell": int})), "unit", c="cell").rows()
    [(7, 3), (8, None)]
    """
    if isinstance(rows, nw.LazyFrame):
        return rows.join(as_other(table.select(on, **columns)), on=on, how="left")
    numbers = nw.from_native(pl.int_range(table[on].len(), dtype=pl.UInt32, eager=True), series_only=True)
    at = translated(rows[on], table[on], numbers).to_native()
    taken = {name: table[column].to_native().gather(at) for name, column in columns.items()}
    return eager(rows.to_native().with_columns(**taken))


def flagged(rows: AnyRows, column: str, others: AnyRows, flag: str) -> AnyRows:
    """Say of each row whether its value in a column is among those of others.

    >>> rows = eager(frame_of([(1,), (2,)], {"unit": int}))
    >>> flagged(rows, "unit", rows.head(1), "first").rows()
    [(1, True), (2, False)]
    """
    if isinstance(rows, nw.LazyFrame):
        there = others.select(column).unique().with_columns(nw.lit(value=True).alias(flag))
        found = rows.join(as_other(there), on=column, how="left")
        return found.with_columns(nw.col(flag).fill_null(value=False))
    return rows.with_columns(among(column, others[column]).alias(flag))


def told_of(units: AnyRows, facts: AnyRows, of: str) -> AnyRows:
    """Put facts, at most one row a unit, beside the units; null where there is none.

    Args:
        units: Units; here in memory, *of* numbers them from 0, in order.
        facts: What is known of some.
        of: The column that names them.

    >>> units = eager(frame_of([(0,), (1,)], {"rid": int}))
    >>> told_of(units, eager(frame_of([(1, 7)], {"rid": int, "x": int})), "rid").rows()
    [(0, None), (1, 7)]
    """
    if isinstance(units, nw.LazyFrame):
        return units.join(as_other(facts), on=of, how="left")
    height, names = len(units), (name for name in facts.columns if name != of)
    return units.with_columns(**{name: spread(facts[of], facts[name], height) for name in names})


def with_bits(units: AnyRows, bits: AnyRows, of: str, name: str) -> AnyRows:
    """Put beside units, as for `told_of`, the sum of the different values of *name* that they have, or 0.

    >>> units = eager(frame_of([(0,), (1,)], {"rid": int}))
    >>> with_bits(units, eager(frame_of([(1, 2), (1, 4), (1, 2)], {"rid": int, "x": int})), "rid", "x").rows()
    [(0, 0), (1, 6)]
    """
    if isinstance(units, nw.LazyFrame):
        sums = bits.select(of, name).unique().group_by(of).agg(nw.col(name).sum().cast(nw.Int64))
        return units.join(as_other(sums), on=of, how="left").with_columns(nw.col(name).fill_null(0))
    sets = marked(bits[of].head(0), len(units)).cast(nw.Int64)
    for each in bits[name].unique().to_list():
        sets += marked(bits.filter(nw.col(name) == each)[of], len(units)).cast(nw.Int64) * each
    return units.with_columns(sets.alias(name))


_SHIFT: Final = 1 << 20  # makes the days of the calendar positive, for packing
_WIDTH: Final = 1 << 22  # more than the last of them then is


def with_facts(
    units: AnyRows,
    rows: AnyRows,
    of: str,
    by: str,
    *,
    last: Sequence[tuple[nw.Expr | None, Mapping[str, nw.Expr]]],
    highest: Mapping[str, tuple[nw.Expr | None, nw.Expr]],
) -> AnyRows:
    """Put beside units, as for `told_of`, what their rows say: days, codes, or other numbers as small.

    Args:
        units: The units.
        rows: Their rows; here in memory, those of a unit stand together, in order.
        of: The column that says whose they are.
        by: The column that orders them, from 0 or 1.
        last: Which rows are looked at (None: all), and the facts to take from the last of them.
        highest: For each fact, which rows are looked at (None: all), and its value there.

    >>> units = eager(frame_of([(0,), (1,)], {"rid": int}))
    >>> rows = eager(frame_of([(1, 1, 7), (1, 2, 5)], {"rid": int, "i": int, "x": int}))
    >>> x = nw.col("x")
    >>> with_facts(units, rows, "rid", "i", last=[(None, {"a": x})], highest={"b": (None, x)}).rows()
    [(0, None, None), (1, 5, 7)]
    """
    if isinstance(rows, nw.LazyFrame):
        place = nw.col(by) * _WIDTH + _SHIFT
        lasts = {
            name: _where(wanted, place + value.cast(nw.Int64))
            for wanted, facts in last
            for name, value in facts.items()
        }
        highs = {name: _where(wanted, value) for name, (wanted, value) in highest.items()}
        found = rows.select(of, **lasts, **highs).group_by(of).agg(nw.col(*lasts, *highs).max())
        found = found.with_columns(nw.col(name) % _WIDTH - _SHIFT for name in lasts)
        return units.join(as_other(found), on=of, how="left")
    ends = (nw.col(of) != nw.col(of).shift(-1)).fill_null(value=True)
    begins = (nw.col(of) != nw.col(of).shift(1)).fill_null(value=True)
    for wanted, facts in last:
        units = told_of(units, _those(rows, of, wanted, facts).filter(ends), of)
    for name, (wanted, value) in highest.items():
        those = _those(rows, of, wanted, {name: value})
        # On the way up, the one that follows is higher.
        those = those.filter(ends | (nw.col(name) > nw.col(name).shift(-1)))
        # Who comes later has greater numbers, so that the highest so far is their own.
        packed = begins.cast(nw.Int64).cum_sum() * _WIDTH + nw.col(name).cast(nw.Int64) + _SHIFT
        high = those.select(of, **{name: packed.cum_max() % _WIDTH - _SHIFT})
        units = told_of(units, high.filter(ends), of)
    return units


def _where(wanted: nw.Expr | None, value: nw.Expr) -> nw.Expr:
    return value if wanted is None else nw.when(wanted).then(value)


def _those(rows: Eager, of: str, wanted: nw.Expr | None, facts: Mapping[str, nw.Expr]) -> Eager:
    """Take facts of some rows, and of no column more: a filter copies all that there are."""
    if wanted is None:
        return rows.select(of, **facts)
    return rows.select(of, wanted=wanted, **facts).filter("wanted").drop("wanted")


def as_other(rows: Rows) -> Any:  # noqa: ANN401 - a type checker cannot tell that two of one kind are joined
    """Give rows to be joined to others, which lie where these do."""
    return rows


def as_given(frame: Frame, engine: nw.Implementation) -> IntoFrame:
    """Give a frame as one of the engine in memory that its data came from."""
    table: Any = frame
    given: IntoFrame = frame
    if engine is nw.Implementation.PANDAS:
        given = table.to_pandas()
    if engine is nw.Implementation.PYARROW:
        given = table.to_arrow()
    return given


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

    Whole numbers are taken for row numbers, as `joined` takes them.

    >>> names, codes = (eager(frame_of([("a", 1)], {"x": str, "y": int}))[c] for c in "xy")
    >>> translated(names, names, codes).to_list(), translated(codes, codes, names).to_list()
    ([1], ['a'])
    """
    if old.dtype.is_integer():
        places = _places(old.to_native(), values.to_native())
        if places is not None:
            return nw.from_native(new.to_native().gather(places), series_only=True)
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
