"""A log in canonical form on an engine of its own: windows over each referral, in the order of its events.

The other canonicaliser, `tipline_outcomes.eventlog.canonical`, needs its rows in order and in memory. This
one needs neither: what DuckDB, Spark or Ibis hold is coded, checked and walked there, and kept there. Every
window is over one referral, so that a cluster can share the work; what crosses referrals are joins.

Referrals that name one another, or are named, are few. They are *linked*: their histories can be collected
and counted here as a log of their own, so that nothing that follows chains is written for engines.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import narwhals.stable.v2 as nw
from attrs import frozen

from tipline_outcomes._dates import EPOCH
from tipline_outcomes._engine import Eager, Lazy, beside, collected, kept, looked_up
from tipline_outcomes.eventlog import codes, findings
from tipline_outcomes.eventlog.canonical import RANK, dimension, rooted, survivor_cycles
from tipline_outcomes.eventlog.columns import NO_DIMENSIONS
from tipline_outcomes.eventlog.transitions import STATE_CODES, landing, state_of_move, words_coded
from tipline_outcomes.model import Action, Closed, Rule

__all__ = ["Windowed", "walked", "windowed"]

_CLOSE: Final = codes.ACTIONS[Action.CLOSE.value]
_TRANSFER: Final = codes.ACTIONS[Action.TRANSFER.value]
_CHARGE_RESULT: Final = codes.ACTIONS[Action.CHARGE_RESULT.value]
_STAGE: Final = 1 << 5
_SAID: Final = {name: f"said {name}" for name in codes.WORDS}

# What is found on the rows of events: the rule, and the column that says so.
_ON_ROWS: Final[Mapping[Rule, str]] = {
    Rule.DUPLICATE_SEQ: "twice",
    Rule.DATE_MISSING: "undated",
    Rule.UNKNOWN_WORD: "unknown",
    Rule.EVENT_MISFIT: "misfit",
    Rule.ILLEGAL_TRANSITION: "illegal",
    Rule.CHARGE_NOT_FILED: "not_filed",
    Rule.DATE_BACKWARDS: "backwards",
}
_OF_FORM: Final = ("twice", "undated", "unknown", "misfit")
_OF_PATH: Final = (Rule.ILLEGAL_TRANSITION, Rule.CHARGE_NOT_FILED, Rule.DATE_BACKWARDS)
_SETS_ASIDE: Final = (Rule.DUPLICATE_SEQ, *tuple(_ON_ROWS)[1:6])
_VIOLATION: Final = ("referral_id", "seq", "rule", "detail")


@frozen
class Windowed:
    """What is known of a log before any date of count, on the log's own engine.

    Attributes:
        live: The events that are not amended, coded; what `walked` takes.
        rows: The transition log, kept on the engine: the columns of `Transitions.rows`, where ``rid`` is the
            referral's id and ``i`` counts within it; and what is wrong with each event.
        charges: As `Transitions.charges`, in part of ``rows``.
        changes: As `Transitions.changes`, kept.
        referrals: One row a referral, kept: ``rid``, ``parent_id``, ``incomplete``, ``begin``, ``watch``,
            ``first_day``, ``aside``, ``undated``, ``linked`` (it names another, is named, or occurs twice),
            and the columns to group by, under `dimension` names.
        counts: How many violations there are, by rule; rules that nothing breaks are absent.
        violations: Every violation, in no order: ``referral_id``, ``seq``, ``rule``, ``detail``.
    """

    live: Lazy
    rows: Lazy
    charges: Lazy
    changes: Lazy
    referrals: Lazy
    counts: Mapping[Rule, int]
    violations: Lazy

    def linked(self, table: Lazy) -> Eager:
        """Bring the rows of a table that are about linked referrals here."""
        ids = self.referrals.filter("linked").select(referral_id="rid")
        return collected(table.join(ids, on="referral_id", how="semi"))


def windowed(events: Lazy, referrals: Lazy, *, reports: Lazy | None, links: Lazy | None) -> Windowed:
    """Bring a log into canonical form where it lies. The frames are in form."""
    live = _live(events)
    rows = kept(walked(live))
    marks = _marks(rows)
    doubled = referrals.group_by("referral_id").agg(rows=nw.len().cast(nw.Int64)).filter(nw.col("rows") > 1)
    units = kept(_units(referrals, doubled, marks, rows))
    found = _found(rows, units, marks, referrals, doubled)
    links_found = _found_in_links(rows, units, reports=reports, links=links)
    counts = {
        rule: n
        for rule, n in {
            **_counts(units, marks, referrals, doubled),
            **{rule: _height(frame) for rule, frame in links_found.items()},
        }.items()
        if n
    }
    broken = [frame for rule, frame in {**found, **links_found}.items() if rule in counts]
    nothing = found[Rule.INCOMPLETE].filter(nw.col("rule").is_null())
    return Windowed(
        live=live,
        rows=rows,
        charges=rows.filter(~nw.col("charge").is_null() & ~nw.col("ill")),
        changes=kept(_changes(rows)),
        referrals=units,
        counts={rule: counts[rule] for rule in Rule if rule in counts},
        violations=nw.concat(broken, how="vertical") if broken else nothing,
    )


def _live(events: Lazy) -> Lazy:
    """Code the live events, their words beside the codes."""
    return (
        events.filter(nw.col("superseded_on").is_null())
        .with_columns(nw.col(name).alias(said) for name, said in _SAID.items())
        .with_columns(**words_coded())
        .select(
            *("seq", "on", "action", "reason", "level", "subject_id", "charge_id", "other_id", "implied"),
            "lossy",
            *_SAID.values(),
            rid="referral_id",
            kind="disposition",
            day=_number_of(nw.col("on")),
        )
    )


def _number_of(day: nw.Expr) -> nw.Expr:
    """Count days from 1970-01-01, in arithmetic that every engine has."""
    year = day.dt.year().cast(nw.Int64) - 1
    ordinal = 365 * year + year // 4 - year // 100 + year // 400 + day.dt.ordinal_day()
    return (ordinal - EPOCH.toordinal()).cast(nw.Int32)


def _in_order(expr: nw.Expr, *of: str) -> nw.Expr:
    return expr.over("rid", *of, order_by="seq")


def walked(live: Lazy) -> Lazy:
    """Walk through every history: the stage before and after each event, and what is wrong with it."""
    about_charge = nw.col("kind") == codes.CHARGE_KIND
    others = live.filter(~about_charge).with_columns(
        open_charges=nw.lit(0, nw.Int64), not_filed=nw.lit(value=False), charge=nw.lit(None, nw.String)
    )
    charges = _charges(live.filter(about_charge)).select(*others.collect_schema().names())
    rows = nw.concat([others, charges], how="vertical")
    rows = rows.with_columns(
        i=_in_order((~nw.col("seq").is_null()).cast(nw.Int64).cum_sum()).cast(nw.Int64),
        lowest=nw.col("seq").min().over("rid"),
        above=_in_order(nw.col("seq").shift(1)),
        further=_in_order(nw.col("seq").shift(2)),
        previous_on=_in_order(nw.col("on").shift(1)),
        lands=landing(nw.col("open_charges") == 0),
        rung=looked_up(codes.pack_action(nw.col("action"), nw.col("reason")), codes.RUNG_OF),
        undated=nw.col("day").is_null(),
        unknown=findings.is_unknown(),
        misfit=findings.is_misfit(),
    )
    again = (nw.col("above") == nw.col("seq")).fill_null(value=False)
    rows = rows.with_columns(
        twice=again & (nw.col("further") != nw.col("seq")).fill_null(value=True),
        first=nw.col("above").is_null(),
        moves=nw.col("lands") > 0,
    )
    settled = nw.when(nw.col("moves") | nw.col("first")).then(nw.col("i") * _STAGE + nw.col("lands"))
    broken = nw.any_horizontal(*_OF_FORM, ignore_nulls=False).cast(nw.Int64)
    rows = rows.with_columns(
        ill=broken.max().over("rid") > 0,
        settled=_in_order(settled.otherwise(nw.lit(0)).cum_max()),
    )
    rows = rows.with_columns(
        after=nw.col("settled") % _STAGE, before=_in_order(nw.col("settled").shift(1)) % _STAGE
    )
    rows = rows.with_columns(before=nw.col("before").fill_null(0))
    allowed = codes.pack_step(nw.col("before"), nw.col("action")).is_in(codes.ALLOWED_STEPS)
    said = {name: nw.col(column) for name, column in _SAID.items()}
    small = ("action", "kind", "reason", "level", "rung", "before", "after")
    return rows.with_columns(
        illegal=~allowed & ~nw.col("ill"),
        not_filed=nw.col("not_filed") & ~nw.col("ill"),
        backwards=(nw.col("on") < nw.col("previous_on")).fill_null(value=False) & ~nw.col("ill"),
        strange=nw.when(nw.col("unknown")).then(findings.strange(said)),
        written=nw.when(nw.col("misfit")).then(findings.written(said)),
    ).select(
        *(
            "rid",
            "i",
            "seq",
            "day",
            "on",
            "previous_on",
            "implied",
            "lossy",
            "first",
            "moves",
            "ill",
            "lowest",
        ),
        *(nw.col(name).cast(nw.Int16) for name in small),
        *("charge", "charge_id", "other_id", "strange", "written"),
        *_ON_ROWS.values(),
    )


def _charges(rows: Lazy) -> Lazy:
    """Tell for every charge event what `tipline_outcomes.eventlog.transitions.charges_of` tells."""
    rows = rows.with_columns(
        subject=nw.col("subject_id").fill_null(""),
        opens=nw.col("reason").is_in(codes.OPENS).cast(nw.Int64),
        named=nw.when(~nw.col("charge_id").is_null()).then(nw.col("seq")),
    )
    # A charge without an id is the subject's one charge: the first id that turns up is its name.
    rows = rows.with_columns(named=nw.col("named").min().over("rid", "subject"))
    rows = rows.with_columns(name=nw.when(nw.col("named") == nw.col("seq")).then(nw.col("charge_id")))
    rows = rows.with_columns(name=nw.col("name").min().over("rid", "subject"))
    rows = rows.with_columns(charge=nw.coalesce("charge_id", "name", nw.lit("")))
    rows = rows.with_columns(was_open=_in_order(nw.col("opens").shift(1), "subject", "charge"))
    rows = rows.with_columns(opened=nw.col("opens") - nw.col("was_open").fill_null(0))
    return rows.with_columns(
        # Some engines sum whole numbers into wider ones, or into decimals.
        open_charges=_in_order(nw.col("opened").cum_sum()).cast(nw.Int64),
        not_filed=nw.col("was_open").is_null() & (nw.col("action") == _CHARGE_RESULT),
        # Before each name but the last stands its length: no two charges have one name.
        charge=nw.concat_str(
            *(part for name in ("rid", "subject") for part in (_length(name), nw.col(name))),
            nw.col("charge"),
            separator=":",
        ),
    )


def _length(name: str) -> nw.Expr:
    return nw.col(name).str.len_chars().cast(nw.String)


def _changes(rows: Lazy) -> Lazy:
    """Give the days on which the states of referrals changed, as the other canonicaliser does."""
    moving = rows.filter(nw.col("moves") & ~nw.col("ill"))
    steps = _stepping(moving.select("rid", "seq", "day", "implied", now=state_of_move()))
    steps = beside(steps, ["rid"], "seq", above=-1, next_day="day")
    last_of_day = (nw.col("next_day") != nw.col("day")).fill_null(value=True)
    return _stepping(steps.filter(last_of_day)).select("rid", "day", "was", "now", "implied")


def _stepping(rows: Lazy) -> Lazy:
    rows = beside(rows, ["rid"], "seq", was="now")
    rows = rows.with_columns(nw.col("was").fill_null(STATE_CODES["open"]))
    return rows.filter(nw.col("was") != nw.col("now"))


def _marks(rows: Lazy) -> Lazy:
    """Say of every history what its rows say together; how many rows break each rule."""
    wrong = nw.lit(None, dtype=nw.Int64)
    for rule in reversed(_SETS_ASIDE):
        wrong = nw.when(nw.col(_ON_ROWS[rule])).then(nw.lit(RANK[rule.value])).otherwise(wrong)
    begins = nw.col("seq") == nw.col("lowest")
    return (
        rows.with_columns(
            *(nw.col(column).cast(nw.Int64) for column in _ON_ROWS.values()),
            wrong=wrong,
            first_day=nw.when(begins).then(nw.col("day")),
            first_on=nw.when(begins).then(nw.col("on")),
            ill=nw.col("ill").cast(nw.Int64),
        )
        .group_by("rid")
        .agg(
            *(nw.col(column).sum().cast(nw.Int64) for column in _ON_ROWS.values()),
            *(nw.col(column).min() for column in ("wrong", "first_day", "first_on")),
            nw.col("ill").max(),
            events=nw.len().cast(nw.Int64),
        )
    )


def _units(referrals: Lazy, doubled: Lazy, marks: Lazy, rows: Lazy) -> Lazy:
    """Put what the histories say beside the referrals, one row an id."""
    names = referrals.collect_schema().names()
    dimensions = {name: dimension(name) for name in names if name not in NO_DIMENSIONS}
    table = referrals.with_columns(nw.col("incomplete").cast(nw.Int64))
    if _height(doubled):
        rest = [name for name in names if name not in ("referral_id", "incomplete")]
        table = table.group_by("referral_id").agg(
            *(nw.col(name).min() for name in rest), nw.col("incomplete").max()
        )
    incomplete = nw.col("incomplete") > 0
    table = table.join(doubled, on="referral_id", how="left").select(
        "parent_id",
        *(nw.col(name).alias(inside) for name, inside in dimensions.items()),
        rid="referral_id",
        incomplete=incomplete,
        doubled=~nw.col("rows").is_null(),
        begin=_number_of(nw.col("observed_from")),
        watch=nw.when(~incomplete).then(_number_of(nw.col("observed_through"))),
    )
    naming = rows.filter(~nw.col("other_id").is_null())
    children = table.filter(~nw.col("parent_id").is_null())
    linked = nw.concat(
        [
            children.select("rid"),
            children.select(rid="parent_id"),
            naming.select("rid"),
            naming.select(rid="other_id"),
            doubled.select(rid="referral_id"),
        ],
        how="vertical",
    ).unique()
    marked = table.join(marks, on="rid", how="left").join(
        linked.with_columns(linked=nw.lit(value=True)), on="rid", how="left"
    )
    return marked.with_columns(
        nw.col("linked").fill_null(value=False),
        *(nw.col(column).fill_null(0) for column in (*_ON_ROWS.values(), "events")),
        # Of two rows of one id, or a history without events, no path and no link is looked at.
        ill=(nw.col("ill").fill_null(1) > 0) | nw.col("doubled"),
        wrong=nw.when(nw.col("events").is_null())
        .then(nw.lit(RANK[Rule.NO_EVENTS.value]))
        .otherwise(nw.col("wrong")),
    ).with_columns(
        aside=looked_up(nw.col("wrong"), {rank: rule for rule, rank in RANK.items()}),
        missing_days=nw.col("undated"),
        undated=nw.col("backwards") > 0,
    )


def _height(rows: Lazy) -> int:
    return int(collected(rows.select(n=nw.len().cast(nw.Int64)))["n"][0])


def _counts(units: Lazy, marks: Lazy, referrals: Lazy, doubled: Lazy) -> dict[Rule, int]:
    """Count violations by rule, before a single one is looked for: of a clean log that is all."""
    columns = {
        rule: "missing_days" if rule is Rule.DATE_MISSING else column for rule, column in _ON_ROWS.items()
    }
    sums = {
        **{rule: nw.col(column) for rule, column in columns.items()},
        Rule.INCOMPLETE: nw.col("incomplete").cast(nw.Int64),
        Rule.NO_EVENTS: (nw.col("events") == 0).cast(nw.Int64),
    }
    for rule in _OF_PATH:
        sums[rule] = nw.when(~nw.col("doubled")).then(sums[rule]).otherwise(nw.lit(0))
    here = collected(units.select(*(n.sum().cast(nw.Int64).alias(rule.value) for rule, n in sums.items())))
    orphans = marks.join(units.select("rid"), on="rid", how="anti")
    lost = collected(orphans.select(nw.col("events").sum().cast(nw.Int64)))["events"][0]
    return {
        **{rule: int(here[rule.value][0] or 0) for rule in sums},
        Rule.EVENT_WITHOUT_REFERRAL: int(lost or 0),
        Rule.DUPLICATE_REFERRAL: _height(doubled),
        Rule.UNKNOWN_JURISDICTION: _height(referrals.filter(findings.is_nowhere())),
    }


def _about(rows: Lazy, rule: Rule, detail: nw.Expr | None = None, seq: nw.Expr | None = None) -> Lazy:
    """Turn rows into violations of a rule; those without a number are about the referral as a whole."""
    return rows.select(
        referral_id="rid",
        seq=nw.lit(None, dtype=nw.Int64) if seq is None else seq,
        rule=nw.lit(rule.value),
        detail=nw.lit("") if detail is None else detail,
    )


def _found(rows: Lazy, units: Lazy, marks: Lazy, referrals: Lazy, doubled: Lazy) -> dict[Rule, Lazy]:
    """Find what is wrong with rows and histories."""
    ids = units.select("rid")
    once = units.filter(~nw.col("doubled")).select("rid")
    seq = nw.col("seq")
    details = {
        Rule.UNKNOWN_WORD: nw.col("strange"),
        Rule.EVENT_MISFIT: nw.col("written"),
        Rule.ILLEGAL_TRANSITION: findings.step(),
        Rule.CHARGE_NOT_FILED: findings.unfiled(),
        Rule.DATE_BACKWARDS: findings.backwards(nw.col("on"), nw.col("previous_on"), "after"),
    }
    on_rows: dict[Rule, Lazy] = {
        rule: _about(
            rows.filter(nw.col(column)).join(once if rule in _OF_PATH else ids, on="rid", how="semi"),
            rule,
            details.get(rule),
            seq,
        )
        for rule, column in _ON_ROWS.items()
        if rule is not Rule.DUPLICATE_SEQ
    }
    numbers = rows.join(units.filter(nw.col("twice") > 0).select("rid"), on="rid", how="semi")
    numbers = numbers.group_by("rid", "seq").agg(n=nw.len().cast(nw.Int64)).filter(nw.col("n") > 1)
    orphans = rows.join(marks.join(ids, on="rid", how="anti").select("rid"), on="rid", how="semi")
    return {
        **on_rows,
        Rule.DUPLICATE_SEQ: _about(
            numbers, Rule.DUPLICATE_SEQ, nw.concat_str(nw.col("n").cast(nw.String), nw.lit(" events")), seq
        ),
        Rule.DUPLICATE_REFERRAL: _about(
            doubled.rename({"referral_id": "rid"}),
            Rule.DUPLICATE_REFERRAL,
            nw.concat_str(nw.col("rows").cast(nw.String), nw.lit(" rows")),
        ),
        Rule.NO_EVENTS: _about(units.filter(nw.col("events") == 0), Rule.NO_EVENTS),
        Rule.INCOMPLETE: _about(units.filter("incomplete"), Rule.INCOMPLETE),
        Rule.EVENT_WITHOUT_REFERRAL: _about(orphans, Rule.EVENT_WITHOUT_REFERRAL, None, seq),
        Rule.UNKNOWN_JURISDICTION: _about(
            referrals.filter(findings.is_nowhere()).rename({"referral_id": "rid"}),
            Rule.UNKNOWN_JURISDICTION,
            findings.JURISDICTION,
        ),
    }


def _found_in_links(rows: Lazy, units: Lazy, *, reports: Lazy | None, links: Lazy | None) -> dict[Rule, Lazy]:
    """Find what is wrong between referrals, of those whose own form is right."""
    well_formed = units.filter(~nw.col("ill"))
    found: dict[Rule, Lazy] = {}
    if reports is not None and links is not None:
        missing = links.join(reports.select("report_id"), on="report_id", how="anti")
        missing = missing.select("report_id", rid="referral_id").join(
            well_formed.select("rid"), on="rid", how="inner"
        )
        found[Rule.REPORT_MISSING] = _about(
            missing, Rule.REPORT_MISSING, nw.concat_str(nw.lit("report "), nw.col("report_id"))
        )
    linked = well_formed.filter("linked")
    closed = (nw.col("action") == _CLOSE) & (nw.col("kind") == codes.KINDS[Closed.kind])
    survivors = rows.filter(closed & nw.col("reason").is_in(codes.SURVIVED) & ~nw.col("ill"))
    survivors = _last(survivors).join(linked.select("rid"), on="rid", how="semi").select("rid", "other_id")
    parents, duplicates = _circling(units.filter("linked"), survivors)
    transfers = _last(rows.filter(nw.col("action") == _TRANSFER)).select("rid", "other_id")
    transfers = transfers.join(linked.select("rid"), on="rid", how="semi").join(
        units.select("parent_id", other_id="rid"), on="other_id", how="inner"
    )
    stray = transfers.filter((nw.col("parent_id") != nw.col("rid")).fill_null(value=True))
    children = linked.filter(~nw.col("parent_id").is_null()).select("rid", "parent_id", "first_on")
    early = children.join(units.select(parent_id="rid", parent_on="first_on"), on="parent_id", how="inner")
    early = early.filter(nw.col("first_on") < nw.col("parent_on"))
    return found | {
        Rule.TRANSFER_CYCLE: _about(
            linked.filter(nw.col("rid").is_in(parents)),
            Rule.TRANSFER_CYCLE,
            nw.concat_str(nw.lit("parent "), nw.col("parent_id")),
        ),
        Rule.SURVIVOR_CYCLE: _about(
            survivors.filter(nw.col("rid").is_in(duplicates)),
            Rule.SURVIVOR_CYCLE,
            nw.concat_str(nw.lit("survivor "), nw.col("other_id")),
        ),
        Rule.CHILD_WITHOUT_PARENT: _about(
            stray,
            Rule.CHILD_WITHOUT_PARENT,
            nw.concat_str(
                nw.lit("child "), nw.col("other_id"), nw.lit(", whose parent_id is another or none")
            ),
        ),
        Rule.CHILD_BEFORE_PARENT: _about(
            early,
            Rule.CHILD_BEFORE_PARENT,
            findings.backwards(nw.col("first_on"), nw.col("parent_on"), "before"),
        ),
    }


def _last(rows: Lazy) -> Lazy:
    return rows.with_columns(last=nw.col("i").max().over("rid")).filter(nw.col("i") == nw.col("last"))


def _circling(linked: Lazy, survivors: Lazy) -> tuple[list[str], list[str]]:
    """Find whose parents, and whose survivors, never end; only the links are collected for it."""
    units = collected(linked.select("parent_id", "first_day", referral_id="rid")).with_row_index("rid")
    units = units.with_columns(nw.col("rid").cast(nw.Int64))
    named = collected(survivors.select("other_id", referral_id="rid"))
    units, circling = rooted(units)
    named = named.join(units.select("rid", "referral_id"), on="referral_id", how="inner")
    both: Iterable[Eager] = (circling, survivor_cycles(units, named.select("rid", "other_id")))
    parents, duplicates = (found["referral_id"].to_list() or [""] for found in both)
    return parents, duplicates
