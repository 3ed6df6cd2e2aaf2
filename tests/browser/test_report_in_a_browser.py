"""The report in a real browser: it asks nobody for anything, complains of nothing, and all can use it."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tipline_outcomes import EventLog, Ledger, attrition, conversion, cumulative_incidence, flow, outcome_mix
from tipline_outcomes.present import Reading, page
from tipline_outcomes.synthetic import Parameters, invent

pytestmark = pytest.mark.browser

HOSTILE = '<img src="https://example.org/x.png" onerror="console.error(1)">'


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    world = invent(Parameters(referrals=2000))
    ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of, by=("territory",))
    reading = Reading(
        source=HOSTILE,
        accepted=2000,
        refused={"not_json": 3},
        violations={"illegal_transition": 2},
        unmapped={"reason": {HOSTILE: 4}},
        tables={"intake.csv": {"read": 10, "used": 9, "refused": 1}},
    )
    html = page(
        reading,
        mix=outcome_mix(ledger),
        rates=conversion(ledger),
        steps=attrition(ledger),
        curve=cumulative_incidence(ledger),
        moves=flow(ledger, by=()),
    )
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(html, encoding="utf-8")
    return path


@pytest.fixture(params=["phone", "desktop"])
def opened(request, open_at, report):
    tab, said, asked = open_at(request.param, report.as_uri())
    tab.wait_for_function("document.querySelectorAll('.main-svg').length > 0")
    return tab, said, asked


def test_it_asks_nobody_for_anything_and_complains_of_nothing(opened, report):
    _, said, asked = opened
    assert said == []
    assert asked == [report.as_uri()]


def test_every_chart_is_drawn_and_nothing_is_wider_than_the_screen(opened):
    tab, _, _ = opened
    charts = tab.locator("figure .js-plotly-plot")
    assert charts.count() == tab.locator("figure").count() == 5
    for number in range(charts.count()):
        assert charts.nth(number).locator(".main-svg").first.bounding_box()["height"] > 100
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_axe_finds_nothing_serious(opened):
    tab, _, _ = opened
    violations = Axe().run(tab).response["violations"]
    assert [v["id"] for v in violations if v["impact"] in {"serious", "critical"}] == []


def test_what_came_from_data_is_text(opened):
    tab, _, _ = opened
    assert tab.locator("img").count() == 0
    assert HOSTILE in tab.locator("h1 + p").inner_text()


def test_it_prints(browser, report):
    tab = browser.new_page()
    tab.goto(report.as_uri())
    assert tab.pdf().startswith(b"%PDF")
    tab.close()
