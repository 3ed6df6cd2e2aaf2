"""From families to subjects: whoever an event of a family names, and what became of that person.

A subject is charged by its own charges only, ends by its own decisions, and else stands where the family
stands, the charges of others left out. A charge that names nobody is of a subject of its own, the family's
one unnamed subject. It may be anybody's: nobody else there is known not to be charged.
"""

import narwhals.stable.v2 as nw
from attrs import frozen

from tipline_outcomes._engine import Eager, among, looked_up
from tipline_outcomes.eventlog import EventLog, codes
from tipline_outcomes.eventlog.transitions import STATE_CODES, charges_of, speaking_of
from tipline_outcomes.ledger import words
from tipline_outcomes.ledger.clocks import Marks, cases_of, marks_of, reached_of, untold_of
from tipline_outcomes.ledger.placing import Placed, open_of, with_levels
from tipline_outcomes.ledger.spec import Unit
from tipline_outcomes.ledger.states import changes_of, steps_between
from tipline_outcomes.ledger.units import Counted, contributions, decided, units_of
from tipline_outcomes.model import Action, Milestone, Place, Stage

__all__ = ["subjects_of"]

_DECIDED = ("reason", "since", "watch", "lossy")
_UNNAMED = ""  # no id of a subject is empty
_CLOSE = codes.ACTIONS[Action.CLOSE.value]
_DECIDE = codes.ACTIONS[Action.DECIDE_SUBJECT.value]
_MEASURE = codes.ACTIONS[Action.ADMINISTRATIVE_ACTION.value]
_IS_CHARGE = nw.col("kind") == codes.CHARGE_KIND
_CHARGE = words.PLACES[Place.CHARGE.value]
_UNKNOWN = words.PLACES[Place.UNKNOWN.value]
_PENDING = words.PLACES[Place.PENDING.value]
_EXCLUDED = words.PLACES[Place.EXCLUDED.value]
_REASON_OF_CHARGE = {code: words.REASONS[name] for code, name in codes.REASON_NAMES.items()}
# Where a decision sends one on to, nobody says.
_REASON_OF_DECISION = {
    code: words.UNLINKED_REASONS.get(words.REASONS[codes.REASON_NAMES[code]], _REASON_OF_CHARGE[code])
    for code in codes.ENDS_AS
}
_PLACE = {_REASON_OF_DECISION[code]: words.PLACES[place.value] for code, place in codes.ENDS_AS.items()}
# On the clock, who is counted elsewhere is closed, as in a family.
_STATE = {
    reason: STATE_CODES[Place.CLOSED.value if place == _EXCLUDED else words.PLACE_NAMES[place]]
    for reason, place in _PLACE.items()
}
_OPEN = {
    _REASON_OF_DECISION[code]: words.REOPENABLE
    for code in codes.ENDS_AS
    if codes.TARGET_OF.get(codes.pack_action(_CLOSE, code)) == codes.STAGES[Stage.CLOSED.value]
}


@frozen
class _Own:
    """What concerns the subjects alone, of the referrals that are not set aside, by the day of the count.

    Attributes:
        events: The events that name them, coded, with ``unit``.
        charged: One row a subject and referral that charges it: ``unit``, ``rid``, ``reason``, ``since``,
            ``open``, ``peak``, ``stated``, ``watch``.
        decisions: One row a subject, referral and day of decision: ``unit``, ``rid``, ``day``, ``seq``,
            ``reason``, ``implied``, ``lossy``.
        cases: On which days its cases moved, see `tipline_outcomes.ledger.clocks.Marks`.
    """

    events: Eager
    charged: Eager
    decisions: Eager
    cases: Eager


def subjects_of(log: EventLog, standing: Placed[Eager], *, day: int) -> Counted[Eager]:
    """Count the pairs of a family and a subject that an event by the day names."""
    canon = log.canonical
    happened = nw.col("day").is_null() | (nw.col("day") <= day)
    naming = canon.placed.filter(happened & (_IS_CHARGE | ~nw.col("subject_id").is_null()))
    naming = naming.join(standing.referrals.select("rid", "root", "stage"), on="rid", how="inner")
    naming = naming.with_columns(subject=nw.col("subject_id").fill_null(_UNNAMED))
    subjects = naming.select("root", "subject").unique().sort("root", "subject").with_row_index("unit")
    subjects = subjects.with_columns(nw.col("unit").cast(nw.Int64))
    trusted = naming.filter(nw.col("stage") > 0).drop("stage")
    own = _own(trusted.join(subjects, on=["root", "subject"], how="inner"), standing.referrals, day)

    members = contributions(_uncharged(standing, day), Unit.FAMILY, day)
    families = units_of(members)
    doubtful = members.filter((nw.col("stage") == 0) | nw.col("incomplete"))["unit"]
    subjects = subjects.with_columns(doubtful=among("root", doubtful))
    changes = canon.transitions.changes.filter(nw.col("day") <= day)
    of_families = changes_of(families, members, _without_charges(changes), transfers_end=False)
    return Counted(
        received=subjects.select("unit"),
        units=_units(subjects, families.rename({"unit": "root"}), members, own),
        changes=_changes(subjects, of_families.rename({"unit": "root"}), own),
        marks=_marks(subjects, marks_of(standing.rows, members), own),
        measures=own.events.filter(nw.col("action") == _MEASURE).select("unit", "reason").lazy(),
        dimensions=subjects.select("unit", rid="root")
        .join(canon.dimensions, on="rid", how="left")
        .drop("rid"),
    )


def _own(events: Eager, referrals: Eager, day: int) -> _Own:
    """Gather the charges against every subject, and the decisions about it."""
    pair = ("unit", "rid")
    events = events.with_columns(
        rung=looked_up(codes.pack_action(nw.col("action"), nw.col("reason")), codes.RUNG_OF)
    )
    charges = events.filter(_IS_CHARGE).sort(*pair, "seq").with_row_index("i")
    # Whether one of its charges is open, and which one speaks: as for a referral whose only charges they are.
    alone = nw.col("unit") * (len(referrals) + 1) + nw.col("rid")
    known = charges_of(charges.with_columns(rid=alone)).drop("not_filed")
    charges = charges.join(known, on="i", how="left")
    spoken = speaking_of(charges.with_columns(rid=alone)).select("i")
    last = charges.unique(subset=list(pair), keep="last", order_by="i")
    last = last.select(
        *pair,
        stage=nw.when(nw.col("open_charges") > 0)
        .then(nw.lit(codes.STAGES[Stage.CHARGED.value]))
        .otherwise(nw.lit(codes.STAGES[Stage.CONCLUDED.value])),
    )
    speaking = charges.join(spoken, on="i", how="semi").select(
        *pair,
        reason=looked_up(nw.col("reason"), _REASON_OF_CHARGE).cast(nw.Int64),
        since=nw.col("day").cast(nw.Int64),
    )
    facts = (
        charges.with_columns(
            peak="rung",
            stated=nw.when(~nw.col("implied")).then(nw.col("rung")).otherwise(nw.lit(0)),
            may_convict=nw.col("reason").is_in(codes.MAY_CONVICT).cast(nw.Int8),
            lossy=nw.col("lossy").cast(nw.Int64),
        )
        .group_by(*pair)
        .agg(*(nw.col(name).max() for name in ("peak", "stated", "may_convict", "lossy")))
        .join(last, on=list(pair), how="left")
        .join(speaking, on=list(pair), how="left")
        .join(referrals.select("rid", "watch", "incomplete"), on="rid", how="left")
    )
    watched = (nw.col("watch") >= day).fill_null(value=False)
    is_open = open_of(watched, charged=nw.lit(value=True), is_open=nw.lit(value=False))
    decisions = events.filter(nw.col("action") == _DECIDE)
    decisions = decisions.unique(subset=[*pair, "day"], keep="last", order_by="seq")
    return _Own(
        events=events,
        charged=facts.with_columns(open=is_open),
        decisions=decisions.select(
            *(*pair, "day", "seq", "implied", "lossy"),
            reason=looked_up(nw.col("reason"), _REASON_OF_DECISION).cast(nw.Int64),
        ),
        cases=cases_of(charges.with_columns(running=nw.col("open_charges") > 0), *pair),
    )


def _marks(subjects: Eager, of_families: Marks[Eager], own: _Own) -> Marks[Eager]:
    """Take the charges and results of each subject; what comes before a charge is done to its family."""
    shared = of_families.reached.filter(nw.col("rung") < Milestone.CHARGED.rung).rename({"unit": "root"})
    shared = subjects.select("unit", "root").join(shared, on="root", how="inner").drop("root")
    charges = own.events.filter(_IS_CHARGE)
    reached = nw.concat([shared, reached_of(charges).select(*shared.columns)], how="vertical")
    return Marks(reached=reached, cases=own.cases, untold=untold_of(charges))


def _uncharged(standing: Placed[Eager], day: int) -> Eager:
    """Give the referrals as they stand for whoever is not charged: still open, with the rungs below."""
    said = nw.when(~nw.col("implied")).then(nw.col("rung")).otherwise(nw.lit(0))
    shared = standing.rows.filter(~_IS_CHARGE).with_columns(peak="rung", stated=said)
    shared = shared.group_by("rid").agg(*(nw.col(name).max().cast(nw.Int64) for name in ("peak", "stated")))
    stages = {code: words.REASONS[name] for code, name in codes.STAGE_NAMES.items()}
    watched = (nw.col("watch") >= day).fill_null(value=False)
    charged = nw.col("place") == _CHARGE
    unwatched = (
        nw.when(nw.col("incomplete"))
        .then(nw.lit(words.REASONS[words.INCOMPLETE]))
        .when(nw.col("watch").is_null())
        .then(nw.lit(words.REASONS[words.NEVER_WATCHED]))
        .otherwise(nw.lit(words.REASONS[words.NO_LONGER_WATCHED]))
    )
    by_watch = {
        "place": (nw.lit(_PENDING), nw.lit(_UNKNOWN)),
        "reason": (looked_up(nw.col("stage"), stages), unwatched),
        "open": (nw.lit(words.WATCHED), nw.lit(words.UNWATCHED)),
        "lossy": (nw.lit(value=False), nw.lit(value=False)),
    }
    return (
        standing.referrals.drop("peak", "stated")
        .join(shared, on="rid", how="left")
        .with_columns(
            nw.col("peak", "stated").fill_null(0),
            **{
                name: nw.when(charged & watched).then(here).when(charged).then(not_).otherwise(nw.col(name))
                for name, (here, not_) in by_watch.items()
            },
        )
    )


def _units(subjects: Eager, families: Eager, members: Eager, own: _Own) -> Eager:
    """Let a subject's charges decide, else the decisions about it, else where its family stands."""
    charged = decided(own.charged).rename({name: f"charge_{name}" for name in _DECIDED})
    ladder = own.charged.group_by("unit").agg(
        *(nw.col(name).max().alias(f"own_{name}") for name in ("peak", "stated", "open"))
    )
    latest = own.decisions.unique(subset=["unit", "rid"], keep="last", order_by="seq")
    latest = latest.join(members.select("rid", "watch"), on="rid", how="left").with_columns(
        since=nw.col("day").cast(nw.Int64)
    )
    ended = decided(latest).rename({name: f"end_{name}" for name in _DECIDED})
    unnamed = subjects.filter(nw.col("subject") == _UNNAMED).join(ladder, on="unit", how="inner")
    rows = (
        with_levels(subjects, own.events, "unit")
        .join(families.drop("levels"), on="root", how="left")
        .join(charged, on="unit", how="left")
        .join(ladder, on="unit", how="left")
        .join(_elsewhere(subjects, members, own), on="unit", how="left")
        .join(ended, on="unit", how="left")
        .join(unnamed.select("root", unnamed="own_peak"), on="root", how="left")
    )
    is_charged = ~nw.col("charge_reason").is_null()
    # What was not read, or cannot be trusted, may say otherwise; and what is counted elsewhere, counts there.
    is_ended = ~is_charged & ~nw.col("end_reason").is_null() & ~nw.col("doubtful")
    is_ended &= nw.col("place") != _EXCLUDED
    rows = rows.with_columns(
        peak=nw.max_horizontal("peak", "own_peak"),
        stated=nw.max_horizontal("stated", "own_stated"),
        # Of the unnamed subject itself that is never so.
        maybe=~is_ended & (nw.col("unnamed") > nw.col("own_peak").fill_null(0)).fill_null(value=False),
        open=nw.when(is_charged)
        .then(nw.max_horizontal("own_open", "other_open"))
        .when(is_ended)
        .then(looked_up(nw.col("end_reason"), _OPEN))
        .otherwise(nw.col("open")),
        place=nw.when(is_charged)
        .then(nw.lit(_CHARGE))
        .when(is_ended)
        .then(looked_up(nw.col("end_reason"), _PLACE))
        .otherwise(nw.col("place")),
        **{
            name: nw.when(is_charged)
            .then(nw.col(f"charge_{name}"))
            .when(is_ended)
            .then(nw.col(f"end_{name}"))
            .otherwise(nw.col(name))
            for name in _DECIDED
        },
    )
    hidden = nw.col("maybe") & (nw.col("place") == _PENDING)
    return rows.with_columns(
        place=nw.when(hidden).then(nw.lit(_UNKNOWN)).otherwise(nw.col("place")),
        reason=nw.when(hidden).then(nw.lit(words.REASONS[words.UNNAMED_CHARGE])).otherwise(nw.col("reason")),
        open=nw.when(nw.col("maybe")).then(nw.lit(words.UNWATCHED)).otherwise(nw.col("open")),
    )


def _elsewhere(subjects: Eager, members: Eager, own: _Own) -> Eager:
    """Tell whether a branch runs in which a charged subject is not charged: it may be, there too."""
    here = own.charged.select("unit").unique().join(subjects.select("unit", "root"), on="unit", how="inner")
    branches = here.join(members.select("rid", "open", root="unit"), on="root", how="inner")
    others = branches.join(own.charged.select("unit", "rid"), on=["unit", "rid"], how="anti")
    return others.group_by("unit").agg(nw.col("open").max().alias("other_open"))


def _without_charges(changes: Eager) -> Eager:
    """Leave out that referrals were charged: for others they are still open."""
    charged = nw.col("now") == STATE_CODES[Place.CHARGE.value]
    now = nw.when(charged).then(nw.lit(STATE_CODES["open"])).otherwise(nw.col("now"))
    return changes.with_columns(now=now).filter(nw.col("was") != nw.col("now"))


def _changes(subjects: Eager, of_families: Eager, own: _Own) -> Eager:
    """Follow the family until a decision about the subject, and that until it is charged."""
    certain = subjects.filter(~nw.col("doubtful")).select("unit")
    decisions = own.decisions.join(certain, on="unit", how="semi")
    decisions = decisions.with_columns(nw.col("implied").cast(nw.Int64))
    decisions = decisions.group_by("unit", "day").agg(nw.col("reason").max(), nw.col("implied").min())
    decisions = decisions.with_columns(implied=nw.col("implied") > 0)
    charges = own.events.filter(_IS_CHARGE).group_by("unit").agg(nw.col("day").min())
    charges = charges.with_columns(implied=nw.lit(value=False))  # whether the day is stated, the marks tell

    def steps(rows: Eager, now: nw.Expr, before: Eager) -> Eager:
        """Give the steps before the first day of what goes before them."""
        until = before.group_by("unit").agg(nw.col("day").min().alias("until"))
        rows = rows.join(until, on="unit", how="left")
        rows = rows.filter(nw.col("until").is_null() | (nw.col("day") < nw.col("until")))
        return rows.select("unit", nw.col("day").cast(nw.Int64), "implied", now=now.cast(nw.Int64))

    settled = nw.concat([rows.select("unit", "day") for rows in (decisions, charges)], how="vertical")
    families = subjects.select("unit", "root").join(of_families, on="root", how="inner")
    return steps_between(
        nw.concat(
            [
                steps(families, nw.col("now"), settled),
                steps(decisions, looked_up(nw.col("reason"), _STATE), charges),
                steps(charges, nw.lit(STATE_CODES[Place.CHARGE.value]), charges.head(0)),
            ],
            how="vertical",
        )
    )
