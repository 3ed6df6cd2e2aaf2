"""The commands about profiles: write a first one, check one, give the schema of all."""

import json
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from tipline_outcomes._show import plain
from tipline_outcomes.cli.writing import must_be_new, must_take
from tipline_outcomes.cli.writing import write as write_file
from tipline_outcomes.errors import ProfileError, ProfileProblem
from tipline_outcomes.exchange import Profile, check_profile, draft_profile, profile_schema
from tipline_outcomes.exchange.extracts.notes import profile_notes, undecided

__all__ = ["app"]

app = App(name="profile", help="Describe an agency's own tables, so that they can be counted.")
"""The commands."""


@app.command
def init(
    files: Annotated[tuple[Path, ...], Parameter(consume_multiple=True, negative="")],
    /,
    *,
    write: Path | None = None,
) -> int:
    """Look at tables, and write a first profile of them, with what is to be decided as comments.

    For example: tipline-outcomes profile init intake.csv court.csv --write profile.toml

    Args:
        files: The tables; the one with one row a referral first.
        write: A new file to write the profile into, instead of showing it.
    """
    if write is not None:
        must_be_new(write)
        must_take(write)
    text = draft_profile(files)
    if write is None:
        print(text, end="")
    else:
        write_file(write, text)
        print(f"Written: {plain(str(write))}")
    return 0


@app.command
def check(profile: Path, folder: Path | None = None, /) -> int:
    """Check a profile, and the tables in a folder against it. Exit code 1 if something is wrong.

    Of what is not wrong and should be looked at, notes tell: what is not decided, not mapped, or refused.

    For example: tipline-outcomes profile check profile.toml extract

    Args:
        profile: The profile (TOML).
        folder: The folder of the tables; without it, only the profile itself is checked.
    """
    notes: tuple[ProfileProblem, ...] = ()
    left = 0
    try:
        known, problems = Profile.examine(profile)
        left = sum(1 for _ in undecided(known))
        if folder is not None:
            problems = (*problems, *check_profile(known, folder))
            notes = () if problems else profile_notes(known, folder)
    except ProfileError as error:
        problems = error.problems
    for problem in sorted((*problems, *notes), key=lambda each: each.line or 0):
        line = "" if problem.line is None else f":{problem.line}"
        told = ([problem.path] if problem.path else []) + [problem.message]
        print(plain(": ".join([f"{profile}{line}", *(["note"] if notes else []), *told])))
    if not problems:
        fits = (
            "; no table was looked at: give the folder too"
            if folder is None
            else f" and fits {plain(str(folder))}"
        )
        print(f"{plain(str(profile))} is sound{fits}{_open(left)}")
    return 1 if problems else 0


def _open(n: int) -> str:
    return "" if not n else "; 1 decision is open" if n == 1 else f"; {n} decisions are open"


@app.command
def schema() -> int:
    """Print the JSON Schema of profiles, by which editors complete and check them.

    For example: tipline-outcomes profile schema > profile.schema.json
    """
    print(json.dumps(profile_schema(), indent=2))
    return 0
