"""Felony intake in Cook County, 2019, read from the agency's own tables by a profile, and counted.

The data (Cook County State's Attorney's Office, CC BY 4.0, as packaged by ian-flores/chicagoDA) lie beside
the repository, if they are at hand; the profile is one of the examples.
"""

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from oracle_cook_county import AS_OF, PARTS, PLACES, count, uses

HERE = Path(__file__)
FOLDER = HERE.parents[2] / "shared" / "realdata" / "cook-county-2019"
PROFILE = HERE.parents[1] / "examples" / "cook-county" / "profile.toml"

pytestmark = pytest.mark.skipif(
    not (FOLDER / "intake.csv").is_file(),
    reason="the tables of Cook County are not at hand (../shared/realdata/cook-county-2019)",
)

OVERALL = {
    "received": 18137,
    "charge": 15066,
    "administrative": 3,
    "closed": 1864,
    "pending": 1005,
    "unknown": 2,
    "excluded": 197,
    "undated": 411,
    "set_aside": 2,
    "convicted_ever": 2088,
}
# The person with a result of the year 2109.
UNBELIEVED = "p7af3e56622f5"


@pytest.fixture(scope="module")
def expected():
    return count(FOLDER)


@pytest.fixture(scope="module")
def extract():
    from tipline_outcomes import read_extract

    return read_extract(FOLDER, PROFILE)


@pytest.fixture(scope="module")
def ledger(extract):
    return ledger_of(extract.log)


def ledger_of(log):
    from tipline_outcomes import Ledger

    return Ledger.of(log, as_of=AS_OF, by=("offense_category",))


def test_the_oracle_balances(expected):
    for category, one in expected.items():
        assert one["received"] == sum(one[place] for place in PLACES), category
        for milestone in ("charged", "convicted"):
            parts = sum(one[f"{milestone}.{part}"] for part in PARTS)
            assert one["received"] == parts + one["excluded"], category
    overall = sum(expected.values(), Counter())
    assert {name: overall[name] for name in OVERALL} == OVERALL


def test_the_profile_reads_every_code_as_the_source_explains_it():
    from tipline_outcomes import Profile

    with (FOLDER / "codes.csv").open(encoding="utf-8") as file:
        explained = pl.read_csv(file.read().encode(), infer_schema=False)
    wanted: dict[str, dict[str, str]] = defaultdict(dict)
    for column, code, action, _, reason in explained.iter_rows():
        wanted[column][code] = " ".join(filter(None, (action, reason))) or "nothing"
    profile = Profile.load(PROFILE)
    given = {
        column: {code: str(meaning) for code, meaning in profile.meanings(event, column).items()}
        for event in profile.event
        for column in event.code
    }
    for column, codes in wanted.items():
        for code, meaning in codes.items():
            spelled = {meaning, meaning.removesuffix(" charge_pending")}
            assert given[column].pop(code) in spelled, (column, code)
        assert given.pop(column) == {}
    assert given == {}


def test_every_row_is_accounted_for(extract):
    summary, wanted = extract.summary, uses(FOLDER)
    assert [(use.table, use.use) for use in summary.uses] == [
        ("intake.csv", "referral"),
        ("intake.csv", "event 1"),
        ("dispositions.csv", "event 2"),
    ]
    for use, account in zip(summary.uses, wanted.values(), strict=True):
        parts = ("made", "nothing", "blank", "unmapped")
        assert {part: getattr(use, part) for part in parts} == {part: account[part] for part in parts}
        assert sum(use.refused.values()) == account["refused"]
        assert use.rows == account.total()
    assert {table.table: (table.read, table.used) for table in summary.tables} == {
        "intake.csv": (18137, 18137),
        "dispositions.csv": (10348, 10347),
    }
    assert extract.unmapped.height == 0


def test_the_one_row_that_is_refused_is_shown_as_it_stands_in_the_file(extract):
    lines = (FOLDER / "dispositions.csv").read_text(encoding="utf-8").split("\n")
    ((number, raw),) = [(i, line) for i, line in enumerate(lines, start=1) if "/2109 " in line]
    (row,) = extract.refused.to_dicts()
    assert row.pop("detail")
    assert row == {
        "table": "dispositions.csv",
        "use": "event 2",
        "line": number,
        "rule": "unbelievable_date",
        "raw": raw.removesuffix("\r"),
    }
    incomplete = extract.log.referrals.filter(pl.col("incomplete"))["referral_id"]
    assert incomplete.to_list() == [UNBELIEVED]


def test_standing_as_the_oracle_counts(expected, ledger):
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in ledger.standing.iter_rows(named=True):
        one, n = found[row["offense_category"]], row["n"]
        one["received"] += n
        one[row["place"]] += n
        one["undated"] += n * row["undated"]
        one["set_aside"] += n * (row["reason"] == "set_aside:illegal_transition")
        one["convicted_ever"] += n * (row["stated"] == "convicted")
    for category, one in expected.items():
        assert {name: found[category][name] for name in OVERALL} == {n: one[n] for n in OVERALL}, category
    assert found.keys() == expected.keys()


@pytest.mark.parametrize("milestone", ["charged", "convicted"])
def test_conversion_as_the_oracle_counts(expected, ledger, milestone):
    from tipline_outcomes import conversion

    table = conversion(ledger, to=milestone)

    def wanted(one):
        return {p: one[f"{milestone}.{p}"] for p in PARTS} | {n: one[n] for n in ("excluded", "received")}

    def given(rate):
        return {name: getattr(rate, name) for name in (*PARTS, "excluded", "received")}

    assert given(table.overall) == wanted(sum(expected.values(), Counter()))
    groups = {rate.group["offense_category"]: given(rate) for rate in table.groups}
    assert groups == {category: wanted(one) for category, one in expected.items()}


def test_a_charge_whose_result_cannot_be_dated_stays_a_charge_and_is_unknown_beyond(extract):
    from tipline_outcomes import EventLog, conversion

    this = pl.col("referral_id") == UNBELIEVED
    log = extract.log
    one = ledger_of(EventLog.from_frames(log.events.filter(this), log.referrals.filter(this)))
    assert one.standing.select("place", "open", "n").rows() == [("charge", "unwatched", 1)]
    charged, convicted = (conversion(one, to=milestone).overall for milestone in ("charged", "convicted"))
    assert (charged.reached, charged.unknown) == (1, 0)
    assert (convicted.reached, convicted.lost, convicted.pending, convicted.unknown) == (0, 0, 0, 1)


# --- the same, as somebody else has made a log of it -------------------------------------------------


@pytest.fixture(scope="module")
def made_elsewhere():
    """The log that was made without a profile, less the row that the profile does not believe."""
    from tipline_outcomes import EventLog

    events = pl.read_parquet(FOLDER / "log" / "events.parquet")
    believed = events.filter(pl.col("on") <= date(2019, 12, 31))
    unbelieved = events.join(believed, on=["referral_id", "seq"], how="anti")
    assert unbelieved["referral_id"].to_list() == [UNBELIEVED]
    # Nothing else of that charge is left, so its filing, which only its result implied, goes with it.
    implied = pl.col("implied") & (pl.col("action") == "file_charge")
    never_filed = implied & pl.col("charge_id").is_in(unbelieved["charge_id"].to_list())
    referrals = pl.read_parquet(FOLDER / "log" / "referrals.parquet")
    marked = referrals.with_columns(incomplete=pl.col("referral_id") == UNBELIEVED)
    return EventLog.from_frames(as_in_the_file(believed.filter(~never_filed)), marked)


def as_in_the_file(events):
    """Number the results of a day as their rows stand in the file; the log has them in order of their ids."""
    rows = pl.read_csv(FOLDER / "dispositions.csv", infer_schema=False).with_row_index("row")
    charge = {"referral_id": "case_participant_id", "charge_id": "charge_version_id"}
    rows = rows.select("row", **charge).unique(["referral_id", "charge_id"])
    result = pl.col("action") == "charge_result"
    ordered = events.join(rows, on=list(charge), how="left").sort(
        "referral_id", result, pl.when(result).then("on"), pl.when(result).then("row"), "seq"
    )
    return ordered.with_columns(seq=pl.int_range(pl.len()).over("referral_id")).drop("row")


def test_the_stated_events_are_those_of_a_log_made_elsewhere(extract, made_elsewhere):
    columns = ["referral_id", "on", "action", "disposition", "reason", "level"]
    charge = pl.when(pl.col("disposition") == "charge").then(pl.col("subject_id"))
    result = pl.when(pl.col("action") == "charge_result").then(pl.col("charge_id"))

    def told(log):
        events = log.events.filter(~pl.col("implied")).sort("referral_id", "seq")
        return events.select(*columns, charge, result).rows()

    assert told(extract.log) == told(made_elsewhere)


def test_what_is_implied_is_what_a_log_made_elsewhere_implies(extract, made_elsewhere):
    def added(log):
        return Counter(log.events.filter("implied").select("referral_id", "on", "action").iter_rows())

    assert added(extract.log) == added(made_elsewhere)


def test_every_charge_is_filed_once_as_in_a_log_made_elsewhere(extract, made_elsewhere):
    def filed(log):
        events = log.events.sort("referral_id", "seq")
        # A filing without an id is that of the charge that is named first.
        first = pl.col("charge_id").drop_nulls().first().over("referral_id")
        filings = events.with_columns(pl.col("charge_id").fill_null(first)).filter(action="file_charge")
        return Counter(filings.select("referral_id", "on", "level", "charge_id").iter_rows())

    found = filed(extract.log)
    assert found == filed(made_elsewhere)
    assert set(found.values()) == {1}


def test_the_referrals_are_those_of_a_log_made_elsewhere(extract, made_elsewhere):
    columns = made_elsewhere.referrals.columns

    def rows(log):
        return log.referrals.select(columns).sort("referral_id").rows()

    assert set(extract.log.referrals.columns) == set(columns)
    assert rows(extract.log) == rows(made_elsewhere)


@pytest.mark.parametrize("table", ["standing", "movements", "stock", "waits", "measures"])
def test_the_ledgers_of_both_logs_are_the_same(ledger, made_elsewhere, table):
    other = getattr(ledger_of(made_elsewhere), table)
    columns = other.columns
    assert Counter(getattr(ledger, table).select(columns).iter_rows()) == Counter(other.iter_rows())


# --- the command line --------------------------------------------------------------------------------


def test_the_report_of_an_extract_balances_in_every_group(tmp_path, expected):
    target = tmp_path / "report.json"
    command = ["report", FOLDER, "--profile", PROFILE, "--as-of", AS_OF, "--by", "offense_category"]
    command += ["--to", "charged", "--json", target]
    done = subprocess.run(
        [sys.executable, "-c", "from tipline_outcomes.cli import main; main()", *map(str, command)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(target.read_text(encoding="utf-8"))
    groups = {group["group"]["offense_category"]: group for group in told["groups"]}
    assert groups.keys() == expected.keys()
    for category, group in groups.items():
        assert group["received"] == sum(group[place] for place in PLACES), category
        assert {place: group[place] for place in PLACES} == {p: expected[category][p] for p in PLACES}
        assert group["conversion"]["numerator"] == expected[category]["charged.reached"]
    assert told["overall"]["received"] == 18137
    assert told["refused"] == {"unbelievable_date": 1}
    assert told["unmapped"] == {}
