"""Metrics of standing tables that were written, and worked out, by hand."""

import re
from fractions import Fraction

import polars as pl
import pytest

from standing import AS_OF, DIGEST, ledger
from tipline_outcomes._show import Grid, plain, width
from tipline_outcomes.errors import InvalidValueError, LedgerMismatchError
from tipline_outcomes.ledger import Unit
from tipline_outcomes.metrics import (
    Attrition,
    Flow,
    Loss,
    Move,
    Parts,
    Rate,
    Stay,
    Step,
    attrition,
    conversion,
    outcome_mix,
)
from tipline_outcomes.model import Level, Milestone, Place

HOSTILE = "<script>\u202e\n&"

CELLS = (
    # Charged: four in court, three convicted, one known only because charges were implied.
    {"state": "A", "place": "charge", "peak": "charged", "open": "watched", "levels": "local", "n": 4},
    {"state": "A", "place": "charge", "peak": "convicted", "levels": "local,federal", "late": True, "n": 3},
    {"state": "B", "place": "charge", "peak": "charged", "stated": "triaged", "levels": "unrecorded", "n": 1},
    # Ended: reopenable, final, administrative.
    {
        "state": "A",
        "place": "closed",
        "peak": "investigated",
        "reason": "unfounded",
        "open": "reopenable",
        "n": 6,
    },
    {"state": "B", "place": "closed", "peak": "presented", "reason": "time_barred", "n": 2},
    {
        "state": "B",
        "place": "administrative",
        "peak": "presented",
        "reason": "other_sanction",
        "open": "reopenable",
        "n": 1,
    },
    # Not ended, as far as is known.
    {
        "state": "A",
        "place": "pending",
        "peak": "triaged",
        "reason": "under_triage",
        "open": "watched",
        "n": 5,
    },
    {
        "state": "A",
        "place": "unknown",
        "reason": "never_watched",
        "open": "unwatched",
        "undated": True,
        "n": 2,
    },
    {"state": None, "place": "unknown", "reason": "set_aside:no_events", "open": "unwatched", "n": 1},
    # Counted elsewhere.
    {"state": "A", "place": "excluded", "peak": "triaged", "reason": "duplicate", "came_in": True, "n": 2},
    {"state": "B", "place": "excluded", "peak": "investigated", "reason": "unlinked:merged", "n": 3},
)
MEASURES = (
    {"state": "A", "place": "charge", "measure": "content_takedown", "n": 2},
    {"state": "B", "place": "charge", "measure": "content_takedown", "n": 1},
    {"state": "A", "place": "closed", "measure": "victim_safeguarding", "n": 1},
)


@pytest.fixture
def counted():
    return ledger(*CELLS, measures=MEASURES)


def fates(rate):
    return rate.reached, rate.implied, rate.lost, rate.pending, rate.unknown


def test_conversion_to_charged(counted):
    rate = conversion(counted).overall
    assert (rate.received, rate.excluded, rate.unlinked, rate.denominator) == (30, 5, 3, 25)
    assert fates(rate) == (7, 1, 9, 5, 3)
    assert rate.reopenable == 7
    assert rate.numerator == 7
    assert rate.lower == Fraction(7, 28)
    assert rate.upper == Fraction(7 + 1 + 5 + 3 + 3, 28)
    assert rate.upper_by_as_of == Fraction(7 + 1 + 3 + 3, 28)
    assert rate.resolved == Fraction(7, 16)
    assert (rate.unit, rate.as_of, rate.ledger_digest) == (Unit.FAMILY, AS_OF, DIGEST)


def test_conversion_to_convicted_waits_for_the_courts(counted):
    assert fates(conversion(counted, "convicted").overall) == (3, 0, 10, 9, 3)


def test_everybody_in_the_denominator_was_made_available(counted):
    rate = conversion(counted, Milestone.MADE_AVAILABLE).overall
    assert fates(rate) == (25, 0, 0, 0, 0)


def test_closures_may_reopen(counted):
    rate = conversion(counted, closures="may_reopen").overall
    assert rate.upper == Fraction(19 + 7, 28)
    standing = conversion(counted).overall
    assert (rate.lower, rate.upper_by_as_of, rate.resolved) == (
        standing.lower,
        standing.upper_by_as_of,
        standing.resolved,
    )


def test_level(counted):
    federal = conversion(counted, level="federal").overall
    # Charged locally: still in court, so a federal charge may come. Level not recorded: it may be one.
    assert fates(federal) == (3, 0, 9, 5 + 4, 3 + 1)
    local = conversion(counted, level=Level.LOCAL).overall
    assert fates(local) == (7, 0, 9, 5, 4)
    assert str(local) == "7 of 25 charged at local level (ever: 25.0-67.9 %), families as of 2024-12-31"


def test_a_level_is_part_of_its_name_alone():
    assert (
        conversion(
            ledger({"place": "charge", "peak": "charged", "levels": "locals", "n": 1}, by=()), level="local"
        ).overall.reached
        == 0
    )


def test_a_closed_case_with_other_charges_is_lost_to_a_level():
    cell = {"place": "charge", "peak": "charged", "levels": "state", "n": 1}
    assert fates(conversion(ledger(cell, by=()), level="local").overall) == (0, 0, 1, 0, 0)


def test_an_implied_charge_of_a_level_is_implied():
    cell = {"place": "charge", "peak": "charged", "stated": "triaged", "levels": "local", "n": 1}
    assert fates(conversion(ledger(cell, by=()), level="local").overall) == (0, 1, 0, 0, 0)


def test_a_level_needs_charged(counted):
    with pytest.raises(InvalidValueError, match="authority that filed a charge"):
        conversion(counted, "convicted", level="local")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"to": "Charge"},
            f"to is 'Charge'; did you mean 'charged'? Use one of {', '.join(Milestone)}",
        ),
        (
            {"level": "county"},
            f"level is 'county'; use one of {', '.join(Level)}",
        ),
        (
            {"closures": "reopen"},
            "closures is 'reopen'; did you mean 'may_reopen'? Use one of stand, may_reopen",
        ),
    ],
)
def test_words_that_are_none(counted, wrong, message):
    with pytest.raises(InvalidValueError) as caught:
        conversion(counted, **wrong)
    assert str(caught.value) == message


def test_transferred_referrals_are_counted_elsewhere():
    table = conversion(
        ledger(
            {"place": "transferred_out", "peak": "triaged", "reason": "transferred", "n": 2},
            {"place": "transferred_out", "peak": "triaged", "reason": "unlinked:transferred", "n": 1},
            {"place": "charge", "peak": "charged", "came_in": True, "n": 1},
            by=(),
            unit=Unit.REFERRAL,
        )
    )
    rate = table.overall
    assert (rate.received, rate.transferred_out, rate.unlinked, rate.denominator) == (4, 3, 1, 1)
    assert (rate.lower, rate.upper) == (Fraction(1, 2), 1)
    assert rate.parts.came_in == 1
    assert str(rate) == "1 of 1 charged (ever: 50.0-100.0 %), referrals as of 2024-12-31"


@pytest.mark.parametrize("metric", [conversion, attrition, outcome_mix])
@pytest.mark.parametrize("by", [(), ("state",)])
def test_nothing_received(metric, by):
    table = metric(ledger(by=by))
    assert table.overall.received == 0
    assert table.groups == ()
    assert "undefined" in str(table)
    frame = table.to_frame()
    assert frame.columns[: len(by)] == list(by)
    if by:
        assert frame.is_empty()


def test_nothing_out_of_nothing_is_not_defined():
    rate = conversion(ledger(by=())).overall
    undefined = (rate.lower, rate.upper, rate.upper_by_as_of, rate.resolved)
    assert undefined == (None,) * 4
    assert str(rate) == "0 of 0 charged (ever: undefined), families as of 2024-12-31"
    frame = conversion(ledger(by=())).to_frame()
    assert frame.select("lower", "upper", "resolved").row(0) == (None,) * 3


def test_only_unlinked_units_leave_everything_open():
    cell = {"place": "excluded", "reason": "unlinked:duplicate", "n": 2}
    rate = conversion(ledger(cell, by=())).overall
    assert (rate.lower, rate.upper) == (0, 1)
    assert str(rate) == "0 of 0 charged (ever: 0.0-100.0 %), families as of 2024-12-31"


def test_groups_come_in_order_and_sum_to_all(counted):
    table = conversion(counted)
    assert [rate.group["state"] for rate in table.groups] == ["A", "B", None]
    assert tuple(map(sum, zip(*map(fates, table.groups), strict=True))) == fates(table.overall)
    assert table.at(state=None).unknown == 1
    assert table.at(state="B").group == {"state": "B"}
    with pytest.raises(InvalidValueError, match="no group"):
        table.at(state="C")


def test_what_to_group_by(counted):
    assert conversion(counted, by=()).groups == ()
    assert conversion(counted, by="state").groups == conversion(counted).groups
    for metric in (conversion, attrition, outcome_mix):
        with pytest.raises(LedgerMismatchError):
            metric(counted, by=("agency",))


def test_dimensions_in_the_order_asked_for():
    two = ledger(
        {"state": "A", "reached": "y", "place": "closed", "n": 1},
        {"state": "B", "reached": "x", "place": "closed", "n": 2},
        by=("state", "reached"),
    )
    table = conversion(two, by=("reached", "state"))
    assert [tuple(rate.group.items()) for rate in table.groups] == [
        (("reached", "x"), ("state", "B")),
        (("reached", "y"), ("state", "A")),
    ]
    assert [rate.lost for rate in table.groups] == [2, 1]
    with pytest.raises(InvalidValueError, match="reached"):
        table.to_frame()


def test_rates_as_a_frame(counted):
    frame = conversion(counted).to_frame()
    assert frame["state"].to_list() == ["A", "B", None]
    assert frame["reached"].to_list() == [7, 0, 0]
    assert frame["denominator"].to_list() == [20, 4, 1]
    assert frame["lower"].to_list() == [7 / 20, 0.0, 0.0]
    assert frame["resolved"].to_list() == [7 / 13, 0.0, None]
    assert frame["place_closed"].to_list() == [6, 2, 0]
    assert set(frame["ledger_digest"]) == {DIGEST}
    assert conversion(counted, by=()).to_frame()["reached"].to_list() == [7]


@pytest.mark.parametrize("metric", [conversion, attrition, outcome_mix])
def test_arrow(counted, metric):
    table = metric(counted)
    assert pl.DataFrame(table).equals(table.to_frame())
    pyarrow = pytest.importorskip("pyarrow")
    assert pyarrow.table(table).num_rows == table.to_frame().height


def test_attrition(counted):
    steps = attrition(counted).overall.steps
    assert [(s.entered, s.advanced, s.implied, s.lost, s.pending, s.unknown) for s in steps] == [
        (25, 22, 0, 0, 0, 3),
        (22, 17, 1, 0, 5, 0),
        (17, 11, 1, 6, 0, 0),
        (11, 8, 1, 3, 0, 0),
        (8, 3, 0, 1, 4, 0),
    ]
    assert steps[3].losses == (
        Loss(place=Place.CLOSED, reason="time_barred", n=2),
        Loss(place=Place.ADMINISTRATIVE, reason="other_sanction", n=1),
    )
    assert (steps[1].lower, steps[1].upper) == (Fraction(17 - 1, 22), 1)


def test_attrition_by_group_sums_to_all(counted):
    table = attrition(counted)
    frame = table.to_frame()
    overall = attrition(counted, by=()).to_frame()
    keys = ["milestone", "outcome", "place", "reason"]
    summed = frame.group_by(keys).agg(pl.col("n", "implied").sum()).sort(keys)
    assert summed.equals(overall.select(*keys, "n", "implied").sort(keys))
    assert (
        frame.group_by("state", "milestone", "entered")
        .agg(pl.col("n").sum())
        .filter(pl.col("n") != pl.col("entered"))
        .is_empty()
    )
    assert str(table.overall) == (
        "25 made_available, 22 of 25 triaged, 17 of 22 investigated, 11 of 17 presented, 8 of 11 charged,"
        " 3 of 8 convicted; families as of 2024-12-31"
    )
    assert "Lost at presented, of 11: 2 time_barred (closed), 1 other_sanction (administrative)." in str(
        table
    )


def test_mix(counted):
    table = outcome_mix(counted)
    mix = table.overall
    assert mix.parts == Parts(
        received=30,
        charge=8,
        administrative=1,
        closed=8,
        pending=5,
        unknown=3,
        excluded=5,
        unlinked=3,
        set_aside=1,
        undated=2,
        known_late=3,
        came_in=2,
    )
    assert sum(mix.share(place) or 0 for place in Place) == 1
    assert [(m.place, m.measure, m.n) for m in mix.measures] == [
        (Place.CHARGE, "content_takedown", 3),
        (Place.CLOSED, "victim_safeguarding", 1),
    ]
    assert [len(one.measures) for one in table.groups] == [2, 1, 0]
    lines = str(table).splitlines()
    assert "Measures beside whatever outcome, in units: 3 content_takedown, 1 victim_safeguarding." in lines
    assert lines[-2:] == [
        "Received: 30. Of them counted elsewhere: 5 excluded; 3 of these it is not known where.",
        "Unit: family. Counted from ledger 0123456789ab.",
    ]
    frame = table.to_frame()
    places = frame.filter(pl.col("kind") == "place")
    assert places["n"].sum() == 30
    assert frame.filter(pl.col("kind") == "measure")["n"].sum() == 4


@pytest.mark.parametrize("metric", [conversion, attrition, outcome_mix])
def test_what_is_shown_is_harmless(metric):
    table = metric(ledger({"state": HOSTILE, "place": "closed", "n": 1234}))
    html, text = table._repr_html_(), str(table)
    assert "<script>" not in html
    assert "&lt;script&gt;\\u202e\\n&amp;" in html
    assert "\u202e" not in html + text + str(table.groups[0])
    assert "1,234" in text
    assert repr(table) == text


def test_a_rate_is_never_shown_without_its_denominator(counted):
    lines = str(conversion(counted)).splitlines()
    assert lines[0] == "Charged: families as of 2024-12-31"
    heads = "state reached of lower upper by then upper ever resolved implied lost pending unknown unlinked"
    assert " ".join(lines[1].split()) == heads
    assert lines[6].split()[:4] == ["all", "7", "25", "25.0"]
    assert lines[5].startswith("not recorded        0   1")
    assert "Unit: family. Counted from ledger 0123456789ab." in lines
    assert str(conversion(counted).at(state="A")) == (
        "state=A: 7 of 20 charged (ever: 35.0-70.0 %), families as of 2024-12-31"
    )


def test_bounds_are_shown_so_that_they_hold():
    cells = [{"place": "charge", "peak": "charged", "n": 2999}, {"place": "closed", "n": 1}]
    rate = conversion(ledger(*cells, {"place": "unknown", "open": "unwatched", "n": 1}, by=())).overall
    assert str(rate).startswith("2,999 of 3,001 charged (ever: 99.9-100.0 %), ")


def test_results_are_values(counted):
    first, again = conversion(counted), conversion(counted)
    assert first == again
    assert len({first.overall, again.overall, *first.groups, *again.groups}) == 4


def of_ten(**counts):
    parts = Parts(received=10, closed=10)
    return Rate(
        unit=Unit.FAMILY, as_of=AS_OF, ledger_digest="", milestone=Milestone.CHARGED, parts=parts, **counts
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda: of_ten(lost=9),
        lambda: of_ten(lost=10, reopenable=11),
        lambda: of_ten(lost=11, reached=-1),
        lambda: of_ten(lost=True, reached=9),
        lambda: Parts(received=2, closed=1),
        lambda: Parts(received=1, closed=1, unlinked=1),
        lambda: Parts(received=1, closed=1, undated=2),
        lambda: Step(milestone=Milestone.TRIAGED, toward=Milestone.INVESTIGATED, entered=1),
        lambda: Step(
            milestone=Milestone.TRIAGED, toward=Milestone.INVESTIGATED, entered=1, advanced=1, implied=2
        ),
        lambda: Attrition(unit=Unit.FAMILY, as_of=AS_OF, ledger_digest="", parts=Parts(received=0), steps=()),
    ],
)
def test_counts_that_do_not_add_up(make):
    with pytest.raises(InvalidValueError):
        make()


def test_steps_chain(counted):
    result = attrition(counted).overall
    broken = Step(milestone=Milestone.CHARGED, toward=Milestone.CONVICTED, entered=7, advanced=7)
    with pytest.raises(InvalidValueError, match="who advanced entered charged"):
        Attrition(
            unit=result.unit,
            as_of=AS_OF,
            ledger_digest="",
            parts=result.parts,
            steps=(*result.steps[:4], broken),
        )


@pytest.mark.parametrize(
    "wrong",
    [
        {"stays": (Stay(stage="closed", open="no", n=1),)},
        {"stays": ()},
        {"moves": (Move(source="outside", target="closed", n=3),)},
    ],
)
def test_a_flow_holds_every_stage_to_its_account(wrong):
    right = {
        "moves": (
            Move(source="outside", target="made_available", n=2),
            Move(source="made_available", target="closed", n=2),
        ),
        "stays": (Stay(stage="closed", open="no", n=2),),
    }
    origin = {
        "unit": Unit.REFERRAL,
        "as_of": AS_OF,
        "ledger_digest": "",
        "parts": Parts(received=2, closed=2),
    }
    assert Flow(**origin, **right).referrals == 2
    with pytest.raises(InvalidValueError, match="moves into"):
        Flow(**origin, **right | wrong)


def test_a_bar_says_what_it_shows_and_nothing_is_drawn_of_what_is_not_defined():
    ends = ((Fraction(1, 3), Fraction(2, 3)), (Fraction(1, 2), Fraction(1, 2)), (None, None))
    rows = (("a", "1"), ("b", "2"), ("c", "0"))
    html = Grid(caption="c", headers=("", "n"), rows=rows, bars=ends).html()
    assert re.findall(r'aria-label="([^"]*)"', html) == ["33.3 % to 66.7 %", "50.0 %"]
    assert re.findall(r'<rect x="([\d.]+)" y="2" width="([\d.]+)"', html) == [
        ("33.3", "33.3"),
        ("50.0", "0.0"),
    ]
    assert html.count("<td>undefined</td>") == 1
    assert "<thead><tr><td></td><th" in html
    assert html.count('scope="row"') == 3


def test_grid():
    grid = Grid(caption="c", headers=("東京", "n"), rows=(("x", "1"), ("yyyyy", "22")), notes=("a<b",))
    assert grid.text().splitlines() == ["c", "東京    n", "-----  --", "x       1", "yyyyy  22", "a<b"]
    assert {width(line) for line in grid.text().splitlines()[1:5]} == {9}
    assert '<td style="text-align: right">22</td>' in grid.html()
    assert 'colspan="2">a&lt;b</td>' in grid.html()
    assert "tfoot" not in Grid(caption="c", headers=("h",), rows=()).html()


def test_a_long_note_is_wrapped_for_a_terminal_and_whole_on_a_page():
    note = f"Lost: {', '.join(f'{n} evidence_insufficient' for n in range(1, 20))}."
    grid = Grid(caption="c", headers=("h",), rows=(), notes=(note, "<short>"))
    first, *others, last = grid.text().splitlines()[3:]
    assert (first[:8], last) == ("Lost: 1 ", "<short>")
    assert others
    assert all(re.match(r"  \d+ evidence", line) for line in others)
    assert all(len(line) <= 110 for line in (first, *others))
    assert " ".join(map(str.strip, (first, *others))) == note
    assert f"{note}<br>&lt;short&gt;" in grid.html()


@pytest.mark.parametrize(
    "code", [0x00, 0x1B, 0x7F, 0x85, 0x200B, 0x200F, 0x2028, 0x202E, 0x2066, 0xD800, 0xFEFF, 0xE0041]
)
def test_characters_that_act_are_written_out(code):
    assert plain(f"a{chr(code)}b").isprintable()
    assert plain("Zürich, 東京 é") == "Zürich, 東京 é"
