"""What to look at before counting by a profile: it is sound and fits, and may still leave much open."""

import re
from collections.abc import Iterator
from os import PathLike
from pathlib import Path as Folder
from typing import Final

import narwhals.stable.v2 as nw

from tipline_outcomes._engine import eager
from tipline_outcomes._show import count
from tipline_outcomes.errors import ProfileProblem
from tipline_outcomes.exchange.extracts.extract import Extract, read_extract
from tipline_outcomes.exchange.extracts.files import read_rows
from tipline_outcomes.exchange.extracts.profile import Profile
from tipline_outcomes.exchange.extracts.toml_lines import Path

__all__ = ["profile_notes", "undecided"]

_SHOWN: Final = 5
_UNDECIDED: Final = re.compile("# DECIDE")


def profile_notes(profile: Profile, folder: str | PathLike[str]) -> tuple[ProfileProblem, ...]:
    r"""Read an extract, and tell what its profile leaves open. Nothing of it keeps anybody from counting.

    Args:
        profile: The profile.
        folder: The folder that the extract's files stand in.

    Returns:
        What is not decided, not mapped, never met or refused, in the order of the profile's lines.

    Raises:
        ExtractError: As `read_extract` does.

    >>> from tempfile import TemporaryDirectory
    >>> profile = Profile.loads('''
    ... version = 1
    ... [referral]
    ... table = "intake.csv"
    ... id = "no"
    ... received_on = "day"
    ... constants = { territory = "US-IL", level = "local" }
    ... ''')
    >>> with TemporaryDirectory() as folder:
    ...     _ = Folder(folder, "intake.csv").write_text("no,day\n1,2024-01-05\n2,soon\n")
    ...     for note in profile_notes(profile, folder):
    ...         print(note)
    line 3, referral: of 2 rows of intake.csv, refused: 1 unreadable_date
    line 3, referral.observed_through: is not given: nobody reports back, and what has not ended is unknown
    """
    extract = read_extract(Folder(folder), profile)
    found = [
        *_refused(extract),
        *_watched(profile),
        *_unmapped(extract),
        *_never_met(profile, Folder(folder)),
    ]
    return tuple(sorted([*undecided(profile), *profile.problems(found)], key=lambda note: note.line or 0))


def undecided(profile: Profile) -> Iterator[ProfileProblem]:
    r"""Tell the lines that a draft left to be decided, and that still say so.

    >>> draft = '[referral]\ntable = "a.csv"\nid = "no" # DECIDE\nreceived_on = "day"\n'
    >>> rest = 'constants = { territory = "US-IL", level = "local" }'
    >>> [problem.line for problem in undecided(Profile.loads(f"version = 1\n{draft}{rest}"))]
    [4]
    """
    for number, line in enumerate((profile.text or "").splitlines(), start=1):
        if _UNDECIDED.search(line):
            yield ProfileProblem(line=number, path="", message="still says DECIDE")


def _refused(extract: Extract) -> Iterator[tuple[Path, str]]:
    for number, use in enumerate(extract.summary.uses):
        if use.refused:
            rules = ", ".join(f"{count(n)} {rule}" for rule, n in use.refused.items())
            place: Path = ("event", number) if number else ("referral",)
            yield place, f"of {count(use.rows)} rows of {use.table}, refused: {rules}"


def _watched(profile: Profile) -> Iterator[tuple[Path, str]]:
    if not profile.referral.observed_through:
        message = "is not given: nobody reports back, and what has not ended is unknown"
        yield ("referral", "observed_through"), message


def _unmapped(extract: Extract) -> Iterator[tuple[Path, str]]:
    """Tell the codes that no map has, the most frequent first."""
    by_map: dict[str, list[str]] = {}
    names = {(table, column): name for name, table, column in _maps(extract.profile)}
    for table, column, code, rows in extract.unmapped.iter_rows():
        by_map.setdefault(names.get((table, column), str(column)), []).append(f"{code!r} {count(rows)}")
    dimensions = {column for _, columns in extract.profile.referral.dimensions for column in columns}
    coded = {
        name for event in extract.profile.event for column in event.code for name in event.codes_of(column)
    }
    for name, codes in by_map.items():
        more = f" and {len(codes) - _SHOWN} more" if len(codes) > _SHOWN else ""
        kept = "; kept as written" if name in dimensions - coded else ""
        yield ("codes", name), f"does not map {', '.join(codes[:_SHOWN])}{more}{kept}"


def _never_met(profile: Profile, folder: Folder) -> Iterator[tuple[Path, str]]:
    """Tell the codes of a map that no row has."""
    met: dict[str, set[str]] = {}
    for name, table, column in _maps(profile):
        rows = eager(read_rows(folder, table, profile.form(table), [column]).frame)
        met.setdefault(name, {""}).update(rows[column].cast(nw.String).drop_nulls().unique().to_list())
    for name, codes in met.items():
        for code in profile.codes[name]:
            if code not in codes:
                yield ("codes", name, code), "no row has this code"


def _maps(profile: Profile) -> Iterator[tuple[str, str, str]]:
    """List which map of codes is used for which table and column."""
    for event in profile.event:
        for column in event.code:
            own = (name for name in event.codes_of(column) if name in profile.codes)
            yield from ((name, event.table, column) for name in own)
        yield from ((column, event.table, column) for column in event.level if profile.values(column))
    referral = profile.referral
    yield from ((column, referral.table, column) for column in referral.translated if profile.values(column))
