"""The command line as a user runs it: in a process of its own, with files."""

import json
import os
import shutil
import subprocess
import sys
from datetime import date
from fractions import Fraction
from pathlib import Path
from unicodedata import category

import pytest
from attrs import evolve

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
    cohort_schema,
    dumps_cohort,
    record_schema,
    write_jsonl,
)


def run(*arguments, cwd=None, stdout=subprocess.PIPE, stderr=subprocess.PIPE):
    command = [sys.executable, "-c", "from tipline_outcomes.cli import main; main()", *map(str, arguments)]
    return subprocess.run(
        command,
        stdout=stdout,
        stderr=stderr,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=cwd,
        # As on a terminal of a user, wherever the tests run; Python buffers what goes into a pipe.
        env={**os.environ, "TERM": "xterm", "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": ""},
    )


def referral(name, *events, territory="US-CA", watched=date(2024, 12, 31), parent_id=None):
    made = Event(on=date(2024, 1, 5), action=Action.MADE_AVAILABLE)
    return Referral(
        id=name,
        jurisdiction=Jurisdiction(territory=territory, level=Level.LOCAL),
        history=(made, *events),
        observed_through=watched,
        parent_id=parent_id,
    )


def step(action, day, disposition=None, **fields):
    return Event(on=date.fromisoformat(day), action=action, disposition=disposition, **fields)


ACCEPT = step(Action.ACCEPT, "2024-01-06")
OPEN = step(Action.OPEN_INVESTIGATION, "2024-01-07")


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def lines(cohort, tmp_path_factory):
    path = tmp_path_factory.mktemp("lines") / "year.jsonl"
    write_jsonl(cohort, path)
    with path.open("a", encoding="utf-8") as file:
        file.write('{"record": "referral", "id": "broken"\n')
    return path


@pytest.fixture(scope="module")
def folder(cohort, tmp_path_factory):
    path = tmp_path_factory.mktemp("log")
    log = EventLog.of(cohort)
    log.events.write_csv(path / "events.csv")
    log.referrals.write_csv(path / "referrals.csv")
    return path


def reported(source, out, *arguments):
    done = run("report", source, "--as-of", "2024-12-31", "--json", out, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(out.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def by_territory(lines, tmp_path_factory):
    out = tmp_path_factory.mktemp("report") / "out.json"
    return reported(lines, out, "--by", "territory", "--to", "charged")


def test_report_writes_the_identity_and_the_rate_for_every_group(by_territory):
    content = by_territory
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


def test_report_names_the_questions_and_their_answers(by_territory):
    rate = by_territory["groups"][0]["conversion"]
    ever, by_then = rate["questions"]["ever"], rate["questions"]["by_as_of"]
    assert (ever["asked"], by_then["asked"]) == ("charged ever", "charged by 2024-12-31")
    assert [ever[name] for name in ("yes", "no", "unknown", "undecided")] == [1, 1, 1, 1]
    assert [by_then[name] for name in ("yes", "no", "unknown", "undecided")] == [1, 2, 1, 0]
    assert (ever["upper"], by_then["upper"], by_then["upper_decimal"]) == ("3/4", "1/2", 0.5)
    assert rate["interval"] is None


def test_report_shows_an_interval_for_the_question_that_is_named(lines, tmp_path):
    out = tmp_path / "out.json"
    content = reported(lines, out, "--by", "territory", "--interval", "by_as_of")
    made = content["groups"][0]["conversion"]["interval"]
    assert (made["question"], made["confidence"]) == ("by_as_of", 0.95)
    assert 0 <= made["lower"] < 0.25
    assert 0.5 < made["upper"] <= 1
    # No agency is named, so that there are no clusters.
    assert list(made["assumptions"]) == ["units drawn one by one"]
    done = run("report", lines, "--as-of", "2024-12-31", "--interval", "ever")
    assert "\nCharged ever: families as of 2024-12-31\n" in done.stdout
    assert "95 % interval" in done.stdout


def test_intervals_are_clustered_where_the_source_names_agencies(cohort, tmp_path):
    moved = Jurisdiction(territory="US-CA", level=Level.LOCAL, agency="a-2")
    first, *rest = cohort.referrals
    write_jsonl(Cohort(referrals=(evolve(first, jurisdiction=moved), *rest)), tmp_path / "year.jsonl")
    plain = reported(tmp_path / "year.jsonl", tmp_path / "out.json")
    content = reported(tmp_path / "year.jsonl", tmp_path / "out.json", "--interval", "ever")
    assert list(content["overall"]["conversion"]["interval"]["assumptions"]) == ["agencies drawn, not units"]
    assert content["ledger_digest"] == plain["ledger_digest"]


def test_an_interval_is_offered_for_the_questions_that_have_one_alone(lines):
    done = run("report", lines, "--as-of", "2024-12-31", "--interval", "within")
    assert done.returncode == 2
    assert 'Choose from: "ever", "by_as_of"' in done.stderr


def test_within_a_stated_time_the_rate_is_of_those_that_could_be_followed_that_long(lines, tmp_path):
    done = run("report", lines, "--as-of", "2024-12-31", "--within", "45", "--json", tmp_path / "out.json")
    assert done.returncode == 0
    assert "Charged within 45 days: families as of 2024-12-31" in done.stdout
    assert "Charge by days since made available: families as of 2024-12-31" in done.stdout
    overall = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["overall"]
    within, incidence = overall["within"], overall["incidence"]
    assert (within["days"], within["to"], within["clock"]) == (45, "charged", "received")
    counts = ("numerator", "not_reached", "unknown")
    assert within["denominator"] == sum(within[name] for name in counts)
    assert within["denominator"] + within["too_young"] == overall["received"] - overall["excluded"]
    assert (incidence["day"], incidence["outcome"], incidence["formula"]) == (45, "charge", "greenwood")
    assert incidence["least"] <= incidence["estimate"] <= incidence["most"]
    assert list(incidence["assumptions"]) == ["the unwatched are like the watched"]
    refused = run("report", lines, "--as-of", "2024-12-31", "--within", "45", "--to", "presented")
    assert refused.returncode == 2
    assert "no clock that was asked for ends with 'presented'" in refused.stderr


def test_report_counts_what_was_made_available_and_is_missing_as_unknown(lines, tmp_path):
    file = tmp_path / "coverage.csv"
    file.write_text("territory,made_available\nUS-CA,6\nUS-NV,10\n", encoding="utf-8")
    content = reported(lines, tmp_path / "out.json", "--coverage", file)
    account = content["contributions"]
    assert account["by"] == ["territory"]
    assert account["overall"] == {
        "made_available": 16,
        "first_hand": 4,
        "came_in": 0,
        "missing": 12,
        "more": 0,
        "expected": 2,
        "there": 1,
    }
    assert [(one["group"]["territory"], one["status"]) for one in account["contributors"]] == [
        ("US-CA", "fewer"),
        ("US-NV", "nothing"),
        ("US-TX", "not_expected"),
    ]
    # One of 16 is charged for sure; of those made available, all but the closed one may be.
    rate = content["overall"]["conversion"]
    assert (rate["lower"], rate["upper"], content["groups"]) == ("1/16", "15/16", [])
    shown = run("report", lines, "--as-of", "2024-12-31", "--coverage", file).stdout
    assert "Nothing: 1 (US-NV)." in shown
    assert "Not expected: 1 (US-TX)." in shown
    assert "12 not_contributed" in shown


def test_report_shows_the_caseload_of_referrals_by_a_period(lines, tmp_path):
    content = reported(lines, tmp_path / "out.json", "--caseload", "us_fiscal_year", "--by", "territory")
    load = content["caseload"]
    assert (load["unit"], load["period"], load["by"]) == ("referral", "us_fiscal_year", ["territory"])
    year, after = load["overall"]["periods"]
    assert (year["period"], year["start"], year["end"]) == ("FY2024", "2023-10-01", "2024-09-30")
    account = {
        name: year[name] for name in ("opening", "received", "charged", "closed", "undated", "closing")
    }
    assert account == {"opening": 0, "received": 5, "charged": 1, "closed": 1, "undated": 1, "closing": 2}
    assert (after["period"], after["opening"], after["closing"], after["running"]) == ("FY2025", 2, 2, True)
    # Open: one that is watched, one that is silent; and the one whose days cannot be trusted.
    assert [group["unwatched"] for group in load["groups"]] == [1, 0]
    shown = run("report", lines, "--as-of", "2024-12-31", "--caseload", "month").stdout
    assert "Caseload: referrals as of 2024-12-31" in shown
    assert "2024-02" in shown


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--coverage", "none.csv"], "'none.csv' cannot be read"),
        (["--coverage", "coverage.csv", "--unit", "referral"], "count by unit=family"),
        (["--coverage", "coverage.csv", "--json", "coverage.csv"], "is read by this command"),
        (["--caseload", "fortnight"], "fortnight"),
    ],
)
def test_coverage_and_caseload_that_cannot_be_are_refused(lines, tmp_path, arguments, sentence):
    (tmp_path / "coverage.csv").write_text("territory,made_available\nUS-CA,6\n", encoding="utf-8")
    done = run("report", lines, "--as-of", "2024-12-31", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_one_json_document_is_a_way_in_and_gives_the_same_numbers(by_territory, cohort, tmp_path):
    path = tmp_path / "year.JSON"
    path.write_text(dumps_cohort(cohort).replace("]}\n", ", 7]}"), encoding="utf-8")
    content = reported(path, tmp_path / "out.json", "--by", "territory")
    assert (content["read"], content["accepted"], content["refused"]) == (6, 5, {"not_an_object": 1})
    for what in ("groups", "overall", "ledger_digest", "violations"):
        assert content[what] == by_territory[what]
    assert "$.referrals[5]: it is JSON, but no object" in run("check", path).stdout


def test_the_schemas_of_records_and_of_documents_are_printed():
    assert json.loads(run("schema").stdout) == record_schema()
    assert json.loads(run("schema", "--document").stdout) == cohort_schema()


def test_a_folder_of_csv_is_a_way_in_and_gives_the_same_numbers(by_territory, folder, tmp_path):
    content = reported(folder, tmp_path / "out.json", "--by", "territory")
    for what in ("groups", "overall", "ledger_digest", "violations"):
        assert content[what] == by_territory[what]


def test_of_single_referrals_those_handed_on_have_a_place_of_their_own(tmp_path):
    cohort = Cohort(
        referrals=(
            referral("moved", ACCEPT, step(Action.TRANSFER, "2024-01-08", other_id="child")),
            referral("child", territory="US-NV", parent_id="moved"),
        )
    )
    write_jsonl(cohort, tmp_path / "year.jsonl")
    overall = reported(tmp_path / "year.jsonl", tmp_path / "out.json", "--unit", "referral")["overall"]
    assert (overall["received"], overall["transferred_out"], overall["pending"]) == (2, 1, 1)
    places = ("charge", "administrative", "closed", "pending", "unknown", "excluded", "transferred_out")
    assert overall["received"] == sum(overall[place] for place in places)


def test_check_tells_what_it_found_by_its_exit_code(lines, cohort, tmp_path):
    found = run("check", lines)
    assert found.returncode == 1
    assert "6 records = 5 accepted + 1 refused" in found.stdout
    assert "line 7" in found.stdout  # the header is a line, and no record
    assert "backwards, event 1: date_backwards 2024-01-02 after 2024-01-05" in found.stdout
    clean = tmp_path / "clean.jsonl"
    write_jsonl(Cohort(referrals=cohort.referrals[:3]), clean)
    assert run("check", clean).returncode == 0


def test_check_writes_its_account_as_json(lines, tmp_path):
    written = tmp_path / "account.json"
    found = run("check", lines, "--json", written)
    assert found.returncode == 1
    account = json.loads(written.read_text(encoding="utf-8"))
    refused = sum(account["refused"].values())
    assert (account["read"], account["accepted"], refused) == (6, 5, 1)
    assert account["violations"]["date_backwards"] == 1
    assert run("check", lines, "--json", lines).returncode == 2


def test_a_report_is_written_as_one_page(lines, tmp_path):
    page = tmp_path / "report.html"
    done = run("report", lines, "--as-of", "2024-12-31", "--html", page)
    assert done.returncode == 0, done.stderr
    html = page.read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>")
    assert "6</strong> records read" in html
    refused = run("report", lines, "--as-of", "2024-12-31", "--html", tmp_path / "no" / "report.html")
    assert refused.returncode == 2
    assert "cannot be written" in refused.stderr


def test_a_reading_says_what_the_records_are(lines, folder, tmp_path):
    assert "5 accepted + 1 refused; 5 referrals, 13 events\n" in run("check", lines).stdout
    shutil.copytree(folder, tmp_path / "log")
    assert "5 records = 5 accepted + 0 refused; 5 referrals, 13 events\n" in run("check", folder).stdout
    (tmp_path / "log" / "reports.csv").write_text("report_id,received_on\nr,2024-01-01\n", encoding="utf-8")
    read = run("check", tmp_path / "log").stdout
    assert "6 records = 6 accepted + 0 refused; 1 report, 5 referrals, 13 events\n" in read


def test_what_is_not_shown_is_counted_and_shown_on_demand(tmp_path):
    path = tmp_path / "year.jsonl"
    backwards = (referral(f"b-{n}", step(Action.ACCEPT, "2024-01-02")) for n in range(8))
    write_jsonl(Cohort(referrals=tuple(backwards)), path)
    with path.open("a", encoding="utf-8") as file:
        file.write("{\n" * 6)
    some = run("check", path).stdout
    refused, broken = some.split("Counted, though they break a rule: 8")
    assert refused.endswith("... and 1 more; --all shows every one\n\n")
    assert broken.endswith("... and 3 more; --all shows every one\n")
    assert (refused.count("    line "), broken.count(": date_backwards ")) == (5, 5)
    every = run("check", path, "--all")
    assert every.returncode == 1
    assert (every.stdout.count("    line "), every.stdout.count(": date_backwards ")) == (6, 8)
    assert "more;" not in every.stdout
    assert "and 3 more; check --all shows every one" in run("report", path, "--as-of", "2024-12-31").stdout


def test_words_of_no_vocabulary_are_told_with_how_often_they_stand(folder, tmp_path):
    log = tmp_path / "log"
    shutil.copytree(folder, log)
    events = (log / "events.csv").read_text(encoding="utf-8")
    hostile = "ac\x1b[2J\u202e"
    (log / "events.csv").write_text(
        events.replace(",accept,", f",{hostile},").replace("unfounded", "filed"), encoding="utf-8"
    )
    content = reported(log, tmp_path / "out.json")
    assert content["unmapped"] == {"action": {hostile: 5}, "reason": {"filed": 1}}
    shown = run("check", log).stdout
    assert r"Words that no vocabulary has: action 'ac\x1b[2J\u202e' 5, reason 'filed' 1" in shown
    assert "no vocabulary" not in run("check", folder).stdout


def test_an_input_without_records_is_told(tmp_path):
    (tmp_path / "empty.jsonl").touch()
    done = run("check", tmp_path / "empty.jsonl")
    assert done.returncode == 0
    assert "empty.jsonl holds no records" in done.stdout


def test_nothing_is_counted_for_a_file_that_cannot_be_written(lines, tmp_path):
    for out in (tmp_path / "no" / "out.json", tmp_path):
        done = run("report", lines, "--as-of", "2024-12-31", "--json", out)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"{str(out)!r} cannot be written: " in done.stderr
        assert "name a file in a folder that takes it" in done.stderr


def test_demo_shows_every_table_and_is_the_same_every_time(tmp_path):
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    done = run("demo", "--write", first)
    assert done.returncode == 0, done.stderr
    for title in (
        "Outcomes: ",
        "Attrition: ",
        "Charged: ",
        "Refused: ",
        "Counted, though they break a rule: ",
    ):
        assert title in done.stdout
    assert done.stderr == ""  # nothing moves in a pipe
    assert run("demo", "--write", second).stdout == done.stdout
    assert first.read_bytes() == second.read_bytes()


def test_what_acts_without_being_seen_is_written_out(tmp_path):
    path = tmp_path / "year.jsonl"
    hostile = "f\x1b[2J\x9b1m\u202e\u200b"
    write_jsonl(Cohort(referrals=(referral(hostile, step(Action.ACCEPT, "2024-01-02")),)), path)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"record": "referral", "id": "g", "\x1b]0;name\x07": 1}) + "\n")
        file.write(json.dumps({"record": "\x1b[31m\u202e"}, ensure_ascii=False) + "\n")
        file.write('{"record": "cohort\x1b[31m"}\n')
    done = run("check", path)
    assert done.returncode == 1
    assert r"f\x1b[2J\x9b1m\u202e\u200b, event 1: date_backwards" in done.stdout
    acting = {c for c in done.stdout if category(c) in {"Cc", "Cf", "Zl", "Zp"}}
    assert acting == {"\n"}


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs the terminals of a POSIX system")
def test_a_terminal_is_told_what_is_being_done(folder):
    terminal, end = os.openpty()
    done = run("check", folder, stderr=end)
    os.close(end)
    shown = os.read(terminal, 100_000).decode()
    os.close(terminal)
    assert done.returncode == 1
    assert "Checking" in shown
    assert "Checking" not in done.stdout


# What goes wrong


def test_a_reader_that_has_enough_is_no_mistake(lines):
    # As of `head -1`, though it is sure to be gone before anything is written.
    reader, end = os.pipe()
    os.close(reader)
    done = run("check", lines, stdout=end)
    os.close(end)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_an_output_that_takes_nothing_is_told(lines):
    with Path("/dev/full").open("w") as full:
        done = run("check", lines, stdout=full)
    assert done.returncode == 2
    assert done.stderr == (
        "tipline-outcomes: the output cannot be written or read: No space left on device\n"
    )


REPORT = ("report", "YEAR", "--as-of", "2024-12-31")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("report", "YEAR", "--as-of", "yesterday"), "'yesterday' is not a day; write it as YYYY-MM-DD"),
        ((*REPORT, "--by", "teritory"), "the log has no dimension 'teritory'; it has: "),
        ((*REPORT, "--to", "jailed"), 'Choose from: "made_available", "triaged", "investigated",'),
        ((*REPORT, "--json", "no/such/place.json"), "'no/such/place.json' cannot be written: "),
        (("demo", "--write", "no/such/place.jsonl"), "'no/such/place.jsonl' cannot be written: "),
        (("report", "YEAR"), "requires an argument"),
        (("check", "yeer.jsonl"), "there is no file 'yeer.jsonl'; did you mean 'year.jsonl'?"),
        (("check", "\x1b[31m"), r"there is no file '\x1b[31m'"),
        (("check", "EMPTY"), "by a profile (--profile; in Python, read_extract)"),
        (("check", "TABLE"), "is one table; give the folder that holds events and referrals: "),
        (("chekc", "YEAR"), 'Did you mean "check"?'),
        (("chekc\x1b[31m", "YEAR"), r'"chekc\x1b[31m"'),
    ],
)
def test_a_mistake_is_told_in_a_sentence_and_never_by_a_traceback(
    arguments, sentence, lines, folder, tmp_path
):
    (tmp_path / "empty").mkdir()
    (tmp_path / "year.jsonl").touch()
    named = {"YEAR": lines, "EMPTY": tmp_path / "empty", "TABLE": folder / "events.csv"}
    done = run(*(named.get(argument, argument) for argument in arguments), cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("tipline-outcomes: ")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr
