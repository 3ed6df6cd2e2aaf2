"""Chance in whole numbers: the same seed gives the same world on every Python and every machine."""

from collections.abc import Iterable, Sequence
from math import isqrt
from random import Random
from typing import TypeVar

from attrs import field, frozen

__all__ = ["PER_CENT", "PER_MILLE", "Chance"]

PER_MILLE = 1000
PER_CENT = 100
# random() gives a whole number of these; taken as one, no later step depends on how a platform rounds.
_STEPS = 1 << 53

T = TypeVar("T")


@frozen
class Chance:
    """A stream of draws. It uses `random.Random.random` alone, which Python promises to keep as it is.

    >>> Chance(1).below(6) == Chance(1).below(6)
    True
    """

    _random: Random = field(converter=Random)

    def below(self, n: int) -> int:
        """Draw a whole number from 0 to n - 1, each as likely as the others."""
        return int(self._random.random() * _STEPS) * n // _STEPS

    def happens(self, per_mille: int) -> bool:
        """Draw yes with a chance in thousandths."""
        return self.below(PER_MILLE) < per_mille

    def pick(self, options: Iterable[tuple[T, int]]) -> T:
        """Draw one of the options by its weight; at least one weight is above 0."""
        weighed = tuple(options)
        left = self.below(sum(weight for _, weight in weighed))
        for option, weight in weighed:
            left -= weight
            if left < 0:
                return option
        message = "no option has a weight above 0"
        raise ValueError(message)

    def days(self, median: int, pace: int = PER_CENT) -> int:
        """Draw a delay: log-logistic of shape 2, in whole days.

        Eight in ten lie between a third of the median and three times the median; the tail is long.

        Args:
            median: The median, in days.
            pace: A factor on it, in per cent.
        """
        u = int(self._random.random() * _STEPS)
        return isqrt((median * pace) ** 2 * u // (_STEPS - u)) // PER_CENT

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Give the items in a random order."""
        keys = [self._random.random() for _ in items]
        return [items[i] for i in sorted(range(len(items)), key=keys.__getitem__)]
