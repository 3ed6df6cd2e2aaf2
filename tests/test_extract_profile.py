"""Profiles: what they say, what is wrong with them and on which line, and the schema that editors read."""

from datetime import date

import pytest
from attrs import evolve

from profile_slips import LEAST, PROFILE, WRONG
from tipline_outcomes.errors import ExtractError, InvalidValueError, ProfileError
from tipline_outcomes.exchange.extracts.check import check_profile
from tipline_outcomes.exchange.extracts.profile import (
    Dates,
    EventConstants,
    EventMap,
    Meaning,
    Order,
    Profile,
    ReferralConstants,
    ReferralMap,
    TableForm,
)
from tipline_outcomes.model import Action, ChargeStatus, ClosedReason, Level
from tipline_outcomes.model.pipeline import REASONS


def problems(text: str) -> list[tuple[int | None, str, str]]:
    with pytest.raises(ProfileError) as caught:
        Profile.loads(text)
    return [(problem.line, problem.path, problem.message) for problem in caught.value.problems]


def only_problem(text: str) -> tuple[int | None, str, str]:
    (problem,) = problems(text)
    return problem


# What a profile says


def test_a_profile_is_read_as_it_is_written():
    profile = Profile.loads(PROFILE)
    status = {
        "Approved": "file_charge",
        "BFW/See Related Case": "nothing",
        "": "close administrative_closure",
    }
    assert profile == Profile(
        version=1,
        order=Order.DATES,
        fill_gaps=True,
        dates=Dates(
            formats=("%Y-%m-%d", "%m/%d/%Y %I:%M:%S %p"),
            earliest=date(2015, 1, 1),
            latest=date(2019, 12, 31),
        ),
        tables={
            "dispositions.csv": TableForm(
                encoding="cp1252", separator=";", blank=("NULL", "n/a"), formats=("%d.%m.%Y",)
            )
        },
        referral=ReferralMap(
            table="intake.csv",
            id=("case_id",),
            received_on=("received", "entered"),
            implied=(Action.ACCEPT, Action.OPEN_INVESTIGATION, Action.PRESENT_TO_PROSECUTOR),
            parent=("came_from",),
            level=("court_level",),
            observed_through=date(2019, 12, 2),
            dimensions=(("category", ("offense",)), ("unit", ("unit", "desk"))),
            constants=ReferralConstants(territory="US-IL", agency="cook-county-sao"),
        ),
        event=(
            EventMap(
                table="dispositions.csv",
                referral=("case_id",),
                code=("status", "charge_disposition"),
                on=("felony_review_date", "received"),
                subject=("case_id",),
                charge=("charge_id",),
                constants=EventConstants(level=Level.LOCAL),
            ),
            EventMap(
                table="intake.csv",
                referral=("case_id",),
                action=Meaning(action=Action.FILE_CHARGE, reason=ChargeStatus.CHARGE_PENDING),
                on=("filed",),
                other=("other_id",),
                superseded_on=("amended",),
            ),
        ),
        codes={
            "status": status,
            "charge_disposition": {"Plea Of Guilty": "charge_result convicted_plea"},
            "court_level": {"1": "local"},
            "offense": {"PIMP": "pimping"},
        },
    )


def test_what_is_left_out_has_its_default():
    profile = Profile.loads(LEAST)
    assert (profile.order, profile.fill_gaps, profile.event) == (Order.TABLES, False, ())
    assert profile.dates == Dates(formats=("%Y-%m-%d",), earliest=None, latest=None)
    assert profile.referral.observed_through == ()
    assert profile.form("tips.csv") == TableForm(formats=("%Y-%m-%d",))


def test_columns_and_dimensions_may_be_written_in_short():
    profile = Profile.loads(LEAST + 'dimensions = ["a", "b"]\nobserved_through = ["x", "y"]\nparent = []')
    assert profile.referral.dimensions == (("a", ("a",)), ("b", ("b",)))
    assert profile.referral.observed_through == ("x", "y")
    assert profile.referral.parent == ()
    assert Profile.loads(LEAST + 'dimensions = "a"').referral.dimensions == (("a", ("a",)),)


def test_the_columns_of_a_table_are_listed_once_by_first_use():
    profile = Profile.loads(PROFILE)
    assert profile.columns_of("dispositions.csv") == (
        *("case_id", "felony_review_date", "received", "status", "charge_disposition", "charge_id"),
    )
    assert profile.columns_of("intake.csv") == (
        *("case_id", "received", "entered", "came_from", "court_level", "offense", "unit", "desk"),
        *("filed", "other_id", "amended"),
    )
    assert profile.columns_of("elsewhere.csv") == ()


def test_a_table_is_read_by_its_own_date_formats_or_by_those_of_all():
    profile = Profile.loads(PROFILE)
    assert profile.form("dispositions.csv").formats == ("%d.%m.%Y",)
    assert profile.form("intake.csv") == TableForm(formats=profile.dates.formats)


def test_codes_mean_an_event_or_stand_for_a_fact():
    profile = Profile.loads(PROFILE)
    first = profile.event[0]
    assert profile.meanings(first, "status")[""] == Meaning.parse("close administrative_closure")
    assert profile.meanings(first, "status")["BFW/See Related Case"] == Meaning()
    assert profile.values("court_level") == {"1": "local"}
    assert profile.values("status") is None
    assert profile.values("unit") is None


def test_two_columns_can_share_one_table_of_codes():
    event = '[[event]]\ntable = "tips.csv"\nreferral = "no"\non = "day"\ncode = ["a", "b"]\ncodes = "c"\n'
    profile = Profile.loads(LEAST + event + '[codes.c]\n"X" = "accept"')
    assert profile.meanings(profile.event[0], "b") == {"X": Meaning(action=Action.ACCEPT)}


def test_a_profile_is_frozen_and_equal_to_another_that_says_the_same():
    profile = Profile.loads(LEAST)
    assert profile == Profile.loads("# the same\n\n" + LEAST)
    assert profile != evolve(profile, fill_gaps=True)
    with pytest.raises(TypeError):
        Profile.loads(PROFILE).codes["status"]["Approved"] = "nothing"  # pyright: ignore[reportIndexIssue]


def test_a_profile_is_loaded_from_its_file_whoever_wrote_it(tmp_path):
    file = tmp_path / "profile.toml"
    file.write_bytes(b"\xef\xbb\xbf" + PROFILE.replace("\n", "\r\n").encode())
    assert Profile.load(file) == Profile.load(str(file)) == Profile.loads(PROFILE)
    file.write_bytes(LEAST.replace('"day"', "5").replace("\n", "\r\n").encode())
    with pytest.raises(ProfileError, match=r"line 5, referral\.received_on: 5 is not text") as caught:
        Profile.load(file)
    assert caught.value.name == "profile.toml"


def test_every_meaning_can_be_written_and_read():
    for action, reasons in REASONS.items():
        for reason in reasons if action is not Action.MADE_AVAILABLE else ():
            meaning = Meaning(action=action, reason=reason)
            assert Meaning.parse(str(meaning)) == meaning
    assert [str(Meaning.parse(text)) for text in ("close merged", "file_charge", "nothing")] == [
        *("close merged", "file_charge", "nothing"),
    ]
    assert Meaning.parse("file_charge charge_pending") == Meaning.parse("file_charge")


def test_a_profile_that_was_never_written_has_no_lines(tmp_path):
    profile = evolve(Profile.loads(LEAST), text=None)
    (problem,) = check_profile(profile, tmp_path)
    assert (problem.line, problem.path) == (None, "referral.table")
    assert str(problem).startswith("referral.table: there is no file")


# What is wrong with a profile


@pytest.mark.parametrize("slip", WRONG.values(), ids=WRONG)
def test_one_slip_is_one_problem_with_its_line(slip):
    right, old, new, statement, path, says = slip
    assert old in right
    text = right.replace(old, new, 1)
    line, found, message = only_problem(text)
    assert (text.split("\n")[line - 1], found) == (statement, path)
    assert says in message


def test_all_problems_are_told_at_once_in_the_order_of_the_lines():
    text = """\
version = 3
colour = "red"
[referral]
received_on = [
  "a",
  7,
]
territory = "Illinois"
[[event]]
table = "t.csv"
on = "day"
refferal = "no"
[[event]]
[codes.x]
"""
    told = problems(text)
    assert [(line, path) for line, path, _ in told] == [
        (1, "version"),
        (2, "colour"),
        (3, "referral.table"),
        (3, "referral.id"),
        (3, "referral.level"),
        (4, "referral.received_on[2]"),
        (9, "event[1].referral"),
        (9, "event[1].code"),
        (12, "event[1].refferal"),
        (13, "event[2].table"),
        (13, "event[2].referral"),
        (13, "event[2].on"),
        (13, "event[2].code"),
        (14, "codes.x"),
    ]
    with pytest.raises(ProfileError) as caught:
        Profile.loads(text, name="cook.toml")
    assert str(caught.value).startswith("cook.toml has 14 problems:\n  line 1, version: 3 is not known")


def test_what_is_wrong_above_speaks_for_what_is_below():
    assert problems("version = 1\nreferral = 5\nevent = [6]\ncodes = {x = {y = 1}}\n") == [
        (2, "referral", "5 is not a table of keys and values"),
        (3, "event[1]", "6 is not a table of keys and values"),
        (4, "codes.x.y", "1 is not text"),
        (4, "codes.x", "nothing that is read has this name; leave it out, or correct its name"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("version = 1\norder tables\n", 2, "Expected '='"),
        ("version = 1\nversion = 1\n", 2, "Cannot overwrite"),
        ("version = 1\nid = [\n1,\n", 4, "at end of document"),
        ("a = " + "[" * 20_000, 1, "nested without end"),
    ],
)
def test_what_is_no_toml_is_one_problem(text, line, says):
    found_line, path, message = only_problem(text)
    assert (found_line, path) == (line, "")
    assert says in message


def test_a_file_that_cannot_be_read_says_why(tmp_path):
    with pytest.raises(ExtractError, match="No such file"):
        Profile.load(tmp_path / "profile.toml")
    file = tmp_path / "profile.toml"
    file.write_bytes("version = 1\n# Größe".encode("cp1252"))
    with pytest.raises(ProfileError, match="line 2: this line is not in UTF-8"):
        Profile.load(file)


def test_a_meaning_holds_its_reason_to_its_action():
    with pytest.raises(InvalidValueError, match="close needs a reason"):
        Meaning(action=Action.CLOSE)
    with pytest.raises(InvalidValueError, match="nothing takes no reason"):
        Meaning(reason=ClosedReason.MERGED)


# The profile and its files


def test_a_profile_is_held_to_the_files_in_a_folder(tmp_path):
    (tmp_path / "intake.csv").write_text(
        "case_id,received,enterd,came_from,court_level,offense,unit,desk,filed\n"
    )
    (tmp_path / "disposition.csv").write_text("case_id;status\n")
    told = [(p.line, p.path, p.message) for p in check_profile(Profile.loads(PROFILE), tmp_path)]
    assert [(line, path) for line, path, _ in told] == [
        (19, "referral.received_on[2]"),
        (31, "event[1].table"),
        (49, "event[2].other"),
        (50, "event[2].superseded_on"),
    ]
    assert "did you mean 'enterd'?" in told[0][2]
    assert "'disposition.csv'" in told[1][2]


def test_a_profile_whose_files_are_all_there_has_no_problems(tmp_path):
    (tmp_path / "tips.csv").write_text("no,day,state,rank,more\n")
    assert check_profile(Profile.loads(LEAST), tmp_path) == ()
