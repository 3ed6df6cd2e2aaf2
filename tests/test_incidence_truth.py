"""Incidence by day equals what scikit-survival and statsmodels estimate, and Cook County's of its own rows.

Neither is needed by the package: they are the dependency group ``truth``, which the full check installs.
"""

from collections import defaultdict
from datetime import date
from itertools import product
from pathlib import Path

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import pytest

from oracle_cook_county import AS_OF, american, believed, decision_of, rows
from tipline_outcomes import Variance
from tipline_outcomes.metrics._product_limit import product_limit

pytestmark = pytest.mark.slow

WHY = "{} is not installed; it is in the dependency group truth"
STATES = ("open", "charge", "administrative", "closed")
COOK = Path(__file__).parents[2] / "shared" / "realdata" / "cook-county-2019"
SIZES = (("few", 40, 25), ("many", 3_000, 400), ("a crowd", 60_000, 1461))


@pytest.fixture(scope="module")
def survival():
    return pytest.importorskip("sksurv.nonparametric", reason=WHY.format("scikit-survival"))


@pytest.fixture(scope="module")
def models():
    return pytest.importorskip("statsmodels.duration.survfunc", reason=WHY.format("statsmodels"))


def invented(size, longest, *, seed=0, tied=1.0):
    """Days and events (0: no longer watched), many on the same days."""
    chance = np.random.default_rng(seed)
    days = np.minimum(chance.exponential(longest / 3, size) * tied, longest).astype(np.int64)
    events = chance.choice(4, size, p=(0.4, 0.15, 0.05, 0.4))
    events[:4] = range(4)
    return days, events


def estimated(days, events, variance=Variance.GREENWOOD):
    """The package's curves as arrays: outcome -> day -> incidence, variance, lower, upper."""
    counts = (
        pl.DataFrame({"day": days, "event": events}).group_by("day", "event").agg(n=pl.len().cast(pl.Int64))
    )
    names = {0: "lost", **dict(enumerate(STATES[1:], 1))}
    counted = counts.select(
        pl.lit(0).alias("group"),
        pl.col("day").cast(pl.Int64),
        pl.lit(STATES[0]).alias("from"),
        pl.col("event").replace_strict(names, return_dtype=pl.String).alias("to"),
        "n",
    )
    begun = counted.select(
        group=pl.lit(0),
        day=pl.lit(-1, dtype=pl.Int64),
        **{"from": pl.lit(None, dtype=pl.String)},
        to=pl.lit(STATES[0]),
        n=pl.lit(len(days), dtype=pl.Int64),
    )[:1]
    found = product_limit(
        nw.from_native(pl.concat([counted, begun]), eager_only=True), STATES, variance=variance
    ).to_native()
    here = found.filter(pl.col("day").is_in(np.unique(days).tolist()))
    return {state: here.filter(pl.col("outcome") == state).sort("day") for state in STATES}


def assert_close(found, wanted, *, relative=None, absolute=0.0):
    """Compare where both are defined; something has to be."""
    found = np.array([np.nan if one is None else one for one in found], dtype=float)
    both = ~np.isnan(found) & ~np.isnan(wanted)
    assert both.sum() >= len(found) // 2
    np.testing.assert_allclose(found[both], wanted[both], rtol=relative or 0, atol=absolute)


@pytest.mark.parametrize(("size", "longest"), [pytest.param(n, t, id=name) for name, n, t in SIZES])
@pytest.mark.parametrize(("variance", "theirs"), [("greenwood", "Dinse_Approx"), ("aalen", "Aalen")])
def test_scikit_survival(survival, size, longest, variance, theirs):
    days, events = invented(size, longest)
    found = estimated(days, events, Variance(variance))
    with np.errstate(all="ignore"):  # its last day divides by nobody
        times, curves, limits = survival.cumulative_incidence_competing_risks(
            events, days.astype(float), conf_type="log-log", var_type=theirs
        )
        _, n_events, n_at_risk = counts_of(survival, days, events)
        left = np.cumprod(1 - n_events[:, 0] / n_at_risk)
        before = np.concatenate([[1.0], left[:-1]])
        formula = survival._var_aalen if variance == "aalen" else survival._var_dinse_approx
        spreads = formula(n_events, before, n_at_risk, curves)
    for number, state in enumerate(STATES[1:], 1):
        rows_ = found[state]
        assert rows_["day"].to_list() == times.astype(int).tolist()[: rows_.height]
        height = rows_.height
        assert_close(rows_["incidence"], curves[number][:height], absolute=1e-12)
        assert_close(rows_["variance"], spreads[number - 1][:height], relative=1e-10, absolute=1e-18)
        inside = np.where((curves[number] > 0) & (curves[number] < 1), limits[number], np.nan)[:, :height]
        assert_close(rows_["lower"], inside[0], absolute=1e-12)
        assert_close(rows_["upper"], inside[1], absolute=1e-12)


def counts_of(survival, days, events):
    times, n_events, n_at_risk, _ = survival._compute_counts(events, days.astype(float))
    return times, n_events, n_at_risk


@pytest.mark.parametrize(("size", "longest"), [pytest.param(n, t, id=name) for name, n, t in SIZES])
def test_statsmodels(models, size, longest):
    days, events = invented(size, longest)
    found = estimated(days, events)
    with np.errstate(all="ignore"):
        theirs = models.CumIncidenceRight(days, events)
    for number, state in enumerate(STATES[1:]):
        rows_ = found[state]
        height = rows_.height
        assert rows_["day"].to_list() == theirs.times.astype(int).tolist()[:height]
        assert_close(rows_["incidence"], theirs.cinc[number][:height], absolute=1e-12)
        # It multiplies squares of sums out, and loses digits: the variance is as good as the curve's square.
        assert_close(rows_["variance"], theirs.cinc_se[number][:height] ** 2, relative=1e-10, absolute=1e-15)


# --- Cook County ----------------------------------------------------------------------------------------


needs_cook = pytest.mark.skipif(
    not (COOK / "intake.csv").is_file(),
    reason="the Cook County extract is not at hand (../shared/realdata/cook-county-2019)",
)


@pytest.fixture(scope="module")
def county():
    from tipline_outcomes import Ledger, cumulative_incidence, read_extract

    extract = read_extract(COOK, Path(__file__).parents[1] / "examples" / "cook-county" / "profile.toml")
    return cumulative_incidence(Ledger.of(extract.log, as_of=AS_OF, by=("offense_category",)))


@needs_cook
@pytest.mark.parametrize(("outcome", "days"), [*product(("charge", "closed"), (30, 90, 180))])
def test_cook_county_as_statsmodels_estimates_it_from_the_same_rows(models, county, outcome, days):
    by_category = cook_rows()
    largest = sorted(by_category, key=lambda name: -len(by_category[name]))[:5]
    for category in largest:
        told = np.array(by_category[category])
        with np.errstate(all="ignore"):
            theirs = models.CumIncidenceRight(told[:, 0], told[:, 1])
        number = STATES.index(outcome) - 1
        at = np.searchsorted(theirs.times, days, side="right") - 1
        point = county.at(offense_category=category).at(days, outcome)
        assert point.incidence == pytest.approx(theirs.cinc[number][at], abs=1e-12), category
        assert point.variance == pytest.approx(theirs.cinc_se[number][at] ** 2, rel=1e-9), category


def cook_rows():
    """Read the extract's own rows: by category, of everybody in the risk set, days and what ended them."""
    results, incomplete = defaultdict(list), set()
    for row in rows(COOK, "dispositions.csv"):
        person, day = row["case_participant_id"], american(row["disposition_date"])
        if believed(day):
            results[person].append(day)
        else:
            incomplete.add(person)
    found = defaultdict(list)
    for row in rows(COOK, "intake.csv"):
        person = row["case_participant_id"]
        told = days_and_event(row, sorted(results[person]))
        if told is not None and person not in incomplete:
            found[row["offense_category"]].append(told)
    return found


def days_and_event(row, results):
    """Give days and event of one person (0: still open); None for whoever is in no risk set."""
    received, (decided, word) = date.fromisoformat(row["received_date"]), decision_of(row)
    ends = {"closed", "excluded", "administrative"}
    moved = [] if word in {"nothing", "blank"} else [decided]
    days = [received, *moved, *results]
    if (word in ends and results) or days != sorted(days):
        return None  # set aside, or its dates run backwards
    if decided > AS_OF:
        word = "nothing"
    if word == "excluded":
        return None
    if word == "charge":
        return (decided - received).days, STATES.index("charge")
    if any(day <= AS_OF for day in results):
        return None  # a court ended a charge that nobody says was filed: on which day it was, is not known
    if word in {"closed", "administrative"}:
        return (decided - received).days, STATES.index(word)
    return (AS_OF - received).days, 0
