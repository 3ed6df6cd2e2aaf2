"""Rules of the mapping, one by one, on extracts of a few rows."""

from datetime import date

import polars as pl
import pytest

from tipline_outcomes import Ledger, Profile, ProfileError, caseload, read_extract

HEAD = """
version = 1
{top}
[dates]
formats = {formats}
[referral]
table = "r.csv"
id = "id"
received_on = "day"
constants = {{ territory = "US-CA", level = "local" }}
{referral}
[[event]]
table = "e.csv"
referral = "id"
code = "c"
on = "day"
{event}
[codes.c]
"A" = "accept"
"O" = "open_investigation"
"P" = "present_to_prosecutor"
"B" = "return_to_investigation"
"C" = "close prosecution_declined"
"R" = "reopen"
"F" = "file_charge"
{codes}
"""


@pytest.fixture
def read(tmp_path):
    def read(referrals, events, *, top="", formats='["%Y-%m-%d"]', referral="", event="", codes=""):
        (tmp_path / "r.csv").write_text(referrals)
        (tmp_path / "e.csv").write_text(events)
        text = HEAD.format(top=top, formats=formats, referral=referral, event=event, codes=codes)
        return read_extract(tmp_path, Profile.loads(text))

    return read


def actions(extract, referral_id="1"):
    return extract.log.events.filter(pl.col("referral_id") == referral_id)["action"].to_list()


def places(extract, as_of=date(2024, 12, 31)):
    return dict(Ledger.of(extract.log, as_of=as_of).standing.group_by("place").agg(pl.col("n").sum()).rows())


WATCHED = "observed_through = 2024-12-31"
ONE = "id,day\n1,2024-01-01\n"
IMPLIED = 'implied = ["accept", "open_investigation"]\n' + WATCHED


def test_implied_steps_lead_up_to_the_one_that_the_extract_begins_with(read):
    extract = read(ONE, "id,c,day\n1,A,2024-01-02\n1,C,2024-02-01\n", referral=IMPLIED)
    assert actions(extract) == ["made_available", "accept", "close"]
    extract = read(ONE, "id,c,day\n1,O,2024-01-02\n1,C,2024-02-01\n", referral=IMPLIED)
    assert actions(extract) == ["made_available", "accept", "open_investigation", "close"]
    assert extract.log.events["implied"].to_list() == [False, True, False, False]


def test_a_step_that_comes_again_later_takes_no_implied_one_away(read):
    presented = 'implied = ["accept", "open_investigation", "present_to_prosecutor"]'
    extract = read(ONE, "id,c,day\n1,B,2024-01-02\n1,P,2024-02-01\n", referral=presented)
    assert actions(extract)[1:] == [
        *("accept", "open_investigation", "present_to_prosecutor"),
        *("return_to_investigation", "present_to_prosecutor"),
    ]


def test_an_amended_step_takes_no_implied_one_away(read):
    events = "id,c,day,gone\n1,A,2024-01-02,2024-01-03\n1,C,2024-02-01,\n"
    extract = read(ONE, events, referral=IMPLIED, event='superseded_on = "gone"')
    live = extract.log.events.filter(pl.col("superseded_on").is_null())
    assert live["action"].to_list() == ["made_available", "accept", "open_investigation", "close"]


def test_what_happens_twice_is_no_copy(read):
    times = '["%Y-%m-%d", "%Y-%m-%d %H:%M"]'
    events = "id,c,day\n1,A,2024-01-02\n1,C,2024-02-01 09:00\n1,R,2024-02-01 11:00\n1,C,2024-02-01 16:00\n"
    extract = read(ONE, events, formats=times, referral=WATCHED)
    assert actions(extract) == ["made_available", "accept", "close", "reopen", "close"]
    assert places(extract) == {"closed": 1}
    extract = read(ONE, events.replace(" 09:00", "").replace(" 11:00", "").replace(" 16:00", ""))
    assert actions(extract) == ["made_available", "accept", "close", "reopen", "close"]


def test_a_row_that_repeats_the_one_before_it_is_a_copy(read):
    extract = read(ONE, "id,c,day\n1,A,2024-01-02\n1,A,2024-01-02\n1,A,2024-01-02\n")
    assert extract.refused["rule"].to_list() == ["copied_row", "copied_row"]
    assert actions(extract) == ["made_available", "accept"]


def test_a_level_that_nobody_knows_matters_to_charges_only(read):
    events = "id,c,day,lvl\n1,A,2024-01-02,county\n1,C,2024-02-01,n.a.\n"
    extract = read(ONE, events, referral=WATCHED, event='level = "lvl"')
    assert places(extract) == {"closed": 1}
    charged = "id,c,day,lvl\n1,A,2024-01-02,\n1,O,2024-01-03,\n1,F,2024-02-01,n.a.\n"
    extract = read(ONE, charged, referral=WATCHED, event='level = "lvl"')
    assert extract.unmapped.rows() == [("e.csv", "lvl", "n.a.", 1)]
    assert places(extract) == {"unknown": 1}


@pytest.mark.parametrize("form", ["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M %Z", "%Y-%m-%d %s", "%Y-%m-%d%:z"])
def test_a_zone_would_decide_the_day_and_is_refused(read, form):
    with pytest.raises(ProfileError, match="without a zone"):
        read(ONE, "id,c,day\n", formats=f'["{form}"]')


def test_what_a_blank_means_is_said_for_facts_too(read):
    extract = read(
        "id,day,st\n1,2024-01-01,\n2,2024-01-01,Nevada\n",
        "id,c,day\n",
        referral='dimensions = ["st"]',
        codes='[codes.st]\n"" = "none told"\n"Nevada" = "US-NV"',
    )
    assert extract.log.referrals["st"].to_list() == ["none told", "US-NV"]


def test_a_last_day_that_cannot_be_read_leaves_the_referral_incomplete(read):
    extract = read(
        "id,day,till\n1,2024-01-01,soon\n2,2024-01-01,2024-12-31\n",
        "id,c,day\n1,A,2024-01-02\n1,C,2024-02-01\n2,A,2024-01-02\n2,C,2024-02-01\n",
        referral='observed_through = "till"',
    )
    assert extract.log.referrals["incomplete"].to_list() == [True, False]
    assert places(extract) == {"unknown": 1, "closed": 1}


def test_a_parent_is_an_id_and_is_not_translated(read):
    extract = read(
        "id,day,from\n1,2024-01-01,\n2,2024-01-02,1\n",
        "id,c,day\n",
        referral='parent = "from"\ndimensions = ["from"]',
        codes='[codes.from]\n"1" = "the first"',
    )
    assert extract.log.referrals.select("parent_id", "from").rows() == [(None, None), ("1", "the first")]


def test_an_id_that_was_kept_as_a_number_with_a_fraction_is_found(tmp_path):
    pl.DataFrame({"id": [1.0, 2.0, float("nan")], "day": [date(2024, 1, 1)] * 3}).write_parquet(
        tmp_path / "r.parquet"
    )
    (tmp_path / "e.csv").write_text("id,c,day\n1,A,2024-01-02\n")
    text = HEAD.format(top="", formats='["%Y-%m-%d"]', referral="", event="", codes="")
    extract = read_extract(tmp_path, Profile.loads(text.replace("r.csv", "r.parquet")))
    assert extract.log.referrals["referral_id"].to_list() == ["1", "2"]
    assert extract.refused["rule"].to_list() == ["blank_key"]
    assert actions(extract) == ["made_available", "accept"]


def test_a_text_that_means_nothing_can_be_named_twice(read):
    extract = read(
        ONE, "id,c,day\n1,-,2024-01-02\n", top="", codes='[tables."e.csv"]\nblank = ["", "-", "-"]'
    )
    assert extract.summary.uses[1].blank == 1


def test_an_extract_that_begins_in_the_middle_says_so_of_every_referral(read):
    referrals = "id,day\n1,2023-11-01\n2,2024-03-01\n"
    began = f"observed_from = 2024-01-01\n{WATCHED}"
    extract = read(referrals, "id,c,day\n1,A,2024-02-01\n", referral=began)
    assert extract.log.referrals["observed_from"].to_list() == [date(2024, 1, 1)] * 2
    ledger = Ledger.of(extract.log, as_of=date(2024, 12, 31), unit="referral")
    # Received on 1 November, watched from the 61st day on.
    own = ledger.waits.filter(clock="received")
    assert sorted(own.select("days", "entered").rows()) == [(305, 0), (426, 61)]
    months = caseload(ledger, period="quarter").overall.periods
    assert [(one.label, one.received, one.closing, one.listed) for one in months[:2]] == [
        ("2024-Q1", 1, None, 2),
        ("2024-Q2", 0, None, 2),
    ]


def test_the_day_on_which_an_extract_begins_is_a_day(read):
    with pytest.raises(ProfileError, match="observed_from"):
        read(ONE, "id,c,day\n", referral='observed_from = "day"')
