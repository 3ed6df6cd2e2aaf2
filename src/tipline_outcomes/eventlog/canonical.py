"""A log in canonical form: rows numbered and coded, rules of form and links checked, transitions made. Once.

Everything here is a property of the records as they are, whatever the date of a count.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Final

import narwhals.stable.v2 as nw
from attrs import field, frozen

from tipline_outcomes._engine import Eager, Frame, among, eager, looked_up, marked, spread
from tipline_outcomes.eventlog import codes, findings
from tipline_outcomes.eventlog.columns import NO_DIMENSIONS, REFERRAL_COLUMNS
from tipline_outcomes.eventlog.links import ends_of
from tipline_outcomes.eventlog.order import in_order
from tipline_outcomes.eventlog.told import Told, in_words
from tipline_outcomes.eventlog.transitions import Transitions, coded, transitions_of
from tipline_outcomes.model import Action, Breach, Closed, Rule

__all__ = ["RANK", "Canonical", "canonical", "dimension", "rooted", "survivor_cycles"]

RANK: Final = {rule.value: rank for rank, rule in enumerate(Rule)}
_FORM: Final = tuple(
    rule.value
    for rule in (
        Rule.DUPLICATE_REFERRAL,
        Rule.DUPLICATE_SEQ,
        Rule.NO_EVENTS,
        Rule.DATE_MISSING,
        Rule.UNKNOWN_WORD,
        Rule.EVENT_MISFIT,
    )
)
_CLOSE: Final = codes.ACTIONS[Action.CLOSE.value]
_TRANSFER: Final = codes.ACTIONS[Action.TRANSFER.value]
_AGAIN: Final = (
    ((nw.col("rid") == nw.col("rid").shift(1)) & (nw.col("seq") == nw.col("seq").shift(1)))
    .fill_null(value=False)
    .alias("again")
)


def dimension(name: str) -> str:
    """Name a user's column inside, where it must not meet ours."""
    return f"by {name}"


@frozen
class Canonical:
    """What is known of a log before any date of count.

    Attributes:
        referrals: One row a referral: ``rid`` (row number), ``referral_id``, ``parent_id``, ``incomplete``,
            ``begin``, ``watch`` and ``first_day`` (days since 1970-01-01, or null: watched from and through,
            and received; nobody watches what is incomplete),
            ``parent`` and ``root`` (row numbers), ``came_in`` (the root has a parent, which is not in the
            data), ``aside`` (the rule that sets it aside, or null), ``undated``.
        dimensions: ``rid`` and the columns to group by, under `dimension` names: whatever a user calls a
            column, it is never taken for one of ours.
        placed: Its live events, coded, with ``rid``, ordered by ``rid`` and ``seq``; or a way to get them.
        transitions: The transition log of the events of referrals without a breach of form.
        survivors: ``rid`` and ``other_id`` (null: not named) of those, without a breach of form, whose last
            such closure says that another carries on what they were.
        violations: Every violation: ``rid``, ``referral_id``, ``seq``, ``rule``, ``detail``; in order.
    """

    referrals: Eager
    dimensions: Eager
    _placed: Eager | Callable[[], Eager] = field(alias="placed")
    transitions: Transitions
    survivors: Eager
    violations: Eager

    @cached_property
    def placed(self) -> Eager:
        """The live events; of a saved log they are read when first needed."""
        return self._placed() if callable(self._placed) else self._placed


def canonical(
    events: Frame | Told, referrals: Frame, *, reports: Frame | None, links: Frame | None
) -> Canonical:
    """Bring a log into canonical form. The frames are in form, see `tipline_outcomes.eventlog.form`.

    Whoever gives events in codes vouches for the ids of the referrals: each occurs once.
    """
    table, doubled = _numbered(eager(referrals), unique=isinstance(events, Told))
    units = table.select(
        *("rid", "referral_id", "parent_id", "incomplete"),
        begin=nw.col("observed_from").cast(nw.Int32),
        watch=nw.when(~nw.col("incomplete")).then(nw.col("observed_through").cast(nw.Int32)),
    )
    if isinstance(events, Told):
        placed, told = events.live, None
        orphans = placed.head(0).with_columns(referral_id=nw.lit("", dtype=nw.String))
    else:
        told = eager(events).with_row_index("row")
        placed, orphans = _placed(told, units)
    begins = placed.select("rid", first_day="day")
    begins = begins.filter((nw.col("rid") != nw.col("rid").shift(1)).fill_null(value=True))
    units = units.with_columns(first_day=spread(begins["rid"], begins["first_day"], len(units)))
    without = units.select("rid", "referral_id").filter(~marked(begins["rid"], len(units)))
    form = _concat(
        [
            doubled,
            _about(units.filter("incomplete"), Rule.INCOMPLETE),
            _jurisdictions(eager(referrals), units),
            _about(orphans, Rule.EVENT_WITHOUT_REFERRAL),
            _about(without, Rule.NO_EVENTS),
            *_form(placed, units, told),
        ]
    )
    ill_formed = form.filter(nw.col("rule").is_in(_FORM)).select("rid").unique()
    well_formed = placed.filter(~among("rid", ill_formed["rid"]))
    transitions = transitions_of(well_formed)

    closed = (nw.col("action") == _CLOSE) & (nw.col("kind") == codes.KINDS[Closed.kind])
    closures = well_formed.filter(closed & nw.col("reason").is_in(codes.SURVIVED))
    survivors = closures.unique(subset=["rid"], keep="last", order_by="seq").select("rid", "other_id")
    units, circling = rooted(units)
    linked = _concat(
        [
            circling,
            survivor_cycles(units, survivors),
            _children_without_parents(units, placed),
            _children_before_parents(units),
            *(
                []
                if reports is None or links is None
                else [_reports_missing(units, eager(reports), eager(links))]
            ),
        ]
    ).join(ill_formed, on="rid", how="anti")
    violations = _concat([form, _path(transitions.rows, well_formed, units), linked])
    violations = violations.with_columns(
        rank=nw.col("rule").replace_strict(list(RANK), list(RANK.values()), return_dtype=nw.Int32)
    ).sort("rid", "seq", "rank", "referral_id", "detail", nulls_last=True)
    return Canonical(
        referrals=_marked(units, violations),
        dimensions=table.select(
            "rid",
            *(nw.col(name).alias(dimension(name)) for name in REFERRAL_COLUMNS if name not in NO_DIMENSIONS),
            *(name for name in table.columns if name.startswith(dimension(""))),
        ),
        placed=placed,
        transitions=transitions,
        survivors=survivors,
        violations=violations.drop("rank"),
    )


def _concat(frames: list[Eager]) -> Eager:
    return nw.concat(frames, how="vertical")


def _about(rows: Eager, rule: Rule, detail: nw.Expr | None = None) -> Eager:
    """Turn rows into violations of a rule; those without a ``seq`` are about the referral as a whole."""
    seq = nw.col("seq").cast(nw.Int64) if "seq" in rows.columns else nw.lit(None, dtype=nw.Int64)
    return rows.select(
        nw.col("rid").cast(nw.Int64),
        "referral_id",
        seq=seq,
        rule=nw.lit(rule.value),
        detail=nw.lit("") if detail is None else detail,
    )


def _numbered(referrals: Eager, *, unique: bool) -> tuple[Eager, Eager]:
    """Number the referrals; of rows that share an id, keep the least value of each column as one row.

    If one of them is incomplete, the referral is.
    """
    others = {name: dimension(name) for name in referrals.columns if name not in REFERRAL_COLUMNS}
    referrals = referrals.rename(others)
    counted = referrals.head(0) if unique else referrals
    counts = counted.group_by("referral_id").agg(rows=nw.len())
    twice = counts.filter(nw.col("rows") > 1)
    if not twice.is_empty():
        rest = [name for name in referrals.columns if name not in ("referral_id", "incomplete")]
        once = referrals.group_by("referral_id").agg(
            *(nw.col(name).min() for name in rest), nw.col("incomplete").max()
        )
        referrals = once.select(*referrals.columns).sort("referral_id")
    units = referrals.with_row_index("rid").with_columns(nw.col("rid").cast(nw.Int64))
    doubled = units.join(twice, on="referral_id", how="inner")
    return units, _about(
        doubled, Rule.DUPLICATE_REFERRAL, nw.concat_str(nw.col("rows").cast(nw.String), nw.lit(" rows"))
    )


def _jurisdictions(referrals: Eager, units: Eager) -> Eager:
    """Find every row of the referral table, repeated ones too, that names no jurisdiction."""
    nowhere = referrals.filter(findings.is_nowhere())
    return _about(
        nowhere.select("referral_id", detail=findings.JURISDICTION).join(
            units.select("referral_id", "rid"), on="referral_id", how="inner"
        ),
        Rule.UNKNOWN_JURISDICTION,
        nw.col("detail"),
    )


def _placed(told: Eager, units: Eager) -> tuple[Eager, Eager]:
    """Code the live events and put them with their referrals, in order; and those that have none apart."""
    live = coded(told).join(units.select("referral_id", "rid"), on="referral_id", how="left")
    lost = live["rid"].is_null()
    orphans = live.filter(lost)
    return _in_order((live.filter(~lost) if lost.any() else live).drop("referral_id")), orphans


def _in_order(placed: Eager) -> Eager:
    """Order events by referral and number; of two with one number, the earlier day comes first."""
    placed = in_order(placed, "rid", "seq")
    return (
        placed.sort("rid", "seq", "day", nulls_last=True) if placed.select(_AGAIN)["again"].any() else placed
    )


def _form(placed: Eager, units: Eager, told: Eager | None) -> list[Eager]:
    """Check what an event needs to be an event at all."""
    flagged = placed.with_columns(_AGAIN, unknown=findings.is_unknown(), misfit=findings.is_misfit())
    found = flagged.filter(
        nw.any_horizontal("again", "unknown", "misfit", nw.col("day").is_null(), ignore_nulls=False)
    )
    found = found.join(units.select("rid", "referral_id"), on="rid", how="left")
    again = (
        found.filter(nw.col("again")).group_by("rid", "referral_id", "seq").agg(more=nw.len().cast(nw.Int64))
    )
    words = in_words(found) if told is None else told.filter(among("row", found["row"]))
    columns = {name: nw.col(name) for name in codes.WORDS}
    written = words.select("row", written=findings.written(columns), strange=findings.strange(columns))
    found = found.join(written, on="row", how="left")
    return [
        _about(
            again, Rule.DUPLICATE_SEQ, nw.concat_str((nw.col("more") + 1).cast(nw.String), nw.lit(" events"))
        ),
        _about(found.filter(nw.col("day").is_null()), Rule.DATE_MISSING),
        _about(found.filter(nw.col("unknown")), Rule.UNKNOWN_WORD, nw.col("strange")),
        _about(found.filter(nw.col("misfit")), Rule.EVENT_MISFIT, nw.col("written")),
    ]


def _path(rows: Eager, placed: Eager, units: Eager) -> Eager:
    """Gather what the walk through every history found."""
    found = rows.with_columns(previous_day=nw.col("day").shift(1)).filter(
        nw.any_horizontal("illegal", "not_filed", "backwards", ignore_nulls=False)
    )
    charges = placed.filter(among("rid", found["rid"])).select("rid", "seq", "charge_id")
    found = found.join(charges, on=["rid", "seq"], how="left").join(
        units.filter(among("rid", found["rid"])).select("rid", "referral_id"), on="rid", how="left"
    )
    dates = findings.backwards(_day("day"), _day("previous_day"), "after")
    return _concat(
        [
            _about(found.filter(nw.col("illegal")), Rule.ILLEGAL_TRANSITION, findings.step()),
            _about(found.filter(nw.col("not_filed")), Rule.CHARGE_NOT_FILED, findings.unfiled()),
            _about(found.filter(nw.col("backwards")), Rule.DATE_BACKWARDS, dates),
        ]
    )


def _day(column: str) -> nw.Expr:
    return nw.col(column).cast(nw.Date)


def rooted(units: Eager) -> tuple[Eager, Eager]:
    """Give every referral its parent and root; report those whose parents never end."""
    children = units.select("rid", "parent_id").filter(~nw.col("parent_id").is_null())
    keys = units.select(parent_id="referral_id", parent="rid")
    keys = keys.filter(among("parent_id", children["parent_id"]))
    linked = children.join(keys, on="parent_id", how="inner")
    ends = ends_of(linked.select(node="rid", to="parent"))
    units = units.with_columns(
        parent=spread(linked["rid"], linked["parent"], len(units)),
        root=spread(ends["node"], ends["end"], len(units)),
    ).with_columns(root=nw.coalesce("root", "rid"))
    circling = units.filter(among("rid", ends.filter(nw.col("end").is_null())["node"]))
    came_in = units.select("rid", "parent_id", "parent")
    came_in = came_in.filter(~nw.col("parent_id").is_null() & nw.col("parent").is_null())
    units = units.with_columns(came_in=among("root", came_in["rid"]))
    return units, _about(circling, Rule.TRANSFER_CYCLE, nw.concat_str(nw.lit("parent "), nw.col("parent_id")))


def survivor_cycles(units: Eager, survivors: Eager) -> Eager:
    """Find duplicates whose chain of survivors never ends.

    Whom a referral was passed on to carries it on as well: the duplicate of its own parent has no survivor.
    """
    ids = units.select("rid", "referral_id")
    named = survivors.join(ids.select(to="rid", other_id="referral_id"), on="other_id", how="inner")
    # Of several children one without a survivor of its own carries it on, else the eldest.
    children = units.filter(~nw.col("parent").is_null()).with_columns(is_duplicate=among("rid", named["rid"]))
    children = children.sort("is_duplicate", "first_day", "referral_id", nulls_last=True)
    passed_on = children.unique(subset=["parent"], keep="first", maintain_order=True)
    links = _concat(
        [
            named.select(node="rid", to="to"),
            passed_on.select(node="parent", to="rid").filter(~among("node", named["rid"])),
        ]
    )
    circling = ends_of(links).filter(nw.col("end").is_null()).select(rid="node")
    return _about(
        named.join(circling, on="rid", how="inner").join(ids, on="rid", how="left"),
        Rule.SURVIVOR_CYCLE,
        nw.concat_str(nw.lit("survivor "), nw.col("other_id")),
    )


def _children_without_parents(units: Eager, placed: Eager) -> Eager:
    transfers = placed.filter(nw.col("action") == _TRANSFER).unique(
        subset=["rid"], keep="last", order_by="seq"
    )
    named = transfers.select("rid", "other_id").join(
        units.select(other_id="referral_id", parent="parent"), on="other_id", how="inner"
    )
    stray = named.filter(nw.col("parent").is_null() | (nw.col("parent") != nw.col("rid")))
    return _about(
        stray.join(units.select("rid", "referral_id"), on="rid", how="left"),
        Rule.CHILD_WITHOUT_PARENT,
        nw.concat_str(nw.lit("child "), nw.col("other_id"), nw.lit(", whose parent_id is another or none")),
    )


def _children_before_parents(units: Eager) -> Eager:
    children = units.filter(~nw.col("parent").is_null())
    parents = units.select(parent="rid", parent_day="first_day")
    early = children.join(parents, on="parent", how="left").filter(nw.col("first_day") < nw.col("parent_day"))
    return _about(
        early,
        Rule.CHILD_BEFORE_PARENT,
        findings.backwards(_day("first_day"), _day("parent_day"), "before"),
    )


def _reports_missing(units: Eager, reports: Eager, links: Eager) -> Eager:
    missing = links.join(reports.select("report_id"), on="report_id", how="anti")
    return _about(
        missing.join(units.select("referral_id", "rid"), on="referral_id", how="inner"),
        Rule.REPORT_MISSING,
        nw.concat_str(nw.lit("report "), nw.col("report_id")),
    )


def _marked(units: Eager, violations: Eager) -> Eager:
    """Mark every referral with the first rule that sets it aside, and whether it is undated."""
    of_units = violations.filter(~nw.col("rid").is_null())
    aside = of_units.filter(nw.col("rule").is_in([r.value for r in Rule if r.breach is Breach.SETS_ASIDE]))
    ranked = aside.group_by("rid").agg(nw.col("rank").min())
    first = ranked.select("rid", aside=looked_up(nw.col("rank"), {n: rule for rule, n in RANK.items()}))
    undated = of_units.filter(nw.col("rule").is_in([r.value for r in Rule if r.breach is Breach.UNDATES]))
    return units.with_columns(
        aside=spread(first["rid"], first["aside"], len(units)), undated=among("rid", undated["rid"])
    )
