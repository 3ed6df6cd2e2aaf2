"""Ten thousand worlds with a planted truth, counted at once: do bounds hold it, how often do intervals?

In half of the worlds silence is informative: agencies are likelier to report on what they charged.
"""

from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import polars as pl
import pytest

from tipline_outcomes import EventLog, Ledger, conversion
from tipline_outcomes.metrics import (
    INDEPENDENT_UNITS,
    SILENT_EQUALLY_OFTEN,
    SILENT_NO_MORE_OFTEN,
    Answers,
    clopper_pearson,
    compare,
    interval,
    intervals,
)

pytestmark = pytest.mark.slow

WORLDS, UNITS = 10_000, 60
AS_OF = date(2024, 12, 31)
RECEIVED = date(2024, 3, 1)
CHARGED_BY, CHARGED_LATER, CLOSED = 0.3, 0.1, 0.4
"""What becomes of a unit: charged by the day of the count, charged later, closed; the rest stays open."""


@pytest.fixture(scope="module")
def simulated():
    """The planted truth, a row a world, and the table of rates as they were counted."""
    dice = np.random.default_rng(20240631)
    fate = dice.choice(
        4,
        size=(WORLDS, UNITS),
        p=[CHARGED_BY, CHARGED_LATER, CLOSED, 1 - CHARGED_BY - CHARGED_LATER - CLOSED],
    )
    informative = np.arange(WORLDS) % 2 == 1
    watched_if_charged = np.where(informative, 0.9, 0.6)[:, None]
    watched_if_not = np.where(informative, 0.4, 0.6)[:, None]
    watched = dice.random((WORLDS, UNITS)) < np.where(fate == 0, watched_if_charged, watched_if_not)
    units = pl.DataFrame(
        {
            "referral_id": np.char.add("u", np.arange(WORLDS * UNITS).astype(str)),
            "world": np.repeat(np.arange(WORLDS), UNITS).astype(str),
            "fate": fate.ravel(),
            "watched": watched.ravel(),
        }
    )
    truth = {
        "by_as_of": (fate == 0).sum(axis=1),
        "ever": (fate <= 1).sum(axis=1),
        "informative": informative,
    }
    ledger = Ledger.of(told(units), as_of=AS_OF, by=("world",))
    return truth, conversion(ledger)


def told(units):
    """What the agencies tell: of what they watch everything, of the rest that it was made available."""
    charged = (pl.col("fate") <= 1) & pl.col("watched")
    closed = (pl.col("fate") == 2) & pl.col("watched")
    later = pl.col("fate") == 1
    steps = [
        ("made_available", None, pl.lit(value=True), 0),
        ("accept", None, charged | closed, 10),
        ("open_investigation", None, charged, 20),
        ("close", "closed", closed, 40),
        # A charge after the day of the count is in the data, and does not exist for it.
        ("file_charge", "charge", charged & ~later, 60),
        ("file_charge", "charge", charged & later, 1000),
    ]
    events = [
        units.filter(which).select(
            "referral_id",
            seq=pl.lit(
                {"made_available": 0, "accept": 1, "open_investigation": 2, "close": 2}.get(action, 3)
            ),
            on=pl.lit(RECEIVED + timedelta(days=days)),
            action=pl.lit(action),
            disposition=pl.lit(kind, dtype=pl.String),
            reason=pl.lit({"closed": "unfounded", "charge": "charge_pending"}.get(kind), dtype=pl.String),
            level=pl.lit("local" if kind == "charge" else None, dtype=pl.String),
        )
        for action, kind, which, days in steps
    ]
    referrals = units.select(
        "referral_id",
        "world",
        territory=pl.lit("US"),
        level=pl.lit("local"),
        observed_through=pl.when(pl.col("watched")).then(pl.lit(AS_OF)),
    )
    return EventLog.from_frames(pl.concat(events), referrals)


def by_world(table):
    return sorted(table.groups, key=lambda rate: int(rate.group["world"]))


def covered(hits):
    return sum(hits) / len(hits)


@pytest.mark.parametrize("question", ["ever", "by_as_of"])
def test_the_bounds_hold_the_planted_rate_in_every_world(simulated, question):
    truth, rates = simulated
    worlds = by_world(rates)
    assert len(worlds) == WORLDS
    for planted, rate in zip(truth[question].tolist(), worlds, strict=True):
        assert rate.answers(question).bounds().contain(Fraction(planted, UNITS))


def test_the_resolved_rate_misses_where_silence_is_informative_and_not_where_it_is_not(simulated):
    truth, rates = simulated
    misses = {True: [], False: []}
    for told_by_outcome, rate in zip(truth["informative"].tolist(), by_world(rates), strict=True):
        misses[told_by_outcome].append(float(rate.answers("by_as_of").resolved) - CHARGED_BY)
    # Of the reported: 0.3 * 0.9 / (0.3 * 0.9 + 0.7 * 0.4) = 0.49.
    assert np.mean(misses[True]) == pytest.approx(0.27 / 0.55 - 0.3, abs=0.005)
    assert np.mean(misses[False]) == pytest.approx(0, abs=0.005)


def test_intervals_cover_where_their_assumptions_hold_and_not_elsewhere(simulated):
    truth, rates = simulated
    table = intervals(rates, "by_as_of", silence=SILENT_EQUALLY_OFTEN)
    hits = {True: [], False: []}
    for told_by_outcome, result in zip(truth["informative"].tolist(), by_world(table), strict=True):
        assert result.interval.assumptions == (INDEPENDENT_UNITS, SILENT_EQUALLY_OFTEN)
        hits[told_by_outcome].append(result.interval.lower <= CHARGED_BY <= result.interval.upper)
    assert 0.93 <= covered(hits[False]) <= 0.97
    assert covered(hits[True]) < 0.5


def test_clopper_and_pearson_cover_at_least_as_often_as_they_say(simulated):
    truth, rates = simulated
    hits = []
    for told_by_outcome, rate in zip(truth["informative"].tolist(), by_world(rates), strict=True):
        answers = rate.answers("by_as_of")
        made = clopper_pearson(answers.yes, answers.yes + answers.no)
        if not told_by_outcome:
            hits.append(made.lower <= CHARGED_BY <= made.upper)
    assert 0.95 <= covered(hits) <= 0.99


def test_intervals_around_bounds_cover_each_end_as_often_as_they_say_and_the_middle_more_often(simulated):
    truth, rates = simulated
    hits = {"low": [], "high": [], "middle": []}
    for told_by_outcome, result in zip(
        truth["informative"].tolist(), by_world(intervals(rates, "by_as_of")), strict=True
    ):
        seen = 0.9 if told_by_outcome else 0.6
        silent = 0.3 * 0.1 + 0.7 * 0.6 if told_by_outcome else 0.4
        # If none of the silent had been charged, the true rate would be the lower end; if all, the upper one.
        for name, rate in (
            ("low", 0.3 * seen),
            ("high", 0.3 * seen + silent),
            ("middle", 0.3 * seen + silent / 2),
        ):
            hits[name].append(result.interval.lower <= rate <= result.interval.upper)
    assert 0.93 <= covered(hits["low"]) <= 0.97
    assert 0.93 <= covered(hits["high"]) <= 0.97
    assert covered(hits["middle"]) > 0.999


def test_differences_cover_where_silence_tells_nothing(simulated):
    truth, rates = simulated
    worlds = [
        rate.answers("by_as_of")
        for told_by_outcome, rate in zip(truth["informative"].tolist(), by_world(rates), strict=True)
        if not told_by_outcome
    ]
    hits = []
    for one, other in zip(worlds[::2], worlds[1::2], strict=True):
        made = compare(one, other, silence=SILENT_EQUALLY_OFTEN).interval
        hits.append(made.lower <= 0 <= made.upper)
    assert 0.93 <= covered(hits) <= 0.97


def test_what_is_believed_of_the_silent_holds_where_it_is_true(simulated):
    truth, rates = simulated
    for planted, rate in zip(truth["by_as_of"].tolist(), by_world(rates), strict=True):
        answers = rate.answers("by_as_of")
        silent_charged = planted - answers.yes
        reporting = answers.base - answers.unknown
        if answers.unknown and silent_charged * reporting <= answers.yes * answers.unknown:
            assert answers.bounds(SILENT_NO_MORE_OFTEN).contain(Fraction(planted, UNITS))


def test_intervals_by_agency_cover_where_agencies_differ_and_units_one_by_one_do_not():
    dice = np.random.default_rng(61)
    agencies, each, mean, alike = 25, 20, 0.3, 0.15
    scale = 1 / alike - 1
    shares = dice.beta(mean * scale, (1 - mean) * scale, size=(WORLDS, agencies))
    seen = dice.binomial(each, shares)

    def asked(yes, of):
        return Answers(what="charged", deadline="ever", units="tips", as_of=AS_OF, yes=yes, no=of - yes)

    parts = [asked(yes, each) for yes in range(each + 1)]
    clustered, alone = [], []
    for row in seen.tolist():
        whole = asked(sum(row), agencies * each)
        made, naive = interval(whole, clusters=[parts[yes] for yes in row]), interval(whole)
        clustered.append(made.lower <= mean <= made.upper)
        alone.append(naive.lower <= mean <= naive.upper)
    assert 0.93 <= covered(clustered) <= 0.97
    assert covered(alone) < 0.8
