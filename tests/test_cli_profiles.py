"""The command line on an agency's own tables."""

import json
from pathlib import Path

import pytest

from tipline_outcomes import ExtractError, Profile, ProfileError, read_extract
from tipline_outcomes.cli import app

PROFILE = """
version = 1
[referral]
table = "tips.csv"
id = "no"
received_on = "day"
constants = { territory = "US-CA", level = "local" }
[[event]]
table = "tips.csv"
referral = "no"
code = "status"
on = "day"
[codes.status]
"taken" = "accept"
"""


@pytest.fixture
def extract(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("extract").mkdir()
    Path("extract/tips.csv").write_text(
        "no,day,status\n1,2024-01-08,taken\n2,8 January,taken\n3,2024-01-09,=lost\n,2024-01-10,taken\n"
    )
    Path("profile.toml").write_text(PROFILE)
    return Path("extract")


def test_the_refused_rows_are_written_as_they_stand(extract, capsys):
    assert app(["check", str(extract), "--profile", "profile.toml", "--refused", "refused.jsonl"]) == 1
    records = [json.loads(line) for line in Path("refused.jsonl").read_text().splitlines()]
    assert [(record["line"], record["rule"], record["raw"]) for record in records] == [
        (3, "unreadable_date", "2,8 January,taken"),
        (5, "blank_key", ",2024-01-10,taken"),
        (3, "unreadable_date", "2,8 January,taken"),
        (5, "blank_key", ",2024-01-10,taken"),
    ]
    row = {"table": "tips.csv", "use": "referral", "line": 3, "rule": "unreadable_date"}
    assert records[0] == {**row, "detail": "day '8 January'", "raw": "2,8 January,taken"}
    shown = capsys.readouterr().out
    assert "Read extract: 4 rows = 2 used + 2 refused; 3 referrals" in shown
    assert "Not counted: 1 row of tips.csv, whose referral cannot be told" in shown
    assert "Codes that the profile does not map: tips.csv status '=lost' 1" in shown
    assert "\nRefused: 2 rows (4 times, once for each use)\n" in shown
    assert "    tips.csv, line 3, event 1: unreadable_date: day '8 January'\n" in shown
    assert "    tips.csv, line 5, referral: blank_key: no\n" in shown


@pytest.mark.usefixtures("extract")
def test_of_each_rule_the_first_few_are_shown_and_the_rest_is_counted(capsys):
    rows = [*(f"{n},soon,taken" for n in range(20)), ",2024-01-10,taken"]
    Path("extract/tips.csv").write_text("\n".join(["no,day,status", *rows]))
    assert app(["check", "extract", "--profile", "profile.toml"]) == 1
    shown = capsys.readouterr().out
    assert "\nRefused: 21 rows (42 times, once for each use)\n" in shown
    assert "         40  unreadable_date\n" in shown
    assert (shown.count(": unreadable_date: "), shown.count(": blank_key: ")) == (5, 2)
    assert "    ... and 35 more; --all shows every one\n" in shown
    assert app(["check", "extract", "--profile", "profile.toml", "--all"]) == 1
    shown = capsys.readouterr().out
    assert (shown.count(": unreadable_date: "), "more;" in shown) == (40, False)


def test_a_report_of_an_extract_accounts_for_its_tables(extract, capsys):
    command = f"report {extract} --profile profile.toml --as-of 2024-12-31 --json o.json"
    assert app(command.split()) == 0
    found = json.loads(Path("o.json").read_text())
    assert found["tables"] == {"tips.csv": {"read": 4, "used": 2, "refused": 2}}
    assert found["unmapped"] == {"tips.csv status": {"=lost": 1}}
    assert found["uses"] == [
        {
            "table": "tips.csv",
            "use": use,
            "rows": 4,
            "made": made,
            "nothing": 0,
            "blank": 0,
            "unmapped": unmapped,
            "refused": {"blank_key": 1, "unreadable_date": 1},
            "lossy": {},
            "keyless": 1,
        }
        for use, made, unmapped in (("referral", 2, 0), ("event 1", 1, 1))
    ]
    assert (found["overall"]["received"], found["overall"]["unknown"]) == (3, 3)
    capsys.readouterr()


def test_a_profile_is_drafted_checked_and_described(extract, capsys):
    assert app(["profile", "init", str(extract / "tips.csv"), "--write", "draft.toml"]) == 0
    assert app(["profile", "check", "draft.toml"]) == 0
    assert app(["profile", "check", "profile.toml", str(extract)]) == 0
    assert "profile.toml is sound and fits extract" in capsys.readouterr().out
    Path("profile.toml").write_text(PROFILE.replace("received_on", "recieved_on").replace("accept", "acept"))
    assert app(["profile", "check", "profile.toml"]) == 1
    shown = capsys.readouterr().out.splitlines()
    assert "profile.toml:3: referral.received_on: is missing" in shown
    assert any(line.startswith("profile.toml:6: referral.recieved_on: ") for line in shown)
    assert any(line.startswith("profile.toml:14: codes.status.taken: 'acept' is no action") for line in shown)
    assert app(["profile", "schema"]) == 0
    assert json.loads(capsys.readouterr().out)["additionalProperties"] is False


def test_a_broken_profile_is_told_in_sentences(extract, capsys):
    Path("profile.toml").write_text("version = \n")
    with pytest.raises(ProfileError, match=r"profile\.toml has 1 problem:\n  line 1"):
        app(["check", str(extract), "--profile", "profile.toml"], exit_on_error=False, print_error=False)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("target", ["profile.toml", "extract/tips.csv", "extract/../extract/tips.csv"])
@pytest.mark.parametrize("command", ["check extract --refused", "report extract --as-of 2024-12-31 --json"])
@pytest.mark.usefixtures("extract")
def test_what_is_read_is_never_written_over(command, target):
    before = Path(target).read_bytes()
    with pytest.raises(ExtractError, match="is read by this command; give another name"):
        app([*command.split(), target, "--profile", "profile.toml"], exit_on_error=False, print_error=False)
    assert Path(target).read_bytes() == before


@pytest.mark.usefixtures("extract")
def test_tables_and_lines_without_a_profile_are_not_written_over_either():
    Path("extract/events.csv").write_text("referral_id,seq,on,action\na,0,2024-01-08,made_available\n")
    Path("extract/referrals.csv").write_text("referral_id,territory,level\na,US-CA,local\n")
    Path("year.jsonl").write_text("")
    for source, target in (("extract", "extract/events.csv"), ("year.jsonl", "year.jsonl")):
        with pytest.raises(ExtractError, match="is read by this command"):
            app(["check", source, "--refused", target], exit_on_error=False, print_error=False)


@pytest.mark.usefixtures("extract")
def test_a_report_and_the_refused_rows_may_be_written_again(capsys):
    for _ in range(2):
        assert (
            app(["check", "extract", "--profile", "profile.toml", "--refused", "extract/refused.jsonl"]) == 1
        )
    capsys.readouterr()


@pytest.mark.usefixtures("extract")
def test_a_draft_is_not_written_over_a_file():
    with pytest.raises(ExtractError, match=r"'profile\.toml' is there already; give another name"):
        app(
            ["profile", "init", "extract/tips.csv", "--write", "profile.toml"],
            exit_on_error=False,
            print_error=False,
        )
    assert Path("profile.toml").read_text() == PROFILE


def lines_of(capsys, *arguments, code):
    assert app(["profile", "check", *arguments]) == code
    return capsys.readouterr().out.splitlines()


@pytest.mark.usefixtures("extract")
def test_what_a_profile_leaves_open_is_noted_and_nothing_is_wrong(capsys):
    Path("profile.toml").write_text(PROFILE.replace('"no"\n', '"no" # DECIDE\n', 1) + '"gone" = "nothing"\n')
    assert lines_of(capsys, "profile.toml", code=0) == [
        "profile.toml is sound; no table was looked at: give the folder too; 1 decision is open"
    ]
    assert lines_of(capsys, "profile.toml", "extract", code=0) == [
        "profile.toml:3: note: referral: of 4 rows of tips.csv, refused: 1 blank_key, 1 unreadable_date",
        (
            "profile.toml:3: note: referral.observed_through: is not given: nobody reports back, and what has"
            " not ended is unknown"
        ),
        "profile.toml:5: note: still says DECIDE",
        "profile.toml:8: note: event[1]: of 4 rows of tips.csv, refused: 1 blank_key, 1 unreadable_date",
        "profile.toml:13: note: codes.status: does not map '=lost' 1",
        "profile.toml:15: note: codes.status.gone: no row has this code",
        "profile.toml is sound and fits extract; 1 decision is open",
    ]


def test_a_value_of_a_dimension_without_a_line_is_kept_and_no_defect(extract, capsys):
    text = PROFILE.replace('"day"\ncons', '"day"\ndimensions = ["offense"]\ncons')
    Path("profile.toml").write_text(text + '[codes.offense]\n"E" = "enticement"\n')
    (extract / "tips.csv").write_text("no,day,status,offense\n1,2024-01-08,lost,E\n2,2024-01-08,taken,P\n")
    lines = lines_of(capsys, "profile.toml", "extract", code=0)
    assert any(line.endswith("codes.offense: does not map 'P' 1; kept as written") for line in lines)
    assert any(line.endswith("codes.status: does not map 'lost' 1") for line in lines)
    assert lines[-1] == "profile.toml is sound and fits extract"


@pytest.mark.usefixtures("extract")
def test_the_columns_that_a_file_lacks_are_told_with_all_else_that_is_wrong(capsys):
    Path("profile.toml").write_text(
        PROFILE.replace('code = "status"', 'code = "statsu"').replace("US-CA", "?")
    )
    shown = lines_of(capsys, "profile.toml", "extract", code=1)
    assert any("profile.toml:11: event[1].code: there is no table [codes.statsu]" in line for line in shown)
    assert any(
        "event[1].code: 'tips.csv' has no column 'statsu'; did you mean 'status'?" in line for line in shown
    )
    assert any("referral.constants.territory" in line for line in shown)


def test_another_separator_is_asked_about(extract, capsys):
    tips = extract / "tips.csv"
    tips.write_text(tips.read_text().replace(",", ";"))
    shown = lines_of(capsys, "profile.toml", "extract", code=1)
    assert all(line.endswith('write separator = ";" in [tables."tips.csv"]') for line in shown)


@pytest.mark.usefixtures("extract")
def test_a_slip_in_toml_is_told_with_its_line_once(capsys):
    Path("profile.toml").write_text("version = 1\n[referral]\ntable = tips.csv\n")
    assert lines_of(capsys, "profile.toml", code=1) == ["profile.toml:3: Invalid value"]


@pytest.mark.usefixtures("extract")
def test_a_key_below_the_constants_is_sent_above_them(capsys):
    constants = '[referral.constants]\nterritory = "US-CA"\nlevel = "local"\nobserved_through = 2024-12-31'
    text = PROFILE.replace('constants = { territory = "US-CA", level = "local" }', constants)
    Path("profile.toml").write_text(text)
    (line,) = lines_of(capsys, "profile.toml", code=1)
    assert line.endswith("; keys of [referral] stand above [referral.constants]")


@pytest.mark.usefixtures("extract")
def test_a_map_that_is_missing_is_shown(capsys):
    Path("profile.toml").write_text(PROFILE.partition("[codes")[0])
    (line,) = lines_of(capsys, "profile.toml", code=1)
    assert line.endswith('there is no table [codes.status]; add it, with lines such as "CODE" = "nothing"')


@pytest.mark.usefixtures("extract")
@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("check extract/tips.csv --profile profile.toml", "one table; give the folder .*: 'extract'"),
        ("profile init extract", r"'extract' is a folder; name its tables: tips\.csv"),
    ],
)
def test_a_table_and_a_folder_are_told_apart(command, sentence):
    with pytest.raises(ExtractError, match=sentence):
        app(command.split(), exit_on_error=False, print_error=False)


def test_a_refusal_names_the_columns_in_which_it_looked(extract):
    text = PROFILE.replace('"day"\ncons', '["day", "late"]\ncons').replace(
        'on = "day"', 'on = ["day", "late"]'
    )
    rows = ["1,2024-01-08,,taken", ",soon,,taken", "3,,,taken", "4,,31.12.2024,taken", "1,2024-01-08,,taken"]
    (extract / "tips.csv").write_text("\n".join(["no,day,late,status", *rows]))
    refused = read_extract(extract, Profile.loads(text)).refused
    assert sorted(refused.select("use", "line", "rule", "detail").rows()) == [
        ("event 1", 3, "blank_key", "no"),
        ("event 1", 4, "missing_date", "day, late"),
        ("event 1", 5, "unreadable_date", "late '31.12.2024'"),
        ("event 1", 6, "copied_row", "no '1'"),
        ("referral", 3, "blank_key", "no"),
        ("referral", 4, "missing_date", "day, late"),
        ("referral", 5, "unreadable_date", "late '31.12.2024'"),
        ("referral", 6, "duplicate_key", "no '1'"),
    ]
