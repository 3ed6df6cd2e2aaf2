"""A saved log counts as the log does, whatever it is asked, and is refused where it is no longer that log."""

import json
import os
import subprocess
import sys
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import polars as pl
import pytest

from tipline_outcomes import EventLog, Ledger, Unit, count_folder
from tipline_outcomes.errors import ExtractError
from tipline_outcomes.eventlog import codes, saved
from tipline_outcomes.model import Rule
from tipline_outcomes.synthetic import Parameters, invent

AS_OF = date(2025, 6, 30)


@cache
def log() -> EventLog:
    """A world in which every rule is broken, dates that run backwards included."""
    return EventLog.of(invent(Parameters(referrals=700)).cohort)


@cache
def folder() -> Path:
    where = Path(mkdtemp(prefix="saved-"))
    log().save(where)
    return where


@pytest.mark.parametrize("unit", Unit)
@pytest.mark.parametrize("as_of", [AS_OF, date(2024, 2, 29), date(2022, 1, 1)])
def test_a_saved_log_counts_as_the_log_does(unit, as_of):
    by = ("source",) if unit is Unit.REPORT else ("territory", "classification")
    back = EventLog.from_saved(folder())
    assert Ledger.of(back, as_of=as_of, by=by, unit=unit) == Ledger.of(log(), as_of=as_of, by=by, unit=unit)


def test_the_cuts_tear_histories():
    """Or the live events of a saved log would not have been asked for all that they are kept for."""
    backwards = log().check().to_frame().filter(pl.col("rule") == Rule.DATE_BACKWARDS.value)
    history = log().events.filter(pl.col("referral_id").is_in(backwards["referral_id"].to_list()))
    assert history.filter(pl.col("on") > date(2024, 2, 29)).height
    assert history.filter(pl.col("on") <= date(2024, 2, 29)).height


def test_a_saved_log_is_the_log():
    back = EventLog.from_saved(folder())
    assert repr(back) == repr(log())
    assert back.check().to_frame().equals(log().check().to_frame())
    assert back.dimensions == log().dimensions
    assert back.unmapped == log().unmapped
    assert back.filled().events.equals(log().filled().events)
    assert Ledger.of(back.filled(), as_of=AS_OF) == Ledger.of(log().filled(), as_of=AS_OF)
    assert back.to_cohort() == log().to_cohort()
    assert pl.read_parquet(back.names).equals(log().names)


def test_a_saved_log_is_a_folder_of_tables_too():
    assert Ledger.of(EventLog.from_folder(folder()), as_of=AS_OF) == Ledger.of(log(), as_of=AS_OF)


def test_a_saved_log_can_be_saved_again(tmp_path):
    back = EventLog.from_saved(folder())
    back.save(tmp_path)
    for path in folder().iterdir():
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name


def test_ids_that_occur_twice_and_events_without_referral_are_kept(tmp_path):
    row = {"parent_id": None, "territory": "US-CA", "level": "local", "source": "x"}
    referrals = pl.DataFrame([row | {"referral_id": "a"}, row | {"referral_id": "a", "source": "b"}])
    event = {"seq": 0, "on": date(2024, 1, 5), "action": "made_available"}
    events = pl.DataFrame([event | {"referral_id": name} for name in "ab"])
    odd = EventLog.from_frames(events, referrals)
    odd.save(tmp_path)
    back = EventLog.from_saved(tmp_path)
    assert (
        back.check().counts
        == odd.check().counts
        == {Rule.DUPLICATE_REFERRAL: 1, Rule.EVENT_WITHOUT_REFERRAL: 1}
    )
    assert Ledger.of(back, as_of=AS_OF, by=("source",)) == Ledger.of(odd, as_of=AS_OF, by=("source",))


READ = """
import sys
from datetime import date
from tipline_outcomes import EventLog, Ledger
print(Ledger.of(EventLog.from_saved(sys.argv[1]), as_of=date(2025, 6, 30), by=("territory",)).digest)
"""


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_another_process_takes_a_saved_log_up(hash_seed):
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", READ, folder()], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == Ledger.of(log(), as_of=AS_OF, by=("territory",)).digest


# What is no longer that log


@pytest.fixture
def mine(tmp_path):
    log().save(tmp_path)
    return tmp_path


@pytest.mark.parametrize("table", ["events", "referrals", "reports", "links"])
def test_a_changed_table_is_refused(mine, table):
    path = mine / f"{table}.parquet"
    pl.read_parquet(path).head(3).write_parquet(path)
    with pytest.raises(ExtractError, match=rf"{table}\.parquet' was changed after the log was saved"):
        EventLog.from_saved(mine)
    path.unlink()
    with pytest.raises(ExtractError, match=rf"{table}\.parquet' was changed after the log was saved"):
        EventLog.from_saved(mine)


def test_other_codes_are_refused(mine):
    path = mine / saved.MANIFEST
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | {"codes": "others"}))
    with pytest.raises(ExtractError, match="was written by a version with other codes; save the log again"):
        EventLog.from_saved(mine)


def test_the_codes_are_known_by_all_that_is_looked_up_in_them():
    """Whatever maps a word or a code to a code is in the fingerprint: a new reason changes it."""
    before = saved.fingerprint()
    changed = {**codes.WORDS["reason"], "a_new_reason": 77}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(codes, "WORDS", {**codes.WORDS, "reason": changed})
        assert saved.fingerprint() != before
    assert saved.fingerprint() == before


@pytest.mark.parametrize("content", ["", "{}", "[]", "7"])
def test_a_folder_without_a_whole_manifest_holds_no_saved_log(mine, content):
    (mine / saved.MANIFEST).write_text(content)
    with pytest.raises(ExtractError, match="holds no saved log; save one there with"):
        EventLog.from_saved(mine)
    (mine / saved.MANIFEST).unlink()
    with pytest.raises(ExtractError, match="holds no saved log"):
        EventLog.from_saved(mine)


@pytest.mark.parametrize(
    "table", ["units", "dimensions", "transitions", "charges", "changes", "survivors", "violations"]
)
def test_a_saved_log_of_which_something_is_gone_says_so(mine, table):
    (mine / f"{table}.parquet").unlink()
    with pytest.raises(ExtractError, match=rf"has no {table}\.parquet any more; save the log again"):
        Ledger.of(EventLog.from_saved(mine), as_of=AS_OF, by=("territory",))


def test_names_hashed_by_another_engine_are_hashed_again(mine):
    assert EventLog.from_saved(mine).names == mine / "names.parquet"
    path = mine / saved.MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | {"engine": "another"}))
    assert EventLog.from_saved(mine).names.equals(log().names)


# Parts


def test_saved_parts_are_counted(tmp_path):
    for part in (1, 2):
        some = invent(Parameters(referrals=150, seed=part)).cohort
        names = {f"{r.id}": f"{part}-{r.id}" for r in some.referrals}
        one = EventLog.of(some)

        def renamed(table: pl.DataFrame, *columns: str, names: dict[str, str] = names) -> pl.DataFrame:
            return table.with_columns(pl.col(column).replace(names) for column in columns)

        parts = EventLog.from_frames(
            renamed(one.events, "referral_id", "other_id"), renamed(one.referrals, "referral_id", "parent_id")
        )
        parts.save(tmp_path / "saved" / str(part))
        (tmp_path / "tables" / str(part)).mkdir(parents=True)
        parts.events.write_parquet(tmp_path / "tables" / str(part) / "events.parquet")
        parts.referrals.write_parquet(tmp_path / "tables" / str(part) / "referrals.parquet")
    from_tables, from_saved = (
        count_folder(tmp_path / name, as_of=AS_OF, by=("territory",), keep=tmp_path / "keep")
        for name in ("tables", "saved")
    )
    assert from_saved.ledger == from_tables.ledger
    assert from_saved.violations == from_tables.violations
    assert from_saved.events == from_tables.events
    assert from_saved.kept == 0
    assert count_folder(tmp_path / "saved", as_of=AS_OF, by=("territory",), keep=tmp_path / "keep").kept == 2


def test_saved_parts_are_held_apart(tmp_path):
    for part in ("one", "two"):
        log().save(tmp_path / part)
    with pytest.raises(ExtractError, match=r"is in one and two; whatever is linked"):
        count_folder(tmp_path, as_of=AS_OF)
