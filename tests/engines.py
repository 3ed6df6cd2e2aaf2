"""The engines on which frames can lie: for each a function that puts a Polars frame there."""

import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import duckdb
import ibis
import polars as pl
import pyarrow as pa

__all__ = ["HERE", "THERE", "Put", "narrow", "on_spark", "spark_session"]

Put = Callable[[pl.DataFrame], Any]


def narrow(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows as somebody else may hold them: categories, time stamps, small numbers."""
    return frame.with_columns(
        *(pl.col(name).cast(pl.Categorical) for name in ("action", "level", "territory") if name in frame),
        *(pl.col(name).cast(pl.Datetime("us")) for name in ("on", "observed_through") if name in frame),
        *(pl.col(name).cast(pl.Int32) for name in ("seq",) if name in frame),
    )


def written(frame: pl.DataFrame) -> Path:
    """The frame as two Parquet files, in a folder of its own."""
    folder = Path(mkdtemp(prefix="engines-"))
    middle = frame.height // 2
    frame.head(middle).write_parquet(folder / "a.parquet")
    frame.tail(frame.height - middle).write_parquet(folder / "b.parquet")
    return folder


@cache
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@cache
def backend() -> Any:
    return ibis.duckdb.connect()


def through_ibis(frame: pl.DataFrame) -> Any:
    return backend().read_parquet(str(written(frame) / "*.parquet"))


@cache
def spark_session() -> Any:
    """One local session for all tests; its workers have to be of this Python."""
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "3g",
        "spark.sql.shuffle.partitions": "2",
        "spark.default.parallelism": "2",
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.adaptive.enabled": "false",
        # To compile what is asked of a few rows takes longer than to answer it.
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    }
    builder = SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    return session


def on_spark(frame: pl.DataFrame) -> Any:
    """The frame read from Parquet by Spark, time stamps without a zone included."""
    return spark_session().read.parquet(str(written(frame)))


HERE: dict[str, Put] = {
    "polars": lambda frame: frame,
    "polars lazy": lambda frame: frame.lazy(),
    "polars files": lambda frame: pl.scan_parquet(written(frame) / "*.parquet"),
    "pandas": lambda frame: frame.to_pandas(),
    "pandas on arrow": lambda frame: frame.to_pandas(use_pyarrow_extension_array=True),
    "pyarrow": lambda frame: frame.to_arrow(compat_level=pl.CompatLevel.oldest()),
}
"""Frames that are counted here."""

THERE: dict[str, Put] = {
    "duckdb": lambda frame: connection().from_arrow(pa.table(frame.to_arrow())),
    "duckdb files": lambda frame: connection().read_parquet(str(written(frame) / "*.parquet")),
    "ibis": through_ibis,
}
"""Frames that are counted on their own engine."""
