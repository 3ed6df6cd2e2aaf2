"""The package counts what the naive oracle counts: every cell of every table, on worlds lawful and broken."""

import functools
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl
import pytest

from oracle import LADDER, Record, by_group, ledger_of, rate
from tipline_outcomes import EventLog, Ledger, Period, Unit, conversion
from worlds import AS_OF, EVENT_COLUMNS, LINK_COLUMNS, REFERRAL_COLUMNS, REPORT_COLUMNS, many, reports_of

pytestmark = pytest.mark.property

TYPES = {str: pl.String, int: pl.Int64, bool: pl.Boolean, date: pl.Date}
EVERYDAY, THOROUGH = (1, 300), (2, 10_000)
SOURCE = "source"

COLUMNS = {
    "standing": (
        "peak",
        "stated",
        "place",
        "reason",
        "levels",
        "open",
        "undated",
        "late",
        "came_in",
        "lossy",
    ),
    "waits": ("clock", "from", "to", "days", "followed", "late", "entered", "came_in"),
    "movements": ("period", "from", "to", "flow", "undated"),
    "stock": ("stage", "open", "observed_from"),
    "measures": ("place", "measure", "came_in"),
}
PARTS = (
    "received",
    "reached",
    "implied",
    "lost",
    "reopenable",
    "pending",
    "unknown",
    "excluded",
    "transferred_out",
    "unlinked",
)
ENDS = ("lower", "upper", "upper_by_as_of", "resolved")

each_size = pytest.mark.parametrize(
    ("seed", "worlds"),
    [pytest.param(*EVERYDAY, id="everyday"), pytest.param(*THOROUGH, id="thorough", marks=pytest.mark.slow)],
)
each_day = pytest.mark.parametrize("as_of", AS_OF, ids=str)
each_unit = pytest.mark.parametrize("unit", ["referral", "family", "report", "subject"])


def frame(rows, columns):
    return pl.DataFrame(rows, schema={name: TYPES[kind] for name, kind in columns.items()}, orient="row")


@functools.cache
def made(seed: int, worlds: int) -> tuple[list[Any], list[Any], Record, EventLog]:
    events, referrals = many(seed, worlds)
    reports, links = reports_of(referrals, seed)
    log = EventLog.from_frames(
        frame(events, EVENT_COLUMNS),
        frame(referrals, REFERRAL_COLUMNS),
        reports=frame(reports, REPORT_COLUMNS),
        links=frame(links, LINK_COLUMNS),
    )
    return events, referrals, Record(events, referrals, reports, links), log


def world_of(unit: str) -> str:
    """Name the dimension that tells the world: reports have their own."""
    return "provider" if unit == "report" else "world"


@functools.cache
def counted(seed: int, worlds: int, as_of: date, unit: str, by: tuple[str, ...] | None = None):
    """The oracle's tables and the package's ledger, by world unless told otherwise."""
    _, _, record, log = made(seed, worlds)
    by = (world_of(unit),) if by is None else by
    return ledger_of(record, as_of=as_of, by=by, unit=unit), Ledger.of(
        log, as_of=as_of, by=by, unit=Unit(unit)
    )


def as_counter(table: pl.DataFrame, columns: Iterable[str]) -> Counter[Any]:
    names = [*columns, "n"]
    assert set(table.columns) == set(names)
    rows = table.select(names).rows()
    counter = Counter({row[:-1]: row[-1] for row in rows})
    assert len(counter) == len(rows), "a cell occurs twice"
    assert all(n > 0 for n in counter.values()), "an empty cell"
    return counter


def assert_same(wanted: Counter[Any], found: Counter[Any], what: str, world_at: int | None, rows) -> None:
    """Compare two Counters, and show the first cells that differ with the whole world that they come from."""
    if wanted == found:
        return
    cells = sorted((cell for cell in wanted.keys() | found.keys() if wanted[cell] != found[cell]), key=repr)
    lines = [f"{what}: {len(cells)} cells differ; the oracle's n, the package's n, the cell"]
    lines += [f"  {wanted[cell]:>4} {found[cell]:>4}  {show(cell)}" for cell in cells[:12]]
    if world_at is not None:
        name = str(cells[0][world_at])[:6]
        events, referrals = rows
        columns = ("referral_id", "parent_id", "territory", "level", "observed_from", "observed_through")
        lines.append(f"world {name} (of referrals: id, parent, territory, level, observed from, through):")
        for row in sorted((r for r in referrals if r["world"] == name), key=lambda r: r["referral_id"]):
            told = show(row[column] for column in columns)
            lines.append(f"  {told}")
        keep = (
            "on",
            "action",
            "reason",
            "level",
            "subject_id",
            "charge_id",
            "implied",
            "superseded_on",
            "other_id",
        )
        for event in sorted(events, key=lambda e: (e["referral_id"], e["seq"])):
            if event["referral_id"].startswith(name):
                told = show(event[column] for column in keep if event[column] not in (None, False))
                lines.append(f"  {event['referral_id']} {event['seq']:>2}  {told}")
    pytest.fail("\n".join(lines), pytrace=False)


def show(cell: Iterable[object]) -> str:
    return "  ".join("-" if value is None else repr(value) if value == "" else str(value) for value in cell)


@each_size
def test_violations(seed, worlds):
    events, referrals, record, log = made(seed, worlds)
    table = log.check().to_frame()
    assert table.columns == ["referral_id", "seq", "rule", "detail"]
    found = Counter(table.select("referral_id", "seq", "rule").rows())
    assert_same(Counter(record.violations), found, "violations", 0, (events, referrals))


@each_size
def test_details_of_links_and_jurisdictions(seed, worlds):
    events, referrals, record, log = made(seed, worlds)
    rules = {rule for _, rule, _ in record.details}
    assert rules == {"survivor_cycle", "child_without_parent", "unknown_jurisdiction"}
    rows = log.check().to_frame().select("referral_id", "rule", "detail").rows()
    found = Counter(row for row in rows if row[1] in rules)
    assert_same(Counter(record.details), found, "details", 0, (events, referrals))


@each_size
@each_unit
@each_day
@pytest.mark.parametrize("name", COLUMNS)
def test_tables(seed, worlds, as_of, unit, name):
    events, referrals, *_ = made(seed, worlds)
    tables, ledger = counted(seed, worlds, as_of, unit)
    found = as_counter(getattr(ledger, name), (world_of(unit), *COLUMNS[name]))
    assert_same(tables[name], found, f"{name} per {unit} as of {as_of}", 0, (events, referrals))


@each_unit
@pytest.mark.parametrize("by", [(), ("source",), ("source", "territory")], ids="+".join)
def test_other_dimensions_with_values_that_are_missing(unit, by):
    tables, ledger = counted(*EVERYDAY, AS_OF[2], unit, by)
    for name, columns in COLUMNS.items():
        found = as_counter(getattr(ledger, name), (*by, *columns))
        assert_same(tables[name], found, f"{name} per {unit} by {by}", None, None)


@pytest.mark.parametrize("period", ["month", "year", "us_fiscal_year", "uk_financial_year"])
def test_other_periods_and_horizons(period):
    _, _, record, log = made(*EVERYDAY)
    tables = ledger_of(
        record, as_of=AS_OF[3], by=("source",), unit="family", period=period, horizons=(7, 400)
    )
    ledger = Ledger.of(
        log, as_of=AS_OF[3], by=("source",), unit=Unit.FAMILY, period=Period(period), horizons=(7, 400)
    )
    for name, columns in COLUMNS.items():
        found = as_counter(getattr(ledger, name), ("source", *columns))
        assert_same(tables[name], found, f"{name} by {period}", None, None)


def parts(one):
    return {name: getattr(one, name) for name in (*PARTS, *ENDS)}


def wanted_parts(standing, milestone, level=None):
    rates = rate(standing, milestone, level)
    return {name: rates[name] for name in (*PARTS, *ENDS)}


@each_size
@each_unit
@each_day
def test_conversion_to_every_milestone(seed, worlds, as_of, unit):
    tables, ledger = counted(seed, worlds, as_of, unit)
    groups = by_group(tables["standing"], 1)
    # What comes before a charge is not asked of subjects.
    for milestone in LADDER[LADDER.index("charged") :] if unit == "subject" else LADDER:
        table = conversion(ledger, to=milestone)
        assert parts(table.overall) == wanted_parts(tables["standing"], milestone), milestone
        found = {tuple(one.group.values()): parts(one) for one in table.groups}
        assert found.keys() == groups.keys()
        for group, standing in groups.items():
            assert found[group] == wanted_parts(standing, milestone), (milestone, group, standing)


@each_unit
@pytest.mark.parametrize("level", ["local", "federal", "tribal"])
def test_conversion_to_charges_of_one_level(unit, level):
    tables, ledger = counted(*EVERYDAY, AS_OF[2], unit, (SOURCE,))
    groups = by_group(tables["standing"], 1)
    table = conversion(ledger, to="charged", level=level)
    assert parts(table.overall) == wanted_parts(tables["standing"], "charged", level)
    assert {(one.group[SOURCE],): parts(one) for one in table.groups} == {
        group: wanted_parts(standing, "charged", level) for group, standing in groups.items()
    }
