"""The door for data frames: whatever engine and form they come in, one log; what cannot be right is told."""

from datetime import UTC, date, datetime

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tipline_outcomes import (
    EVENT_COLUMNS,
    REFERRAL_COLUMNS,
    EventLog,
    ExtractError,
    InvalidValueError,
    Ledger,
    Rule,
)
from tipline_outcomes.eventlog import codes
from tipline_outcomes.model import referral as referral_module
from worlds import AS_OF, many

KINDS = {str: pl.String, int: pl.Int64, bool: pl.Boolean, date: pl.Date}


def frames(worlds=40, seed=11):
    events, referrals = many(seed, worlds)
    of_events = {name: KINDS[column.kind] for name, column in EVENT_COLUMNS.items()}
    of_referrals = {name: KINDS[column.kind] for name, column in REFERRAL_COLUMNS.items()}
    extra = dict.fromkeys(("world", "source"), pl.String)
    return pl.DataFrame(events, schema=of_events), pl.DataFrame(referrals, schema=of_referrals | extra)


EVENTS = {"referral_id": ["f"], "seq": [0], "on": [date(2024, 1, 5)], "action": ["made_available"]}
REFERRALS = {"referral_id": ["f"], "territory": ["US-CA"], "level": ["local"]}


def log(events=(), referrals=()):
    return EventLog.from_frames(
        pl.DataFrame(EVENTS | dict(events)), pl.DataFrame(REFERRALS | dict(referrals))
    )


def test_what_may_be_absent_takes_its_default():
    made = log()
    assert made.events.row(0, named=True) == {
        **dict.fromkeys(EVENT_COLUMNS),
        **{name: values[0] for name, values in EVENTS.items()},
        "implied": False,
        "lossy": False,
    }
    assert made.referrals.columns == list(REFERRAL_COLUMNS)


@pytest.mark.parametrize(
    ("events", "referrals", "sentence"),
    [
        ({"superseeded_on": [None]}, {}, "'superseeded_on' that nothing would read.*'superseded_on'"),
        (
            {"on": ["5.1.2024"], "superseded_on": ["soon"]},
            {},
            "superseded_on cannot be read in 1 rows.*'soon'",
        ),
        ({"on": [20240105]}, {}, "events.on is of type Int64; it must hold days"),
        ({"seq": [0.5]}, {}, "events.seq cannot be read in 1 rows, such as '0.5'; write whole numbers"),
        ({"seq": [float("nan")]}, {}, "events.seq cannot be read in 1 rows"),
        ({"seq": [1e300]}, {}, "events.seq cannot be read in 1 rows"),
        ({"seq": [date(2024, 1, 5)]}, {}, "events.seq is of type Date; it must hold whole numbers"),
        ({"seq": [None]}, {}, "events.seq is empty in 1 rows"),
        ({"implied": ["maybe"]}, {}, "implied cannot be read.*true or false"),
        ({"implied": [1]}, {}, "implied is of type Int64; it must hold true or false"),
        ({"referral_id": [None]}, {}, "events.referral_id is empty in 1 rows"),
        ({}, {"referral_id": [None]}, "referrals.referral_id is empty in 1 rows"),
        ({}, {"observed_through": ["31/12/2024"]}, "observed_through cannot be read.*'31/12/2024'"),
    ],
)
def test_a_column_that_cannot_be_right_is_told_with_a_way_to_mend_it(events, referrals, sentence):
    with pytest.raises(ExtractError, match=sentence):
        log(events, referrals)


@pytest.mark.parametrize("empty", [None, ""])
@pytest.mark.parametrize(
    ("reports", "links", "column"),
    [
        ([{"report_id": "{}"}], [], "reports.report_id"),
        ([], [{"report_id": "{}", "referral_id": "f"}], "links.report_id"),
        ([], [{"report_id": "r", "referral_id": "{}"}], "links.referral_id"),
    ],
)
def test_a_report_or_a_link_without_an_id_is_told(reports, links, column, empty):
    def table(rows, *names):
        filled = [{name: empty if row[name] == "{}" else row[name] for name in names} for row in rows]
        return pl.DataFrame(filled, schema=dict.fromkeys(names, pl.String))

    with pytest.raises(ExtractError, match=f"{column} is empty in 1 rows; every row needs one"):
        EventLog.from_frames(
            pl.DataFrame(EVENTS),
            pl.DataFrame(REFERRALS),
            reports=table(reports, "report_id"),
            links=table(links, "report_id", "referral_id"),
        )


def test_a_required_column_that_is_missing_is_told_with_the_nearest_that_is_there():
    events = pl.DataFrame(EVENTS).rename({"action": "acton"})
    with pytest.raises(ExtractError, match=r"events has no column 'action'.*rename 'acton'\?"):
        EventLog.from_frames(events, pl.DataFrame(REFERRALS))


@pytest.mark.parametrize(
    ("typo", "meant"), [("observed_trough", "observed_through"), ("parentid", "parent_id")]
)
def test_a_column_one_letter_off_is_no_dimension(typo, meant):
    with pytest.raises(ExtractError, match=f"referrals has a column '{typo}' .* rename it to '{meant}'"):
        log({}, {typo: [None]})


def test_words_that_no_vocabulary_has_are_counted_by_column_as_they_are():
    events = pl.DataFrame(
        {
            "referral_id": ["f"] * 4,
            "seq": [0, 1, 2, 3],
            "on": [date(2024, 1, 5)] * 4,
            "action": ["made_available", "acept", "acept", "close"],
            "disposition": [None, None, None, "closed"],
            "reason": [None, None, None, "gave_up"],
            "superseded_on": [None, None, date(2024, 2, 1), None],
        }
    )
    made = EventLog.from_frames(events, pl.DataFrame(REFERRALS))
    assert made.unmapped == {"action": {"acept": 1}, "reason": {"gave_up": 1}}
    details = made.check().to_frame()["detail"].to_list()
    assert details == ["action acept", "reason gave_up"]
    assert log().unmapped == {}


def test_time_stamps_with_a_zone_are_refused_because_the_zone_would_decide_the_day():
    stamps = pl.Series([datetime(2024, 1, 5, 23, tzinfo=UTC)])
    with pytest.raises(ExtractError, match="take the day in the agency's own zone"):
        log({"on": stamps})


def test_an_unreadable_day_of_an_event_is_reported_and_the_record_is_not_lost():
    made = log({"on": ["5.1.2024"]})
    assert made.check().counts == {Rule.DATE_MISSING: 1}
    ledger = Ledger.of(made, as_of=date(2024, 6, 30))
    assert ledger.received == 1
    assert ledger.standing["reason"].to_list() == ["set_aside:date_missing"]


def test_a_row_that_can_be_no_object_is_named_when_objects_are_asked_for():
    with pytest.raises(InvalidValueError, match=r"event 0 of referral 'f'.*'acept'"):
        log({"action": ["acept"]}).to_cohort()
    with pytest.raises(InvalidValueError, match=r"referral 'f'.*California"):
        log({}, {"territory": ["California"]}).to_cohort()


def test_a_folder_is_read_from_parquet_or_csv_and_ids_stay_what_they_are(tmp_path):
    numbered = {"referral_id": ["007"]}
    for write in ("write_csv", "write_parquet"):
        folder = tmp_path / write
        folder.mkdir()
        suffix = write.removeprefix("write_")
        getattr(pl.DataFrame(EVENTS | numbered), write)(folder / f"events.{suffix}")
        getattr(pl.DataFrame(REFERRALS | numbered), write)(folder / f"referrals.{suffix}")
        made = EventLog.from_folder(folder)
        assert made.referrals["referral_id"].to_list() == ["007"]
        assert len(made.check()) == 0


def test_a_folder_without_tables_or_with_broken_ones_is_told(tmp_path):
    with pytest.raises(ExtractError, match=r"holds no events.parquet or events.csv"):
        EventLog.from_folder(tmp_path)
    (tmp_path / "events.parquet").write_bytes(b"no parquet")
    with pytest.raises(ExtractError, match=r"events.parquet cannot be read"):
        EventLog.from_folder(tmp_path)


@pytest.mark.parametrize("seq", [[-3, 5], [0, 2**40], [2**40, 2**40 + 1]])
def test_numbers_of_events_only_order_them_however_large(seq):
    events = pl.DataFrame(
        {
            "referral_id": ["f", "f"],
            "seq": seq,
            "on": [date(2024, 1, 5), date(2024, 1, 6)],
            "action": ["made_available", "accept"],
        }
    ).sort("seq", descending=True)
    made = EventLog.from_frames(events, pl.DataFrame(REFERRALS))
    assert len(made.check()) == 0
    assert Ledger.of(made, as_of=date(2024, 6, 30)).stock["stage"].to_list() == ["under_triage"]


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1969, 12, 31), date(1970, 1, 1), date(9999, 12, 31)])
def test_every_day_of_the_calendar_can_be_counted(day):
    made = log({"on": [day]}, {"observed_through": [day]})
    ledger = Ledger.of(made, as_of=day)
    assert ledger.standing["place"].to_list() == ["pending"]
    assert Ledger.of(made, as_of=date(2024, 6, 30)).received == (day <= date(2024, 6, 30))


def test_empty_tables_make_an_empty_ledger():
    made = EventLog.from_frames(pl.DataFrame(EVENTS).clear(), pl.DataFrame(REFERRALS).clear())
    assert len(made.check()) == 0
    assert Ledger.of(made, as_of=date(2024, 6, 30), by=("territory",)).received == 0


def test_an_empty_text_names_nothing():
    made = log({"subject_id": [""], "other_id": [""]}, {"parent_id": [""], "agency": [""], "source": [""]})
    assert made.events.select("subject_id", "other_id").row(0) == (None, None)
    assert made.referrals.select("parent_id", "agency", "source").row(0) == (None, None, None)


INSIDE = (
    *("rid", "root", "parent", "linked", "end", "first_day", "aside", "undated", "came_in", "watch"),
    *(
        "seq",
        "row",
        "cell",
        "unit",
        "n",
        "place",
        "peak",
        "stage",
        "from",
        "period",
        "days",
        "node",
        "by source",
    ),
)


@pytest.mark.parametrize("name", INSIDE)
def test_a_column_may_be_called_whatever_it_likes(name):
    events, referrals = frames(worlds=12)
    plain = EventLog.from_frames(events, referrals)
    other = EventLog.from_frames(events, referrals.with_columns(pl.lit("yes").alias(name)))
    assert other.check().to_frame().equals(plain.check().to_frame())
    one, two = (Ledger.of(log, as_of=AS_OF[3], by=("world",)) for log in (plain, other))
    assert one == two


@pytest.mark.parametrize("name", ["n", "place", "peak", "open", "stage", "from", "days", "undated"])
def test_a_dimension_that_the_ledger_has_a_column_for_must_be_renamed(name):
    made = log({}, {name: ["Boise"]})
    with pytest.raises(InvalidValueError, match=f"a ledger has a column '{name}' of its own"):
        Ledger.of(made, as_of=date(2024, 6, 30), by=(name,))


@pytest.mark.parametrize("name", ["root", "cell", "rid"])
def test_a_dimension_called_like_ours_is_counted_by_its_own_values(name):
    made = log({}, {name: ["Boise"]})
    assert Ledger.of(made, as_of=date(2024, 6, 30), by=(name,)).standing[name].to_list() == ["Boise"]


def test_ids_that_pandas_made_into_fractions_are_refused_not_guessed():
    referrals = pd.DataFrame(
        {"referral_id": [1, 2], "parent_id": [None, 1], "territory": ["US-CA"] * 2, "level": ["local"] * 2}
    )
    events = pd.DataFrame(
        {
            "referral_id": [1, 2],
            "seq": [0, 0],
            "on": [pd.Timestamp(2024, 1, 5)] * 2,
            "action": ["made_available"] * 2,
        }
    )
    with pytest.raises(ExtractError, match=r"referrals.parent_id is of type Float64; .* astype\('Int64'\)"):
        EventLog.from_frames(events, referrals)
    whole = EventLog.from_frames(events, referrals.astype({"parent_id": "Int64"}))
    assert Ledger.of(whole, as_of=date(2024, 6, 30)).received == 1


@pytest.mark.parametrize(
    "text", ["24-01-08", "2024-1-8", "+2024-01-08", "2024-02-30", "0000-01-01", "10184-01-01"]
)
def test_a_day_is_written_in_one_way_only(text):
    assert log({"on": [text]}).check().counts == {Rule.DATE_MISSING: 1}
    with pytest.raises(ExtractError, match="observed_through cannot be read"):
        log({}, {"observed_through": [text]})


def test_days_that_only_other_calendars_know_are_not_taken():
    far = pl.Series([3_000_000]).cast(pl.Int32).cast(pl.Date)
    assert log({"on": far}).check().counts == {Rule.DATE_MISSING: 1}
    with pytest.raises(ExtractError, match="observed_through cannot be read in 1 rows"):
        log({}, {"observed_through": far})


def test_a_csv_file_with_everything_in_quotes_and_blank_lines_is_read(tmp_path):
    (tmp_path / "events.csv").write_text(
        '"referral_id","seq","on","action","implied"\n"f","0","2024-01-05","made_available",""\n\n',
        encoding="utf-8",
    )
    (tmp_path / "referrals.csv").write_text(
        '"referral_id","territory","level","observed_through"\n"f","US-CA","local",""\n,,,\n',
        encoding="utf-8",
    )
    made = EventLog.from_folder(tmp_path)
    assert (made.events.height, made.referrals.height, len(made.check())) == (1, 1, 0)


@pytest.mark.parametrize("table", [None, 5, {"referral_id": ["f"]}, pl.Series([1])])
def test_what_is_no_data_frame_is_told(table):
    with pytest.raises(ExtractError, match=r"events is of type .*; give a frame of Polars .*PySpark"):
        EventLog.from_frames(table, pl.DataFrame(REFERRALS))


@pytest.mark.parametrize("values", [[["a"]], [{"a": 1}], [b"a"]])
def test_a_dimension_that_nothing_can_be_grouped_by_is_told(values):
    with pytest.raises(
        ExtractError, match=r"referrals.unit_code is of type .*, which nothing can be grouped by"
    ):
        log({}, {"unit_code": values})


@pytest.mark.parametrize(
    ("territory", "level"), [("California", "local"), ("US-CA", "county"), (None, "local")]
)
def test_a_jurisdiction_that_is_no_code_is_told_and_counted_as_ever(territory, level):
    made = log({}, {"territory": [territory], "level": [level]})
    assert made.check().counts == {Rule.UNKNOWN_JURISDICTION: 1}
    ledger = Ledger.of(made, as_of=date(2024, 6, 30), by=("territory", "level"))
    assert ledger.standing.select("territory", "level", "place").rows() == [(territory, level, "unknown")]


def test_of_rows_that_repeat_a_referral_one_that_is_incomplete_is_enough():
    for said in ([True, False], [False, True], ["false", "true"]):
        made = log({}, {name: values * 2 for name, values in REFERRALS.items()} | {"incomplete": said})
        assert made.check().counts == {Rule.DUPLICATE_REFERRAL: 1, Rule.INCOMPLETE: 1}


@pytest.mark.parametrize("name", ["Observed_through", "Parent_id", "AGENCY", "incomplet"])
def test_a_slip_in_a_name_is_no_dimension(name):
    with pytest.raises(ExtractError, match="rename it to"):
        log({}, {name: ["x"]})


def test_complete_is_a_dimension_like_any_other():
    assert "complete" in log({}, {"complete": ["yes"]}).dimensions


def test_an_incomplete_referral_is_told_whatever_else_is_amiss():
    made = log({"action": ["frobnicate"], "on": [None]}, {"incomplete": [True]})
    assert made.check().counts == {Rule.DATE_MISSING: 1, Rule.UNKNOWN_WORD: 1, Rule.INCOMPLETE: 1}
    counted = Ledger.of(made, as_of=date(2024, 6, 30))
    assert counted.standing["reason"].to_list() == ["set_aside:date_missing"]


def test_what_is_complete_is_not_taken_for_a_slip_of_incomplete():
    made = log({}, {"complete": [True]})
    assert made.dimensions == ("territory", "level", "agency", "complete")
    assert len(made.check()) == 0


def test_an_event_without_a_referral_has_no_way_to_be_an_object():
    made = EventLog.from_frames(pl.DataFrame(EVENTS | {"referral_id": ["nobody"]}), pl.DataFrame(REFERRALS))
    with pytest.raises(InvalidValueError, match="events of referral 'nobody'"):
        made.to_cohort()


def test_a_log_is_itself_and_can_be_a_key():
    one, other = log(), log()
    assert one == one  # noqa: PLR0124 - comparing a log with itself must not compare its frames
    assert one != other
    assert len({one, other}) == 2


def test_arrow_reads_the_tables_of_a_ledger_without_help():
    ledger = Ledger.of(log(), as_of=date(2024, 6, 30))
    assert pa.table(ledger.standing).num_rows == 1
    assert isinstance(ledger.standing.to_pandas(), pd.DataFrame)


def test_of_two_closures_with_one_number_neither_says_who_carries_on():
    rows = [
        ("a", 0, date(2024, 1, 1), "made_available", None, None, None),
        ("a", 1, date(2024, 1, 2), "close", "closed", "duplicate", "b"),
        ("a", 1, date(2024, 1, 3), "close", "closed", "duplicate", None),
        ("b", 0, date(2024, 1, 1), "made_available", None, None, None),
        ("b", 1, date(2024, 1, 2), "accept", None, None, None),
        ("b", 2, date(2024, 1, 3), "close", "closed", "duplicate", "a"),
    ]
    columns = ["referral_id", "seq", "on", "action", "disposition", "reason", "other_id"]
    referrals = pl.DataFrame({"referral_id": ["a", "b"], "territory": ["US-CA"] * 2, "level": ["local"] * 2})
    for order in (rows, rows[::-1]):
        made = EventLog.from_frames(pl.DataFrame(order, schema=columns, orient="row"), referrals)
        assert made.check().counts == {Rule.DUPLICATE_SEQ: 1}


def test_a_referral_refuses_dimensions_named_like_the_columns_of_its_own_table():
    assert {*REFERRAL_COLUMNS} == referral_module._OWN


def test_no_two_packed_codes_are_one_number():
    words = (codes.ACTIONS, codes.STAGES, codes.LEVELS, codes.KINDS, codes.REASON_CODES)
    assert all(0 < code < codes.NOT_A_WORD for table in words for code in table.values())
    assert max(codes.KINDS.values()) < 10
    assert len(set(codes.POSSIBLE)) == len(codes.POSSIBLE)
    assert len(set(codes.ALLOWED_STEPS)) == len(codes.ALLOWED_STEPS)
