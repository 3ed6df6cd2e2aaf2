"""A profile against the files that it was written for: are they there, with the columns that it names?"""

from os import PathLike
from pathlib import Path as Folder

from tipline_outcomes.errors import ExtractError, ProfileProblem
from tipline_outcomes.exchange.extracts.files import column_names
from tipline_outcomes.exchange.extracts.profile import EventMap, Profile, ReferralMap
from tipline_outcomes.exchange.extracts.shape import ask_for
from tipline_outcomes.exchange.extracts.text_file import other_separator
from tipline_outcomes.exchange.extracts.toml_lines import Path

__all__ = ["check_profile"]


def check_profile(profile: Profile, folder: str | PathLike[str]) -> tuple[ProfileProblem, ...]:
    r"""Tell which files and columns that a profile names are not in a folder. No row is read.

    Args:
        profile: The profile.
        folder: The folder that the extract's files stand in.

    Returns:
        The problems, in the order of the profile's lines, each with the ask_for name that is there; empty if
        everything is there.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> profile = Profile.loads('''
    ... version = 1
    ... [referral]
    ... table = "intake.csv"
    ... id = "tip_no"
    ... received_on = "received"
    ... constants = { territory = "US-IL", level = "local" }
    ... ''')
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "intake.csv").write_text("tip_nr,received\n1,2024-01-05\n")
    ...     for problem in check_profile(profile, folder):
    ...         print(problem)
    line 5, referral.id: 'intake.csv' has no column 'tip_no'; did you mean 'tip_nr'?
    """
    uses: list[tuple[Path, ReferralMap | EventMap]] = [(("referral",), profile.referral)]
    uses += [(("event", number), event) for number, event in enumerate(profile.event, start=1)]
    there: dict[str, tuple[str, ...] | ExtractError] = {}
    found: list[tuple[Path, str]] = []
    for path, use in uses:
        if not use.table:
            continue
        if use.table not in there:
            there[use.table] = _columns(profile, Folder(folder), use.table)
        names = there[use.table]
        if isinstance(names, ExtractError):
            found.append(((*path, "table"), str(names)))
            continue
        for place, columns in use.sources:
            for number, column in enumerate(columns, start=1):
                if column not in names:
                    ask = ask_for(column, names) or f"it has {', '.join(names)}"
                    at = (*path, *place) if len(columns) == 1 else (*path, *place, number)
                    hint = other_separator(use.table, names)
                    found.append((at, f"{use.table!r} has no column {column!r}; {ask}{hint}"))
    return profile.problems(found)


def _columns(profile: Profile, folder: Folder, table: str) -> tuple[str, ...] | ExtractError:
    try:
        return column_names(folder, table, profile.form(table))
    except ExtractError as error:
        return error
