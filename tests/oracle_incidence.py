"""The oracle of incidence by day: exact fractions, unit by unit, and nothing from the package.

A unit is a path: the changes of its state as (day, state), and the day on which watching ended; None where it
came to an end first, or where it would have been seen for ever. Everybody begins in the same state on day 0.
A third number, if there is one, is the day from which on it was watched.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction

__all__ = ["Path", "probabilities", "redistributed", "variances"]

Changes = tuple[tuple[int, str], ...]
Path = tuple[Changes, int | None] | tuple[Changes, int | None, int]
Matrix = list[list[Fraction]]


def state_before(path: Path, day: int, begins: str) -> str | None:
    """Give the state in which a unit is as a day begins; None if it is not watched yet, or no longer."""
    changes, end, *entered = path
    if (end is not None and end < day) or any(day < first for first in entered):
        return None
    return next((state for on, state in reversed(changes) if on < day), begins)


def counted(paths: Sequence[Path], day: int, states: Sequence[str]) -> tuple[list[int], list[list[int]]]:
    """Count those at risk in each state as a day begins, and the moves of the day."""
    at_risk = [0] * len(states)
    moves = [[0] * len(states) for _ in states]
    for path in paths:
        before = state_before(path, day, states[0])
        if before is None:
            continue
        at_risk[states.index(before)] += 1
        for on, state in path[0]:
            if on == day:
                moves[states.index(before)][states.index(state)] += 1
    return at_risk, moves


def matrix_of(paths: Sequence[Path], day: int, states: Sequence[str]) -> Matrix:
    """Give the matrix of one day: how likely it is to go from each state to each state."""
    at_risk, moves = counted(paths, day, states)
    matrix = [[Fraction(int(i == j)) for j in range(len(states))] for i in range(len(states))]
    for i, y in enumerate(at_risk):
        for j, n in enumerate(moves[i]):
            if n:
                matrix[i][j] += Fraction(n, y)
                matrix[i][i] -= Fraction(n, y)
    return matrix


def times(left: Matrix, right: Matrix) -> Matrix:
    size = range(len(left))
    return [[sum((left[i][k] * right[k][j] for k in size), Fraction()) for j in size] for i in size]


def days_of(paths: Iterable[Path]) -> list[int]:
    """Give day 0, the days on which something happened or watching ended, and the days before it began."""
    days = {0}
    for changes, end, *entered in paths:
        days |= {on for on, _ in changes} | ({end} if end is not None else set())
        days |= {first - 1 for first in entered if first > 0}
    return sorted(days)


def probabilities(paths: Sequence[Path], states: Sequence[str]) -> dict[int, list[Fraction]]:
    """Multiply the days' matrices, until somebody may be in the first state whom nobody watches there."""
    found: dict[int, list[Fraction]] = {}
    if not paths:
        return found
    now = [Fraction(int(i == 0)) for i in range(len(states))]
    for day in days_of(paths):
        if now[0] > 0 and counted(paths, day, states)[0][0] == 0:
            break
        matrix = matrix_of(paths, day, states)
        now = [sum((now[i] * matrix[i][j] for i in range(len(now))), Fraction()) for j in range(len(now))]
        found[day] = now
    return found


def variances(paths: Sequence[Path], states: Sequence[str], day: int) -> list[Fraction]:
    """Add up, for every earlier day and every state that was left then, what that adds to the variances.

    Written out: p is the probability of the state as that day begins, f of each state is how likely it is to
    lead from there to the outcome by the end. No recurrence, no covariance.
    """
    size = range(len(states))
    curve = probabilities(paths, states)
    days = [d for d in curve if d <= day]
    total = [Fraction() for _ in size]
    for number, on in enumerate(days):
        after = [[Fraction(int(i == j)) for j in size] for i in size]
        for later in days[number + 1 :]:
            after = times(after, matrix_of(paths, later, states))
        before = [Fraction(int(i == 0)) for i in size] if number == 0 else curve[days[number - 1]]
        at_risk, moves = counted(paths, on, states)
        for i in size:
            y = at_risk[i]
            if not y:
                continue
            went = [moves[i][j] if j != i else y - sum(moves[i]) for j in size]
            for k in size:
                # Of a draw of y: the mean of the squares less the square of the mean, divided by y.
                mean = sum((Fraction(went[j], y) * after[j][k] for j in size), Fraction())
                squares = sum((Fraction(went[j], y) * after[j][k] ** 2 for j in size), Fraction())
                total[k] += before[i] ** 2 * (squares - mean**2) / y
    return total


def redistributed(units: Sequence[tuple[int, str | None]], day: int) -> dict[str, Fraction]:
    """Give each unit its share, and that of who is lost to sight to all who are watched for longer.

    Efron's way ("The two sample problem with censored data", 1967), which knows no product and no risk set.

    Args:
        units: On which day a unit came to an outcome, or was last watched (None).
        day: The last day that counts.
    """
    share = [Fraction(1, len(units)) for _ in units]
    found: dict[str, Fraction] = {}
    for on in sorted({on for on, _ in units if on <= day}):
        for i, (end, outcome) in enumerate(units):
            if end == on and outcome is not None:
                found[outcome] = found.get(outcome, Fraction()) + share[i]
        lost = sum(
            (share[i] for i, (end, outcome) in enumerate(units) if end == on and outcome is None), Fraction()
        )
        longer = [i for i, (end, _) in enumerate(units) if end > on]
        for i in longer:
            share[i] += lost / len(longer)
    return found
