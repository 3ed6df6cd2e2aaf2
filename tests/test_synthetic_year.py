"""The year in parts: the same bytes everywhere, lawful, as planted, and alive as the small worlds are."""

import csv
import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from functools import cache
from math import sqrt
from pathlib import Path
from tempfile import mkdtemp

import polars as pl
import pytest
from attrs import asdict, evolve

from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.eventlog import EventLog
from tipline_outcomes.ledger import Ledger
from tipline_outcomes.model import Action, Jurisdiction, Stage
from tipline_outcomes.synthetic import YEAR, Parameters, Planted, Recipient, Step, invent, write_year
from tipline_outcomes.synthetic.year.proportions import AGENCIES, PUBLISHED, REPORTS

SHARED = Path(__file__).parents[2] / "shared"
SMALL = evolve(YEAR, referrals=20_000)
PARTS = 3
TABLES = ("events", "referrals", "reports", "links")


@cache
def year() -> tuple[Path, Planted]:
    folder = Path(mkdtemp(prefix="year-"))
    return folder, write_year(folder, SMALL, parts=PARTS)


@cache
def logs() -> tuple[EventLog, ...]:
    return tuple(EventLog.from_folder(part) for part in sorted(year()[0].glob("part-*")))


def whole(table: str) -> pl.DataFrame:
    return pl.read_parquet(year()[0] / "part-*" / f"{table}.parquet")


# The same everywhere

WRITE = """
import sys
from attrs import evolve
from tipline_outcomes.synthetic import YEAR, write_year
write_year(sys.argv[1], evolve(YEAR, referrals=4000), parts=2)
"""


def digest_of(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    content = [str(path.relative_to(folder)).encode() + path.read_bytes() for path in files]
    return hashlib.sha256(b"\0".join(content)).hexdigest()


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes_whatever_the_process_and_its_threads(tmp_path):
    found = set()
    for threads, hash_seed in (("1", "0"), ("2", "4321")):
        folder = tmp_path / threads
        environment = os.environ | {"POLARS_MAX_THREADS": threads, "PYTHONHASHSEED": hash_seed}
        environment["PYTHONPATH"] = os.pathsep.join(sys.path)
        subprocess.run([sys.executable, "-c", WRITE, str(folder)], env=environment, check=True)
        found.add(digest_of(folder))
    write_year(tmp_path / "here", evolve(YEAR, referrals=4000), parts=2)
    assert found == {digest_of(tmp_path / "here")}


def test_another_seed_gives_another_year(tmp_path):
    for seed in (1, 2):
        write_year(tmp_path / str(seed), evolve(YEAR, referrals=300, seed=seed), parts=1)
    assert digest_of(tmp_path / "1") != digest_of(tmp_path / "2")


def test_what_happens_to_a_referral_does_not_depend_on_the_parts(tmp_path):
    few = evolve(YEAR, referrals=3_000)
    events = []
    for parts in (1, 4):
        write_year(tmp_path / str(parts), few, parts=parts)
        table = pl.read_parquet(tmp_path / str(parts) / "*" / "events.parquet")
        # Whose duplicate it is does: that has to lie in the same part.
        events.append(table.drop("other_id").sort("referral_id", "seq"))
    assert events[0].equals(events[1])


# Lawful, and as planted


def test_the_year_is_lawful():
    assert [len(log.check()) for log in logs()] == [0] * PARTS


def test_a_part_is_whole():
    """No family, no survivor and no report of a part lies in another."""
    for part in sorted(year()[0].glob("part-*")):
        tables = {name: pl.read_parquet(part / f"{name}.parquet") for name in TABLES}
        ids = set(tables["referrals"]["referral_id"])
        assert len(ids) == tables["referrals"].height
        parents = tables["referrals"]["parent_id"].drop_nulls()
        assert all(parent in ids or parent.startswith("elsewhere-") for parent in parents)
        assert set(tables["events"]["other_id"].drop_nulls()) <= ids
        assert set(tables["events"]["referral_id"]) == ids == set(tables["links"]["referral_id"])
        assert set(tables["links"]["report_id"]) <= set(tables["reports"]["report_id"])
    ids = whole("referrals")["referral_id"]
    reports = whole("reports")["report_id"]
    assert ids.is_unique().all()
    assert reports.is_unique().all()


def recount() -> dict[str, int]:
    """Count from the files, without the package."""
    events, referrals, reports, links = map(whole, TABLES)
    live = events.filter(pl.col("superseded_on").is_null())
    ids = referrals.select(parent_id="referral_id")
    roots = referrals.join(ids, on="parent_id", how="anti")
    filed = set(live.filter(pl.col("action") == "file_charge")["referral_id"])
    passed_on = live.filter(pl.col("action") == "transfer").select("referral_id")
    watched = referrals.select("referral_id", "observed_through")
    silent = pl.col("observed_through").is_null()
    untold = silent | (pl.col("on") > pl.col("observed_through"))
    late = live.filter(pl.col("action") != "made_available").join(watched, on="referral_id").filter(untold)
    return {
        "reports": reports.height,
        "unreferred": reports.join(links, on="report_id", how="anti").height,
        "referrals": referrals.height,
        "families": roots.height,
        "events": events.height,
        "came_in": roots["parent_id"].count(),
        "never_watched": referrals.filter(silent).height,
        "no_longer_watched": referrals.filter(pl.col("observed_through") < YEAR.as_of).height,
        "known_late": late["referral_id"].n_unique(),
        "transfers": passed_on.height,
        "transfers_unlinked": passed_on.join(
            referrals.select(referral_id="parent_id"), on="referral_id", how="anti"
        ).height,
        "reopenings": live.filter(pl.col("action") == "reopen").height,
        "duplicates": live.filter(pl.col("reason") == "duplicate").height,
        "amended": events.height - live.height,
        "charged": len({name.replace("-t", "") for name in filed}),
    }


def test_planted_counts_are_a_recount():
    folder, planted = year()
    expected = recount()
    assert {name: getattr(planted, name) for name in expected} == expected
    assert all(expected.values()), "every feature of the world occurs in it"
    territories = Counter(whole("referrals")["territory"])
    assert planted.by_territory == tuple(sorted(territories.items()))
    kept = json.loads((folder / "planted.json").read_text())
    assert kept["planted"] == json.loads(json.dumps(asdict(planted)))
    assert (kept["as_of"], kept["parts"]) == ("2025-12-31", PARTS)


def test_the_ledger_counts_what_was_planted():
    _, planted = year()
    ledger = Ledger.zero(Ledger.of(logs()[0], as_of=YEAR.as_of, by=("territory",)).spec)
    for log in logs():
        ledger += Ledger.of(log, as_of=YEAR.as_of, by=("territory",))
    standing = ledger.standing
    assert ledger.received == planted.families
    assert standing.filter(pl.col("place") == "charge")["n"].sum() == planted.charged
    assert standing.filter("came_in")["n"].sum() == planted.came_in
    assert ledger.stock["n"].sum() == planted.referrals
    assert ledger.movements.filter(pl.col("to") == "transferred")["n"].sum() == planted.transfers
    unknown = standing.filter(pl.col("place") == "unknown")["n"].sum()
    assert planted.charged < planted.charged_in_truth <= planted.charged + unknown


# Alive as the small worlds are

DEVIATIONS = 5.5  # among a hundred numbers, the greatest of which is seldom above 3.5


def far(one: int, other: int) -> float:
    return abs(one - other) / sqrt(max(one + other, 1))


@cache
def both() -> tuple[tuple[Planted, EventLog], tuple[Planted, EventLog]]:
    """The default world, invented one by one and by columns."""
    even = tuple(evolve(recipient, vigour=100) for recipient in Parameters().recipients)
    parameters = Parameters(referrals=8_000, broken=0, recipients=even)
    world = invent(parameters)
    folder = Path(mkdtemp(prefix="year-"))
    planted = write_year(folder, parameters, parts=1)
    return (world.planted, EventLog.of(world.cohort)), (planted, EventLog.from_folder(folder / "part-0000"))


def test_worlds_by_columns_have_as_much_of_everything():
    (one, _), (other, _) = both()
    numbers = {name: n for name, n in asdict(one).items() if isinstance(n, int)}
    too_far = {
        name: (n, getattr(other, name))
        for name, n in numbers.items()
        if far(n, getattr(other, name)) > DEVIATIONS
    }
    assert not too_far


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("events", ("action", "reason")),
        ("events", ("level",)),
        ("referrals", ("agency",)),
        ("referrals", ("source", "classification")),
        ("referrals", ("incident_type",)),
        ("reports", ("incident_count",)),
        ("reports", ("provider", "classification")),
    ],
)
def test_worlds_by_columns_have_as_much_of_every_kind(table, columns):
    one, other = (Counter(getattr(log, table).select(columns).rows()) for _, log in both())
    too_far = {
        kind: (one[kind], other[kind]) for kind in one | other if far(one[kind], other[kind]) > DEVIATIONS
    }
    assert not too_far


def test_worlds_by_columns_are_as_slow():
    def waits(log: EventLog) -> dict[str, tuple[int, float, float]]:
        begun = log.events.filter(pl.col("seq") == 0).select("referral_id", begun="on")
        events = log.events.join(begun, on="referral_id").with_columns(
            days=(pl.col("on") - pl.col("begun")).dt.total_days()
        )
        of = events.group_by("action").agg(n=pl.len(), mean=pl.col("days").mean(), std=pl.col("days").std())
        return {action: (n, mean, std) for action, n, mean, std in of.iter_rows() if n > 50}

    one, other = (waits(log) for _, log in both())
    assert len(one.keys() & other.keys()) > 8
    for action in one.keys() & other.keys():
        (n, mean, std), (m, mean2, std2) = one[action], other[action]
        assert abs(mean - mean2) <= DEVIATIONS * sqrt(std**2 / n + std2**2 / m), action


# What comes in


def test_places_have_their_published_shares():
    _, planted = year()
    roots = {
        r["territory"]: r["len"]
        for r in whole("referrals")
        .filter(~pl.col("referral_id").str.ends_with("-t"))
        .group_by("territory")
        .len()
        .to_dicts()
    }
    published = {place: n for place, n in PUBLISHED.items() if place != "US"}
    for place, reports in published.items():
        expected = planted.families * reports / REPORTS
        assert abs(roots.get(place, 0) - expected) <= DEVIATIONS * sqrt(expected + 1), place


def test_weights_of_agencies_are_the_published_reports():
    weights = Counter[str]()
    for agency in AGENCIES:
        weights[agency.jurisdiction.territory] += agency.weight
    states = sum(n for place, n in PUBLISHED.items() if place.startswith("US-"))
    assert weights.total() == REPORTS
    assert weights["US"] + states == PUBLISHED["US"]
    assert {place: n for place, n in weights.items() if place not in {"US", "ZZ"}} == {
        place: n for place, n in PUBLISHED.items() if place != "US"
    }


@pytest.mark.skipif(
    not SHARED.exists(), reason="the collected figures stand beside the project's own folder only"
)
def test_published_reports_are_the_collected_figures():
    with (SHARED / "evidence" / "figures.csv").open(encoding="utf-8") as lines:
        rows = [
            row
            for row in csv.DictReader(lines)
            if row["period_start"] == "2023-01-01" and row["publisher"] == "NCMEC"
        ]
    measures = {"reports_attributed_to_country", "reports_attributed_to_state"}
    collected = {row["jurisdiction"]: int(row["value"]) for row in rows if row["measure"] in measures}
    assert collected == PUBLISHED
    assert REPORTS in {int(row["value"]) for row in rows if row["measure"] == "reports_received"}


def test_the_year_has_the_size_that_it_promises():
    """In small: 36 million reports, about 20 million referrals, about 120 million events."""
    _, planted = year()
    scale = YEAR.referrals / SMALL.referrals
    assert planted.reports * scale == pytest.approx(36e6, rel=0.01)
    assert planted.referrals * scale == pytest.approx(20e6, rel=0.02)
    assert planted.events * scale == pytest.approx(120e6, rel=0.03)


def test_tips_come_in_evenly_over_the_year_and_in_its_order():
    days = (
        whole("events")
        .filter(pl.col("seq") == 0)
        .join(
            whole("referrals").filter(~pl.col("referral_id").str.ends_with("-t")).select("referral_id"),
            on="referral_id",
        )
        .sort("referral_id")["on"]
    )
    assert days.is_sorted()
    assert (days[0], days[-1]) == (YEAR.first_received, YEAR.last_received)
    by_quarter = days.dt.quarter().value_counts().sort("on")["count"].to_list()
    assert min(by_quarter) / max(by_quarter) > 0.97


def test_survivors_are_earlier_referrals_to_the_same_agency():
    referrals = whole("referrals").select("referral_id", "agency")
    begun = whole("events").filter(pl.col("seq") == 0).select("referral_id", begun="on")
    known = referrals.join(begun, on="referral_id")
    named = whole("events").filter(pl.col("other_id").is_not_null()).join(known, on="referral_id")
    named = named.join(known, left_on="other_id", right_on="referral_id", suffix="_of_survivor")
    assert named.height > 100
    assert (named["agency"] == named["agency_of_survivor"]).all()
    assert (named["begun"] >= named["begun_of_survivor"]).all()
    assert (named["referral_id"] > named["other_id"]).all()


def test_progress_is_told(tmp_path):
    told = []
    write_year(
        tmp_path, evolve(YEAR, referrals=60), parts=3, progress=lambda done, of: told.append((done, of))
    )
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


# Parameters

CALIFORNIA = Jurisdiction.parse("US-CA/local")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda folder: write_year(folder, Parameters(referrals=10)),
        lambda folder: write_year(folder, evolve(YEAR, referrals=10), parts=0),
        lambda folder: write_year(folder, evolve(YEAR, referrals=10), parts=6),
        lambda folder: write_year(
            folder, evolve(YEAR, referrals=10, recipients=(Recipient(jurisdiction=CALIFORNIA, weight=1),))
        ),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is(tmp_path, wrong):
    folder = tmp_path / "year"
    with pytest.raises(InvalidValueError):
        wrong(folder)
    assert not folder.exists()


def test_a_folder_that_holds_something_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InvalidValueError, match="is not empty; name a new folder"):
        write_year(tmp_path, evolve(YEAR, referrals=10))
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    "parameters",
    [
        evolve(YEAR, referrals=1),
        evolve(YEAR, referrals=61, last_received=YEAR.first_received),
        evolve(YEAR, referrals=60, steps=(), endings=()),
        evolve(YEAR, referrals=60, as_of=YEAR.last_received, first_received=YEAR.last_received),
        evolve(
            YEAR, referrals=61, second_recipient=1000, several_reports=1000, amended=1000, late_feedback=1000
        ),
        evolve(
            YEAR,
            referrals=60,
            steps=(
                Step(stage=Stage.MADE_AVAILABLE, action=Action.ACCEPT, chance=1000, days=1),
                Step(stage=Stage.UNDER_TRIAGE, action=Action.TRANSFER, chance=1000, days=30),
            ),
        ),
    ],
)
def test_years_at_the_edge_are_lawful_too(tmp_path, parameters):
    planted = write_year(tmp_path, parameters, parts=1)
    log = EventLog.from_folder(tmp_path / "part-0000")
    assert len(log.check()) == 0
    assert planted.families == parameters.referrals == Ledger.of(log, as_of=YEAR.as_of).received
