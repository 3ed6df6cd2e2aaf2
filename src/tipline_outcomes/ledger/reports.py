"""From referrals to reports: a report stands where all the families that it is part of stand together.

A report can be part of several referrals, and a referral can consist of several reports. So a case of which
five hundred reports tell is five hundred reports that were charged, and one family: to count reports is never
to count charges. The incidents that are bundled into a report are a dimension of it, and multiply nothing.
"""

from collections.abc import Sequence

import narwhals.stable.v2 as nw

from tipline_outcomes._engine import Eager, eager, frame_of
from tipline_outcomes.errors import LedgerMismatchError
from tipline_outcomes.eventlog import LINK_COLUMNS, REPORT_COLUMNS, EventLog
from tipline_outcomes.eventlog.canonical import dimension
from tipline_outcomes.ledger import words
from tipline_outcomes.ledger.clocks import marks_of
from tipline_outcomes.ledger.placing import Placed
from tipline_outcomes.ledger.spec import Unit
from tipline_outcomes.ledger.states import changes_of
from tipline_outcomes.ledger.units import Counted, contributions, measures_of, units_of
from tipline_outcomes.model import Place

__all__ = ["REPORT_DIMENSIONS", "reports_of"]

REPORT_DIMENSIONS: Sequence[str] = tuple(
    name for name in REPORT_COLUMNS if name not in ("report_id", "received_on")
)
"""The columns of the report table that can be grouped by."""


def reports_of(log: EventLog, standing: Placed[Eager], *, day: int) -> Counted[Eager]:
    """Count the reports that are part of a referral received by the day.

    Raises:
        LedgerMismatchError: If the log does not say which reports are part of which referral.
    """
    if log.links is None:
        message = "the log has no links between reports and referrals, so that no report can be counted"
        raise LedgerMismatchError(message)
    links = eager(log.links).select(*LINK_COLUMNS)
    ids = log.canonical.referrals.select("referral_id", "rid")
    parts = links.join(ids, on="referral_id", how="left").drop("referral_id")
    parts = parts.join(standing.referrals.select("rid", "root", "first_day"), on="rid", how="left")
    received = parts.filter(~nw.col("root").is_null())
    reports = received.select("report_id").unique().sort("report_id").with_row_index("unit")
    reports = reports.with_columns(nw.col("unit").cast(nw.Int64))
    received = received.join(reports, on="report_id", how="inner")
    missing = parts.filter(nw.col("rid").is_null()).join(reports, on="report_id", how="semi")

    families = contributions(standing.referrals, Unit.FAMILY, day).drop("unit")
    of_families = received.select("unit", "root").unique()
    members = families.join(of_families, on="root", how="inner")
    unseen = _unseen(missing.select("report_id").unique().join(reports, on="report_id", how="inner"), members)
    members = nw.concat([members, unseen], how="vertical")
    units = units_of(members, _begun(received))
    changes = log.canonical.transitions.changes.filter(nw.col("day") <= day)
    return Counted(
        received=reports.select("unit"),
        units=units,
        changes=changes_of(units, members, changes, transfers_end=False),
        marks=marks_of(standing.rows, members),
        measures=measures_of(standing, members),
        dimensions=_dimensions(log, reports),
    )


def _begun(received: Eager) -> Eager:
    """Start the clock when the first referral was made available; if a day is missing, nobody knows."""
    known = received.with_columns(silent=nw.col("first_day").is_null().cast(nw.Int64))
    days = known.group_by("unit").agg(nw.col("first_day").min(), nw.col("silent").max())
    return days.select("unit", day0=nw.when(nw.col("silent") == 0).then(nw.col("first_day")))


def _unseen(reports: Eager, members: Eager) -> Eager:
    """Let a referral that is not in the data say what nobody knows: it may have been charged."""
    says = {
        "place": words.PLACES[Place.UNKNOWN.value],
        "reason": words.REASONS[words.REFERRAL_MISSING],
        "open": words.UNWATCHED,
        **dict.fromkeys(("stage", "peak", "stated", "levels"), 0),
        **dict.fromkeys(("undated", "late", "lossy", "came_in", "incomplete"), False),
    }
    return reports.select(
        *(
            nw.col(name) if name == "unit" else nw.lit(says.get(name), dtype=kind).alias(name)
            for name, kind in members.schema.items()
        )
    )


def _dimensions(log: EventLog, reports: Eager) -> Eager:
    """Give the report table as text; where it lacks a report, null; of two rows the least counts."""
    told = eager(frame_of((), dict.fromkeys(REPORT_COLUMNS, str)) if log.reports is None else log.reports)
    texts = {dimension(name): nw.col(name).cast(nw.String).min() for name in REPORT_DIMENSIONS}
    return reports.join(told.group_by("report_id").agg(**texts), on="report_id", how="left").drop("report_id")
