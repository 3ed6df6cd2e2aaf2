"""Where in the text of a TOML file something stands. tomllib reads the values, and tells no positions.

A statement ends at the first line at which it can be read by itself, because only a list or a text of
several lines leaves it unfinished. So tomllib, given one statement after the other, finds them all.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Final, cast

__all__ = ["Path", "line_of", "located_error", "shown_path", "statement_lines"]

Path = tuple[str | int, ...]
"""Where something stands in a document: the names of keys, and positions in lists, from 1 as lines are."""

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_AT_LINE: Final = re.compile(r"\(at line (\d+), column \d+\)")


def shown_path(path: Path) -> str:
    """Write a path as TOML would write it, with positions in brackets.

    >>> shown_path(("event", 1, "code")), shown_path(("codes", "status", "Not Charged"))
    ('event[1].code', 'codes.status."Not Charged"')
    """
    return "".join(map(_shown_step, path)).removeprefix(".")


def statement_lines(text: str) -> Mapping[Path, int]:
    r"""Find for everything in a TOML document the line at which the statement begins that says it first.

    Args:
        text: A document that tomllib can read.

    Returns:
        Lines, from 1, by path.

    >>> statement_lines("[dates]\nformats = [\n  '%Y',\n]")  # doctest: +NORMALIZE_WHITESPACE
    {(): 1, ('dates',): 1, ('dates', 'formats'): 2, ('dates', 'formats', 1): 2}
    """
    found: dict[Path, int] = {(): 1}
    opened: dict[Path, int] = {}
    table: Path = ()
    for line, is_header, said in _statements(text):
        if is_header:
            table = _opened_by(said, opened)
        below = ((*table, *path) for path in _paths({} if is_header else said))
        for path in (*(table[:length] for length in range(len(table) + 1)), *below):
            found.setdefault(path, line)
    return found


def line_of(path: Path, lines: Mapping[Path, int]) -> int:
    """Give the line of a path; of what is missing, the line of the table that lacks it.

    >>> line_of(("dates", "earliest"), {(): 1, ("dates",): 4})
    4
    """
    return next(lines[path[:length]] for length in range(len(path), -1, -1) if path[:length] in lines)


def located_error(error: ValueError, text: str) -> tuple[int, str]:
    """Give the line at which tomllib stopped, or the last one where it ran out of text; and what it said.

    >>> try:
    ...     _ = tomllib.loads("version = tips")
    ... except ValueError as error:
    ...     located_error(error, "version = tips")
    (1, 'Invalid value')
    """
    at = _AT_LINE.search(str(error))
    return int(at[1]) if at else text.count("\n") + 1, _AT_LINE.sub("", str(error)).rstrip()


def _statements(text: str) -> Iterator[tuple[int, bool, dict[str, object]]]:
    begun: list[str] = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        bare = line.strip()
        if not begun and (not bare or bare.startswith("#")):
            continue
        begun.append(line)
        try:
            said = tomllib.loads("\n".join(begun))
        except tomllib.TOMLDecodeError:
            continue
        yield number - len(begun) + 1, begun[0].lstrip().startswith("["), said
        begun = []


def _opened_by(header: dict[str, object], opened: dict[Path, int]) -> Path:
    """Follow a header to its table; *opened* counts the tables of every list so far."""
    steps: list[str | int] = []
    while header:
        key, inside = next(iter(header.items()))
        steps.append(key)
        path = tuple(steps)
        if isinstance(inside, list):
            opened[path] = opened.get(path, 0) + 1
        if path in opened:
            steps.append(opened[path])
        header = cast("dict[str, object]", inside) if isinstance(inside, dict) else {}
    return tuple(steps)


def _paths(value: object) -> Iterator[Path]:
    steps: Iterator[tuple[str | int, object]] = iter(())
    if isinstance(value, dict):
        steps = iter(cast("dict[str | int, object]", value).items())
    elif isinstance(value, list):
        steps = enumerate(cast("list[object]", value), start=1)
    for step, inside in steps:
        yield (step,)
        yield from ((step, *path) for path in _paths(inside))


def _shown_step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step if _BARE.fullmatch(step) else json.dumps(step, ensure_ascii=False)}"
