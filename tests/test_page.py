"""The report as one page: what it holds, and what it refuses."""

import re

import pytest

from tipline_outcomes import (
    EventLog,
    Ledger,
    Unit,
    attrition,
    conversion,
    cumulative_incidence,
    flow,
    outcome_mix,
)
from tipline_outcomes.errors import InvalidValueError, MissingExtraError
from tipline_outcomes.present import Reading, page
from tipline_outcomes.synthetic import Parameters, invent

HOSTILE = "<script>alert('x')</script>\u202e"
WORLD = invent(Parameters(referrals=300))
LOG = EventLog.of(WORLD.cohort)


def counted(**more):
    return Ledger.of(LOG, as_of=WORLD.parameters.as_of, **more)


def made(ledger, reading=None):
    return page(
        reading or Reading(source="a world", accepted=300),
        mix=outcome_mix(ledger),
        rates=conversion(ledger),
        steps=attrition(ledger),
        curve=cumulative_incidence(ledger),
        moves=flow(ledger, by=()),
    )


def without_code(html: str) -> str:
    return re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)


def test_the_account_of_the_page_is_the_account_of_the_ledger():
    ledger = counted(by=("territory",))
    reading = Reading(source="a world", accepted=300, refused={"not_json": 3, "unknown_field": 2})
    steps = re.search(r'<ol class="steps">(.*?)</ol>', made(ledger, reading), flags=re.DOTALL)[1]
    numbers = [int(n.replace(",", "")) for n in re.findall(r"<(?:strong|li)>([\d,]+)", steps)]
    parts = outcome_mix(ledger).overall.parts
    places = [n for n in parts.places.values() if n]
    read = [305, 300, 5]
    assert numbers == [
        *read,
        *(parts.received, parts.denominator, parts.received - parts.denominator),
        *(parts.received, *places),
    ]
    assert sum(places) == parts.received


def test_it_holds_the_tables_of_its_results_to_the_letter():
    ledger = counted(by=("territory",))
    html = made(ledger)
    shown = (outcome_mix, conversion, attrition, cumulative_incidence)
    for table in (*(metric(ledger) for metric in shown), flow(ledger, by=())):
        assert table.to_html() in html


def test_every_finding_is_named_with_its_number():
    reading = Reading(
        source="a world",
        accepted=300,
        refused={"not_json": 7},
        violations={"date_backwards": 11},
        unmapped={"court.csv result": {"NOLLE": 13}},
        lossy={"nibrs": {"A": 17}},
    )
    text = without_code(made(counted(), reading))
    for words in ("7 not_json", "11 date_backwards", "13 court.csv result: NOLLE", "17 nibrs: A"):
        assert f"<li>{words}</li>" in text
    assert "Nothing was found" not in text
    assert "Nothing was found" in without_code(made(counted()))


def test_of_tables_it_says_that_the_tip_of_a_refused_row_stays():
    rows = {"tips.csv": {"read": 307, "used": 300, "refused": 7}}
    for tables in ({}, rows):
        reading = Reading(source="a world", accepted=300, refused={"missing_date": 7}, tables=tables)
        text = " ".join(without_code(made(counted(), reading)).split())
        kept = "7 refused: a refused row is in no count; the tip that it is about stays, as far as"
        assert (kept in text) is bool(tables)
        assert ("The tip that one is about stays" in text) is bool(tables)
        assert ("Records that could not be read." in text) is not bool(tables)


def test_what_came_from_data_is_harmless():
    reading = Reading(
        source=HOSTILE,
        accepted=1,
        refused={HOSTILE: 1},
        unmapped={HOSTILE: {HOSTILE: 1}},
        tables={HOSTILE: {"read": 1, "used": 1, "refused": 0}},
    )
    html = made(counted(), reading)
    assert "<script>alert" not in html
    assert "\u202e" not in html
    # The source in the title, the head and the first step; the table; the rule; column and code.
    assert html.count("&lt;script&gt;") == 3 + 1 + 1 + 2


def test_units_without_steps_and_moves_have_a_page_too():
    ledger = counted(unit=Unit.SUBJECT)
    html = page(Reading(source="a world", accepted=300), mix=outcome_mix(ledger), rates=conversion(ledger))
    assert 'id="rate"' in html
    assert 'id="attrition"' not in html
    assert 'id="flow"' not in html


def test_results_of_two_ledgers_are_refused():
    with pytest.raises(InvalidValueError, match="not of one ledger"):
        page(
            Reading(source="a world", accepted=300),
            mix=outcome_mix(counted()),
            rates=conversion(counted(unit=Unit.REFERRAL)),
        )


def test_without_jinja_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "jinja2", None)
    with pytest.raises(MissingExtraError, match=r"tipline-outcomes\[report\]"):
        made(counted())
