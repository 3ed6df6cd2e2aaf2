"""A draft of a profile: it loads whatever the tables hold, tells what can be seen, and gives nobody away."""

import csv
import json
import re
import tomllib
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from page_files import files_of
from tipline_outcomes import Profile, check_profile, draft_profile, read_extract
from tipline_outcomes.errors import ExtractError
from tipline_outcomes.model.pipeline import REASONS

COUNTY = Path(__file__).parents[2] / "shared" / "realdata" / "cook-county-2019"
START = date(2021, 1, 1)
DAYS = [START + timedelta(days=n) for n in range(300)]


def write(folder, name, columns, *, encoding="utf-8", separator=","):
    path = folder / name
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return path


def tips(day="%Y-%m-%d", statuses=("Open", "Closed: dup"), **more):
    return {
        "tip_no": [f"T-{n:05}" for n in range(300)],
        "received": [one.strftime(day) for one in DAYS],
        "status": [code for _, code in zip(range(300), cycle(statuses), strict=False)],
        **more,
    }


def drafted(*files):
    """Draft, and hold the draft to what is true of every one."""
    text = draft_profile(files)
    return text, Profile.loads(text), tomllib.loads(text)


def finished(text, meaning_of):
    """Give every code of the columns that are read its meaning."""
    head, marker, rest = text.partition("# Other columns of codes")
    line = re.compile(r'^# ("(?:[^"\\]|\\.)*") = "\.\.\."', flags=re.MULTILINE)
    return (
        line.sub(lambda found: f'{found[1]} = "{meaning_of(tomllib.loads(f"it = {found[1]}")["it"])}"', head)
        + marker
        + rest
    )


# --- the tables of an agency -----------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp1252", "cp1252"), ("utf-16", "utf-16")],
)
def test_how_a_file_is_written_is_found(tmp_path, separator, encoding, told):
    statuses = ("übernommen", "kein Verdacht, eingestellt")
    path = write(tmp_path, "Fälle.csv", tips(statuses=statuses), encoding=encoding, separator=separator)
    text, profile, _ = drafted(path)
    form = profile.form("Fälle.csv")
    assert (form.encoding, form.separator) == (told, separator)
    assert '# "übernommen" = "..." # 150 rows' in text
    assert ('[tables."Fälle.csv"]' in text) == ((told, separator) != ("utf-8", ","))
    assert check_profile(profile, tmp_path) == ()


def test_commas_in_texts_do_not_make_a_comma_the_separator(tmp_path):
    path = tmp_path / "tips.csv"
    path.write_text("name, first;day\n" + "Doe, J., Jr.;2021-01-01\nRoe;2021-01-02\n" * 9)
    _, profile, _ = drafted(path)
    assert profile.form("tips.csv").separator == ";"


@pytest.mark.parametrize(
    "written",
    [
        *("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%d-%m-%Y", "%Y%m%d", "%d.%m.%y", "%m/%d/%y"),
        *("%d-%b-%Y", "%d %B %Y", "%B %d, %Y", "%b %d, %Y"),
        *("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%m/%d/%Y %I:%M:%S %p", "%d/%m/%Y %I:%M %p"),
    ],
)
def test_the_form_of_days_is_found(tmp_path, written):
    text, profile, _ = drafted(write(tmp_path, "tips.csv", tips(written)))
    assert profile.dates.formats == (written,)
    assert profile.referral.received_on == ("received",)
    assert (profile.dates.earliest, profile.dates.latest) == (START, date(2021, 12, 31))
    assert f"days as {written}, 2021" in text
    assert read_extract(tmp_path, profile).refused.is_empty()


def test_days_that_can_be_read_in_two_orders_are_asked_about(tmp_path):
    days = [f"{1 + n % 12:02}/{1 + n // 12 % 12:02}/2021" for n in range(300)]
    text, profile, _ = drafted(write(tmp_path, "tips.csv", tips(received=days)))
    assert set(profile.dates.formats) == {"%d/%m/%Y", "%m/%d/%Y"}
    assert '# DECIDE: every day of "received" can be read with the day first' in text


def test_one_column_settles_the_order_for_its_table(tmp_path):
    days = [f"{1 + n % 12:02}/{1 + n // 12 % 12:02}/2021" for n in range(300)]
    more = {"closed": [day.strftime("%d/%m/%Y") for day in DAYS]}
    text, profile, _ = drafted(write(tmp_path, "tips.csv", tips(received=days, **more)))
    assert profile.dates.formats == ("%d/%m/%Y",)
    assert "with the month first" not in text


def test_a_clock_that_changed_sides_gets_both_forms(tmp_path):
    days = [day.strftime("%m/%d/%Y" if n < 150 else "%d/%m/%Y") for n, day in enumerate(DAYS)]
    _, profile, _ = drafted(write(tmp_path, "tips.csv", tips(received=days)))
    assert set(profile.dates.formats) == {"%d/%m/%Y", "%m/%d/%Y"}


def test_days_that_are_far_off_are_counted_and_left_outside_the_window(tmp_path):
    table = tips()
    table["received"][7] = "2109-04-22"
    table["received"][8] = "soon"
    table["received"][9] = ""
    text, profile, _ = drafted(write(tmp_path, "tips.csv", table))
    assert (profile.dates.earliest, profile.dates.latest) == (START, date(2021, 12, 31))
    assert "go from 2021-01-01 to 2109-04-22. 1 of 298 are more than 20 years" in " ".join(text.split("\n# "))
    assert "days as %Y-%m-%d, 2021, and 1 row of none" in text
    assert '# blank = ["n/a"] # DECIDE: what stands for no day in "received"' in text
    assert "soon" not in text


def test_a_year_beyond_the_calendar_is_no_day(tmp_path):
    table = tips()
    table["received"][7] = "+12021-04-22"
    text, _, _ = drafted(write(tmp_path, "tips.csv", table))
    assert "2021, and 1 row of none" in text


def test_keys_and_events_are_found_in_other_tables(tmp_path):
    intake = write(tmp_path, "intake.csv", {"row_no": range(300), **tips()})
    asked = [f"T-{n % 200:05}" for n in range(900)]
    court = {
        "count": [f"c{n}" for n in range(900)],
        "tip": [one if n else "T-lost" for n, one in enumerate(asked)],
        "day": [one.strftime("%d.%m.%Y") for one in DAYS] * 3,
        "no_of_counts": [1 + n % 7 for n in range(900)],
        "result": ["Plea", "Dismissed", "Acquitted"] * 300,
    }
    text, profile, _ = drafted(intake, write(tmp_path, "court.csv", court))
    assert profile.referral.id == ("tip_no",)
    own, event = profile.event
    assert (own.table, own.referral, own.code, own.on) == (
        "intake.csv",
        ("tip_no",),
        ("status",),
        ("received",),
    )
    assert (event.table, event.referral, event.code, event.on) == (
        "court.csv",
        ("tip",),
        ("result",),
        ("day",),
    )
    assert profile.form("court.csv").formats == ("%d.%m.%Y",)
    assert re.search(r"# tip  +99\.5 % of its values are in intake\.csv: tip_no ", text)
    assert '# charge = "count" # DECIDE' in text
    assert 'code = "result" # DECIDE: or "no_of_counts"' in text
    assert '\n# [codes.no_of_counts] # court.csv\n# "1" = "..." # 129 rows\n' in text
    assert check_profile(profile, tmp_path) == ()


def test_what_happens_to_a_referral_happens_after_it_came_in(tmp_path):
    arrested = [day - timedelta(days=90) for day in DAYS]
    decided = [day + timedelta(days=9) if n % 2 else "" for n, day in enumerate(DAYS)]
    text, profile, _ = drafted(
        write(tmp_path, "tips.csv", tips(arrested=arrested[:290] + [""] * 10, decided=decided))
    )
    assert profile.referral.received_on == ("received",)
    assert profile.event[0].on == ("decided",)
    assert 'on = "decided" # DECIDE: or "arrested"' in text


def test_a_day_that_is_missing_is_never_taken_for_the_day_received(tmp_path):
    closed = [str(day + timedelta(days=9)) if n % 2 else "" for n, day in enumerate(DAYS)]
    text, _, _ = drafted(write(tmp_path, "tips.csv", tips(closed=closed)))
    assert "is put on the day received" not in text
    extract = read_extract(tmp_path, Profile.loads(finished(text, lambda _: "accept")))
    (use,) = (use for use in extract.summary.uses if use.use == "event 1")
    assert (use.made, use.refused) == (150, {"missing_date": 150})
    assert "refused (missing_date)" in text
    # A code that only says that it is open is no event, and needs no day.
    extract = read_extract(tmp_path, Profile.loads(finished(text, lambda _: "nothing")))
    assert extract.refused.is_empty()


def test_the_day_received_is_drafted_where_there_is_no_other_and_said(tmp_path):
    text, profile, _ = drafted(write(tmp_path, "tips.csv", tips()))
    assert profile.event[0].on == ("received",)
    assert "is put on the day received" in text


def test_a_table_that_tells_by_its_days_alone_is_written_but_not_read(tmp_path):
    intake = write(tmp_path, "intake.csv", tips())
    arrests = {"tip_no": tips()["tip_no"], "arrested": [day.strftime("%d.%m.%Y") for day in DAYS]}
    text, profile, _ = drafted(intake, write(tmp_path, "arrests.csv", arrests, separator=";"))
    assert {event.table for event in profile.event} == {"intake.csv"}
    assert '# [tables."arrests.csv"]\n# separator = ";"\n# formats = ["%d.%m.%Y"]\n' in text
    assert '# [[event]]\n# table = "arrests.csv"\n# referral = "tip_no" # DECIDE\n# action = "..."' in text


def test_a_copied_row_hides_no_key(tmp_path):
    table = tips()
    table["tip_no"][5] = table["tip_no"][4]
    text, profile, _ = drafted(write(tmp_path, "tips.csv", table))
    assert profile.referral.id == ("tip_no",)
    assert re.search(r"# tip_no +nearly unique +0\.0 % +299\n", text)


def test_parquet_arrow_and_json_lines_are_looked_at_too(tmp_path):
    frame = pl.DataFrame({**tips(), "received": DAYS, "who": [{"age": 7}] * 300})
    frame.write_parquet(tmp_path / "tips.parquet")
    frame.drop("who").write_ipc(tmp_path / "tips.arrow")
    lines = [json.dumps({**row, "received": str(row["received"])}) for row in frame.to_dicts()]
    (tmp_path / "tips.jsonl").write_text("\n".join([*lines, "{"]))
    for name, spoiled in [("tips.parquet", True), ("tips.arrow", False), ("tips.jsonl", True)]:
        text, profile, _ = drafted(tmp_path / name)
        assert profile.referral.id == ("tip_no",)
        assert profile.referral.received_on == ("received",)
        assert '# "Open" = "..." # 150 rows' in text
        assert ('# Columns that cannot be read: "who".' in text) is spoiled
    assert "# Refused: 1 row (not_json)." in text


def test_bad_records_are_told(tmp_path):
    path = write(tmp_path, "tips.csv", tips())
    path.write_text(path.read_text() + "T-1,2021-01-01\n")
    text, _, _ = drafted(path)
    assert "# Refused: 1 row (wrong_field_count)." in text


def test_a_column_that_spoils_few_rows_is_read(tmp_path):
    rows = [{"tip_no": n, "status": "Open", "spoiler": {}} for n in range(300)]
    rows[7]["status"] = ["Open", "Closed"]
    (tmp_path / "tips.jsonl").write_text("\n".join(map(json.dumps, rows)))
    text, _, _ = drafted(tmp_path / "tips.jsonl")
    assert '# Columns that cannot be read: "spoiler".' in text
    assert '# "Open" = "..." # 299 rows' in text


def test_a_column_named_twice_is_left_out(tmp_path):
    path = write(tmp_path, "tips.csv", tips())
    path.write_text(path.read_text().replace("tip_no,received,status", "tip_no,status,status"))
    text, profile, _ = drafted(path)
    assert '# Columns that cannot be read: "status".' in text
    assert profile.referral.received_on == ("DECIDE",)
    (problem,) = check_profile(profile, tmp_path)
    assert problem.path == "referral.received_on"


def test_files_that_cannot_be_one_extract_are_refused(tmp_path):
    with pytest.raises(ExtractError, match="name the tables"):
        draft_profile([])
    with pytest.raises(ExtractError, match=r"no file 'tips\.csv'"):
        draft_profile([tmp_path / "tips.csv"])
    (tmp_path / "other").mkdir()
    files = [write(tmp_path, "tips.csv", tips()), write(tmp_path / "other", "court.csv", tips())]
    with pytest.raises(ExtractError, match="one folder"):
        draft_profile(files)


def test_the_codes_of_a_small_extract_are_found(tmp_path):
    files = files_of((Path(__file__).parents[1] / "docs" / "extract.md").read_text(encoding="utf-8"))
    tables = [tmp_path / name for name in ("intake.csv", "court.csv")]
    for table in tables:
        table.write_text(files[f"extract/{table.name}"], encoding="utf-8")
    text, profile, _ = drafted(*tables)
    assert [(event.table, event.code) for event in profile.event] == [
        ("intake.csv", ("status",)),
        ("court.csv", ("result",)),
    ]
    assert '[codes.status] # intake.csv\n# "Filed" = "..." # 2 rows\n' in text
    assert '[codes.result] # court.csv\n# "Plea" = "..." # 2 rows\n' in text
    # The last day that any table tells of, not the last on which something came in.
    assert "# observed_through = 2024-09-30 # DECIDE" in text


def test_why_a_table_tells_of_nothing_is_said(tmp_path):
    no_code = write(tmp_path, "tips.csv", {"tip_no": tips()["tip_no"], "received": DAYS})
    no_key = write(tmp_path, "court.csv", {"file": [f"F-{n}" for n in range(300)], "day": DAYS})
    no_day = write(tmp_path, "notes.csv", {"tip_no": tips()["tip_no"], "note": ["x", "y"] * 150})
    text, profile, _ = drafted(no_code, no_key, no_day)
    assert profile.event == ()
    assert '# No [[event]] for "tips.csv": no column holds codes, few and each for several rows.\n' in text
    assert '# No [[event]] for "court.csv": no column has values of tip_no in tips.csv.\n' in text
    assert '# No [[event]] for "notes.csv": no column holds days.\n' in text


def test_a_few_copies_hide_no_key(tmp_path):
    numbers = [f"T-{n}" for n in range(40)]
    table = {"row_no": range(40), "tip_no": [numbers[0], numbers[0], *numbers[2:]], "received": DAYS[:40]}
    court = {"tip_no": numbers * 2, "day": DAYS[:80], "result": ["Plea", "Acquitted"] * 40}
    _, profile, _ = drafted(write(tmp_path, "tips.csv", table), write(tmp_path, "court.csv", court))
    assert profile.referral.id == ("tip_no",)


def test_a_table_without_rows_or_days_still_gives_a_draft(tmp_path):
    _, profile, _ = drafted(write(tmp_path, "tips.csv", {"tip_no": [], "received": []}))
    assert (profile.referral.id, profile.referral.received_on) == (("DECIDE",), ("DECIDE",))
    _, profile, _ = drafted(write(tmp_path, "tips.csv", {"tip_no": ["7"]}))
    assert (profile.referral.id, profile.referral.received_on) == (("tip_no",), ("DECIDE",))


# --- what a reader of the draft is told, and not told --------------------------------------------


def test_every_word_that_a_code_can_say_is_listed(tmp_path):
    text, _, _ = drafted(write(tmp_path, "tips.csv", tips()))
    listed = set(re.findall(r"^#   (\w+(?: \w+)?)  ", text, flags=re.MULTILINE))
    for action, reasons in REASONS.items():
        if action not in ("made_available", "decide_subject"):
            for reason in reasons:
                alone = reason is None or len(reasons) == 1
                assert (action.value if alone else f"{action} {reason}") in listed


def test_nothing_is_said_about_a_code_until_somebody_decides(tmp_path):
    _, profile, _ = drafted(write(tmp_path, "tips.csv", tips()))
    assert profile.codes == {"status": {}}
    extract = read_extract(tmp_path, profile)
    assert sorted(extract.unmapped.select("code", "rows").rows()) == [("Closed: dup", 150), ("Open", 150)]
    assert extract.log.referrals["incomplete"].all()


ODD = st.text(
    st.one_of(
        st.sampled_from("\"'\\#=[].,; \t\n\r\x7f\x85\u2028\u202e\U000e0001é東"),
        # A file with a NUL is no text; and engines disagree on whether the separators of old are white space.
        st.characters(codec="utf-8", exclude_characters="\x00\x1c\x1d\x1e\x1f"),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40)
@given(
    names=st.lists(ODD, min_size=6, max_size=6, unique_by=str.strip).filter(lambda names: "row" not in names),
    table=st.sampled_from(["tips.csv", 'a "b".c [d]#é.csv']),
    codes=st.lists(ODD, min_size=1, max_size=5, unique_by=str.strip),
)
def test_a_draft_loads_whatever_names_and_codes_there_are(tmp_path_factory, names, table, codes):
    folder = tmp_path_factory.mktemp("odd")
    columns = [
        *tips(statuses=codes).values(),
        [f"{n} secret" for n in range(300)],
        [one.strftime("%d.%m.%Y") for one in DAYS],
        [f"secret {n % 61}" for n in range(300)],
    ]
    text, profile, _ = drafted(write(folder, table, dict(zip(names, columns, strict=True))))
    assert not re.search("[^\n -~\xa0-\U0010ffff]", text)
    assert "secret" not in text
    assert not re.search(r"T-\d", text)
    assert check_profile(profile, folder) == ()
    told = {code.strip() for code in codes}
    done = Profile.loads(finished(text, lambda _: "nothing"))
    if told == {""}:
        assert done.event == ()
    else:
        assert done.codes == {names[2].strip(): dict.fromkeys(told, "nothing")}


@settings(max_examples=40)
@given(
    distinct=st.integers(1, 400),
    word=st.sampled_from(["zqx", "zqx 12", "19zqx"]),
    long=st.booleans(),
    other=st.sampled_from(["no", "name"]),
)
def test_values_are_shown_of_columns_with_few_only(tmp_path_factory, distinct, word, long, other):
    folder = tmp_path_factory.mktemp("secret")
    text_of = [f"{word}{'x' * 90 if long else ''}{n % distinct}" for n in range(300)]
    path = write(folder, "tips.csv", tips(**{other: text_of}))
    text, _, _ = drafted(path)
    assert ("zqx" in text) == (distinct <= 60 and not long)
    assert not re.search(r"T-\d|2021-0[2346-9]", text)


def test_ids_are_not_shown_however_few_they_are(tmp_path):
    ids = [f"zqx-{n}" for n in range(30)]
    about = {"name": [*ids[1:], "zqx-1"], "note": [f"zqx {n % 20}" for n in range(30)]}
    intake = write(tmp_path, "intake.csv", {"tip_no": ids, "received": DAYS[:30], **about})
    court = {
        "tip_no": ids * 3,
        "came_from": ids[:10] * 9,
        "day": DAYS[:90],
        "result": ["Plea", "Acquitted"] * 45,
    }
    text, profile, _ = drafted(intake, write(tmp_path, "court.csv", court))
    assert [event.table for event in profile.event] == ["court.csv"]
    assert '# "Plea" = "..." # 45 rows' in text
    assert "zqx" not in text


# --- from the draft to the extract ----------------------------------------------------------------


def test_a_finished_draft_reads_the_extract(tmp_path):
    intake = write(tmp_path, "intake.csv", tips("%d.%m.%Y", agency=["A", "B", "C"] * 100), separator=";")
    court = {
        "tip_no": tips()["tip_no"][::3],
        "heard": [str(day + timedelta(days=30)) for day in DAYS[::3]],
        "result": ["Plea", "Dismissed"] * 50,
    }
    text, _, _ = drafted(intake, write(tmp_path, "court.csv", court))
    said = {
        "Open": "nothing",
        "Closed: dup": "close duplicate",
        "Plea": "charge_result convicted_plea",
        "Dismissed": "charge_result charge_dismissed",
    }
    text = finished(text, said.get)
    text = text.replace("fill_gaps = false", "fill_gaps = true").replace('"ZZ"', '"US-IL"')
    text = re.sub("^# (observed_through = )", r"\1", text, flags=re.MULTILINE)
    profile = Profile.loads(text)
    assert check_profile(profile, tmp_path) == ()
    extract = read_extract(tmp_path, profile)
    assert extract.refused.is_empty()
    assert extract.unmapped.is_empty()
    assert [(use.made, use.nothing) for use in extract.summary.uses] == [(300, 0), (150, 150), (100, 0)]
    assert not extract.log.referrals["incomplete"].any()


# --- a real extract --------------------------------------------------------------------------------


@pytest.mark.skipif(not COUNTY.is_dir(), reason="the tables of Cook County are not beside the repository")
def test_the_tables_of_cook_county():
    files = [COUNTY / f"{name}.csv" for name in ("intake", "dispositions", "initiation", "sentencing")]
    text, profile, _ = drafted(*files)
    assert check_profile(profile, COUNTY) == ()
    assert profile.referral.id == ("case_participant_id",)
    assert profile.referral.received_on == ("received_date",)
    assert {event.table: event.code for event in profile.event} == {
        "intake.csv": ("participant_status",),
        "dispositions.csv": ("charge_disposition",),
        "initiation.csv": ("event",),
        "sentencing.csv": ("sentence_type",),
    }
    assert all(event.referral == ("case_participant_id",) for event in profile.event)
    assert profile.form("dispositions.csv").formats == ("%m/%d/%Y %I:%M:%S %p",)
    assert profile.dates.formats == ("%Y-%m-%d",)
    assert '# "Approved" = "..." # 14,943 rows' in text
    assert "CHICAGO PD" not in text
    assert not re.search(r"\b[cpx][0-9a-f]{11,12}\b", text)
