"""What comes in: tips with their reports, and the referrals that are made of them."""

from typing import Final

import narwhals.stable.v2 as nw
from attrs import frozen

from tipline_outcomes._engine import Eager, looked_up
from tipline_outcomes.model import Classification, SourceKind
from tipline_outcomes.synthetic.chance import PER_MILLE
from tipline_outcomes.synthetic.parameters import Parameters
from tipline_outcomes.synthetic.year.agencies import Agencies
from tipline_outcomes.synthetic.year.draws import below, days, drawn, happens, keyed, picked

__all__ = ["Tips", "tips_of"]

_BUNDLED: Final = 4  # the median of what is bundled beyond two incidents


@frozen
class Tips:
    """What came in.

    Attributes:
        roots: Referrals made available, one row each: ``rid`` (from 0), ``root`` (the same), ``number`` (in
            the whole year), ``key``, ``tip`` (the ``number`` of its first referral), ``agency``, ``day``,
            ``thin``, ``source``, ``incident_type``, ``classification``.
        reports: One row a report: ``tip``, ``nth`` (0 for the first; null if made available to nobody),
            ``day``, ``provider``, ``kind``, ``classification``, ``incident_type``, ``agency`` (whose place it
            was resolved to, or null), ``incident_count``, ``escalated``.
    """

    roots: Eager
    reports: Eager


def tips_of(numbers: Eager, agencies: Agencies, parameters: Parameters, first_day: int) -> Tips:
    """Draw what comes in.

    Args:
        numbers: ``number``: those of the referrals, without a gap, from an even one.
        agencies: The agencies.
        parameters: What may come in.
        first_day: The first day, since 1970-01-01.
    """
    p = parameters
    span = (p.last_received - p.first_received).days + 1
    rows = numbers.with_columns(key=keyed(numbers["number"], "referral", p.seed))
    # Of two neighbours the second may be of the same tip; drawn so that the share of tips is right.
    second = (nw.col("number") % 2 == 1) & happens(
        drawn(rows, "second recipient"), 2 * p.second_recipient, of=PER_MILLE + p.second_recipient
    )
    rows = rows.with_columns(second=second)
    rows = rows.with_columns(tip=nw.when("second").then(nw.col("number") - 1).otherwise(nw.col("number")))
    rows = rows.with_columns(
        rid=nw.col("number") - int(rows["number"].min() or 0), tip_key=keyed(rows["tip"], "tip", p.seed)
    )
    # Tips come in evenly, each within its own stretch of the year: in the order of their numbers.
    stretch = nw.col("tip") * span * _FINE + below(drawn(rows, "day", key="tip_key"), span * _FINE)
    rows = rows.with_columns(day=first_day + stretch // (p.referrals * _FINE))
    rows = agencies.chosen(rows, drawn(rows, "agency", key="tip_key")).sort("rid")
    seconds = rows.filter("second")
    if not seconds.is_empty():
        seconds = agencies.others(seconds, drawn(seconds, "second agency"))
        rows = nw.concat([rows.filter(~nw.col("second")), seconds.select(*rows.columns)]).sort("rid")
    providers = range(len(p.providers))
    thin = {n: provider.informational for n, provider in enumerate(p.providers)}
    rows = rows.with_columns(
        provider=picked(drawn(rows, "provider", key="tip_key"), [x.weight for x in p.providers]),
        incident_type=picked(
            drawn(rows, "incident", key="tip_key"), [weight for _, weight in p.incident_types]
        ),
    ).with_columns(thin=happens(drawn(rows, "thin", key="tip_key"), looked_up(nw.col("provider"), thin)))
    kinds = {n: kind.value for n, (kind, _) in enumerate(p.incident_types)}
    sources = {n: p.providers[n].name or SourceKind.PUBLIC.value for n in providers}
    informational, referral = Classification.INFORMATIONAL.value, Classification.REFERRAL.value
    rows = rows.with_columns(
        source=looked_up(nw.col("provider"), sources),
        incident_type=looked_up(nw.col("incident_type"), kinds),
        classification=nw.when("thin").then(nw.lit(informational)).otherwise(nw.lit(referral)),
    )
    roots = rows.select(
        *("rid", "number", "key", "tip", "agency", "day", "thin"),
        *("source", "incident_type", "classification"),
        root="rid",
    )
    return Tips(roots, _reports(rows.filter(~nw.col("second")), parameters))


_FINE: Final = 1 << 10  # steps within a tip's stretch of the year


def _reports(tips: Eager, p: Parameters) -> Eager:
    bundling = {n: provider.bundling for n, provider in enumerate(p.providers)}
    names = {n: x.name for n, x in enumerate(p.providers) if x.name is not None} or {-1: ""}
    number = nw.when(happens(drawn(tips, "several", key="tip_key"), p.several_reports)).then(
        2 + below(drawn(tips, "how many", key="tip_key"), 2)
    )
    tips = tips.with_columns(reports=number.otherwise(nw.lit(1)), key=keyed(tips["tip_key"], "report"))
    alone = tips.filter(happens(drawn(tips, "unreferred"), p.unreferred))
    alone = alone.with_columns(
        key=keyed(alone["key"], "unreferred report"),
        agency=nw.lit(None, dtype=nw.Int64),
        classification=nw.lit(Classification.UNCLASSIFIED.value),
        incident_type=looked_up(
            picked(drawn(alone, "unreferred incident"), [weight for _, weight in p.incident_types]),
            {n: kind.value for n, (kind, _) in enumerate(p.incident_types)},
        ),
        provider=picked(drawn(alone, "unreferred provider"), [x.weight for x in p.providers]),
        nth=nw.lit(None, dtype=nw.Int64),
    )
    firsts = (
        tips.filter(nw.col("reports") > n).with_columns(nth=nw.lit(n, dtype=nw.Int64)) for n in range(3)
    )
    kept = ("tip", "nth", "key", "day", "provider", "classification", "incident_type", "agency")
    reports = nw.concat([rows.select(*kept) for rows in (*firsts, alone)])
    # What a report bundles, the first of a tip does; those that supplement it tell of the same.
    bundled = happens(drawn(reports, "bundled"), looked_up(nw.col("provider"), bundling))
    first = (nw.col("nth").fill_null(0) == 0) & bundled
    return reports.with_columns(
        incident_count=nw.when(first)
        .then(2 + days(drawn(reports, "incidents"), _BUNDLED))
        .otherwise(nw.lit(1)),
        escalated=happens(drawn(reports, "escalated"), p.escalated),
        kind=nw.when(nw.col("provider").is_in(list(names)))
        .then(nw.lit(SourceKind.PROVIDER.value))
        .otherwise(nw.lit(SourceKind.PUBLIC.value)),
        provider=looked_up(nw.col("provider"), names),
    ).sort("tip", "nth", nulls_last=True)
