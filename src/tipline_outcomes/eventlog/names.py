"""Which referrals and reports a log is about, as numbers: to tell whether two logs are about the same ones.

A name stands as a hash of 64 bits, which takes a third of the room, and sorts. Two names can share one; so
what is found by hash is looked up by name before anybody is told.
"""

from typing import Final

import narwhals.stable.v2 as nw

from tipline_outcomes._engine import Eager, Frame, eager, hashed
from tipline_outcomes.eventlog.canonical import Canonical
from tipline_outcomes.eventlog.objects import Tables
from tipline_outcomes.model import Rule

__all__ = ["DEFINED", "MENTIONED", "REPORT", "hashes_of", "names_of"]

DEFINED: Final = 0
"""A referral of the log."""
MENTIONED: Final = 1
"""A referral that the log names, as a parent, a survivor or in any other way, and does not have."""
REPORT: Final = 2
"""A report, whether the log has it or only links it."""


def names_of(tables: Tables, canon: Canonical) -> Frame:
    """Give all names of a log, each once: ``name``, ``what`` (as above) and ``hash``."""
    said = nw.concat(_said(tables, canon)).with_columns(report=nw.col("what") == REPORT)
    # Of what is said of one name, that it is the log's own is the least.
    said = said.group_by("name", "report").agg(nw.col("what").min()).drop("report")
    return said.with_columns(hash=hashed(said["name"])).to_polars()


def hashes_of(tables: Tables, canon: Canonical) -> Frame:
    """Give the hashes of all names of a log, in their order: ``hash`` and ``what``.

    A referral that is mentioned is left out where the log has one of that hash: who looks for it finds that
    one, and looks both up by name.
    """
    defined, *others = (
        rows.select("what", hash=hashed(rows["name"])).unique() for rows in _said(tables, canon)
    )
    rest = nw.concat(others).unique()
    known = defined.select("hash", known=nw.lit(value=True))
    rest = rest.join(known, on="hash", how="left")
    rest = rest.filter((nw.col("what") == REPORT) | nw.col("known").is_null()).drop("known")
    return nw.concat([defined, rest]).select("hash", "what").sort("hash", "what").to_polars()


def _said(tables: Tables, canon: Canonical) -> list[Eager]:
    """Give ``what`` and ``name`` of whatever is named, those that are the log's own referrals first."""
    events = eager(tables.events)
    others = events.filter(nw.col("superseded_on").is_null() & ~nw.col("other_id").is_null())
    orphans = canon.violations.filter(nw.col("rule") == Rule.EVENT_WITHOUT_REFERRAL.value)
    referrals = eager(tables.referrals)
    said = [
        _named(referrals, "referral_id", DEFINED),
        _named(referrals, "parent_id", MENTIONED),
        _named(others, "other_id", MENTIONED),
        _named(orphans, "referral_id", MENTIONED),
    ]
    if tables.reports is not None:
        said.append(_named(eager(tables.reports), "report_id", REPORT))
    if tables.links is not None:
        links = eager(tables.links)
        said += [_named(links, "report_id", REPORT), _named(links, "referral_id", MENTIONED)]
    return said


def _named(rows: Eager, column: str, what: int) -> Eager:
    named = rows.select(what=nw.lit(what, nw.Int8), name=column)
    return named.filter(~nw.col("name").is_null())
