"""Crosswalks: every row says what its source says, and reads an extract as a map written by hand would."""

import csv
import json
import re
from collections import Counter
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tipline_outcomes import (
    CrosswalkRow,
    InvalidValueError,
    Ledger,
    Profile,
    ProfileError,
    UnmappedCode,
    Verification,
    crosswalk,
    crosswalks,
    outcome_mix,
    profile_schema,
    read_extract,
)
from tipline_outcomes.cli import app
from tipline_outcomes.exchange.crosswalks.packaged import read_crosswalks
from tipline_outcomes.exchange.extracts.meaning import Meaning
from tipline_outcomes.model import Action, ClosedReason, Stage
from tipline_outcomes.model.pipeline import OPEN_STAGES, TABLE

FACTS: Final = Path(__file__).parents[2] / "shared" / "domain" / "crosswalk.csv"
SAYS_PENDING: Final = {
    Stage.MADE_AVAILABLE: "not_yet_assigned",
    Stage.PROSECUTION_REVIEW: "awaiting_prosecution_decision",
}
FORM: Final = "NCMEC law-enforcement feedback"
FIELDS: Final = {"ncmec_feedback_status": "Case Status=", "ncmec_feedback_closed": "Closed="}
# Its hand-over is verified; only whether it was accepted could not be read.
IN_PART: Final = ("ICAC task force annual report (PROTECT Our Children Act s.106(d)(1))", "C")

# Where the list of facts is of two minds, the package keeps to its words: an arrest is an event, no charge;
# a case that the police hand on is presented, and what a code leaves open is not pending.
KEPT_TO: Final = {
    ("icac-pulse case status (tool)", "arrest"): "arrest",
    ("FBI UCR Summary clearance", "cleared by arrest"): "arrest",
    ("NIEM N-DEx IncidentStatusCode", "CLEARED_BY_ARREST"): "arrest",
    ("FBI UCR juvenile disposition", "referred to juvenile court"): "present_to_prosecutor",
    ("FBI UCR juvenile disposition", "referred to criminal or adult court"): "present_to_prosecutor",
    ("NIEM N-DEx JuvenileDispositionCode", "REFERRED_TO_CRIMINAL-ADULT_COURT"): "present_to_prosecutor",
    ("NIEM N-DEx JuvenileDispositionCode", "REFERRED_TO_JUVENILE_COURT"): "present_to_prosecutor",
    ("data.police.uk outcome category", "status-update-unavailable"): "nothing",
    ("FBI NIBRS cleared exceptionally", "N"): "nothing",
    ("NIEM UCR IncidentExceptionalClearanceCode", "NOT_APPLICABLE"): "nothing",
}

each_crosswalk = pytest.mark.parametrize("known", crosswalks(), ids=lambda known: known.name)
ROWS: Final = [row for known in crosswalks() for row in known.rows]


# --- what the rows say -------------------------------------------------------------------------------


def as_fact(row):
    """A row in the words of the list of facts."""
    reason = row.reason or SAYS_PENDING.get(row.stage, row.stage) or "none"
    kind, lossy = row.kind or "not_applicable", "yes" if row.lossy else "no"
    return row.label, kind, str(reason), lossy


def named(known, row):
    """A row's name in the list of facts."""
    if known.name in FIELDS:
        return FORM, FIELDS[known.name] + row.code
    return known.standard, row.code


@pytest.mark.skipif(not FACTS.is_file(), reason="the facts are not at hand (../shared/domain/crosswalk.csv)")
def test_the_package_says_what_the_list_of_facts_says():
    with FACTS.open(encoding="utf-8", newline="") as file:
        facts = list(csv.DictReader(file))
    said = {named(known, row): row for known in crosswalks() for row in known.rows}
    expected = {
        (fact["standard"], fact["code"]): (
            *(fact["label"], fact["our_variant"], fact["our_reason"], fact["lossy"]),
        )
        for fact in facts
    }
    facts_kept = {name: as_fact(row) for name, row in said.items() if name not in KEPT_TO}
    assert facts_kept == {name: fact for name, fact in expected.items() if name not in KEPT_TO}
    assert set(KEPT_TO) <= set(expected)
    for fact in facts:
        row = said[fact["standard"], fact["code"]]
        if fact["source_url"].startswith("http"):
            assert row.source == fact["source_url"]
    doubtful = {
        (fact["standard"], fact["code"])
        for fact in facts
        if "unverified" in f"{fact['comment']} {fact['standard_version']} {fact['source_url']}".lower()
    }
    unverified = {name for name, row in said.items() if row.verified is Verification.UNVERIFIED}
    assert unverified == doubtful - {IN_PART}


def test_an_arrest_or_a_referral_by_the_police_is_no_charge_and_silence_is_not_pending():
    found = {(known.standard, row.code): row for known in crosswalks() for row in known.rows}
    for name, says in KEPT_TO.items():
        assert (found[name].says, found[name].lossy) == (says, True)
        assert found[name].kind == ("pending" if says == "present_to_prosecutor" else None)
    for row in ROWS:
        if re.search("arrest|referred to", f"{row.code} {row.label}", re.IGNORECASE):
            assert row.kind != "charge"


def test_every_code_says_what_a_profile_can_write():
    for row in ROWS:
        assert Meaning.parse(row.says) == Meaning(action=row.action, reason=row.reason)


def test_a_code_of_an_open_matter_leads_to_its_stage():
    for row in ROWS:
        assert (row.stage is None) or (row.reason is None)
        if row.stage is not None and row.action is not None:
            assert row.stage in OPEN_STAGES
            assert {line.to for line in TABLE.values() if line.action is row.action} == {(row.stage,)}


def test_every_row_that_loses_or_says_no_outcome_says_why():
    silent = [row for row in ROWS if not row.why and (row.lossy or (row.kind is None and row.action is None))]
    assert silent == []


def test_names_are_of_one_form_and_lists_are_told():
    for known in crosswalks():
        assert re.fullmatch(r"[a-z][a-z0-9_]*", known.name)
        assert known.standard
        assert known.edition
        assert known.checked
    assert len({known.name for known in crosswalks()}) == len(crosswalks())


# --- looking a code up -------------------------------------------------------------------------------


@given(
    st.sampled_from(crosswalks()).flatmap(lambda k: st.tuples(st.just(k), st.text() | st.sampled_from([*k])))
)
def test_every_text_is_a_code_of_the_crosswalk_or_unmapped(drawn):
    known, text = drawn
    found = known.get(text)
    if text in known:
        assert found == known[text]
        assert (found.code, found.crosswalk) == (text, known.name)
    else:
        assert isinstance(found, UnmappedCode)
        assert (found.code, found.crosswalk) == (text, known.name)
        with pytest.raises(InvalidValueError, match="has no code"):
            known[text]


def test_an_unknown_code_and_an_unknown_crosswalk_are_told_with_the_nearest():
    outcomes = crosswalk("police_uk_outcomes")
    assert outcomes.get("Cautioned") == UnmappedCode(
        crosswalk="police_uk_outcomes", code="Cautioned", nearest="cautioned"
    )
    with pytest.raises(InvalidValueError, match="no code 'Cautioned'; did you mean 'cautioned'"):
        outcomes["Cautioned"]
    with pytest.raises(InvalidValueError, match="its codes are A, B, C, D, E, N"):
        crosswalk("nibrs_exceptional_clearance")["?"]
    with pytest.raises(InvalidValueError, match="it has 28 others"):
        outcomes["?"]
    with pytest.raises(
        InvalidValueError, match="'nibrs_clearance'; did you mean 'nibrs_exceptional_clearance'"
    ):
        crosswalk("nibrs_clearance")
    with pytest.raises(InvalidValueError, match=r"'x'; crosswalks\(\) lists them"):
        crosswalk("x")


# --- in a profile ------------------------------------------------------------------------------------

PROFILE: Final = """\
version = 1
fill_gaps = true
[referral]
table = "tips.csv"
id = "no"
received_on = "day"
observed_through = 2024-12-31
constants = { territory = "US-CA", level = "local" }
[[event]]
table = "tips.csv"
referral = "no"
on = "day"
code = ["code", "first"]
codes = CODES
"""


def extract_of(folder, codes, names, more=""):
    """An extract with one referral a code; a pair is the code of now and the code of before."""
    pairs = [pair if isinstance(pair, tuple) else (pair, "") for pair in codes]
    with (folder / "tips.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(("no", "day", "code", "first"))
        out.writerows((f"A-{n}", "2024-02-01", *pair) for n, pair in enumerate(pairs, start=1))
    text = PROFILE.replace("CODES", json.dumps(names)) + more
    return read_extract(folder, Profile.loads(text))


def by_hand(name, rows):
    said = (f"{json.dumps(row.code)} = {json.dumps(row.says)}\n" for row in rows)
    return f"[codes.{name}]\n" + "".join(said)


def told(extract):
    """All that an extract says but through which rows."""
    (_, use) = extract.summary.uses
    parts = (use.rows, use.made, use.nothing, use.blank, use.unmapped, use.refused)
    return (
        extract.log.events.drop("lossy").rows(),
        extract.log.referrals.rows(),
        extract.unmapped.rows(),
        parts,
    )


@each_crosswalk
def test_a_crosswalk_reads_what_its_rows_written_by_hand_read(known, tmp_path):
    verified = [row for row in known.rows if row.verified is not Verification.UNVERIFIED]
    codes = [*known, *known, "never heard of", "", *((("", code)) for code in known)]
    named = extract_of(tmp_path, codes, known.name)
    written = extract_of(tmp_path, codes, "mine", by_hand("mine", verified))
    assert told(named) == told(written)

    lossy = {row.code: 3 for row in verified if row.lossy and row.action is not None}
    assert named.summary.lossy == ({known.name: lossy} if lossy else {})
    assert named.summary.events == sum(use.made for use in named.summary.uses[1:])
    assert named.log.events["lossy"].sum() == sum(lossy.values())
    assert written.summary.lossy == {}
    assert not written.log.events["lossy"].any()


def test_nothing_is_counted_by_a_row_that_nobody_verified(tmp_path):
    lions = crosswalk("lions_disposition")
    assert lions["OEOE"].verified is Verification.UNVERIFIED
    extract = extract_of(tmp_path, ["OEOE", "NKSU"], "lions_disposition")
    assert extract.unmapped.rows() == [("tips.csv", "code", "OEOE", 1)]
    assert extract.log.referrals["incomplete"].to_list() == [True, False]


def test_codes_of_ones_own_go_before_a_crosswalk_that_stands_after_them(tmp_path):
    mine = '[codes.mine]\n"OEOE" = "close opened_in_error"\n"NFOE" = "close unfounded"\n'
    extract = extract_of(tmp_path, ["OEOE", "NFOE", "AGRE"], ["mine", "lions_disposition"], mine)
    reasons = extract.log.events["reason"].drop_nulls().to_list()
    assert reasons == ["opened_in_error", "unfounded", "prosecution_declined"]
    assert extract.summary.lossy == {"lions_disposition": {"AGRE": 1}}
    after = extract_of(tmp_path, ["OEOE", "NFOE"], ["lions_disposition", "mine"], mine)
    assert after.log.events["reason"].drop_nulls().to_list() == ["opened_in_error", "not_criminal"]
    assert after.summary.lossy == {"lions_disposition": {"NFOE": 1}}


def test_a_table_of_a_crosswalks_name_stands_in_its_place(tmp_path):
    mine = '[codes.lions_disposition]\n"NFOE" = "close unfounded"\n'
    extract = extract_of(tmp_path, ["NFOE", "AGRE"], "lions_disposition", mine)
    assert extract.log.events["reason"].drop_nulls().to_list() == ["unfounded"]
    assert extract.unmapped.rows() == [("tips.csv", "code", "AGRE", 1)]
    assert extract.summary.lossy == {}


def test_an_event_that_was_not_made_came_through_nothing(tmp_path):
    (tmp_path / "tips.csv").write_text(
        "no,day,code,first\nA-1,2024-02-01,C,\nA-1,2024-02-01,C,\nA-2,2024-02-30,C,\nA-3,2024-02-01,C,E\n"
    )
    text = PROFILE.replace("CODES", '"nibrs_exceptional_clearance"')
    summary = read_extract(tmp_path, Profile.loads(text)).summary
    assert (summary.events, summary.lossy) == (2, {"nibrs_exceptional_clearance": {"C": 2}})


def test_what_two_tables_of_events_lost_is_added_up(tmp_path):
    text = PROFILE.replace("CODES", '"nibrs_exceptional_clearance"')
    both = text.replace('["code", "first"]', '"code"')
    both += "[[event]]" + text.replace('["code", "first"]', '"first"').partition("[[event]]")[2]
    (tmp_path / "tips.csv").write_text("no,day,code,first\nA-1,2024-02-01,C,E\nA-2,2024-02-01,C,C\n")
    summary = read_extract(tmp_path, Profile.loads(both)).summary
    assert (summary.events, summary.lossy) == (4, {"nibrs_exceptional_clearance": {"C": 3, "E": 1}})


def problem(text):
    with pytest.raises(ProfileError) as caught:
        Profile.loads(text)
    (only,) = caught.value.problems
    return only.line, only.path, only.message


def test_a_name_that_is_no_crosswalk_is_told_with_its_line():
    says = "there is no table [codes.nibrs_clearance], and no crosswalk of that name"
    near = "did you mean 'nibrs_exceptional_clearance'?"
    text = PROFILE.replace("CODES", '"nibrs_clearance"')
    assert problem(text) == (14, "event[1].codes", f"{says}; {near}")


def test_the_name_of_a_crosswalk_is_text():
    assert problem(PROFILE.replace("CODES", "3")) == (14, "event[1].codes", "3 is not text")


def test_the_name_of_a_column_alone_asks_for_no_crosswalk():
    text = PROFILE.replace('["code", "first"]\ncodes = CODES', '"lions_disposition"')
    (_, path, message) = problem(text)
    assert path == "event[1].code"
    assert message.startswith("there is no table [codes.lions_disposition]; add it")


def test_the_schema_names_every_crosswalk_and_takes_a_name_of_ones_own():
    schema = profile_schema()
    Draft202012Validator.check_schema(schema)
    codes = Draft202012Validator(schema["$defs"]["EventMap"]["properties"]["codes"])
    assert all(
        codes.is_valid(value) for value in ("mine", "lions_disposition", ["mine", "lions_disposition"])
    )
    assert not codes.is_valid(3)
    text = json.dumps(schema["$defs"]["EventMap"]["properties"]["codes"])
    assert [known.name for known in crosswalks() if f'{{"const": "{known.name}"' not in text] == []


# --- what is told of it ------------------------------------------------------------------------------


def test_the_share_that_came_through_lossy_rows_is_told(tmp_path, capsys):
    codes = ["C"] * 3 + ["E", "A", "D", "?", ""]
    extract = extract_of(tmp_path, codes, "nibrs_exceptional_clearance")
    share = "4 of 6 events (66.7 %) came through lossy rows of crosswalks"
    told = f"{share}: nibrs_exceptional_clearance: 'C' 3, 'E' 1"
    assert told in str(extract.summary).replace("\n  ", " ")

    profile, out = tmp_path / "profile.toml", tmp_path / "out.json"
    profile.write_text(PROFILE.replace("CODES", '"nibrs_exceptional_clearance"'))
    command = ["report", tmp_path, "--profile", profile, "--as-of", "2024-12-31", "--json", out]
    assert app(list(map(str, command))) == 0
    assert told in capsys.readouterr().out.replace("\n  ", " ")
    assert json.loads(out.read_text("utf-8"))["lossy"] == {
        "events": 4,
        "of": 6,
        "codes": {"nibrs_exceptional_clearance": {"C": 3, "E": 1}},
    }


def test_the_share_of_outcomes_that_came_through_lossy_rows_is_known_to_the_ledger(tmp_path):
    says = {row.code: row for row in crosswalk("nibrs_exceptional_clearance").rows}
    assert {code: says[code].lossy for code in "ACDE"} == {"A": False, "C": True, "D": False, "E": True}
    codes = [*"CCCEADE", ""]
    log = extract_of(tmp_path, codes, "nibrs_exceptional_clearance").log
    assert log.events["lossy"].sum() == 5
    mix = outcome_mix(Ledger.of(log, as_of=date(2024, 12, 31)))
    # Each of the two juveniles is handled by a measure, the others are closed; the blank code says nothing.
    places = {place.value: n for place, n in mix.overall.parts.places.items() if n}
    assert places == {"administrative": 2, "closed": 5, "pending": 1}
    assert mix.overall.parts.lossy == 5
    assert "5 lossy" in str(mix)


def test_nothing_is_told_where_nothing_was_lost(tmp_path):
    extract = extract_of(tmp_path, ["A", "D"], "nibrs_exceptional_clearance")
    assert "lossy" not in str(extract.summary)


# --- the two tables ----------------------------------------------------------------------------------

LISTS: Final = "name,standard,edition,checked,terms\nmine,My standard,2024,read,\n"
LINES: Final = """\
crosswalk,code,label,action,reason,stage,lossy,why,source,verified
mine,A,ended,close,merged,,no,,a page,read
mine,B,open,open_investigation,,under_investigation,yes,too little,a page,unverified
"""
WRONG: Final = {
    "a word that is none": (
        "merged",
        "merjed",
        "rows.csv, line 2: 'merjed' is no reason; did you mean 'merged'",
    ),
    "an action that is none": ("close", "closed", "line 2: action is 'closed'; did you mean 'close'"),
    "a reason of another action": ("merged", "acquitted", "line 2: .*close cannot come with acquitted"),
    "a reason without its action": ("close,", ",", "line 2: code 'A': None cannot come with merged"),
    "an action without its reason": ("merged", "", "line 2: code 'A': close cannot come with None"),
    "a stage that is none": (",under_", ",in_", "line 3: stage is 'in_investigation'"),
    "a stage it does not lead to": ("open_investigation", "accept", "line 3: .*accept leads to under_triage"),
    "a stage that is not open": ("under_investigation", "closed", "line 3: .*open stage closed"),
    "an end": ("open_investigation,,under_investigation", "transfer,,transferred", "open stage transferred"),
    "a stage beside a reason": ("merged,,", "merged,inactive,", "line 2: .*not to the open stage inactive"),
    "no yes or no": (",no,", ",perhaps,", "line 2: lossy is 'perhaps'; write yes or no"),
    "no why": ("too little", "", "line 3: code 'B' is lossy, and does not say why"),
    "no source": (",a page,read", ",,read", "line 2: source is ''"),
    "no code": ("mine,A", "mine,", "line 2: code is ''"),
    "white space": ("mine,A", "mine, A", "line 2: code is ' A'"),
    "no such care": (",read\n", ",seen\n", "line 2: verified is 'seen'"),
    "a first event": ("close,merged", "made_available,", "line 2: code 'A' cannot say made_available"),
    "one of several subjects": ("close,merged", "decide_subject,unfounded", "cannot say decide_subject"),
    "a code twice": ("mine,B", "mine,A", "crosswalks.csv, line 2: mine has the code 'A' twice"),
    "a list that is not there": ("mine,B", "yours,B", "rows of yours, which crosswalks.csv does not have"),
    "too few cells": (",a page,read", ",read", "rows.csv, line 2: 9 cells, and not 10"),
}


def written(folder, lines=LINES, lists=LISTS):
    (folder / "rows.csv").write_text(lines)
    (folder / "crosswalks.csv").write_text(lists)
    return folder


def test_a_row_is_one_line(tmp_path):
    (mine,) = read_crosswalks(written(tmp_path)).values()
    assert (mine.name, mine.standard, mine.edition, mine.checked, mine.terms) == (
        *("mine", "My standard", "2024", "read", ""),
    )
    assert mine["A"] == CrosswalkRow(
        crosswalk="mine",
        code="A",
        label="ended",
        action=Action.CLOSE,
        reason=ClosedReason.MERGED,
        source="a page",
        verified=Verification.READ,
    )
    assert (mine["B"].says, mine["B"].kind, mine["B"].lossy) == ("open_investigation", "pending", True)


@pytest.mark.parametrize("slip", WRONG)
def test_a_line_that_is_wrong_is_told(tmp_path, slip):
    right, wrong, says = WRONG[slip]
    assert right in LINES
    with pytest.raises(InvalidValueError, match=says):
        read_crosswalks(written(tmp_path, LINES.replace(right, wrong, 1)))


def test_a_crosswalk_without_rows_is_none(tmp_path):
    with pytest.raises(InvalidValueError, match=r"crosswalks\.csv, line 3: yours has no row"):
        read_crosswalks(written(tmp_path, lists=LISTS + "yours,Your standard,2024,read,\n"))


def test_the_rows_of_one_crosswalk_stand_together_in_the_order_of_the_lists():
    text = (files("tipline_outcomes.exchange.crosswalks") / "data" / "rows.csv").read_text("utf-8")
    names = [line["crosswalk"] for line in csv.DictReader(text.splitlines())]
    counts = Counter(names)
    assert list(counts) == [known.name for known in crosswalks()]
    assert names == [name for name, n in counts.items() for _ in range(n)]
