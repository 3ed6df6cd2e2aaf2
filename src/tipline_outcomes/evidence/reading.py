"""Reads the record from its two files, and tells of every line that is wrong in which field."""

import csv
import tomllib
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from importlib.resources.abc import Traversable
from io import StringIO
from itertools import pairwise
from typing import Final, TypeVar

from tipline_outcomes._dates import parse_day
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.evidence.figure import Figure, FoundIn, Qualifier
from tipline_outcomes.evidence.measures import FigureUnit, Measure
from tipline_outcomes.evidence.populations import Population
from tipline_outcomes.evidence.sources import ReadIn, Source
from tipline_outcomes.evidence.span import Span, SpanKind
from tipline_outcomes.model.vocabulary import Word, member

__all__ = ["FIELDS", "read_figures", "read_sources"]

FIELDS: Final = (
    *("id", "measure", "unit", "value", "kind", "qualifier", "part_of", "population", "territory"),
    *("start", "end", "period", "counted_by", "source", "verification", "contradicts", "note", "rule"),
)
"""The columns of ``figures.csv``."""
_OPTIONAL: Final = frozenset({"part_of", "contradicts", "note", "rule"})
_VALUES: Final[Mapping[str, Callable[[str], int | Fraction]]] = {"count": int, "share": Fraction}

_W = TypeVar("_W", bound=Word)


def read_sources(folder: Traversable) -> Mapping[str, Source]:
    """Read ``sources.toml``.

    Raises:
        InvalidValueError: If a source lacks something, or refers to a copy that is not there.
    """
    content = tomllib.loads((folder / "sources.toml").read_text(encoding="utf-8"))
    copies = {key: ReadIn(**texts) for key, texts in content.get("via", {}).items()}
    sources: dict[str, Source] = {}
    for key, texts in content.get("source", {}).items():
        lacking = [name for name in ("title", "publisher", "url", "published") if not texts.get(name)]
        unknown = sorted(texts.keys() - {"title", "publisher", "url", "published", "licence", "via"})
        via = texts.pop("via", None)
        if lacking or unknown or (via is not None and via not in copies):
            wrong = [f"{name} is missing" for name in lacking] + [f"{name} is no field" for name in unknown]
            wrong += [] if via is None or via in copies else [f"via is {via!r}, and there is no [via.{via}]"]
            message = f"sources.toml, source.{key}: {'; '.join(wrong)}"
            raise InvalidValueError(message)
        sources[key] = Source(key=key, via=None if via is None else copies[via], **texts)
    return sources


def read_figures(folder: Traversable) -> tuple[Figure, ...]:
    """Read ``figures.csv`` and ``sources.toml``, in the order of the lines.

    Every line has to have all its fields, of closed lists of words; its source has to be there; a figure that
    it is a part of has to stand above it; and two figures of the same thing with two numbers have to say so.

    Raises:
        InvalidValueError: If something is wrong. The message has a line for everything that is.
    """
    sources = read_sources(folder)
    figures: dict[str, Figure] = {}
    problems: list[str] = []
    for line, cells in _lines(folder):
        try:
            figure = _figure(cells, sources, figures)
        except InvalidValueError as error:
            problems.append(f"figures.csv, line {line}: {error}")
        else:
            figures[figure.id] = figure
    problems += [f"figures.csv: {problem}" for problem in _unlike(tuple(figures.values()))]
    if problems:
        message = "\n".join(problems)
        raise InvalidValueError(message)
    return tuple(figures.values())


def _lines(folder: Traversable) -> Iterator[tuple[int, dict[str, str]]]:
    lines = csv.reader(StringIO((folder / "figures.csv").read_text(encoding="utf-8")), strict=True)
    if (head := tuple(next(lines, ()))) != FIELDS:
        message = f"figures.csv, line 1: the columns are {', '.join(head)}; write {', '.join(FIELDS)}"
        raise InvalidValueError(message)
    for cells in lines:
        # A line that is too short lacks fields, and is told so by their names.
        yield lines.line_num, dict(zip(FIELDS, [*cells, *[""] * len(FIELDS)], strict=False))


def _figure(cells: Mapping[str, str], sources: Mapping[str, Source], above: Mapping[str, Figure]) -> Figure:
    if missing := [name for name in FIELDS if not cells[name].strip() and name not in _OPTIONAL]:
        message = f"{cells['id'] or 'a figure'} has no {' and no '.join(missing)}"
        raise InvalidValueError(message)
    if cells["id"] in above:
        raise InvalidValueError(f"there is a figure {cells['id']!r} already; ids are used once")
    if cells["source"] not in sources:
        raise InvalidValueError(
            f"source is {cells['source']!r}; sources.toml has no [source.{cells['source']}]"
        )
    if (whole := cells["part_of"]) and whole not in above:
        raise InvalidValueError(f"part_of is {whole!r}, and no figure above has that id")
    return Figure(
        id=cells["id"],
        measure=_word(Measure, cells, "measure"),
        unit=_word(FigureUnit, cells, "unit"),
        value=_value(cells),
        qualifier=_word(Qualifier, cells, "qualifier"),
        part_of=above[whole] if whole else None,
        population=_word(Population, cells, "population"),
        territory=cells["territory"],
        span=Span(
            start=parse_day(cells["start"]),
            end=parse_day(cells["end"]),
            kind=_word(SpanKind, cells, "period"),
        ),
        counted_by=cells["counted_by"],
        source=sources[cells["source"]],
        verification=_word(FoundIn, cells, "verification"),
        contradicts=cells["contradicts"] or None,
        note=cells["note"],
        rule=cells["rule"],
    )


def _word(words: type[_W], cells: Mapping[str, str], name: str) -> _W:
    return member(words, cells[name], name)


def _value(cells: Mapping[str, str]) -> int | Fraction:
    kind, text = cells["kind"], cells["value"]
    if kind not in _VALUES:
        raise InvalidValueError(f"kind is {kind!r}; write count or share")
    try:
        return _VALUES[kind](text)
    except ValueError as error:
        example = "a whole number such as 1082" if kind == "count" else "a decimal such as 0.36"
        raise InvalidValueError(f"value is {text!r}; a {kind} is {example}") from error


def _unlike(figures: tuple[Figure, ...]) -> Iterator[str]:
    """Find what the lines say of each other and cannot be."""
    ids = {figure.id: figure for figure in figures}
    for figure in figures:
        if figure.contradicts is not None and figure.contradicts not in ids:
            yield f"{figure.id} contradicts {figure.contradicts!r}, and no figure has that id"
        if figure.part_of is not None:
            yield from _no_part(figure, figure.part_of)
    alike = sorted(figures, key=_thing)
    for one, other in pairwise(alike):
        if _thing(one) == _thing(other) and {one.contradicts, other.contradicts}.isdisjoint(
            {one.id, other.id}
        ):
            yield (
                f"{one.id} and {other.id} are figures of the same thing; leave one out, or let one"
                " contradict the other"
            )


def _no_part(figure: Figure, whole: Figure) -> Iterator[str]:
    """Tell why a figure cannot be the part that it says it is."""
    if figure.population is not whole.population:
        yield f"{figure.id} is part of {whole.id}, and of another population: {figure.population}"
    if figure.span != whole.span:
        yield f"{figure.id} is part of {whole.id}, and of another period: {figure.span}"
    if figure.unit is whole.unit and not (figure.is_share or whole.is_share):
        most = whole.range.upper
        if most is not None and figure.range.lower > most:
            yield f"{figure.id} is part of {whole.id}, and more than it"


def _thing(figure: Figure) -> tuple[str, ...]:
    whole = figure.part_of.id if figure.part_of is not None and figure.is_share else ""
    return (
        *(figure.measure, figure.unit, figure.population, figure.territory, whole),
        *(figure.span.kind, figure.span.start.isoformat(), figure.span.end.isoformat()),
    )
