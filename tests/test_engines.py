"""Whatever engine holds the frames, one log: the same findings, and the same ledger to the last count.

One body of tests runs on all engines. Frames here are counted by the ordered canonicaliser, frames there by
windows on their own engine: the two are held to each other on worlds that are half broken.
"""

from datetime import UTC, date, datetime

import duckdb
import ibis
import narwhals.stable.v2 as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from engines import HERE, THERE, connection, narrow, on_spark
from tipline_outcomes import (
    EVENT_COLUMNS,
    LINK_COLUMNS,
    REFERRAL_COLUMNS,
    REPORT_COLUMNS,
    EventLog,
    ExtractError,
    Ledger,
    Rule,
    Unit,
)
from tipline_outcomes._engine import collected
from tipline_outcomes.ledger.tables import TABLES
from worlds import AS_OF, many, reports_of

KINDS = {str: pl.String, int: pl.Int64, bool: pl.Boolean, date: pl.Date}
COLUMNS = {
    "events": EVENT_COLUMNS,
    "referrals": REFERRAL_COLUMNS,
    "reports": REPORT_COLUMNS,
    "links": LINK_COLUMNS,
}
FORMS = {
    "plain": lambda frame: frame,
    "narrow": narrow,
    "text": lambda frame: frame.select(pl.all().cast(pl.String)),
}
WAYS = [
    *((engine, "narrow") for engine in (*HERE, *THERE)),
    *((engine, form) for engine in ("pandas", "duckdb") for form in ("plain", "text")),
    pytest.param("spark", "narrow", marks=pytest.mark.spark),
    pytest.param("spark", "text", marks=pytest.mark.spark),
]
SPARK = pytest.param("spark", marks=pytest.mark.spark)
FEW = ["polars", "pandas", "duckdb"]
SEVERAL = [*FEW, SPARK]
ALL = ["polars", "pandas", "pyarrow", "duckdb", "ibis", SPARK]
NATIVE = ("referral_id", "seq", "rule", "detail")


def put_on(engine, frame):
    return (HERE | THERE | {"spark": on_spark})[engine](frame)


def tables_of(worlds, seed):
    events, referrals = many(seed, worlds)
    reports, links = reports_of(referrals, seed)
    rows = {"events": events, "referrals": referrals, "reports": reports, "links": links}
    return {
        name: pl.DataFrame(
            rows[name],
            schema={c: KINDS[column.kind] for c, column in columns.items() if c != "received_on"}
            | (dict.fromkeys(("world", "source"), pl.String) if name == "referrals" else {}),
        )
        for name, columns in COLUMNS.items()
    }


def log_on(engine, tables, form="plain", **asked):
    return EventLog.from_frames(
        **{name: put_on(engine, FORMS[form](table)) for name, table in tables.items()}, **asked
    )


def found(log):
    return log.check().to_frame().sort(NATIVE, nulls_last=True)


def assert_same(one, other, asks):
    assert one.check().counts == other.check().counts
    assert found(one).equals(found(other))
    for as_of, unit, by in asks:
        here, there = (Ledger.of(log, as_of=as_of, by=by, unit=unit) for log in (one, other))
        for name in TABLES:
            assert getattr(there, name).schema == getattr(here, name).schema
            assert getattr(there, name).equals(getattr(here, name)), (as_of, unit, name)
        assert here == there


@pytest.fixture(scope="module")
def tables():
    return tables_of(80, 11)


@pytest.mark.parametrize(("engine", "form"), WAYS)
def test_whatever_engine_and_form_the_frames_come_in_the_ledger_is_the_same(engine, form, tables):
    log = log_on(engine, tables, form)
    assert (log.windowed is None) == (engine in HERE)
    asks = [(AS_OF[1], Unit.REFERRAL, ()), (AS_OF[3], Unit.FAMILY, ("world", "source"))]
    assert_same(log_on("polars", tables), log, asks)


@pytest.mark.slow
@pytest.mark.parametrize(
    "engine", ["pandas", "duckdb", "ibis", pytest.param("spark", marks=pytest.mark.spark)]
)
def test_ten_thousand_worlds_in_one_frame_have_the_same_ledger_on_every_engine(engine):
    tables = tables_of(10_000, 5)
    tables = {name: tables[name] for name in ("events", "referrals")}
    log = log_on(engine, tables, "narrow")
    asks = [(AS_OF[2], Unit.REFERRAL, ("world",)), (AS_OF[3], Unit.FAMILY, ("world",))]
    assert_same(log_on("polars", tables), log, asks)


@pytest.mark.parametrize("unit", [Unit.REPORT, Unit.SUBJECT])
def test_reports_and_subjects_on_an_engine_are_counted_as_they_are_here(unit, tables):
    here, there = (log_on(engine, tables) for engine in ("polars", "duckdb"))
    by = () if unit is Unit.REPORT else ("world",)
    assert Ledger.of(there, as_of=AS_OF[3], by=by, unit=unit) == Ledger.of(
        here, as_of=AS_OF[3], by=by, unit=unit
    )


def test_gaps_on_an_engine_are_filled_as_they_are_here(tables):
    here, there = (log_on(engine, tables, fill=True) for engine in ("polars", "duckdb"))
    assert_same(here, there, [(AS_OF[3], Unit.FAMILY, ("world",))])


def test_a_log_on_an_engine_gives_its_tables_dimensions_and_strange_words(tables):
    here, there = (log_on(engine, tables) for engine in ("polars", "duckdb"))
    assert there.dimensions == here.dimensions
    assert there.unmapped == here.unmapped != {}
    assert repr(there) == "<EventLog on DUCKDB>"
    for name in COLUMNS:
        one, two = (getattr(log, name) for log in (here, there))
        assert two.sort(two.columns).equals(one.sort(one.columns))
    assert there.event_count == here.event_count


@pytest.mark.parametrize("engine", ALL)
def test_violations_are_a_frame_of_the_engine_that_the_events_were_given_on(engine, tables):
    log = log_on(engine, tables)
    kinds = {
        "polars": pl.DataFrame,
        "pandas": pd.DataFrame,
        "pyarrow": pa.Table,
        "duckdb": duckdb.DuckDBPyRelation,
        "ibis": ibis.Table,
    }
    report = log.check()
    native = report.to_native()
    assert engine == "spark" or isinstance(native, kinds[engine])
    rows = nw.from_native(native)
    rows = collected(rows) if isinstance(rows, nw.LazyFrame) else rows
    assert rows.to_polars().select(NATIVE).sort(NATIVE, nulls_last=True).equals(found(log))
    assert len(report) == rows.shape[0] == sum(report.counts.values()) > 0


LAWFUL = {
    "events": {
        "referral_id": ["f", "f", "g"],
        "seq": [0, 1, 0],
        "on": [date(2024, 1, 5), date(2024, 1, 5), date(2024, 2, 1)],
        "action": ["made_available", "accept", "made_available"],
    },
    "referrals": {"referral_id": ["f", "g"], "territory": ["US-CA", "FR"], "level": ["local", "foreign"]},
}


def lawful(**changes):
    return {
        name: pl.DataFrame(LAWFUL[name] | changes.get(name, {}), strict=False)
        for name in ("events", "referrals")
    }


def test_a_clean_log_is_known_to_be_clean_before_any_violation_is_looked_for():
    clean = log_on("duckdb", lawful()).check()
    assert (clean.counts, len(clean)) == ({}, 0)
    assert clean.to_native().fetchall() == []
    broken = log_on(
        "duckdb", lawful(events={"action": ["made_available", "close", "made_available"]})
    ).check()
    assert [rule for rule in Rule if rule.value in broken.to_native().sql_query()] == [*broken.counts]
    assert not [
        rule for rule in Rule if rule is not Rule.INCOMPLETE and rule.value in clean.to_native().sql_query()
    ]


# --- traps of engines, see the module `tipline_outcomes._engine` ------------------------------------


@pytest.mark.parametrize("engine", ALL)
def test_empty_frames_make_an_empty_ledger(engine):
    log = log_on(engine, {name: table.clear() for name, table in tables_of(2, 1).items()})
    assert (len(log.check()), log.check().to_frame().height) == (0, 0)
    for unit in (Unit.REFERRAL, Unit.FAMILY):
        assert Ledger.of(log, as_of=AS_OF[3], unit=unit).received == 0


def test_empty_pandas_frames_without_types_make_an_empty_ledger():
    log = EventLog.from_frames(
        *(pd.DataFrame({n: [] for n in LAWFUL[name]}, dtype=object) for name in LAWFUL)
    )
    assert Ledger.of(log, as_of=AS_OF[3], by=("territory",)).received == 0


@pytest.mark.parametrize("engine", SEVERAL)
def test_what_is_missing_is_unlike_everything(engine):
    # The child does not name the parent; the engines' unequal is then neither true nor false.
    tables = lawful(
        events={
            "action": ["made_available", "transfer", "made_available"],
            "disposition": [None, "closed", None],
            "reason": [None, "transferred", None],
            "other_id": [None, "g", None],
        },
        referrals={"parent_id": [None, None]},
    )
    tables = {name: table.with_columns(pl.col(pl.Null).cast(pl.String)) for name, table in tables.items()}
    counts = log_on(engine, tables).check().counts
    assert counts[Rule.CHILD_WITHOUT_PARENT] == 1
    assert counts == log_on("polars", tables).check().counts


@pytest.mark.parametrize("engine", SEVERAL)
def test_a_number_that_several_events_share_is_one_violation_on_every_engine(engine):
    tables = lawful(
        events={"referral_id": ["f"] * 3, "seq": [4, 4, 4]}, referrals={"referral_id": ["f", "f"]}
    )
    here, there = (log_on(e, tables) for e in ("polars", engine))
    assert there.check().counts == here.check().counts
    assert there.check().counts[Rule.DUPLICATE_SEQ] == 1
    assert found(there).equals(found(here))


RESERVED = (
    "at",
    "select",
    "order",
    "group",
    "desc",
    "end",
    "from x",
    "user",
    "interval",
    "a.b",
    'a"b',
    "a`b",
)


@pytest.mark.parametrize("engine", ALL)
def test_a_dimension_may_have_a_name_that_the_engine_reserves(engine):
    names = [name for name in RESERVED if not (engine == "spark" and name in ("a.b", "a`b"))]
    tables = lawful(referrals={name: ["yes", "no"] for name in names})
    here, there = (Ledger.of(log_on(e, tables), as_of=AS_OF[3], by=names) for e in ("polars", engine))
    assert here == there
    assert there.standing.height == 2


@pytest.mark.parametrize("engine", SEVERAL)
def test_dimensions_are_told_apart_by_their_values_however_they_are_written(engine):
    tables = {
        "events": pl.DataFrame(
            {
                "referral_id": list("abcdefgh"),
                "seq": [0] * 8,
                "on": [date(2024, 1, 5)] * 8,
                "action": ["made_available"] * 8,
            }
        ),
        "referrals": pl.DataFrame(
            {
                "referral_id": list("abcdefgh"),
                "territory": ["FR"] * 8,
                "level": ["local"] * 8,
                "one": ["x:1:y", "x", "", None, "é", "\x00", "1", "13aaaaaaaaa"],
                "two": ["z", "y:1:z", "4:null", "null", None, None, "aaaaaaaaa3xyz", "xyz"],
            }
        ),
    }
    here, there = (
        Ledger.of(log_on(e, tables), as_of=AS_OF[3], by=("one", "two")) for e in ("polars", engine)
    )
    assert here == there


def test_sums_are_whole_numbers_however_wide_the_engine_makes_them():
    sums = duckdb.connect().sql("SELECT sum(x) AS n, sum(x::DECIMAL(38, 0)) AS d FROM (VALUES (1), (2)) t(x)")
    assert [str(kind) for kind in sums.types] == ["HUGEINT", "DECIMAL(38,0)"]
    here = collected(nw.from_native(sums))
    assert set(here.schema.values()) == {nw.Int64()}
    assert here.rows() == [(3, 3)]


def test_counts_beyond_thirty_two_bits_are_added_up(tables):
    ledger = Ledger.of(log_on("duckdb", {n: tables[n] for n in ("events", "referrals")}), as_of=AS_OF[3])
    total, doublings = ledger, 33
    for _ in range(doublings):
        total = total + total
    assert total.received == ledger.received * 2**doublings > 2**32
    for name in TABLES:
        assert getattr(ledger, name).schema["n"] == pl.Int64


def test_counting_leaves_the_result_that_a_cursor_has_open_alone(tables):
    there = log_on("duckdb", {n: tables[n] for n in ("events", "referrals")})
    here = log_on("polars", {n: tables[n] for n in ("events", "referrals")})
    # A connection has one open result: whoever reads another meanwhile takes a cursor for it.
    beside = connection().cursor().execute("FROM range(100000)")
    assert beside.fetchone() == (0,)
    assert found(there).equals(found(here))
    assert Ledger.of(there, as_of=AS_OF[3]) == Ledger.of(here, as_of=AS_OF[3])
    assert beside.fetchone() == (1,)


def test_nothing_is_left_on_the_connection_but_temporary_tables():
    con = duckdb.connect()
    con.execute("CREATE TABLE mine AS SELECT 1 AS x")
    tables = {name: con.from_arrow(table.to_arrow()) for name, table in lawful().items()}
    log = EventLog.from_frames(**tables)
    log.check()
    made = con.sql("FROM duckdb_tables()").fetchall()
    Ledger.of(log, as_of=AS_OF[3])
    # The canonical form is kept for the next question, what a question needed is not.
    assert con.sql("FROM duckdb_tables()").fetchall() == made
    assert con.sql("SELECT table_name FROM duckdb_tables() WHERE NOT temporary").fetchall() == [("mine",)]
    assert con.sql("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall() == []


def test_frames_of_several_engines_or_connections_come_here():
    tables = lawful()
    here = Ledger.of(log_on("polars", tables), as_of=AS_OF[3])
    apart = {name: duckdb.connect().from_arrow(table.to_arrow()) for name, table in tables.items()}
    mixed = {"events": put_on("duckdb", tables["events"]), "referrals": tables["referrals"].to_pandas()}
    for frames in (apart, mixed):
        log = EventLog.from_frames(**frames)
        assert log.windowed is None
        assert Ledger.of(log, as_of=AS_OF[3]) == here


@pytest.mark.parametrize("engine", FEW)
@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"seq": ["0", "1", "0x"]}, "events.seq cannot be read in 1 rows, such as '0x'; write whole numbers"),
        (
            {"superseded_on": ["2024-02-30", None, "2023-02-29"]},
            "cannot be read in 2 rows, such as '2023-02-29'",
        ),
        ({"implied": ["TRUE", None, "perhaps"]}, "implied cannot be read in 1 rows, such as 'perhaps'"),
        ({"seq": [0, None, 0]}, "events.seq is empty in 1 rows"),
        ({"referral_id": ["f", "", None]}, "events.referral_id is empty in 2 rows"),
    ],
)
def test_a_value_that_cannot_be_read_is_told_on_every_engine(engine, columns, sentence):
    with pytest.raises(ExtractError, match=sentence):
        log_on(engine, lawful(events=columns))


@pytest.mark.parametrize("engine", ALL)
def test_days_are_read_to_the_letter_on_every_engine(engine):
    days = [
        "2024-02-29",
        "2023-02-29",
        "0001-01-01",
        "0000-01-01",
        "9999-12-31",
        "2024-1-1",
        " 2000-02-29 ",
        "1900-02-29",
    ]
    tables = {
        "events": pl.DataFrame(
            {
                "referral_id": [str(n) for n in range(len(days))],
                "seq": ["0"] * len(days),
                "on": days,
                "action": ["made_available"] * len(days),
            }
        ),
        "referrals": pl.DataFrame(
            {
                "referral_id": [str(n) for n in range(len(days))],
                "territory": "FR",
                "level": "local",
                "day": days,
            }
        ),
    }
    log = log_on(engine, tables)
    assert sorted(found(log)["referral_id"]) == ["1", "3", "5", "7"]
    assert log.check().counts == {Rule.DATE_MISSING: 4}
    here, there = (
        Ledger.of(log_on(e, tables), as_of=date(9999, 12, 31), by=("day",)) for e in ("polars", engine)
    )
    assert here == there


@pytest.mark.parametrize("engine", SEVERAL)
def test_numbers_of_events_only_order_them_on_every_engine(engine):
    tables = lawful(events={"seq": [2**40, 2**62, -7]})
    log = log_on(engine, tables)
    assert log.check().counts == {}
    ledger = Ledger.of(log, as_of=AS_OF[3])
    assert ledger == Ledger.of(log_on("polars", lawful()), as_of=AS_OF[3])


@pytest.mark.parametrize("engine", ["duckdb", SPARK])
def test_time_stamps_with_a_zone_are_refused_on_engines_too(engine):
    stamps = lawful().pop("events").with_columns(on=pl.lit(datetime(2024, 1, 5, 23, tzinfo=UTC)))
    with pytest.raises(ExtractError, match="take the day in the agency's own zone"):
        EventLog.from_frames(put_on(engine, stamps), put_on(engine, lawful()["referrals"]))


def test_days_beyond_the_calendar_are_no_days():
    events = connection().sql(
        "SELECT 'f' AS referral_id, 0 AS seq, 'infinity'::DATE AS \"on\", 'made_available' AS action"
        " UNION ALL SELECT 'g', 0, '20000-01-01'::DATE, 'made_available'"
    )
    log = EventLog.from_frames(events, put_on("duckdb", lawful()["referrals"]))
    assert log.windowed is not None
    assert log.check().counts == {Rule.DATE_MISSING: 2}


def test_ids_may_be_whole_numbers_of_any_width():
    con = connection()
    events = con.sql(
        "SELECT 7::HUGEINT AS referral_id, 0::UTINYINT AS seq, DATE '2024-01-05' AS \"on\","
        " 'made_available'::ENUM('made_available', 'close') AS action"
    )
    referrals = con.sql("SELECT 7::HUGEINT AS referral_id, 'FR' AS territory, 'local' AS level")
    log = EventLog.from_frames(events, referrals)
    assert log.check().counts == {}
    assert log.referrals["referral_id"].to_list() == ["7"]
