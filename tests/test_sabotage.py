"""Counting is broken on purpose, one rule at a time: a law must break, by its name, or the oracle disagree.

A law of accounting notices what does not balance. What balances and is wrong all the same, such as an
unknown that is taken for a pending, only the oracle can notice. What nobody notices is a hole in the tests.
"""

import functools
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from importlib import import_module
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from attrs import evolve, frozen

from oracle import LADDER, Record, ledger_of, rate
from tipline_outcomes._engine import told_of
from tipline_outcomes.errors import InvalidValueError, LedgerImbalanceError
from tipline_outcomes.eventlog import EventLog, codes
from tipline_outcomes.ledger import Ledger, Unit, words
from tipline_outcomes.metrics import attrition, conversion, outcome_mix
from worlds import AS_OF, EVENT_COLUMNS, LINK_COLUMNS, REFERRAL_COLUMNS, REPORT_COLUMNS, many, reports_of

pytestmark = pytest.mark.slow

SEED, WORLDS = 6, 160
BY = ("source",)
LEVEL = "local"
QUESTIONS = [
    (AS_OF[1], Unit.FAMILY),
    *((AS_OF[3], unit) for unit in (Unit.FAMILY, Unit.REFERRAL, Unit.REPORT, Unit.SUBJECT)),
]

COLUMNS = {
    "standing": (
        "peak",
        "stated",
        "place",
        "reason",
        "levels",
        "open",
        "undated",
        "late",
        "came_in",
        "lossy",
    ),
    "waits": ("clock", "from", "to", "days", "followed", "late", "entered", "came_in"),
    "movements": ("period", "from", "to", "flow", "undated"),
    "stock": ("stage", "open", "observed_from"),
    "measures": ("place", "measure", "came_in"),
}
TYPES = {str: pl.String, int: pl.Int64, bool: pl.Boolean, date: pl.Date}
PARTS = (
    *(
        "received",
        "reached",
        "implied",
        "lost",
        "pending",
        "unknown",
        "excluded",
        "transferred_out",
        "unlinked",
    ),
    *("lower", "upper", "upper_by_as_of", "resolved"),
)

# The laws, by the names that they have where they are held.
LAST_ROWS = "the last rows of the clock sum to received"
ENTRIES = "entries in movements are the referrals received"
REFERRALS = "standing sums to referrals received"
FLOW = "movements in minus movements out are the stock"
MEASURES = "a measure is counted once a unit"
NEGATIVE = "no count is negative"
COUNTED_ONCE = "every unit received is counted once"
CHARGED = "whoever is charged stands in charge"
FATES = "reached + implied + lost + pending + unknown = D"
IDENTITY = "received = the places"

Change = Callable[[Any], Any]


@functools.cache
def halves() -> tuple[list[dict[str, pl.DataFrame]], dict[Any, dict[str, Counter[Any]]]]:
    """The worlds in two halves, whose ledgers are added; and what the oracle counts of the whole."""
    events, referrals = many(SEED, WORLDS)
    reports, links = reports_of(referrals, SEED)
    record = Record(events, referrals, reports, links)
    wanted = {ask: ledger_of(record, as_of=ask[0], by=BY, unit=ask[1].value) for ask in QUESTIONS}
    tables = {
        name: pl.DataFrame(rows, schema={name: TYPES[kind] for name, kind in columns.items()}, orient="row")
        for name, rows, columns in (
            ("events", events, EVENT_COLUMNS),
            ("referrals", referrals, REFERRAL_COLUMNS),
            ("reports", reports, REPORT_COLUMNS),
            ("links", links, LINK_COLUMNS),
        )
    }
    middle = f"w{WORLDS // 2:05d}"
    sides = (pl.first() < middle, pl.first() >= middle)  # the first column of each table is an id
    return [{name: table.filter(side) for name, table in tables.items()} for side in sides], wanted


def noticed() -> set[str]:
    """Count the worlds, and gather the names of the laws that break and of the tables that differ."""
    parts, wanted = halves()
    logs = [EventLog.from_frames(**tables) for tables in parts]
    found: set[str] = set()
    for as_of, unit in QUESTIONS:
        tables = wanted[as_of, unit]
        try:
            one, other = (Ledger.of(log, as_of=as_of, by=BY, unit=unit) for log in logs)
            ledger = one + other
        except LedgerImbalanceError as broken:
            found.add(broken.law)
            continue
        found |= {name for name in COLUMNS if cells(ledger, name) != tables[name]}
        try:
            found |= {
                name for name, agrees in metrics_agree(ledger.rolled_up(()), tables["standing"]) if not agrees
            }
        except InvalidValueError as broken:
            found.add(str(broken))
    return found


def cells(ledger: Ledger, name: str) -> Counter[Any]:
    counter: Counter[Any] = Counter()
    for *cell, n in getattr(ledger, name).select(*BY, *COLUMNS[name], "n").rows():
        counter[tuple(cell)] += n
    return counter


def metrics_agree(ledger: Ledger, standing: Counter[Any]):
    whole = ledger.spec.unit is not Unit.SUBJECT
    for milestone, level in [*((rung, None) for rung in LADDER[0 if whole else 4 :]), ("charged", LEVEL)]:
        wanted, one = (
            rate(standing, milestone, level),
            conversion(ledger, milestone, level=level).overall,
        )
        yield "rate", all(getattr(one, part) == wanted[part] for part in PARTS)
    for step in attrition(ledger).overall.steps if whole else ():
        wanted = rate(standing, step.toward.value)
        yield "attrition", step.advanced == wanted["reached"] + wanted["implied"]
    places: Counter[str] = Counter()
    for cell, n in standing.items():
        places[cell[len(BY) + 2]] += n
    parts = outcome_mix(ledger).overall.parts
    yield "mix", all(n == places[place.value] for place, n in parts.places.items())


@frozen
class Sabotage:
    """One function, constant or property of the package is replaced.

    Attributes:
        room: The module.
        name: What is replaced, ``Class.name`` for a member of a class.
        instead: Makes the replacement of what is there.
        notice: The law that must break, or the table or metric that must differ from the oracle's.
        laws: Whether a law breaks. If not, no law may: the accounts balance, and are wrong.
    """

    room: str
    name: str
    instead: Change
    notice: str
    laws: bool = False

    def commit(self, patch: pytest.MonkeyPatch) -> None:
        owner: Any = import_module(f"tipline_outcomes.{self.room}")
        *outer, name = self.name.split(".")
        for within in outer:
            owner = getattr(owner, within)
        patch.setattr(owner, name, self.instead(getattr(owner, name)))


def on_result(change: Change) -> Change:
    return lambda real: lambda *args, **kwargs: change(real(*args, **kwargs))


def on_first(change: Change) -> Change:
    """Change the first argument."""
    return lambda real: lambda first, *args, **kwargs: real(change(first), *args, **kwargs)


def on_second(change: Change) -> Change:
    return lambda real: lambda first, second, *args, **kwargs: real(first, change(second), *args, **kwargs)


def none(frame: Any) -> Any:
    return frame.head(0)


# --- what reaches the counting --------------------------------------------------------------------


def without_last_event(events: pl.DataFrame) -> pl.DataFrame:
    live = pl.col("superseded_on").is_null()
    last = live & (pl.col("seq") == pl.col("seq").filter(live).max().over("referral_id"))
    return events.filter(~last.fill_null(value=False))


def with_unnamed_charges_apart(events: pl.DataFrame) -> pl.DataFrame:
    unnamed = (pl.col("disposition") == "charge") & pl.col("charge_id").is_null()
    return events.with_columns(charge_id=pl.when(unnamed).then(pl.lit("?")).otherwise("charge_id"))


def with_measures_for_endings(events: pl.DataFrame) -> pl.DataFrame:
    measure = pl.col("action") == "administrative_action"
    ended = {"action": "close", "reason": "other_sanction"}
    return events.with_columns(**{k: pl.when(measure).then(pl.lit(v)).otherwise(k) for k, v in ended.items()})


# --- where a referral stands ----------------------------------------------------------------------


def last_rung_for_peak(placed: Any) -> Any:
    last = placed.rows.sort("rid", "i").unique(subset=["rid"], keep="last", order_by="i")
    last = last.select("rid", peak=nw.col("rung").cast(nw.Int64))
    stands = placed.referrals.drop("peak").join(last, on="rid", how="left")
    stands = stands.with_columns(nw.col("peak").fill_null(0))
    return evolve(placed, referrals=stands.with_columns(stated=nw.min_horizontal("peak", "stated")))


def replaced(place: str, by: str) -> Change:
    was, now = words.PLACES[place], words.PLACES[by]
    stands = nw.when(nw.col("place") == was).then(nw.lit(now)).otherwise(nw.col("place"))
    return lambda placed: evolve(placed, referrals=placed.referrals.with_columns(place=stands))


def later_events(real: Change) -> Change:
    return lambda canon, received, day: real(canon, received, day + 200)


def first_charge_rules(real: Change) -> Change:
    """Take reason and day of the place *charge* from the first charge event, not from the last."""

    def facts(referrals: Any, rows: Any, *rest: Any) -> Any:
        charges = rows.filter(nw.col("kind") == codes.CHARGE_KIND)
        first = charges.unique(subset=["rid"], keep="first", order_by="i")
        return told_of(real(referrals, rows, *rest), first.select("rid", charge_reason="reason"), "rid")

    return facts


# --- units ----------------------------------------------------------------------------------------


def every_referral_a_family(members: Any) -> Any:
    """Forget the roots: what was passed on counts here, and where it went, too."""
    place = nw.when(nw.col("place") == words.SKIPPED).then(nw.lit(words.PLACES["unknown"]))
    return members.with_columns(unit=nw.col("rid"), place=place.otherwise(nw.col("place")))


def latest_member_decides(real: Change) -> Change:
    def together(members: Any) -> Any:
        counting = members.filter(nw.col("place") < words.SKIPPED)
        latest = counting.sort("unit", "since").unique(subset=["unit"], keep="last", order_by="since")
        latest = latest.select("unit", now="place", why="reason", on="since")
        whole = real(members).join(latest, on="unit", how="left")
        return whole.with_columns(
            place=nw.coalesce("now", "place"),
            reason=nw.coalesce("why", "reason"),
            since=nw.coalesce("on", "since"),
        )

    return together


class Repeated:
    """Measures of which none is taken for the same as another."""

    def __init__(self, taken: Any) -> None:
        self.taken = taken

    def lazy(self) -> "Repeated":
        return self

    def select(self, **columns: Any) -> "Repeated":
        return Repeated(self.taken.lazy().select(**columns))

    def unique(self) -> Any:
        return self.taken


def linked_only(real: Change) -> Change:
    def answers(rate: Any, *args: Any) -> Any:
        told = real(rate, *args)
        return evolve(told, undecided=told.undecided - rate.parts.unlinked)

    return answers


def first_of_a_report(table: Any) -> Any:
    if "referral_id" not in table.columns:
        return table
    return table.unique(subset=["report_id"], keep="first", order_by="referral_id")


def charges_of_anybody(real: Change) -> Change:
    """Take every charge of a family for a charge of each of its subjects."""

    def own(events: Any, referrals: Any, day: int) -> Any:
        charges = events.filter(nw.col("kind") == codes.CHARGE_KIND).drop("unit", "subject")
        subjects = events.select("root", "unit", "subject").unique()
        rest = events.filter(nw.col("kind") != codes.CHARGE_KIND)
        everybodys = charges.join(subjects, on="root", how="inner").select(*events.columns)
        return real(nw.concat([rest, everybodys], how="vertical"), referrals, day)

    return own


def undecided(own: Any) -> Any:
    return evolve(own, decisions=own.decisions.head(0))


# --- tables ---------------------------------------------------------------------------------------


def without_a_cell(real: Change) -> Change:
    """Lose the first row of a table of standings when two are added."""
    return lambda tables, by, name: real(tables, by, name)[1 if name == "standing" else 0 :]


def wrapped_to_four_bits(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(n=(pl.col("n") + 8) % 16 - 8)


def lost_too(real: Change) -> Change:
    """Count what is pending or unknown as a no, as most published rates do."""

    def fates(stopped: nw.Expr) -> dict[str, nw.Expr]:
        ends, never = real(stopped), nw.lit(value=False)
        return {"lost": ends["lost"] | ends["pending"] | ends["unknown"], "pending": never, "unknown": never}

    return fates


no, yes = nw.lit(value=False), nw.lit(value=True)
canonical, place, count, units = "eventlog.log", "ledger.placing", "ledger.count", "ledger.units"

SABOTAGES = {
    # Events and referrals that should count otherwise, or not at all.
    "drops the last event": Sabotage(canonical, "canonical", on_first(without_last_event), "standing"),
    "counts superseded events": Sabotage(
        canonical,
        "canonical",
        on_first(lambda e: e.with_columns(superseded_on=pl.lit(None, pl.Date))),
        "standing",
    ),
    "counts events after T": Sabotage(place, "_rows_until", later_events, ENTRIES, laws=True),
    "takes implied events for stated ones": Sabotage(
        canonical, "canonical", on_first(lambda e: e.with_columns(implied=pl.lit(value=False))), "rate"
    ),
    "lets measures end a referral": Sabotage(
        canonical, "canonical", on_first(with_measures_for_endings), "standing"
    ),
    "takes unnamed charges for charges of their own": Sabotage(
        canonical, "canonical", on_first(with_unnamed_charges_apart), "stock"
    ),
    "takes never watched for watched": Sabotage(
        canonical,
        "canonical",
        on_second(lambda r: r.with_columns(pl.col("observed_through").fill_null(date(2200, 1, 1)))),
        "standing",
    ),
    "watches a day too long": Sabotage(
        canonical,
        "canonical",
        on_second(lambda r: r.with_columns(pl.col("observed_through") + timedelta(days=1))),
        "waits",
    ),
    "takes the incomplete for complete": Sabotage(
        canonical, "canonical", on_second(lambda r: r.with_columns(incomplete=pl.lit(value=False))), "rate"
    ),
    # The rules of the pipeline.
    "takes a reopened referral for closed": Sabotage(
        "eventlog.codes",
        "TARGET_OF",
        lambda real: {k: v for k, v in real.items() if k != codes.pack_action(codes.ACTIONS["reopen"], 0)},
        "standing",
    ),
    "concludes on the first result": Sabotage("eventlog.codes", "OPENS", lambda _: (), "stock"),
    "counts records that are set aside at face value": Sabotage(
        "eventlog.codes",
        "ALLOWED_STEPS",
        lambda _: tuple(s * 100 + a for s in (0, *codes.STAGE_NAMES) for a in codes.ACTIONS.values()),
        LAST_ROWS,
        laws=True,
    ),
    # Where a referral stands.
    "takes the last rung for the highest": Sabotage(
        count, "placed", on_result(last_rung_for_peak), CHARGED, laws=True
    ),
    "takes the first charge event for the last": Sabotage(
        place, "_with_facts", first_charge_rules, "standing"
    ),
    "takes unknown for pending": Sabotage(count, "placed", on_result(replaced("unknown", "pending")), "mix"),
    "takes excluded for closed": Sabotage(
        count, "placed", on_result(replaced("excluded", "closed")), LAST_ROWS, laws=True
    ),
    "forgets survivors that are not in the data": Sabotage(
        place, "_without_survivor", on_result(none), "rate"
    ),
    "takes every transfer for one out of the data": Sabotage(
        place, "_childless", on_second(none), "standing"
    ),
    "forgets the levels of charges": Sabotage(place, "with_levels", on_second(none), "rate"),
    "takes every code for an exact one": Sabotage(
        place,
        "_with_facts",
        on_result(lambda rows: rows.with_columns(charge_lossy=nw.lit(0), close_lossy=nw.lit(0))),
        "standing",
    ),
    # Units.
    "counts a transfer twice": Sabotage(
        units, "contributions", on_result(every_referral_a_family), "standing"
    ),
    "lets the latest member decide": Sabotage(
        "ledger.units", "_together", latest_member_decides, CHARGED, laws=True
    ),
    "counts measures by event": Sabotage(count, "_measures", on_first(Repeated), MEASURES, laws=True),
    "forgets what is not in the data of a report": Sabotage(
        "ledger.reports", "_unseen", on_result(none), "standing"
    ),
    "starts the clock of a report where nobody knows the day": Sabotage(
        "ledger.reports",
        "_begun",
        lambda _: lambda r: r.group_by("unit").agg(day0=nw.col("first_day").min()),
        "waits",
    ),
    "knows one referral of every report": Sabotage(
        "ledger.reports", "eager", on_result(first_of_a_report), "standing"
    ),
    "charges everybody with every charge": Sabotage(
        "ledger.subjects", "_own", charges_of_anybody, "standing"
    ),
    "forgets the decisions about subjects": Sabotage(
        "ledger.subjects", "_own", on_result(undecided), "standing"
    ),
    "takes an open case for one that charges all": Sabotage(
        "ledger.subjects", "_without_charges", lambda _: lambda changes: changes, "waits"
    ),
    "takes a charge of nobody for one of somebody else": Sabotage(
        "ledger.subjects", "_UNNAMED", lambda _: "s1", "standing"
    ),
    "forgets where else a subject may be charged": Sabotage(
        "ledger.subjects", "_elsewhere", on_result(none), "standing"
    ),
    # Clocks.
    "lets the undated onto the clock": Sabotage(
        count, "waits_of", on_first(lambda units: units.with_columns(undated=no)), "waits"
    ),
    "takes late rows into the risk set": Sabotage(
        count, "waits_of", on_result(lambda rows: rows.with_columns(late=no)), LAST_ROWS, laws=True
    ),
    "loses the last row of the clock": Sabotage(
        "ledger.waits", "_last_rows", on_result(none), LAST_ROWS, laws=True
    ),
    "lets implied charges stop the clock": Sabotage(
        count, "with_days_of_charges", lambda _: lambda changes, _: changes.with_columns(implied=no), "waits"
    ),
    "starts clocks on days that nobody stated": Sabotage(
        units, "marks_of", on_result(lambda m: evolve(m, reached=m.reached.with_columns(stated=yes))), "waits"
    ),
    "lets implied reopenings move the clock": Sabotage(
        count, "run", on_result(lambda timed: (timed[0], timed[1].with_columns(implied=no))), "waits"
    ),
    "takes a charge that ended nobody says how for one without a conviction": Sabotage(
        units, "marks_of", on_result(lambda m: evolve(m, untold=m.untold.head(0))), "waits"
    ),
    "concludes a case while another one runs": Sabotage(
        units, "marks_of", on_result(lambda m: evolve(m, cases=m.cases.with_columns(running=no))), "waits"
    ),
    "follows a day too little": Sabotage("ledger.waits", "_followed", on_first(lambda day: day - 1), "waits"),
    # The calendar.
    "loses the entries": Sabotage(
        count,
        "movements_of",
        on_result(lambda rows: rows.filter(nw.col("from") != "outside")),
        ENTRIES,
        laws=True,
    ),
    "loses the closures": Sabotage(
        count, "movements_of", on_result(lambda rows: rows.filter(nw.col("to") != "closed")), FLOW, laws=True
    ),
    "loses the stock that nobody watches": Sabotage(
        count,
        "stock_of",
        on_result(lambda rows: rows.filter(nw.col("open") != "unwatched")),
        ENTRIES,
        laws=True,
    ),
    "loses what was transferred out": Sabotage(
        count,
        "_standing",
        on_result(lambda rows: rows.filter(nw.col("place") != "transferred_out")),
        COUNTED_ONCE,
        laws=True,
    ),
    "loses every tenth unit before anything is known of it": Sabotage(
        units,
        "units_of",
        on_result(lambda units: units.filter(nw.col("unit") % 10 != 0)),
        COUNTED_ONCE,
        laws=True,
    ),
    # Adding.
    "drops a cell when adding": Sabotage("ledger.ledger", "added", without_a_cell, LAST_ROWS, laws=True),
    "wraps around when adding": Sabotage(
        "ledger.ledger", "added", on_result(wrapped_to_four_bits), NEGATIVE, laws=True
    ),
    # Rates.
    "leaves the excluded in the denominator": Sabotage(
        "metrics.conversion", "COUNTED", lambda _: yes, FATES, laws=True
    ),
    "takes open for lost": Sabotage("metrics.conversion", "fates", lost_too, "rate"),
    "bounds without the unlinked": Sabotage("metrics.rate", "Rate.answers", linked_only, "rate"),
    "takes implied passages for reached": Sabotage(
        "metrics.conversion", "at_least", lambda real: lambda _, milestone: real("peak", milestone), "rate"
    ),
}


def test_without_sabotage_all_agree():
    assert noticed() == set()


@pytest.mark.parametrize("sabotage", SABOTAGES.values(), ids=SABOTAGES)
def test_sabotage_is_noticed(sabotage, monkeypatch):
    sabotage.commit(monkeypatch)
    found = noticed()
    assert any(sabotage.notice in name for name in found), f"noticed only by {found or 'nobody'}"
    if not sabotage.laws:
        assert found <= {*COLUMNS, "rate", "attrition", "mix"}, "the accounts do not balance"
