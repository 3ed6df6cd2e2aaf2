"""Which referrals and reports a log is about, as numbers: to tell whether two logs are about the same ones.

A name stands as a hash of 64 bits, which takes a third of the room, and sorts. Two names can share one; so
what is found by hash is looked up by name before anybody is told.
"""

from typing import Final

import narwhals.stable.v2 as nw

from tipline_outcomes._engine import Eager, Frame, eager, frame_of, hashed
from tipline_outcomes.eventlog.objects import Tables

__all__ = ["DEFINED", "MENTIONED", "REPORT", "hashes_of", "names_of"]

DEFINED: Final = 0
"""A referral of the log."""
MENTIONED: Final = 1
"""A referral that the log names, as a parent, a survivor or in any other way, and does not have."""
REPORT: Final = 2
"""A report, whether the log has it or only links it."""


def names_of(log: Tables) -> Frame:
    """Give all names of a log, each once: ``name``, ``what`` (as above) and ``hash``; ordered by hash."""
    referrals, events = eager(log.referrals), eager(log.events)
    live = events.filter(nw.col("superseded_on").is_null())
    defined = _named(referrals, "referral_id").unique()
    mentioned = [_named(referrals, "parent_id"), _named(live, "other_id"), _named(live, "referral_id")]
    reports = [eager(frame_of((), {"name": str}))]
    if log.reports is not None:
        reports.append(_named(eager(log.reports), "report_id"))
    if log.links is not None:
        reports.append(_named(eager(log.links), "report_id"))
        mentioned.append(_named(eager(log.links), "referral_id"))
    elsewhere = nw.concat([rows.unique() for rows in mentioned]).unique().join(defined, on="name", how="anti")
    kinds = {DEFINED: defined, MENTIONED: elsewhere, REPORT: nw.concat(reports).unique()}
    names = nw.concat([rows.with_columns(what=nw.lit(what, nw.Int8)) for what, rows in kinds.items()])
    return names.with_columns(hash=hashed(names["name"])).sort("hash", "what", "name").to_polars()


def hashes_of(log: Tables) -> Frame:
    """Give the hashes of all names of a log, in their order: ``hash`` and ``what``."""
    return names_of(log).select("hash", "what")


def _named(rows: Eager, column: str) -> Eager:
    return rows.select(name=column).filter(~nw.col("name").is_null())
