"""Holding the parts of a folder to each other: nobody lies in two of them.

Ledgers add up only if what they count is apart. So no part may have, or name, a referral that another part
has; nor may two have or link one report. All names of all parts are compared, a stretch of their hashes at a
time: memory is that of a stretch, however many names there are, and nothing that is shared can be missed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import narwhals.stable.v2 as nw

from tipline_outcomes._engine import Eager, Lazy, eager, lazy_file
from tipline_outcomes.errors import ExtractError
from tipline_outcomes.eventlog.log import EventLog
from tipline_outcomes.eventlog.names import DEFINED, REPORT, names_of

__all__ = ["hold_apart"]

_AT_ONCE: Final = 4_000_000
_HASHES: Final = 1 << 64


def hold_apart(
    parts: Mapping[str, Path], read: Callable[[str], EventLog], *, at_once: int = _AT_ONCE
) -> None:
    """Compare the names of parts.

    Args:
        parts: For each part the file of its names, ordered by hash.
        read: Gives the log of a part, for the names behind the hashes.
        at_once: About how many names are compared at a time.

    Raises:
        ExtractError: If one lies in two parts: naming it and them.
    """
    names = list(parts)
    files = [lazy_file(path).with_columns(part=nw.lit(n)) for n, path in enumerate(parts.values())]
    if len(files) in (0, 1):
        return
    rows = int(
        nw.concat([file.select(n=nw.len()) for file in files]).select(nw.col("n").sum()).collect().item()
    )
    stretches = -(-rows // at_once)
    for stretch in range(stretches):
        low, end = (_HASHES * n // stretches for n in (stretch, stretch + 1))
        shared = _shared(files, low, end - 1)
        for thing, name, where in _by_name(shared, names, read):
            places = f"{', '.join(where[:-1])} and {where[-1]}"
            message = (
                f"the {thing} {name!r} is in {places}; whatever is linked, a family and whom it names, must"
                " lie in one part: write it into one of them"
            )
            raise ExtractError(message)


def _shared(files: Sequence[Lazy], low: int, high: int) -> Eager:
    """Give the rows of a stretch whose hash lies in several parts, one of which has the referral."""
    here = nw.col("hash").is_between(nw.lit(low, nw.UInt64), nw.lit(high, nw.UInt64))
    stretch = nw.concat([file.filter(here) for file in files]).with_columns(report=nw.col("what") == REPORT)
    shared = (
        stretch.group_by("hash", "report")
        .agg(parts=nw.len(), least=nw.col("what").min())
        .filter((nw.col("parts") > 1) & (nw.col("report") | (nw.col("least") == DEFINED)))
    )
    return stretch.join(shared.select("hash", "report"), on=["hash", "report"], how="semi").collect()


def _by_name(
    shared: Eager, parts: Sequence[str], read: Callable[[str], EventLog]
) -> Iterator[tuple[str, str, list[str]]]:
    """Look names up that share a hash, the least first, and give those that are equal."""
    if shared.is_empty():
        return
    found: dict[tuple[bool, str], list[tuple[str, int]]] = {}
    hashes = shared.select("hash").unique()
    for n in sorted(map(int, shared["part"].unique().to_list())):
        log = read(parts[n])
        # By the hash alone: what is only mentioned can stand behind the hash of one that the part has.
        names = eager(names_of(log.tables, log.canonical)).join(hashes, on="hash", how="semi")
        for name, what in names.select("name", "what").sort("name").iter_rows():
            found.setdefault((what == REPORT, name), []).append((parts[n], what))
    for (report, name), places in sorted(found.items()):
        if len(places) > 1 and (report or any(what == DEFINED for _, what in places)):
            yield "report" if report else "referral", name, [part for part, _ in places]
