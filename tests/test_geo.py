"""Territories against ISO 3166, the places with two codes, and the list of task forces."""

import csv
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import polars as pl
import pycountry
import pytest

from tipline_outcomes.errors import InvalidValueError, MissingExtraError
from tipline_outcomes.eventlog import EventLog
from tipline_outcomes.geo import (
    Backing,
    Extent,
    check_territories,
    roll_up,
    rolled_up,
    same_place,
    task_forces,
    territory_name,
    unknown_territories,
)
from tipline_outcomes.geo.iso import standard
from tipline_outcomes.model import Jurisdiction

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "jurisdictions.md"
LIST = HERE.parents[1] / "shared" / "domain" / "icac_task_forces.csv"


def log_of(*territories: str | None) -> EventLog:
    ids = [str(number) for number in range(len(territories))]
    return EventLog.from_frames(
        pl.DataFrame({"referral_id": ids, "seq": 0, "on": "2024-01-08", "action": "made_available"}),
        pl.DataFrame({"referral_id": ids, "territory": territories, "level": "local"}),
    )


# Places with two codes


def test_what_a_country_lists_apart_from_its_other_parts_has_a_country_code_too():
    # The words are those of the standard. Clipperton has a part's code only.
    apart = re.compile("Outlying|Overseas|^Country$|Special administrative")
    found = {
        part.code
        for part in pycountry.subdivisions
        if part.country_code in {"CN", "FR", "NL", "US"} and apart.search(part.type)
    }
    assert {part for part in found if pycountry.countries.get(alpha_2=same_place(part)[0])} == found
    assert len(found) == 23


def test_a_part_with_two_letters_has_those_letters_as_its_country_code():
    doubled = [part.code for part in pycountry.subdivisions if same_place(part.code)[0] != part.code]
    assert len(doubled) == 28
    lettered = {code for code in doubled if re.fullmatch(r"..-[A-Z]{2}", code)}
    assert {code: same_place(code)[0] for code in lettered} == {code: code[3:] for code in lettered}
    assert {code: same_place(code)[0] for code in set(doubled) - lettered} == {
        "FI-01": "AX",
        "FR-971": "GP",
        "FR-972": "MQ",
        "FR-973": "GF",
        "FR-974": "RE",
        "FR-976": "YT",
        "NL-BQ1": "BQ-BO",
        "NL-BQ2": "BQ-SA",
        "NL-BQ3": "BQ-SE",
    }


@pytest.mark.parametrize("letters", ["GP", "MQ", "GF", "RE", "YT"])
def test_a_code_that_france_gave_up_still_names_its_place(letters):
    former = f"FR-{letters}"
    assert pycountry.subdivisions.get(code=former) is None
    assert same_place(former)[0] == letters
    (problem,) = unknown_territories([former])
    assert (problem.because, problem.nearest) == ("has left ISO 3166", (letters,))


def test_the_parts_of_bonaire_are_called_the_same_by_both_codes():
    names = {code: pycountry.subdivisions.get(code=code).name for code in ("BQ-BO", "BQ-SA", "BQ-SE")}
    assert {same_place(code)[1]: name for code, name in names.items()} == {
        code: pycountry.subdivisions.get(code=code).name for code in ("NL-BQ1", "NL-BQ2", "NL-BQ3")
    }


@pytest.mark.parametrize(
    ("outer", "inner", "contained"),
    [
        ("US/federal", "PR/local", True),
        ("PR/state", "US-PR/local", True),
        ("US-PR/state", "PR/local", True),
        ("US-PR/state", "US/federal", False),
        ("US/federal", "UM-71/federal", True),
        ("NO/foreign", "NO-21/foreign", True),
        ("SJ/foreign", "NO-22/foreign", True),
        ("NO-21/foreign", "SJ/foreign", False),
        ("BQ/foreign", "NL-BQ1/foreign", True),
        ("NL/foreign", "BQ/foreign", True),
        ("RS/foreign", "XK/foreign", False),
        ("US/federal", "GP/foreign", False),
    ],
)
def test_a_place_is_contained_by_either_of_its_codes(outer, inner, contained):
    assert Jurisdiction.parse(outer).contains(Jurisdiction.parse(inner)) is contained


@pytest.mark.parametrize(
    ("code", "territory", "country", "widest"),
    [
        ("US-CA", "US-CA", "US", "US"),
        ("US-PR", "PR", "PR", "US"),
        ("PR", "PR", "PR", "US"),
        ("FR-GP", "GP", "GP", "FR"),
        ("FR-75", "FR-75", "FR", "FR"),
        ("NO-21", "NO-21", "SJ", "NO"),
        ("SJ", "SJ", "SJ", "NO"),
        ("NL-BQ1", "BQ-BO", "BQ", "NL"),
        ("BQ", "BQ", "BQ", "NL"),
        ("UM-71", "UM-71", "UM", "US"),
        ("RS-KM", "RS-KM", "RS", "RS"),
        ("XK", "XK", "XK", "XK"),
        ("ZZ", "ZZ", "ZZ", "ZZ"),
    ],
)
def test_rolling_up(code, territory, country, widest):
    assert [roll_up(code, to=extent) for extent in Extent] == [territory, country, widest]


@pytest.mark.parametrize("text", ["California", "us-ca", "", "US-CALI", "US/CA", "US\n"])
def test_what_has_not_the_shape_of_a_code_is_not_rolled_up(text):
    with pytest.raises(InvalidValueError, match="is no code of a territory"):
        roll_up(text)
    with pytest.raises(InvalidValueError, match="is no code of a territory"):
        same_place(text)


def test_how_far_has_to_be_a_word_that_is_known():
    with pytest.raises(InvalidValueError, match=r"to is 'county'.*country"):
        roll_up("US-CA", to="county")


def test_the_page_shows_every_place_with_two_codes():
    table = PAGE.read_text("utf-8").split("| one form |")[1].split("\n\n")[0]
    shown = set(re.findall(r"`([A-Z0-9-]+)`", table))
    doubled = {code for part in pycountry.subdivisions for code in same_place(part.code)[1:]}
    assert {code for code in shown if len(same_place(code)) > 1} == doubled | {
        same_place(code)[0] for code in doubled
    }
    for row in table.splitlines()[2:]:
        ones, others, lister = (re.findall(r"`([A-Z0-9-]+)`", cell) for cell in row.split("|")[1:4])
        firsts = [code for code in ones if len(same_place(code)) > 1]
        assert [code for pair in zip(*map(same_place, firsts), strict=True) for code in pair] == [
            *firsts,
            *(others if firsts else ()),
        ]
        assert {roll_up(code, to="widest") for code in (*ones, *others)} == set(lister)


# Against the standard


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("California", ("US-CA",)),
        ("CALIFORNIA ", ("US-CA",)),
        ("Califronia", ("US-CA",)),
        ("us-ca", ("US-CA",)),
        ("US_CA", ("US-CA",)),
        ("US-CAL", ("US-CA", "US-AL")),
        ("US-Texas", ("US-TX",)),
        ("US-QQ", ("US",)),
        ("UK", ("GB",)),
        ("UK-ENG", ("GB-ENG",)),
        ("EL", ("GR",)),
        ("USA", ("US",)),
        ("Saint Barthelemy", ("BL",)),
        ("Kosovo", ("XK",)),
        ("Georgia", ("GE", "US-GA")),
        ("Guatemala", ("GT",)),
        ("Washington D.C.", ()),
        ("AN", ()),
        ("QQ", ()),
        ("", ()),
        (None, ("ZZ",)),
    ],
)
def test_what_may_be_meant(text, nearest):
    (problem,) = unknown_territories([text])
    assert problem.nearest == nearest


def test_codes_that_countries_gave_up_are_told_apart_from_what_never_was_one():
    because = {
        problem.territory: problem.because for problem in unknown_territories(["AN", "YU", "QQ", "BQ"])
    }
    assert because == {"AN": "has left ISO 3166", "YU": "has left ISO 3166", "QQ": "is not in ISO 3166"}


def test_the_most_frequent_come_first_and_the_order_of_records_does_not_matter():
    values = ["Guam", "", None, "QQ", "Guam"]
    for written in (values, values[::-1]):
        assert [problem.territory for problem in unknown_territories(written)] == ["Guam", None, "", "QQ"]


def test_a_problem_is_one_line_whatever_was_written():
    (problem,) = unknown_territories(["US\n" + chr(0x202E) + "CA"])
    assert str(problem).isprintable()


def test_all_codes_of_a_place_give_one_name():
    names = {
        code: territory_name(code) for part in pycountry.subdivisions for code in same_place(part.code)[:2]
    }
    assert all(names[same_place(code)[0]] == name for code, name in names.items())
    assert (names["US-PR"], names["FI-01"], names["NO-21"]) == (
        "Puerto Rico",
        "Åland Islands",
        "Svalbard (Arctic Region)",
    )


def test_a_country_has_its_usual_name():
    assert [territory_name(code) for code in ("BO", "TW", "CI")] == ["Bolivia", "Taiwan", "Côte d'Ivoire"]


def test_a_name_is_not_given_for_what_is_no_code():
    with pytest.raises(InvalidValueError, match=r"'US-QQ'.* is not in ISO 3166; 'US'"):
        territory_name("US-QQ")


def test_a_log_with_two_codes_for_a_place_is_told_which_is_the_one_form():
    problems = check_territories(log_of("US-PR", "PR", "PR", "FR-971", "FR-GP", "US-GU", "NO-21", "SJ"))
    assert [(problem.territory, problem.records, problem.nearest) for problem in problems] == [
        ("FR-GP", 1, ("GP",)),
        ("FR-971", 1, ("GP",)),
        ("US-PR", 1, ("PR",)),
    ]


# Logs


def test_a_log_is_rolled_up_beside_its_territories_and_stays_as_it_is():
    log = log_of("US-CA", "US-PR", "PR", "ZZ", "nowhere", None)
    countries = rolled_up(log)
    assert countries.referrals["country"].to_list() == ["US", "PR", "PR", "ZZ", "nowhere", None]
    assert countries.referrals["territory"].equals(log.referrals["territory"])
    assert "country" in countries.dimensions
    assert "country" not in log.dimensions
    assert rolled_up(log, to="widest").referrals["widest"].to_list() == [
        *("US", "US", "US", "ZZ"),
        "nowhere",
        None,
    ]


def test_one_code_a_territory_changes_the_column_and_adds_none():
    log = log_of("US-PR", "PR", "US-CA")
    mended = rolled_up(log, to="territory")
    assert mended.referrals["territory"].to_list() == ["PR", "PR", "US-CA"]
    assert mended.dimensions == log.dimensions
    assert check_territories(mended) == ()


def test_a_column_that_is_there_is_not_overwritten():
    with pytest.raises(InvalidValueError, match="'country' already"):
        rolled_up(rolled_up(log_of("US-CA")))


# Without the extra


@pytest.mark.parametrize(
    "ask",
    [
        lambda: territory_name("US"),
        lambda: unknown_territories([]),
        lambda: check_territories(log_of("US-CA")),
    ],
)
def test_what_needs_the_standard_names_the_extra(ask, monkeypatch):
    monkeypatch.setitem(sys.modules, "pycountry", None)
    standard.cache_clear()
    with pytest.raises(MissingExtraError, match=r"pip install 'tipline-outcomes\[geo\]'"):
        ask()


def test_all_else_works_without_it_and_never_loads_it():
    code = """
import sys
sys.modules["pycountry"] = None
from tipline_outcomes import Cohort, EventLog, Jurisdiction
from tipline_outcomes.geo import roll_up, rolled_up, same_place, task_forces
assert roll_up("US-PR") == Jurisdiction.parse("US-PR/state").country == same_place("US-PR")[0] == "PR"
assert rolled_up(EventLog.of(Cohort())).dimensions[-1] == "country"
print(len(task_forces()))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "61"


# Task forces


def test_the_task_forces_are_those_that_are_counted():
    states = Counter(state for force in task_forces() for state in force.territories)
    assert {state: n for state, n in states.items() if n > 1} == {
        "US-CA": 5,
        "US-FL": 3,
        "US-TX": 3,
        "US-IL": 2,
        "US-NY": 2,
        "US-VA": 2,
    }
    assert set(states) == {part.code for part in pycountry.subdivisions if part.type == "State"} & {
        code for code in standard().names if code.startswith("US-")
    }


def test_a_task_force_can_be_the_agency_of_a_jurisdiction():
    for force in task_forces():
        text = f"{force.territories[0]}/local/{force.id}"
        assert str(Jurisdiction.parse(text)) == text
    assert len({force.id for force in task_forces()}) == len(task_forces())


def test_what_backs_a_row_is_said_where_there_is_anything():
    for force in task_forces():
        assert (force.evidence is None) == (force.backing is Backing.SINGLE_SOURCE)
        assert force.verified == (force.backing is Backing.CORROBORATED)
        assert force.backing.replace("_", " ") in str(force)
        assert force.source.startswith("https://")


@pytest.mark.skipif(
    not LIST.is_file(), reason="the list that was researched is not at hand (../shared/domain)"
)
def test_the_task_forces_are_those_of_the_list_that_was_researched():
    with LIST.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(task_forces())
    for row, force in zip(rows, task_forces(), strict=True):
        assert force.name == row["name"]
        assert force.territories == (row["state_codes"],)
        assert force.lead_agency == row["lead_agency"]
        assert force.backing.replace("_", " ") == row["verification"].split(":")[0]
        assert force.source == row["source_url"]
