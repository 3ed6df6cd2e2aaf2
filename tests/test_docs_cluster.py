"""The page "On a cluster": on Spark the lines are those on DuckDB but for the first, and so is the ledger."""

import re
from pathlib import Path

import pytest

from engines import spark_session
from tipline_outcomes import EventLog
from tipline_outcomes.synthetic import Parameters, invent

PAGE = Path(__file__).parents[1] / "docs" / "cluster.md"


def blocks() -> tuple[list[str], list[str]]:
    on_duckdb, on_spark = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return [*filter(None, on_duckdb.splitlines())], [*filter(None, on_spark.splitlines())]


def test_the_lines_are_the_same_but_for_the_engine():
    on_duckdb, on_spark = blocks()
    assert on_duckdb[2:] == on_spark[2:]
    assert len(on_spark) == 10


@pytest.mark.spark
def test_the_lines_on_spark_give_the_ledger_of_those_on_duckdb(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    world = EventLog.of(invent(Parameters(referrals=300)).cohort)
    world.events.write_parquet("events.parquet")
    world.referrals.write_parquet("referrals.parquet")
    spark_session()
    ledgers = []
    for lines in blocks():
        names: dict[str, object] = {}
        # A session of Spark's that was there before looks for files where it began.
        told = re.sub(r'"(\w+\.parquet)"', lambda name: repr(str(tmp_path / name[1])), "\n".join(lines))
        exec(told, names)  # noqa: S102 - the page's own lines
        ledgers.append(names["ledger"])
    assert ledgers[0] == ledgers[1]
