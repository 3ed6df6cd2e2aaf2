"""Incidence by day from two columns of whole numbers, timed beside scikit-survival and statsmodels.

    python bench/incidence.py [--units 1100000] [--groups 61] [--rounds 3]

Everybody starts from the same two columns, days and events: the package counts them into days first, and
that is part of its time. Each comparison runs in turns, in one process, and is printed only if the results
are equal: curves to 1e-12, bands, and with them variances, to 1e-10. Times are those of the processor, which
a busy machine stretches less. The peers are the dependency group ``truth``.
"""

import argparse
import time
import warnings
from collections.abc import Callable
from statistics import median
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from sksurv import nonparametric
from statsmodels.duration.survfunc import CumIncidenceRight

from tipline_outcomes.metrics._product_limit import Curves, Variance, from_one_state

Days = NDArray[np.int64]
_T = TypeVar("_T")

OUTCOMES: Final = 3
LONGEST: Final = 1461
CONFIDENCE: Final = 0.95
TARGETS: Final = {
    "curve, scikit-survival": 100,
    "curve, statsmodels": 8,
    "with variance and band, scikit-survival": 200,
    "groups with variance and band, scikit-survival": 80,
}


def main() -> None:
    """Invent units, hold the answers to each other, print how many times as fast the package is."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--units", type=int, default=1_100_000)
    parser.add_argument("--groups", type=int, default=61)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    # Nobody is left on the last day of some groups, and a peer divides by them.
    warnings.simplefilter("ignore", RuntimeWarning)
    chance = np.random.default_rng(2024)
    days = np.minimum(chance.exponential(500, asked.units), LONGEST).astype(np.int64)
    events = chance.integers(0, OUTCOMES + 1, asked.units)
    group = chance.integers(0, asked.groups, asked.units)
    print(
        f"{asked.units:,} units, {OUTCOMES} outcomes and censoring, days to {LONGEST}, {asked.groups} groups"
    )

    def alone(variance: Variance | None) -> Curves:
        return package(days, events, variance=variance)[0]

    def by_group() -> tuple[Curves, tuple[NDArray[np.float64], NDArray[np.float64]]]:
        curves, _ = package(days, events, group, groups=asked.groups, variance=Variance.AALEN)
        return curves, curves.band(CONFIDENCE)

    def theirs_by_group() -> list[tuple[NDArray[np.float64], ...]]:
        return [peer(days[group == one], events[group == one], "log-log") for one in range(asked.groups)]

    def with_band() -> tuple[Curves, tuple[NDArray[np.float64], NDArray[np.float64]]]:
        curves = alone(Variance.AALEN)
        return curves, curves.band(CONFIDENCE)

    races: dict[str, tuple[Callable[[], object], Callable[[], object], Callable[[object, object], None]]] = {
        "curve, scikit-survival": (
            lambda: alone(None),
            lambda: peer(days, events, None),
            lambda ours, theirs: same(ours.incidence[1:, 0], theirs[1][1:], 1e-12),
        ),
        "curve, statsmodels": (
            lambda: alone(None),
            lambda: CumIncidenceRight(days, events),
            lambda ours, theirs: same(ours.incidence[1:, 0], np.array(theirs.cinc), 1e-12),
        ),
        "with variance and band, scikit-survival": (
            with_band,
            lambda: peer(days, events, "log-log"),
            lambda ours, theirs: same_band(ours, [theirs]),
        ),
        "groups with variance and band, scikit-survival": (
            by_group,
            theirs_by_group,
            same_band,
        ),
    }
    print(f"{'':48} {'ms':>9} {'peer ms':>9} {'times as fast':>14} {'target':>7}")
    for name, (ours, theirs, check) in races.items():
        mine, other = [], []
        for _ in range(asked.rounds):
            one, took = timed(ours)
            mine.append(took)
            two, took = timed(theirs)
            other.append(took)
            check(one, two)
        here, there = median(mine), median(other)
        print(f"{name:48} {here:9.1f} {there:9.1f} {there / here:14.0f} {TARGETS[name]:7}")


def package(
    days: Days, events: Days, group: Days | None = None, *, groups: int = 1, variance: Variance | None
) -> tuple[Curves, NDArray[np.float64]]:
    """Count days, and estimate: all that the package does."""
    place = days if group is None else group * (LONGEST + 1) + days
    counts = np.bincount(place * (OUTCOMES + 1) + events, minlength=groups * (LONGEST + 1) * (OUTCOMES + 1))
    shape = (groups, LONGEST + 1, OUTCOMES + 1)
    counted = np.ascontiguousarray(counts.reshape(shape).transpose(2, 0, 1), dtype=np.float64)
    gone = counted.sum(axis=0)
    at_risk = gone[:, ::-1].cumsum(axis=1)[:, ::-1]
    return from_one_state(counted[1:], at_risk, variance=variance), at_risk


def peer(days: Days, events: Days, band: str | None) -> tuple[NDArray[np.float64], ...]:
    """Estimate with scikit-survival; Aalen's variance is its own."""
    return nonparametric.cumulative_incidence_competing_risks(events, days.astype(float), conf_type=band)


def same_band(ours: object, theirs: list[tuple[NDArray[np.float64], ...]]) -> None:
    """Hold the curves and bands of every group to each other; a band follows from its variance."""
    curves, (lower, upper) = ours
    for number, (times, incidence, band) in enumerate(theirs):
        there = times.astype(np.int64)
        same(curves.incidence[1:, number][:, there], incidence[1:], 1e-12)
        for one, other in ((lower, band[1:, 0]), (upper, band[1:, 1])):
            here = one[1:, number][:, there]
            same(here[~np.isnan(here)], other[~np.isnan(here)], 1e-10)


def same(ours: NDArray[np.float64], theirs: NDArray[np.float64], within: float) -> None:
    """Refuse to time what is not equal."""
    difference = np.abs(ours - theirs).max()
    if not difference <= within:
        message = f"the results differ by {difference}: nothing is timed"
        raise SystemExit(message)


def timed(run: Callable[[], _T]) -> tuple[_T, float]:
    """Run, and give the milliseconds of the processor."""
    begun = time.process_time()
    result = run()
    return result, (time.process_time() - begun) * 1000


if __name__ == "__main__":
    main()
