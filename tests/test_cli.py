"""The command line as a user runs it: in a process of its own, with files."""

import json
import subprocess
import sys
from datetime import date
from fractions import Fraction

import pytest

from tipline_outcomes import (
    Action,
    Charge,
    Closed,
    ClosedReason,
    Cohort,
    Event,
    EventLog,
    Jurisdiction,
    Level,
    Referral,
    write_jsonl,
)


def run(*arguments, cwd=None):
    command = [sys.executable, "-c", "from tipline_outcomes.cli import main; main()", *map(str, arguments)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
    )


def referral(name, *events, territory="US-CA", watched=date(2024, 12, 31)):
    made = Event(on=date(2024, 1, 5), action=Action.MADE_AVAILABLE)
    return Referral(
        id=name,
        jurisdiction=Jurisdiction(territory=territory, level=Level.LOCAL),
        history=(made, *events),
        observed_through=watched,
    )


def step(action, day, disposition=None):
    return Event(on=date.fromisoformat(day), action=action, disposition=disposition)


ACCEPT = step(Action.ACCEPT, "2024-01-06")
OPEN = step(Action.OPEN_INVESTIGATION, "2024-01-07")


@pytest.fixture
def cohort():
    # In California: charged, closed, open and watched, silent; the one in Texas breaks a rule of dates.
    return Cohort(
        referrals=(
            referral(
                "charged", ACCEPT, OPEN, step(Action.FILE_CHARGE, "2024-02-01", Charge(level=Level.LOCAL))
            ),
            referral(
                "closed", ACCEPT, step(Action.CLOSE, "2024-02-01", Closed(reason=ClosedReason.UNFOUNDED))
            ),
            referral("open", ACCEPT),
            referral("silent", ACCEPT, watched=None),
            referral("backwards", step(Action.ACCEPT, "2024-01-02"), territory="US-TX"),
        )
    )


@pytest.fixture
def lines(cohort, tmp_path):
    path = tmp_path / "year.jsonl"
    write_jsonl(cohort, path)
    with path.open("a", encoding="utf-8") as file:
        file.write('{"record": "referral", "id": "broken"\n')
    return path


def test_report_writes_the_identity_and_the_rate_for_every_group(lines, tmp_path):
    out = tmp_path / "out.json"
    done = run(
        "report", lines, "--as-of", "2024-12-31", "--by", "territory", "--to", "charged", "--json", out
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    content = json.loads(out.read_text(encoding="utf-8"))
    assert (content["read"], content["accepted"], content["refused"]) == (6, 5, {"not_json": 1})
    assert content["violations"] == {"date_backwards": 1}
    assert (content["as_of"], content["unit"], content["unmapped"]) == ("2024-12-31", "family", {})
    overall, (california, texas) = content["overall"], content["groups"]
    assert [group["group"] for group in (overall, california, texas)] == [
        {},
        {"territory": "US-CA"},
        {"territory": "US-TX"},
    ]
    places = ("charge", "administrative", "closed", "pending", "unknown", "excluded")
    assert [california[place] for place in places] == [1, 0, 1, 1, 1, 0]
    assert [texas[place] for place in places] == [0, 0, 0, 1, 0, 0]
    assert (texas["undated"], california["undated"], overall["set_aside"]) == (1, 0, 0)
    for group in content["groups"]:
        assert group["received"] == sum(group[place] for place in places)
    rate = california["conversion"]
    assert (rate["numerator"], rate["denominator"], rate["pending"], rate["unknown"]) == (1, 4, 1, 1)
    # One of four is charged, one more may be (pending) and of one nobody would tell.
    assert (rate["lower"], rate["upper"], rate["resolved"]) == ("1/4", "3/4", "1/2")
    assert rate["upper_decimal"] == float(Fraction(3, 4))
    # Texas has one referral, still open: nothing is resolved, so the resolved share is not defined.
    assert (texas["conversion"]["resolved"], texas["conversion"]["resolved_decimal"]) == (None, None)


def test_a_folder_of_csv_is_a_way_in_and_gives_the_same_numbers(lines, cohort, tmp_path):
    folder = tmp_path / "log"
    folder.mkdir()
    log = EventLog.of(cohort)
    log.events.write_csv(folder / "events.csv")
    log.referrals.write_csv(folder / "referrals.csv")
    documents = []
    for source in (lines, folder):
        out = tmp_path / "out.json"
        done = run("report", source, "--as-of", "2024-12-31", "--by", "territory", "--json", out)
        assert done.returncode == 0, done.stderr
        documents.append(json.loads(out.read_text(encoding="utf-8")))
    assert documents[0]["groups"] == documents[1]["groups"]
    assert documents[0]["ledger_digest"] == documents[1]["ledger_digest"]


def test_check_tells_what_it_found_by_its_exit_code(lines, cohort, tmp_path):
    found = run("check", lines)
    assert found.returncode == 1
    assert "6 records = 5 accepted + 1 refused" in found.stdout
    assert "line 7" in found.stdout  # the header is a line, and no record
    assert "backwards, event 1: date_backwards 2024-01-02 after 2024-01-05" in found.stdout
    clean = tmp_path / "clean.jsonl"
    write_jsonl(Cohort(referrals=cohort.referrals[:3]), clean)
    assert run("check", clean).returncode == 0


def test_demo_shows_every_table_and_what_was_refused_and_set_aside():
    done = run("demo")
    assert done.returncode == 0, done.stderr
    for title in (
        "Outcomes: ",
        "Attrition: ",
        "Charged: ",
        "Refused: ",
        "Counted, though they break a rule: ",
    ):
        assert title in done.stdout
    assert done.stderr == ""  # no progress bar in a pipe


def test_demo_is_the_same_every_time_and_can_be_written_to_a_file(tmp_path):
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    assert run("demo", "--write", first).stdout == run("demo", "--write", second).stdout
    assert first.read_bytes() == second.read_bytes()
    assert run("check", first).returncode == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("report", "YEAR", "--as-of", "yesterday"), "'yesterday' is not a day; write it as YYYY-MM-DD"),
        (
            ("report", "YEAR", "--as-of", "2024-12-31", "--by", "teritory"),
            "the log has no dimension 'teritory'",
        ),
        (("report", "YEAR", "--as-of", "2024-12-31", "--to", "jailed"), "jailed"),
        (("report", "YEAR", "--as-of", "2024-12-31", "--json", "no/such/place.json"), "cannot be written"),
        (("report", "YEAR"), "as-of"),
        (("check", "yeer.jsonl"), "year.jsonl"),
        (("check", "EMPTY"), "holds no events.parquet or events.csv"),
        (("chekc", "YEAR"), "chekc"),
    ],
)
def test_a_mistake_is_told_in_a_sentence_and_never_by_a_traceback(arguments, sentence, lines, tmp_path):
    (tmp_path / "empty").mkdir()
    named = {"YEAR": lines, "EMPTY": tmp_path / "empty"}
    done = run(*(named.get(argument, argument) for argument in arguments), cwd=tmp_path)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
