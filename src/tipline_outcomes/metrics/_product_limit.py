"""The product-limit estimator of state probabilities on whole days, from counts of a day and not from units.

Aalen and Johansen, "An empirical transition matrix for non-homogeneous Markov chains based on censored
observations", Scandinavian Journal of Statistics 5, 1978. On each day, ``r`` of the ``Y`` who are in a state
as the day begins change to another: the share ``r / Y`` of the state's probability goes with them. Where
nobody leaves a state but the first one, this is the classical cumulative incidence of competing outcomes.

The variance is Greenwood's, carried through: of ``Y``, those who go to each state and those who stay are a
draw from a multinomial (Andersen, Borgan, Gill and Keiding, "Statistical Models Based on Counting Processes",
1993, section IV.4). For one outcome of several it is equation 6 of Dinse and Larson ("A note on semi-Markov
models for partially censored data", Biometrika 73, 1986); where nobody leaves observation, ``p (1 - p) / n``.
"""

from collections.abc import Sequence
from enum import StrEnum
from statistics import NormalDist
from typing import Final, TypeAlias

import narwhals.stable.v2 as nw
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from tipline_outcomes._engine import Eager, looked_up

__all__ = ["Curves", "Variance", "between_states", "from_one_state", "product_limit"]

Numbers: TypeAlias = NDArray[np.float64]
_DIGITS: Final = 1e-12
_CELLS: Final = 1 << 21
"""How many numbers one array may hold: beyond that, groups are worked on a few at a time."""


class Variance(StrEnum):
    """The formula of a variance.

    >>> Variance("greenwood")
    <Variance.GREENWOOD: 'greenwood'>
    """

    GREENWOOD = "greenwood"
    """Greenwood's: those who go to each state and those who stay are a draw from a multinomial."""
    AALEN = "aalen"
    """Aalen's, as R's cmprsk and SAS give it unless told otherwise: for comparison with their numbers.

    Aalen, Annals of Statistics 6, 1978, as in equation 4.5 of Pintilie, "Competing Risks: A Practical
    Perspective", 2006. It takes the outcomes of one day as uncorrelated, which is right where no two units
    end on one day. Where many do it is too small, and can be negative. It is not defined where matters are
    reopened.
    """


@frozen(eq=False)
class Curves:
    """Estimates by state, group and day, in this order of axes.

    Attributes:
        incidence: How probable the state is at the end of the day.
        variance: Of that estimate; None where it was not wanted.
    """

    incidence: Numbers
    variance: Numbers | None

    def band(self, confidence: float) -> tuple[Numbers, Numbers]:
        """Give the pointwise band that is symmetric for ``log(-log(incidence))``, so that it stays in [0, 1].

        Not a number where there is none: of 0 and 1, and without a variance.
        """
        if self.variance is None:
            nothing = np.full_like(self.incidence, np.nan)
            return nothing, nothing
        z = NormalDist().inv_cdf((1 + confidence) / 2)
        # A sum of shares that is 1 need not be so to the last digit.
        inside = (self.incidence > _DIGITS) & (self.incidence < 1 - _DIGITS) & (self.variance > 0)
        share = np.where(inside, self.incidence, np.nan)
        log = np.log(share)
        reach = z * np.sqrt(np.where(inside, self.variance, np.nan)) / (share * log)
        with np.errstate(over="ignore", under="ignore"):  # a band can be as wide as it gets
            return np.exp(log * np.exp(-reach)), np.exp(log * np.exp(reach))


def product_limit(
    counts: Eager,
    states: Sequence[str],
    *,
    variance: Variance | None = Variance.GREENWOOD,
    confidence: float = 0.95,
) -> Eager:
    """Estimate how probable each state is at the end of each day.

    Args:
        counts: ``group`` and ``day`` (whole numbers; a day is 0 or later), ``from`` and ``to`` (texts) and
            ``n``. From null: so many come under observation, and are at risk from the next day on; whoever is
            there from the start comes on day -1. To a word that is no state: so many leave observation,
            after what happened on that day.
        states: The states; everybody begins in the first one.
        variance: The formula of variances and bands, if they are wanted.
        confidence: That of the pointwise band.

    Returns:
        ``group``, ``outcome`` (a state), ``day``, ``incidence``, ``variance``, ``lower``, ``upper``, in the
        order of the first three; null is what is not defined. A curve has a row for day 0 and for every day
        with a count of its group; it ends before the first day on which somebody may still be in the first
        state, and nobody is watched there.
    """
    outside, names = len(states), dict(enumerate(states))
    codes = (
        nw.col(end).replace_strict(list(states), list(names), default=outside, return_dtype=nw.Int64)
        for end in ("from", "to")
    )
    coded = counts.with_columns(*(code.fill_null(outside) for code in codes))
    groups = np.unique(coded["group"].to_numpy())
    days = np.unique(np.append(coded["day"].to_numpy(), (-1, 0)))
    at_once = max(1, _CELLS // ((outside + 1) ** 2 * len(days)))
    parts = [
        _estimated(
            coded.filter(nw.col("group").is_in(some.tolist())) if len(some) < len(groups) else coded,
            _Axes(states=outside, groups=some, days=days),
            variance=variance,
            confidence=confidence,
        )
        for some in np.split(groups, range(at_once, len(groups), at_once))
    ]
    return nw.concat(parts, how="vertical").with_columns(looked_up(nw.col("outcome"), names))


@frozen(eq=False)
class _Axes:
    """What the axes of arrays stand for: so many states, these groups, these days, ascending from day -1."""

    states: int
    groups: NDArray[np.int64]
    days: NDArray[np.int64]


def _estimated(counts: Eager, axes: _Axes, *, variance: Variance | None, confidence: float) -> Eager:
    """Estimate the curves of some groups at a time, and put those points into rows that are defined."""
    moved = _table(counts, axes)
    outside = axes.states
    flow = moved[:, :outside].sum(axis=0) - moved[:outside].sum(axis=1)
    at_risk = _earlier(_summed(flow))
    inside = moved[:outside, :outside]
    several: NDArray[np.bool_] = np.any(inside[1:] > 0, axis=(0, 1, 3))
    curves: list[tuple[NDArray[np.bool_], Curves]] = []
    if not several.all():
        apart = np.logical_not(several)
        one = from_one_state(inside[0, 1:][:, apart], at_risk[0][apart], variance=variance)
        curves.append((apart, one))
    if several.any():
        curves.append(
            (several, between_states(inside[:, :, several], at_risk[:, several], variance=variance))
        )
    shape = (len(axes.groups), outside, len(axes.days))
    columns = {name: np.full(shape, np.nan) for name in ("incidence", "variance", "lower", "upper")}
    for which, curve in curves:
        values = (curve.incidence, curve.variance, *curve.band(confidence))
        for column, value in zip(columns.values(), values, strict=True):
            if value is not None:
                column[which] = value.transpose(1, 0, 2)
    may_be_there = _earlier(columns["incidence"][:, 0], 1.0) > 0
    watched = np.logical_and.accumulate((at_risk[0] > 0) | ~may_be_there | (axes.days < 0), axis=-1)
    counted = moved.any(axis=(0, 1)) | (axes.days == 0)
    shown = np.broadcast_to((watched & counted & (axes.days >= 0))[:, None], shape)
    group, outcome, day = np.nonzero(shown)
    frame = nw.DataFrame.from_dict(
        {
            "group": axes.groups[group],
            "outcome": outcome,
            "day": axes.days[day],
            **{name: column[shown] for name, column in columns.items()},
        },
        backend="polars",
    )
    return frame.with_columns(
        nw.when(~nw.col(name).is_nan()).then(nw.col(name)).alias(name) for name in columns
    )


def _table(counts: Eager, axes: _Axes) -> Numbers:
    """Spread counts over a cell for each state that is left, state that is reached, group and day."""
    columns = (counts[name].to_numpy() for name in ("from", "to", "group", "day", "n"))
    came_from, to, group, day, n = columns
    shape = (axes.states + 1, axes.states + 1, len(axes.groups), len(axes.days))
    at_day = np.zeros(axes.days[-1] + 2, dtype=np.int64)
    at_day[axes.days + 1] = np.arange(len(axes.days))
    places = (came_from, to, np.searchsorted(axes.groups, group), at_day[day + 1])
    cells = np.ravel_multi_index(places, shape)
    added: Numbers = np.bincount(cells, weights=n, minlength=int(np.prod(shape))).astype(np.float64)
    return added.reshape(shape)


def from_one_state(
    ended: Numbers, at_risk: Numbers, *, variance: Variance | None = Variance.GREENWOOD
) -> Curves:
    """Estimate the incidence of competing outcomes, where nobody leaves a state but the first.

    Args:
        ended: How many came to each outcome: outcome, group, day.
        at_risk: How many were in the first state, and watched, as the day began: group, day.
        variance: The formula of variances, if they are wanted.

    Returns:
        The first state's curve, then one for each outcome.
    """
    n, r = at_risk, ended
    e = r.sum(axis=0)
    left: Numbers = np.cumprod(_over(n - e, n, otherwise=1.0), axis=-1, dtype=np.float64)
    before = _earlier(left, 1.0)
    rise = r * _over(before, n)
    incidence = np.concatenate([left[None], _summed(rise)])
    if variance is None:
        return Curves(incidence, None)
    # Sums of squares of differences, each carried forward by what a day adds to it: multiplied out into sums
    # of squares they would lose digits, because nearly equal numbers are subtracted.
    hazard, own, cross = _AS_ONE_OF[variance](n, r, e)
    hazard = _summed(hazard)
    slope = rise * _earlier(hazard)
    crossed = _earlier(_summed(cross * before))
    adds = rise * (2 * _earlier(_summed(slope)) + slope - 2 * crossed) + own * before * before
    spreads = np.concatenate([(left * left * hazard)[None], _summed(adds)])
    if variance is Variance.GREENWOOD:
        spreads = np.maximum(spreads, 0)  # it is none below, but for the last digit
    return Curves(incidence, _of_several(spreads, n))


def _greenwood(n: Numbers, r: Numbers, e: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Give what a day adds: for all who end, for the outcome, and for both together."""
    return _over(e, n * (n - e)), _over(r * (n - r), n * n * n), _over(r, n * n)


def _aalen(n: Numbers, r: Numbers, e: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Give the same, if outcomes of one day are taken as uncorrelated."""
    spread = r * (n - r)
    less = n - 1
    return _over(e, less * (n - e)), _over(spread, less * n * n), _over(spread, n * (n - e) * less)


_AS_ONE_OF: Final = {Variance.GREENWOOD: _greenwood, Variance.AALEN: _aalen}


def between_states(
    moves: Numbers, at_risk: Numbers, *, variance: Variance | None = Variance.GREENWOOD
) -> Curves:
    """Estimate how probable each state is, where units move between all of them: closed matters are reopened.

    The covariances ``C`` of the states' probabilities follow from those of the day before and from what the
    day's own counts add: ``C' = M^T C M + Q``, where ``M`` moves the shares. ``Q`` is the sum, over the
    states that are left, of ``p^2 (diag(m) / Y - m m^T / Y^2) / Y``: ``m`` are the numbers who went to each
    state, with those who stayed.

    Args:
        moves: How many went: from state, to state, group, day.
        at_risk: How many were in a state, and watched, as the day began: state, group, day.
        variance: The formula of variances, if they are wanted; only Greenwood's is defined.
    """
    size, groups, days = at_risk.shape
    diagonal = list(range(size))
    y = at_risk
    parts = _over(moves, y[:, None])
    parts[diagonal, diagonal] = 1 - _over(moves.sum(axis=1), y)
    # Axes as matrices want them: day, group, from, to.
    matrices = np.ascontiguousarray(parts.transpose(3, 2, 0, 1))
    share = np.zeros((groups, 1, size))
    share[..., 0] = 1
    incidence = np.empty((days, groups, size))
    spreads = np.empty_like(incidence)
    added = _added(parts, y) if variance is Variance.GREENWOOD else None
    cov = np.zeros((groups, size, size))
    for day, matrix in enumerate(matrices):
        if added is not None:
            weighted = share.transpose(0, 2, 1)[..., None] ** 2 * added[day]
            cov = matrix.transpose(0, 2, 1) @ cov @ matrix + weighted.sum(axis=1)
            spreads[day] = np.maximum(cov[:, diagonal, diagonal], 0)
        share = share @ matrix
        incidence[day] = share[:, 0]
    return Curves(
        incidence.transpose(2, 1, 0),
        None if added is None else _of_several(spreads.transpose(2, 1, 0), y.sum(axis=0)),
    )


def _added(parts: Numbers, y: Numbers) -> Numbers:
    """Give what each state's leavers add to the covariances, but for the square of its share.

    The axes are: day, group, the state that is left, and those of a matrix of covariances.
    """
    parts = parts.transpose(3, 2, 0, 1)
    spread = parts[..., None] * np.eye(len(y)) - parts[..., :, None] * parts[..., None, :]
    return spread * _over(np.ones_like(y), y).transpose(2, 1, 0)[..., None, None]


def _earlier(values: Numbers, first: float = 0.0) -> Numbers:
    """Give each day what stood there the day before."""
    before = np.empty_like(values)
    before[..., :1] = first
    before[..., 1:] = values[..., :-1]
    return before


def _summed(values: Numbers) -> Numbers:
    """Sum up the days so far."""
    sums: Numbers = np.cumsum(values, axis=-1, dtype=np.float64)
    return sums


def _over(part: Numbers, whole: Numbers, *, otherwise: float = 0.0) -> Numbers:
    """Divide, where there is something to divide by."""
    shape = np.broadcast_shapes(part.shape, whole.shape)
    shares: Numbers = np.full(shape, otherwise)
    np.divide(part, whole, out=shares, where=np.broadcast_to(whole != 0, shape))
    return shares


def _of_several(variance: Numbers, at_risk: Numbers) -> Numbers:
    """Leave out the variance as long as a curve rests on one unit alone."""
    most: Numbers = np.maximum.accumulate(at_risk, axis=-1)
    known: Numbers = np.where(most > 1, variance, np.nan)
    return known
