"""A log in parts is counted as the whole is, wherever the count is stopped, or is refused by name."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from attrs import evolve

from tipline_outcomes import EventLog, Ledger, Unit, count_folder
from tipline_outcomes.cli import app
from tipline_outcomes.errors import ExtractError, InvalidValueError, LedgerMismatchError
from tipline_outcomes.eventlog import names
from tipline_outcomes.ledger import apart, folder
from tipline_outcomes.synthetic import YEAR, Parameters, invent, write_year

AS_OF = date(2025, 6, 30)
TABLES = ("events", "referrals", "reports", "links")


# The ledger of the parts is that of the whole


@cache
def broken_log() -> EventLog:
    """A world in which every rule is broken."""
    return EventLog.of(invent(Parameters(referrals=900)).cohort)


def linked(log: EventLog) -> dict[str, int]:
    """Number the groups of referrals and reports that are linked with each other, naively."""
    group: dict[str, str] = {}

    def top(name: str) -> str:
        while group.setdefault(name, name) != name:
            name = group[name]
        return name

    pairs = [
        *log.referrals.select("referral_id", "parent_id").rows(),
        *log.events.select("referral_id", "other_id").rows(),
        *((f"report {report}", referral) for report, referral in log.links.rows()),
        *((f"report {report}", None) for report in log.reports["report_id"]),
    ]
    for one, other in pairs:
        group[top(one)] = top(one if other is None else other)
    tops = {name: top(name) for name in list(group)}
    numbers = {name: n for n, name in enumerate(dict.fromkeys(tops.values()))}
    return {name: numbers[of] for name, of in tops.items()}


def write_parts(log: EventLog, where: Path, parts: int, *, csv: bool = False) -> None:
    """Write a log in parts, whatever is linked into one."""
    group = linked(log)
    for part in range(parts):
        there = where / f"part-{part}"
        there.mkdir(parents=True)
        mine = {name for name, n in group.items() if n % parts == part}
        reports = {name.removeprefix("report ") for name in mine if name.startswith("report ")}
        for name, ids in zip(TABLES, (mine, mine, reports, mine), strict=True):
            table = getattr(log, name)
            table = table.filter(pl.col("report_id" if name == "reports" else "referral_id").is_in(list(ids)))
            if csv:
                table.write_csv(there / f"{name}.csv")
            else:
                table.write_parquet(there / f"{name}.parquet")


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    where = tmp_path_factory.mktemp("parts") / "log"
    write_parts(broken_log(), where, 4)
    return where


@pytest.mark.parametrize(
    ("unit", "by"),
    [
        (Unit.FAMILY, ("territory", "source")),
        (Unit.REFERRAL, ()),
        (Unit.REPORT, ("source",)),
        (Unit.SUBJECT, ("territory",)),
    ],
)
def test_the_ledger_of_parts_is_the_ledger_of_the_whole(parts, unit, by):
    whole = broken_log()
    counted = count_folder(parts, as_of=AS_OF, by=by, unit=unit, horizons=(60, 400), period="month")
    expected = Ledger.of(whole, as_of=AS_OF, by=by, unit=unit, horizons=(60, 400), period="month")
    assert counted.ledger == expected
    assert counted.violations == whole.check().counts
    assert len(counted.violations) > 7
    sizes = (counted.parts, counted.kept, counted.referrals, counted.events)
    assert sizes == (4, 0, whole.referrals.height, whole.events.height)


def test_gaps_are_filled_part_by_part(parts):
    filled = broken_log().filled()
    counted = count_folder(parts, as_of=AS_OF, fill=True)
    assert counted.ledger == Ledger.of(filled, as_of=AS_OF) != Ledger.of(broken_log(), as_of=AS_OF)
    assert counted.violations == filled.check().counts
    assert counted.events == filled.events.height


def test_parts_can_be_csv(tmp_path):
    write_parts(broken_log(), tmp_path / "csv", 2, csv=True)
    assert count_folder(tmp_path / "csv", as_of=AS_OF).ledger == Ledger.of(broken_log(), as_of=AS_OF)


def test_a_folder_with_the_tables_themselves_is_one_part(parts):
    one = count_folder(parts / "part-0", as_of=AS_OF)
    assert one.parts == 1
    assert one.ledger == Ledger.of(EventLog.from_folder(parts / "part-0"), as_of=AS_OF)


def test_progress_is_told(parts):
    told = []
    count_folder(parts, as_of=AS_OF, progress=lambda done, of: told.append((done, of)))
    assert told == [(n, 4) for n in range(5)]


# Whatever lies in two parts is refused by name


def write_log(
    where: Path, referrals: Iterable[dict], events: Iterable[dict] = (), **more: list[dict]
) -> None:
    where.mkdir(parents=True)
    given = list(referrals)
    begun = [
        {"referral_id": r["referral_id"], "seq": 0, "on": date(2024, 1, 5), "action": "made_available"}
        for r in given
    ]
    place = {"territory": "US-CA", "level": "local"}
    pl.DataFrame([{"parent_id": None} | place | r for r in given]).write_parquet(where / "referrals.parquet")
    pl.DataFrame([*begun, *events], infer_schema_length=None).write_parquet(where / "events.parquet")
    for name, rows in more.items():
        pl.DataFrame(rows).write_parquet(where / f"{name}.parquet")


def closed_as_duplicate(referral_id: str, survivor: str, superseded_on: date | None = None) -> list[dict]:
    row = {"referral_id": referral_id, "on": date(2024, 2, 1), "superseded_on": superseded_on}
    closing = {"disposition": "closed", "reason": "duplicate", "other_id": survivor}
    return [row | {"seq": 1, "action": "accept"}, row | {"seq": 2, "action": "close"} | closing]


A, B, C = ({"referral_id": name} for name in "abc")
SHARED = {
    "one referral twice": ("referral 'a'", lambda one, two: (write_log(one, [A]), write_log(two, [B, A]))),
    "a family": (
        "referral 'a'",
        lambda one, two: (write_log(one, [A]), write_log(two, [B | {"parent_id": "a"}])),
    ),
    "a survivor": (
        "referral 'b'",
        lambda one, two: (write_log(one, [A], closed_as_duplicate("a", "b")), write_log(two, [B])),
    ),
    "events": (
        "referral 'b'",
        lambda one, two: (write_log(one, [A], closed_as_duplicate("b", "c")[:1]), write_log(two, [B])),
    ),
    "a report of two": (
        "report 'r'",
        lambda one, two: (
            write_log(one, [A], links=[{"report_id": "r", "referral_id": "a"}]),
            write_log(two, [B], links=[{"report_id": "r", "referral_id": "b"}]),
        ),
    ),
    "a report and its link": (
        "report 'r'",
        lambda one, two: (
            write_log(one, [A], links=[{"report_id": "r", "referral_id": "a"}]),
            write_log(two, [B], reports=[{"report_id": "r"}]),
        ),
    ),
    "a link to another part": (
        "referral 'b'",
        lambda one, two: (
            write_log(one, [A], links=[{"report_id": "r", "referral_id": "b"}]),
            write_log(two, [B]),
        ),
    ),
}


@pytest.mark.parametrize("at_once", [4_000_000, 1])
@pytest.mark.parametrize("case", SHARED)
def test_what_lies_in_two_parts_is_refused_by_name(tmp_path, monkeypatch, case, at_once):
    monkeypatch.setattr(folder, "hold_apart", lambda *given: apart.hold_apart(*given, at_once=at_once))
    thing, write = SHARED[case]
    write(tmp_path / "log" / "one", tmp_path / "log" / "two")
    write_log(tmp_path / "log" / "three", [{"referral_id": "x"}])
    with pytest.raises(ExtractError, match=f"the {thing} is in one and two; whatever is linked"):
        count_folder(tmp_path / "log", as_of=AS_OF)


APART = {
    "a parent that is nowhere": lambda one, two: (
        write_log(one, [A | {"parent_id": "gone"}]),
        write_log(two, [B | {"parent_id": "gone"}]),
    ),
    "a referral and a report of one name": lambda one, two: (
        write_log(one, [A]),
        write_log(two, [B], reports=[{"report_id": "a"}]),
    ),
    "an amended row": lambda one, two: (
        write_log(one, [A], closed_as_duplicate("a", "b", superseded_on=date(2024, 3, 1))),
        write_log(two, [B]),
    ),
}


@pytest.mark.parametrize("case", APART)
def test_what_only_looks_shared_is_counted(tmp_path, case):
    APART[case](tmp_path / "one", tmp_path / "two")
    assert count_folder(tmp_path, as_of=AS_OF).ledger.received == 2


@pytest.mark.parametrize("spread", [1, 3])
def test_names_that_share_a_hash_are_told_apart(tmp_path, monkeypatch, spread):
    def coarse(texts):
        return (texts.to_native().str.len_bytes() % spread).cast(pl.UInt64)

    import narwhals.stable.v2 as nw

    monkeypatch.setattr(names, "hashed", lambda texts: nw.from_native(coarse(texts), series_only=True))
    write_log(tmp_path / "one", [A, C | {"parent_id": "far"}], reports=[{"report_id": "b"}])
    write_log(tmp_path / "two", [B, {"referral_id": "dd", "parent_id": "far"}], reports=[{"report_id": "a"}])
    assert count_folder(tmp_path, as_of=AS_OF).ledger.received == 4
    write_log(tmp_path / "three", [{"referral_id": "far"}])
    with pytest.raises(ExtractError, match="the referral 'far' is in one, three and two"):
        count_folder(tmp_path, as_of=AS_OF)


# A folder that cannot be counted


def test_a_folder_without_parts_says_what_is_missing(tmp_path):
    with pytest.raises(ExtractError, match="holds no parts: each is a folder with events and referrals"):
        count_folder(tmp_path, as_of=AS_OF)
    with pytest.raises(ExtractError, match="is no folder"):
        count_folder(tmp_path / "nowhere", as_of=AS_OF)
    write_log(tmp_path / "one", [A])
    (tmp_path / "two").mkdir()
    with pytest.raises(ExtractError, match="two holds no events"):
        count_folder(tmp_path, as_of=AS_OF)


def test_tables_beside_parts_are_not_overlooked(tmp_path):
    write_log(tmp_path / "log", [A])
    write_log(tmp_path / "log" / "more", [B])
    with pytest.raises(ExtractError, match="holds events and folders too"):
        count_folder(tmp_path / "log", as_of=AS_OF)


def test_a_part_without_the_dimension_is_named(tmp_path):
    write_log(tmp_path / "one", [A | {"source": "x"}])
    write_log(tmp_path / "two", [B])
    with pytest.raises(LedgerMismatchError, match="two: the log has no dimension 'source'"):
        count_folder(tmp_path, as_of=AS_OF, by=("source",))
    with pytest.raises(InvalidValueError):
        count_folder(tmp_path, as_of=AS_OF, horizons=(0,))


# What was counted is not counted again


def test_a_second_run_counts_nothing_again(parts, tmp_path):
    first = count_folder(parts, as_of=AS_OF, by=("territory",), keep=tmp_path)
    second = count_folder(parts, as_of=AS_OF, by=("territory",), keep=tmp_path)
    assert (first.kept, second.kept) == (0, 4)
    assert first.ledger == second.ledger
    assert first.violations == second.violations
    assert (first.referrals, first.events) == (second.referrals, second.events)


@pytest.mark.slow
def test_another_question_is_another_result(parts, tmp_path):
    asked = {
        "as_of": AS_OF,
        "by": ("territory",),
        "unit": Unit.FAMILY,
        "period": "quarter",
        "horizons": (30,),
    }
    others = [
        asked,
        asked | {"as_of": date(2024, 6, 30)},
        asked | {"by": ()},
        asked | {"unit": Unit.REFERRAL},
        asked | {"period": "month"},
        asked | {"horizons": (60,)},
        asked | {"fill": True},
    ]
    for question in others:
        counted = count_folder(parts, **question, keep=tmp_path)
        assert counted.kept == 0, question
        assert counted.ledger == count_folder(parts, **question).ledger


def test_a_changed_part_is_counted_again(tmp_path):
    write_parts(broken_log(), tmp_path / "log", 3)
    count_folder(tmp_path / "log", as_of=AS_OF, keep=tmp_path / "keep")
    path = tmp_path / "log" / "part-1" / "referrals.parquet"
    table = pl.read_parquet(path)
    table.with_columns(pl.lit("US-AK").alias("territory")).write_parquet(path)
    again = count_folder(tmp_path / "log", as_of=AS_OF, by=(), keep=tmp_path / "keep")
    assert again.kept == 2
    table.with_columns(pl.lit(None, pl.Date).alias("observed_through")).write_parquet(path)
    again = count_folder(tmp_path / "log", as_of=AS_OF, keep=tmp_path / "keep")
    assert again.kept == 2
    assert again.ledger == count_folder(tmp_path / "log", as_of=AS_OF).ledger


@pytest.mark.parametrize("left", [0, 1, 100, -1])
def test_a_result_that_was_cut_off_is_counted_again(parts, tmp_path, left):
    count_folder(parts, as_of=AS_OF, keep=tmp_path)
    some = min(tmp_path.glob("*.json"))
    some.write_bytes(some.read_bytes()[:left])
    again = count_folder(parts, as_of=AS_OF, keep=tmp_path)
    assert again.kept == 3
    assert again.ledger == Ledger.of(broken_log(), as_of=AS_OF)


def test_a_result_whose_names_were_cut_off_is_counted_again(parts, tmp_path):
    count_folder(parts, as_of=AS_OF, keep=tmp_path)
    some = min(tmp_path.glob("*.parquet"))
    some.write_bytes(some.read_bytes()[:50])
    assert count_folder(parts, as_of=AS_OF, keep=tmp_path).kept == 3


def test_nothing_half_is_left(parts, tmp_path):
    count_folder(parts, as_of=AS_OF, keep=tmp_path)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".json"] * 4 + [".parquet"] * 4


@pytest.mark.parametrize("workers", [2, 9])
def test_parts_counted_at_a_time_give_the_same(parts, tmp_path, workers):
    told = []
    counted = count_folder(
        parts, as_of=AS_OF, workers=workers, keep=tmp_path, progress=lambda *done: told.append(done[0])
    )
    assert counted.ledger == Ledger.of(broken_log(), as_of=AS_OF)
    assert told == [0, 1, 2, 3, 4]
    assert count_folder(parts, as_of=AS_OF, workers=workers, keep=tmp_path).kept == 4
    with pytest.raises(InvalidValueError):
        count_folder(parts, as_of=AS_OF, workers=0)


def test_who_stops_in_the_middle_does_not_wait_for_the_rest(tmp_path):
    for n in range(30):
        write_log(tmp_path / "log" / f"{n:02}", [{"referral_id": f"r{n}"}])

    def enough(done: int, _: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        count_folder(tmp_path / "log", as_of=AS_OF, keep=tmp_path / "keep", progress=enough)
    assert 2 <= len(list((tmp_path / "keep").glob("*.json"))) < 25


def test_the_same_part_twice_is_refused_though_it_is_counted_at_a_time(tmp_path):
    write_log(tmp_path / "log" / "one", [A])
    write_log(tmp_path / "log" / "two", [A])
    for _ in range(2):
        with pytest.raises(ExtractError, match="the referral 'a' is in one and two"):
            count_folder(tmp_path / "log", as_of=AS_OF, workers=2, keep=tmp_path / "keep")


def test_a_result_without_its_names_is_counted_again(parts, tmp_path):
    count_folder(parts, as_of=AS_OF, keep=tmp_path)
    min(tmp_path.glob("*.parquet")).unlink()
    assert count_folder(parts, as_of=AS_OF, keep=tmp_path).kept == 3


def test_kept_parts_are_still_held_apart(tmp_path):
    write_log(tmp_path / "log" / "one", [A])
    count_folder(tmp_path / "log", as_of=AS_OF, keep=tmp_path / "keep")
    write_log(tmp_path / "log" / "two", [A])
    with pytest.raises(ExtractError, match="the referral 'a' is in one and two"):
        count_folder(tmp_path / "log", as_of=AS_OF, keep=tmp_path / "keep")


COUNT = """
import sys
from datetime import date
from pathlib import Path
from tipline_outcomes import count_folder
counted = count_folder(
    sys.argv[1], as_of=date(2025, 12, 31), by=("territory",), keep=sys.argv[2],
    progress=lambda done, of: print(done, of, flush=True),
)
Path(sys.argv[3]).write_text(counted.ledger.to_json())
print("kept", counted.kept, flush=True)
"""


@pytest.mark.slow
def test_killed_at_five_moments_it_goes_on_and_gives_the_same_ledger(tmp_path):
    write_year(tmp_path / "year", evolve(YEAR, referrals=16_000), parts=8)
    expected = count_folder(tmp_path / "year", as_of=YEAR.as_of, by=("territory",)).ledger
    command = [sys.executable, "-c", COUNT, tmp_path / "year", tmp_path / "keep", tmp_path / "ledger.json"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)

    # After so many parts are done, and so many seconds into the next.
    for more, seconds in ((0, 0.0), (1, 0.05), (1, 0.1), (2, 0.2), (1, 0.01)):
        with start() as run:
            begun = len(list((tmp_path / "keep").glob("*.json")))
            for line in run.stdout:
                if line.split()[0] == str(begun + more):
                    break
            time.sleep(seconds)
            assert run.poll() is None, "it was to be killed in the middle"
            run.send_signal(signal.SIGKILL)
        assert run.returncode == -signal.SIGKILL
        assert not (tmp_path / "ledger.json").exists()
        for kept in (tmp_path / "keep").glob("*.json"):
            json.loads(kept.read_text())
    with start() as run:
        told = run.stdout.read().splitlines()
    assert run.returncode == 0
    assert 5 <= int(told[-1].split()[1]) < 8
    assert Ledger.from_json((tmp_path / "ledger.json").read_text()) == expected


# The commands


def test_the_command_counts_what_the_command_invented(tmp_path, capsys):
    invented, out = tmp_path / "invented", tmp_path / "ledger.json"
    assert app(["year", str(invented), "--referrals", "400", "--parts", "2", "--seed", "3"]) == 0
    planted = json.loads((invented / "planted.json").read_text())["planted"]
    assert f"{planted['events']:,} events" in capsys.readouterr().out
    asked = ["count", str(invented), "--as-of", "2025-12-31", "--by", "territory", "--out", str(out)]
    for again in ("2 parts with", "2 parts (2 of them had been counted before) with"):
        assert app(asked) == 0
        printed = capsys.readouterr().out
        assert f"{again} {planted['referrals']:,} referrals and {planted['events']:,} events" in printed
        assert f"Received: {planted['families']:,}." in printed
    ledger = Ledger.from_json(out.read_text())
    assert ledger == count_folder(invented, as_of=YEAR.as_of, by=("territory",)).ledger
    assert (tmp_path / "ledger.json.parts").is_dir()


def test_the_command_keeps_where_it_is_told_and_nowhere_else(parts, tmp_path):
    assert app(["count", str(parts), "--as-of", "2025-06-30", "--workers", "2"]) == 0
    assert not list(tmp_path.iterdir())
    assert app(["count", str(parts), "--as-of", "2025-06-30", "--keep", str(tmp_path / "kept")]) == 0
    assert len(list((tmp_path / "kept").glob("*.json"))) == 4


def test_the_command_writes_over_no_part(parts):
    path = parts / "part-0" / "events.parquet"
    before = path.read_bytes()
    with pytest.raises(ExtractError, match="is read by this command"):
        app(["count", str(parts), "--as-of", "2025-06-30", "--out", str(path)])
    assert path.read_bytes() == before


# A ledger as a document


def test_a_ledger_comes_back_from_json(parts):
    ledger = count_folder(parts, as_of=AS_OF, by=("territory", "source"), period="month").ledger
    back = Ledger.from_json(ledger.to_json())
    assert back == ledger
    assert back.spec == ledger.spec
    for name in ("standing", "waits", "movements", "stock", "measures"):
        assert getattr(back, name).equals(getattr(ledger, name))
        assert getattr(back, name).schema == getattr(ledger, name).schema


def test_a_changed_ledger_is_refused(parts):
    ledger = count_folder(parts, as_of=AS_OF).ledger
    content = json.loads(ledger.to_json())
    reasons = content["tables"]["standing"]["reason"]
    reasons[0], reasons[1] = reasons[1], reasons[0]
    with pytest.raises(LedgerMismatchError, match="this ledger was changed"):
        Ledger.from_json(json.dumps(content))


@pytest.mark.parametrize(
    "text",
    ["", "7", "[]", "{}", '{"format": "another"}', '{"format": "tipline_outcomes ledger 1", "question": {}}'],
)
def test_what_is_no_ledger_is_refused(text):
    with pytest.raises(LedgerMismatchError, match="this is no ledger"):
        Ledger.from_json(text)


def test_the_sum_of_many_is_one_after_the_other(parts):
    ledgers = [Ledger.of(EventLog.from_folder(part), as_of=AS_OF) for part in sorted(parts.iterdir())] * 5
    one_by_one = ledgers[0]
    for ledger in ledgers[1:]:
        one_by_one += ledger
    assert Ledger.sum(ledgers) == one_by_one
    assert Ledger.sum(ledgers[:1]) == ledgers[0]
    with pytest.raises(LedgerMismatchError, match="there is no ledger to add"):
        Ledger.sum([])
    with pytest.raises(LedgerMismatchError, match="different questions"):
        Ledger.sum([*ledgers, Ledger.of(broken_log(), as_of=AS_OF, by=("territory",))])
