"""All figures of the record, to search."""

from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files

from attrs import frozen

from tipline_outcomes._engine import Frame, frame_of
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.evidence.figure import Figure
from tipline_outcomes.evidence.measures import Measure
from tipline_outcomes.evidence.populations import Population
from tipline_outcomes.evidence.reading import read_figures
from tipline_outcomes.evidence.sources import Source
from tipline_outcomes.model.territory import encloses
from tipline_outcomes.model.vocabulary import member

__all__ = ["Catalogue", "catalogue"]


@frozen(repr=False)
class Catalogue:
    """Figures, in the order of the record.

    Attributes:
        figures: The figures.

    >>> known = catalogue()
    >>> known["de-relevant-2022"].value
    89844
    >>> known["de-relevant-2021"]
    Traceback (most recent call last):
        ...
    tipline_outcomes.errors.InvalidValueError: there is no figure 'de-relevant-2021'; did you mean ...
    """

    figures: tuple[Figure, ...]

    def __getitem__(self, name: str) -> Figure:
        """Give the figure of an id.

        Raises:
            InvalidValueError: If there is none; the message names the nearest.
        """
        for figure in self.figures:
            if figure.id == name:
                return figure
        near = get_close_matches(name, [figure.id for figure in self.figures], n=1)
        message = f"there is no figure {name!r}" + (f"; did you mean {near[0]!r}?" if near else "")
        raise InvalidValueError(message)

    def __iter__(self) -> Iterator[Figure]:
        return iter(self.figures)

    def __len__(self) -> int:
        return len(self.figures)

    def search(
        self,
        *,
        population: Population | str | None = None,
        measure: Measure | str | None = None,
        territory: str | None = None,
        year: int | None = None,
    ) -> "Catalogue":
        """Find the figures of a population, of a measure, within a territory, of a year.

        Args:
            population: Whose things are counted.
            measure: What happened to them.
            territory: The place; what lies within it is found, too.
            year: A calendar year; a period of which a day lies in it is found, so a fiscal year is in two.

        Raises:
            InvalidValueError: If a word is in none of the lists, or the territory is no code.

        >>> for figure in catalogue().search(territory="US-VT", year=2024):
        ...     print(figure)
        referrals received: 1,082 referrals (icac-vt, US-VT, 2024)
        investigations completed: 293 investigations (icac-vt, US-VT, 2024)
        searches: 98 searches (icac-vt, US-VT, 2024)
        prosecutions: 41 court cases (icac-vt, US-VT, 2024)
        """
        whose = None if population is None else member(Population, population, "population")
        what = None if measure is None else member(Measure, measure, "measure")
        return Catalogue(
            tuple(
                figure
                for figure in self.figures
                if (whose is None or figure.population is whose)
                and (what is None or figure.measure is what)
                and (territory is None or encloses(territory, figure.territory))
                and (year is None or year in figure.span.years)
            )
        )

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of the figures, each once, in the order of the record."""
        return tuple({figure.source.key: figure.source for figure in self.figures}.values())

    @property
    def contradictions(self) -> tuple[tuple[Figure, Figure], ...]:
        """The pairs of figures for one thing with two numbers. Both are kept.

        >>> for one, other in catalogue().search(territory="US-NC").contradictions:
        ...     print(one.value, other.value, one.span)
        4892 4930 2019
        """
        known = {figure.id: figure for figure in self.figures}
        return tuple(
            (figure, known[figure.contradicts])
            for figure in self.figures
            if figure.contradicts is not None and figure.contradicts in known
        )

    def to_frame(self) -> Frame:
        """Give the figures as a data frame, a row each, with the two ends that the qualifier leaves.

        ``count`` is null for a share and ``share`` for a count; ``upper`` is null where no end is known.

        >>> catalogue().to_frame().filter(id="ch-reports-2023")["count"].item()
        14420
        """
        return frame_of(map(_row, self.figures), _COLUMNS)

    def __repr__(self) -> str:
        return f"Catalogue of {len(self.figures)} figures from {len(self.sources)} sources"


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """Give the record that comes with the package.

    >>> catalogue()
    Catalogue of ... figures from ... sources
    """
    return Catalogue(read_figures(files("tipline_outcomes.evidence") / "data"))


_COLUMNS = {
    **dict.fromkeys(("id", "measure", "unit"), str),
    "count": int,
    **dict.fromkeys(("share", "lower", "upper"), float),
    **dict.fromkeys(("qualifier", "part_of", "population", "territory"), str),
    **dict.fromkeys(("start", "end"), date),
    "period": str,
    **dict.fromkeys(
        ("counted_by", "source", "published", "verification", "contradicts", "note", "rule"), str
    ),
}


def _row(figure: Figure) -> tuple[object, ...]:
    is_count, span = isinstance(figure.value, int), figure.span
    upper = figure.range.upper
    return (
        *(figure.id, figure.measure.value, figure.unit.value),
        figure.value if is_count else None,
        None if is_count else float(figure.value),
        float(figure.range.lower),
        None if upper is None else float(upper),
        figure.qualifier.value,
        None if figure.part_of is None else figure.part_of.id,
        *(figure.population.value, figure.territory),
        *(span.start, span.end, span.kind.value),
        *(figure.counted_by, figure.source.key, figure.source.published, figure.verification.value),
        *(figure.contradicts, figure.note, figure.rule),
    )
