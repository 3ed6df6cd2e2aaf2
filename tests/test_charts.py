"""A chart and the table of the same result cannot disagree: the numbers are read back out of both."""

import json
import re
from datetime import date
from fractions import Fraction
from html.parser import HTMLParser

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from standing import ledger
from tipline_outcomes import (
    Cohort,
    EventLog,
    Ledger,
    attrition,
    caseload,
    conversion,
    cumulative_incidence,
    flow,
    intervals,
)
from tipline_outcomes.errors import InvalidValueError, MissingExtraError
from tipline_outcomes.metrics import Attrition, Rate
from tipline_outcomes.present import charts
from tipline_outcomes.synthetic import Parameters, invent

HOSTILE = "<b>\u202e</script><script>alert(1)</script>"
BY = ("territory", "level")


def counted(seed: int, referrals: int, by: tuple[str, ...] = BY[:1]) -> Ledger:
    world = invent(Parameters(seed=seed, referrals=max(referrals, 1)))
    cohort = world.cohort if referrals else Cohort()
    return Ledger.of(EventLog.of(cohort), as_of=world.parameters.as_of, by=by)


ledgers = st.builds(counted, st.integers(0, 1000), st.integers(0, 60), st.sampled_from(((), BY[:1], BY)))


class Cells(HTMLParser):
    """The rows of a table as a reader sees them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.open = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):  # noqa: ARG002
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.rows[-1].append("")
            self.open = True

    def handle_endtag(self, tag):
        self.open = self.open and tag not in {"td", "th"}

    def handle_data(self, data):
        if self.open:
            self.rows[-1][-1] += data


def of_table(table) -> list[dict[str, str]]:
    """Read the lines of a table back out of its HTML."""
    heads, *lines = [row for row in Cells(table.to_html()).rows if len(row) > 1]
    return [dict(zip(heads, line, strict=True)) for line in lines]


def number(text: str) -> int:
    return int(text.replace(",", ""))


def drawn(chart) -> list[dict[str, object]]:
    """Read the traces back out of the figure that Plotly made, and checked."""
    return json.loads(chart.figure().to_json())["data"]


def array(trace: dict[str, object], name: str) -> list[float | None]:
    values = trace[name]
    assert isinstance(values, list)
    return values


@settings(max_examples=15)
@given(ledgers)
def test_a_ladder_has_the_numbers_of_its_table(made):
    table = attrition(made, by=())
    lines = of_table(table)
    bars = [array(trace, "x") for trace in drawn(charts.ladder(table.overall))]
    names = ("advanced", "implied", "lost", "pending", "unknown")
    for rung, line in enumerate(lines):
        stated, implied, *others = (bar[rung] for bar in bars)
        assert [stated + implied, implied, *others] == [number(line[name]) for name in names]
        assert sum(bar[rung] for bar in bars) == number(line["entered"])


@settings(max_examples=15)
@given(ledgers)
def test_small_multiples_divide_every_denominator_and_agree_with_the_rates(made):
    table = attrition(made)
    traces = drawn(charts.multiples(table))
    for panel, result in enumerate(table.groups or (table.overall,)):
        fates = traces[4 * panel : 4 * panel + 4]
        whole = result.parts.denominator
        for rung, step in enumerate(result.steps):
            counts = [array(trace, "customdata")[rung] for trace in fates]
            rates = conversion(made, step.toward)
            rate = rates.at(**result.group) if table.groups else rates.overall
            assert counts == [rate.reached + rate.implied, rate.lost, rate.pending, rate.unknown]
            assert sum(counts) == whole
            for trace, n in zip(fates, counts, strict=True):
                assert array(trace, "x")[rung] == (n / whole if whole else None)


@settings(max_examples=15)
@given(ledgers, st.sampled_from(["triaged", "charged", "convicted"]))
def test_a_forest_has_the_bounds_of_its_table(made, to):
    table = conversion(made, to)
    unknown, pending, resolved = drawn(charts.forest(table))
    for row, (line, rate) in enumerate(zip(of_table(table), (*table.groups, table.overall), strict=True)):
        label = array(unknown, "y")[row]
        assert label.endswith(f": {line['reached']} of {line['of']}")
        ends = array(unknown, "base")[row], array(pending, "customdata")[row]
        for end, name, direction in zip(ends, ("lower", "upper ever"), (-1, 1), strict=True):
            if line[name] == "undefined":
                assert end is None
            else:
                # Outward by less than a tenth of a per cent.
                assert 0 <= direction * (float(line[name].removesuffix(" %")) - end * 100) < 0.1 + 1e-9 or (
                    rate.lower == rate.upper
                )
        assert array(unknown, "customdata")[row] == array(pending, "base")[row]
        assert array(resolved, "x")[row] == (None if rate.resolved is None else float(rate.resolved))
        if rate.upper is not None:
            width = array(unknown, "x")[row] + array(pending, "x")[row]
            assert width == pytest.approx(float(rate.upper - rate.lower), abs=1e-12)


@settings(max_examples=10)
@given(ledgers, st.sampled_from(["ever", "by_as_of"]))
def test_a_forest_has_the_intervals_that_were_asked_for(made, deadline):
    rates = conversion(made, "triaged")
    table = intervals(rates, deadline)
    *_, whiskers = drawn(charts.forest(rates, table))
    xs, ys = array(whiskers, "x"), array(whiskers, "y")
    for row, (line, rate) in enumerate(zip(of_table(table), (*rates.groups, rates.overall), strict=True)):
        lower, upper, gap = xs[3 * row : 3 * row + 3]
        label, again, _ = ys[3 * row : 3 * row + 3]
        assert gap is None
        assert label == again
        assert label.endswith(f": {rate.reached:,} of {rate.denominator:,}")
        shown = [float(end) / 100 for end in re.findall(r"[\d.]+", line["95 % interval"])]
        assert 0 <= lower - shown[0] < 0.0011
        assert 0 <= shown[-1] - upper < 0.0011


def test_intervals_of_other_rates_are_not_drawn():
    made = counted(1, 50)
    with pytest.raises(InvalidValueError, match="not of these rates"):
        charts.forest(conversion(made, "charged"), intervals(conversion(made, "triaged"), "ever"))


@settings(max_examples=15)
@given(ledgers)
def test_a_flow_has_the_numbers_of_its_table(made):
    table = flow(made, by=())
    (sankey,) = drawn(charts.flow(table.overall))
    labels, links = sankey["node"]["label"], sankey["link"]
    told = sorted(
        (labels[source], labels[target], n)
        for source, target, n in zip(links["source"], links["target"], links["value"], strict=True)
    )
    open_as = {"(stays: watched)": "pending", "(stays: unwatched)": "unknown"}
    backwards = {(move.source, move.target) for move in table.overall.moves if move.back}
    shown = []
    for line in of_table(table):
        source, target = line["from"], open_as.get(line["to"], line["to"])
        if source != target and not target.startswith("(stays") and line["referrals"] != "0":
            back = "back to " if (source, target) in backwards else ""
            shown.append((source, back + target, number(line["referrals"])))
    assert told == sorted(shown)


@settings(max_examples=10)
@given(ledgers, st.sampled_from(["received", "triage", "charge"]))
def test_an_incidence_has_the_numbers_of_its_curve_and_its_table(made, clock):
    table = cumulative_incidence(made, clock=clock, by=())
    result = table.overall
    traces = {trace["name"]: trace for trace in drawn(charts.incidence(result))}
    for state, trace in traces.items():
        if state in result.clock.states:
            curve = result.curve.filter(outcome=state)
            assert array(trace, "x") == curve["day"].to_list()
            assert array(trace, "y") == curve["incidence"].to_list()
    missing = set(result.clock.states) - traces.keys() - {result.clock.begins}
    assert not any(result.curve.filter(outcome=state)["incidence"].sum() for state in missing)
    days, shares = (array(traces[result.clock.target], axis) for axis in ("x", "y"))
    for line in of_table(table):
        day = int(line["within"].removesuffix(" days"))
        if line[result.clock.target] != "undefined":
            before = [share for at, share in zip(days, shares, strict=True) if at <= day]
            shown = float(line[result.clock.target].removesuffix(" %"))
            assert shown == pytest.approx(before[-1] * 100, abs=0.05 + 1e-9)


@settings(max_examples=15)
@given(st.integers(0, 1000), st.integers(0, 60), st.sampled_from([None, date(2024, 2, 1)]))
def test_a_caseload_has_the_numbers_of_its_table(seed, referrals, begin):
    world = invent(Parameters(seed=seed, referrals=max(referrals, 1)))
    told = tuple(evolve(r, observed_from=begin) for r in world.cohort.referrals) if referrals else ()
    made = Ledger.of(
        EventLog.of(Cohort(referrals=told)), as_of=world.parameters.as_of, by=(), unit="referral"
    )
    table = caseload(made)
    traces = {trace["name"]: trace for trace in drawn(charts.caseload(table.overall))}
    *_, left, unwatched = traces.values()
    lines = [line for line in of_table(table) if line["period"] != "none"]
    assert array(left, "x") == [line["period"] for line in lines]
    stocks = [None if line["closing"] == "not known" else number(line["closing"]) for line in lines]
    assert array(left, "y") == stocks
    assert array(unwatched, "y") == ([table.overall.unwatched] if lines else [])
    signs = {"received": 1, "transferred in": 1, "reopened": 1}
    for head in set(lines[0] if lines else ()) - {"", "period", "opening", "closing"}:
        shown = [signs.get(head, -1) * number(line[head]) for line in lines]
        assert (array(traces[head], "y") if head in traces else [0] * len(lines)) == shown


def test_what_is_unknown_and_what_is_pending_never_look_alike():
    made = counted(1, 100)
    for chart in (
        charts.ladder(attrition(made).overall),
        charts.multiples(attrition(made)),
        charts.forest(conversion(made)),
    ):
        marks = {}
        for trace in drawn(chart):
            fate = trace["name"].split(":")[0]
            mark = trace["marker"]
            marks[fate] = (mark["color"], mark.get("pattern", {}).get("shape"))
        assert {"unknown", "pending"} <= marks.keys()
        assert len(set(marks.values())) == len(marks)
        assert len({colour for colour, _ in marks.values()}) == len(marks)


@pytest.mark.parametrize(
    "draw", [lambda made: charts.forest(conversion(made)), lambda made: charts.multiples(attrition(made))]
)
def test_what_came_from_data_is_harmless_in_a_chart(draw):
    made = ledger({"state": HOSTILE, "place": "closed", "n": 2})
    page = draw(made).html("chart")
    assert "<script>alert" not in page
    assert "<b>" not in page.replace("<b>\\u", "")
    assert "\u202e" not in page
    assert re.search(r"&(amp;)?lt;b&|\\u0026lt;b", page)


def test_titles_say_unit_date_and_denominator():
    made = counted(1, 200)
    rate: Rate = conversion(made).overall
    steps: Attrition = attrition(made).overall
    for chart in (charts.ladder(steps), charts.multiples(attrition(made)), charts.forest(conversion(made))):
        assert (
            f"{rate.denominator:,} of {rate.received:,} received families as of 2025-06-30" in chart.subtitle
        )
        title = chart.figure().layout.title
        assert (title.text, title.subtitle.text) == (chart.title, chart.subtitle)
    assert "families as of 2025-06-30" in charts.flow(flow(made).overall).subtitle
    assert Fraction(rate.excluded + rate.denominator) == rate.received


def test_without_plotly_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "plotly.graph_objects", None)
    with pytest.raises(MissingExtraError, match=r"tipline-outcomes\[plot\]"):
        charts.ladder(attrition(counted(1, 5)).overall).figure()
