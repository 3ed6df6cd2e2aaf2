"""The hard cases of the field, each with every date, reason, level and neighbour that may come with it.

The page docs/hard-cases.md shows one example of each; here the rest of them are counted.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, timedelta

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from examples import examples
from tipline_outcomes import EventLog, Ledger, conversion, outcome_mix
from tipline_outcomes.errors import TransitionError
from tipline_outcomes.metrics.convictions import convictions
from tipline_outcomes.model import (
    Action,
    Administrative,
    AdministrativeReason,
    Charge,
    ChargeStatus,
    Closed,
    ClosedReason,
    Cohort,
    Disposition,
    Event,
    IncidentType,
    Jurisdiction,
    Level,
    Milestone,
    Place,
    Referral,
    Report,
    Rule,
    Source,
    SourceKind,
    Stage,
    is_final,
)
from tipline_outcomes.model.pipeline import OPEN_STAGES, ends_as
from tipline_outcomes.strategies import cohorts, days, jurisdictions, referrals

pytestmark = pytest.mark.property

FAR = date(2030, 12, 31)
PRECEDENCE = ("charge", "unknown", "pending", "administrative", "closed", "excluded")
ENDINGS = [
    *(Closed(reason=reason) for reason in ClosedReason if reason is not ClosedReason.TRANSFERRED),
    *(Administrative(reason=reason) for reason in AdministrativeReason if reason.ends),
]
RESULTS = [status for status in ChargeStatus if not status.opens]
CONVICTED = [
    ChargeStatus.CONVICTED_PLEA,
    ChargeStatus.CONVICTED_TRIAL,
    ChargeStatus.CONVICTED_UNSPECIFIED,
]
SURVIVED = [ClosedReason.DUPLICATE, ClosedReason.MERGED, ClosedReason.PROSECUTED_ELSEWHERE]


# What happens, without its day


def step(action: Action, disposition: Disposition | None = None, **more: object) -> Callable[[date], Event]:
    return lambda on: Event(on=on, action=action, disposition=disposition, **more)


RECEIVED, ACCEPTED, OPENED, REOPENED = map(
    step, (Action.MADE_AVAILABLE, Action.ACCEPT, Action.OPEN_INVESTIGATION, Action.REOPEN)
)
INVESTIGATED = (RECEIVED, ACCEPTED, OPENED)


def closed(ending: Disposition, survivor: str | None = None) -> Callable[[date], Event]:
    return step(Action.CLOSE, ending, other_id=survivor)


def filed(**charge: object) -> Callable[[date], Event]:
    return step(Action.FILE_CHARGE, Charge(**charge))


def result(status: ChargeStatus, **charge: object) -> Callable[[date], Event]:
    return step(Action.CHARGE_RESULT, Charge(status=status, **charge))


def decided(subject: str, ending: Disposition) -> Callable[[date], Event]:
    return step(Action.DECIDE_SUBJECT, ending, subject_id=subject)


@st.composite
def lives(draw: st.DrawFn, *steps: Callable[[date], Event], after: date | None = None) -> tuple[Event, ...]:
    """Give the steps days of their own, in order; several may fall on one."""
    on = draw(days()) if after is None else after
    history = [steps[0](on)]
    for happens in steps[1:]:
        on += timedelta(days=draw(st.integers(0, 200)))
        history.append(happens(on))
    return tuple(history)


def eves(*histories: Iterable[Event], since: date) -> st.SearchStrategy[date]:
    """Draw days to count by: those on which something happened, the days before them, and the end."""
    happened = {event.on for history in histories for event in history}
    near = happened | {on - timedelta(days=1) for on in happened}
    return st.sampled_from([FAR, *sorted(day for day in near if day >= since)])


def it(history: Iterable[Event], name: str = "it", **more: object) -> Referral:
    """One of the referrals that the case is about, watched for ever."""
    facts = {"jurisdiction": Jurisdiction.parse("US-CA/local"), "observed_through": FAR, **more}
    return Referral(id=name, history=tuple(history), dimensions={"case": "it"}, **facts)


def report(name: str, **more: object) -> Report:
    source = Source(kind=SourceKind.PROVIDER, provider="case")
    facts = {"received_on": date(2019, 1, 1), "incident_type": IncidentType.ENTICEMENT, **more}
    return Report(id=name, source=source, **facts)


# The case among its neighbours

neighbours = cohorts(max_referrals=3)


def ledger(
    around: Cohort, *case: Referral, as_of: date = FAR, told: Iterable[Report] = (), **question
) -> Ledger:
    """Count the case among others; by what tells its units from theirs."""
    by = ("provider",) if question.get("unit") == "report" else ("case",)
    cohort = Cohort(referrals=(*case, *around.referrals), reports=(*told, *around.reports))
    return Ledger.of(EventLog.of(cohort), as_of=as_of, by=by, **question)


def rows(counted: Ledger, table: str = "standing") -> list[dict]:
    """What the case comes to: its rows of a table."""
    (mark,) = counted.spec.by
    found = getattr(counted, table).rows(named=True)
    return [row for row in found if row[mark] in ("it", "case")]


def one(counted: Ledger, n: int = 1) -> dict:
    """The one row of what the case comes to: one unit, or *n* that stand alike."""
    (row,) = rows(counted)
    assert row["n"] == n
    return row


def places(counted: Ledger) -> Counter:
    tally: Counter = Counter()
    for row in rows(counted):
        tally[row["place"]] += row["n"]
    return tally


def reached(counted: Ledger, to: str, **more: object) -> tuple[int, int]:
    """How many of the case's units got to a milestone, of how many."""
    groups = conversion(counted, to, **more)
    rate = groups.at(case="it") if "case" in counted.spec.by else groups.at(provider="case")
    return rate.reached, rate.denominator


# One report, many referrals


@examples(20)
@given(
    neighbours,
    st.lists(st.tuples(referrals(), st.sampled_from([None, FAR])), min_size=2, max_size=4),
    st.just(FAR) | days(),
)
def test_a_report_to_several_jurisdictions_stands_where_its_best_referral_does(around, made, as_of):
    case = [
        it(
            (evolve(event, other_id=None) for event in referral.history),
            f"it-{n}",
            jurisdiction=referral.jurisdiction,
            observed_through=watched,
            report_ids=("r-it",),
        )
        for n, (referral, watched) in enumerate(made)
    ]
    families = ledger(around, *case, as_of=as_of, told=[report("r-it")])
    reports = ledger(around, *case, as_of=as_of, told=[report("r-it")], unit="report")
    available = [referral for referral in case if referral.received_on <= as_of]
    assert sum(places(families).values()) == len(available)
    assert sum(places(reports).values()) == bool(available)
    if available:
        assert one(reports)["place"] == min(places(families), key=PRECEDENCE.index)


# Many reports, one referral


@examples(6)
@given(
    neighbours,
    referrals(),
    st.lists(st.tuples(st.integers(1, 10**6), st.booleans()), min_size=1, max_size=4),
    days(),
)
def test_reports_and_their_weights_never_multiply_what_became_of_the_referral(around, made, weights, as_of):
    assume(made.received_on <= as_of)
    told = [report(f"r-it-{n}", incident_count=w, batched=b) for n, (w, b) in enumerate(weights)]
    alone = evolve(made, id="it", parent_id=None, report_ids=(), dimensions={"case": "it"})
    case = evolve(alone, report_ids=tuple(r.id for r in told))
    for unit in ("family", "referral", "subject"):
        few, many = (ledger(around, r, as_of=as_of, told=told, unit=unit) for r in (alone, case))
        assert rows(many) == rows(few)
    family = one(ledger(around, case, as_of=as_of, told=told))
    of_reports = one(ledger(around, case, as_of=as_of, told=told, unit="report"), n=len(told))
    assert (of_reports["place"], of_reports["peak"]) == (family["place"], family["peak"])


# Takedown and charge


@examples(10)
@given(neighbours, referrals(), st.data())
def test_a_measure_changes_no_place_and_is_counted_beside_it_once(around, made, data):
    alone = evolve(made, id="it", parent_id=None, dimensions={"case": "it"})
    history = list(alone.history)
    taken = data.draw(st.lists(st.sampled_from([r for r in AdministrativeReason if not r.ends]), max_size=3))
    first = next(n for n, event in enumerate(history) if event.live)
    for reason in taken:
        # Right after another event, on its day, so that no date runs backwards.
        live = [n for n, event in enumerate(history) if n >= first and event.live]
        at = data.draw(st.sampled_from(live))
        measure = step(Action.ADMINISTRATIVE_ACTION, Administrative(reason=reason))
        history.insert(at + 1, measure(history[at].on))
    before, after = (ledger(around, r) for r in (alone, evolve(alone, history=tuple(history))))
    kept = ("place", "reason", "peak", "open", "levels")
    assert [one(after)[name] for name in kept] == [one(before)[name] for name in kept]
    assert {(row["measure"], row["n"]) for row in rows(after, "measures")} == {
        *((row["measure"], row["n"]) for row in rows(before, "measures")),
        *((reason.value, 1) for reason in taken),
    }
    assert {row["place"] for row in rows(after, "measures")} <= {one(after)["place"]}


# Federal adoption of a state case


@examples(12)
@given(
    neighbours,
    st.sampled_from([ChargeStatus.CHARGE_TRANSFERRED, ChargeStatus.CHARGE_WITHDRAWN]),
    st.lists(st.sampled_from(Level), min_size=2, max_size=2, unique=True),
    st.data(),
)
def test_an_adopted_case_is_one_family_charged_once_at_two_levels(around, ended, levels, data):
    first, second = levels
    history = data.draw(lives(*INVESTIGATED, filed(level=first)))
    state = it((*history, result(ended, level=first)(history[-1].on)))
    taken_up = data.draw(lives(*INVESTIGATED, filed(level=second), after=history[-1].on))
    federal = it(taken_up, "it-2", jurisdiction=Jurisdiction.parse("US/federal"), parent_id="it")
    assert Cohort(referrals=(state, federal)).check() == ()

    as_of = data.draw(eves(taken_up, since=history[-1].on))
    counted = ledger(around, state, federal, as_of=as_of)
    there = {first, second} if taken_up[-1].on <= as_of else {first}
    assert (one(counted)["place"], set(one(counted)["levels"].split(","))) == ("charge", there)
    assert reached(counted, "charged") == (1, 1)
    assert [level for level in Level if reached(counted, "charged", level=level)[0]] == sorted(
        there, key=list(Level).index
    )


# Closures


@examples(12)
@given(neighbours, st.sampled_from([e for e in ENDINGS if not is_final(e.reason)]), st.data())
def test_a_closure_that_is_reopened_is_received_once_and_reopened_once(around, ending, data):
    steps = (*INVESTIGATED, closed(ending), REOPENED, OPENED)
    history = data.draw(lives(*steps))
    reopened_on = history[-2].on
    as_of = data.draw(eves(history, since=history[0].on))
    counted = ledger(around, it(history), as_of=as_of)
    standing = one(counted)
    is_closed = history[3].on <= as_of < reopened_on
    assert standing["place"] == (ends_as(ending.reason) if is_closed else Place.PENDING)
    assert standing["open"] == ("reopenable" if is_closed else "watched")
    again = [row for row in rows(counted, "movements") if row["from"] == "closed"]
    assert sum(row["n"] for row in again) == (reopened_on <= as_of)
    entered = [row for row in rows(counted, "movements") if row["from"] == "outside"]
    assert sum(row["n"] for row in entered) == 1


@examples(12)
@given(neighbours, st.sampled_from([e for e in ENDINGS if is_final(e.reason)]), st.data())
def test_a_closure_that_is_final_refuses_to_be_reopened(around, ending, data):
    survivor = "it-2" if ending.reason in SURVIVED else None
    case = it(data.draw(lives(*INVESTIGATED, closed(ending, survivor))))
    with pytest.raises(TransitionError):
        case.record(REOPENED(data.draw(st.dates(case.history[-1].on, FAR))))
    standing = one(ledger(around, case))
    assert (standing["place"], standing["open"]) == (ends_as(ending.reason), "no")


# Several subjects


@examples(12)
@given(
    neighbours, st.sampled_from([e for e in ENDINGS if ends_as(e.reason) is not Place.EXCLUDED]), st.data()
)
def test_of_several_subjects_each_is_counted_by_itself_and_their_family_once(around, ending, data):
    dead = Closed(reason=ClosedReason.SUSPECT_DECEASED)
    happens = data.draw(
        st.permutations([filed(subject_id="s-1"), decided("s-2", dead), decided("s-3", ending)])
    )
    case = it(data.draw(lives(*INVESTIGATED, *happens)))
    assert case.check() == ()
    assert one(ledger(around, case))["place"] == "charge"
    subjects = ledger(around, case, unit="subject")
    found = Counter({(row["place"], row["reason"]): row["n"] for row in rows(subjects)})
    assert found == Counter(
        [
            ("charge", "charge_pending"),
            ("closed", "suspect_deceased"),
            (ends_as(ending.reason).value, ending.reason.value),
        ]
    )
    assert reached(subjects, "charged") == (1, 3)


# Charges that end otherwise


@examples(12)
@given(neighbours, st.sampled_from([s for s in RESULTS if not s.convicts and not s.may_convict]), st.data())
def test_a_charge_that_ends_without_conviction_stays_a_charge(around, ended, data):
    case = it(data.draw(lives(*INVESTIGATED, filed(), result(ended))))
    counted = ledger(around, case)
    assert (one(counted)["place"], one(counted)["reason"]) == ("charge", ended)
    assert (reached(counted, "charged"), reached(counted, "convicted")) == ((1, 1), (0, 1))
    # The clock stops on the day of the first charge, whatever became of it.
    (row,) = [row for row in rows(counted, "waits") if row["clock"] == "received"]
    assert (row["from"], row["to"]) == ("open", "charge")
    assert row["days"] == (case.history[3].on - case.received_on).days


@examples(12)
@given(
    neighbours,
    st.sampled_from(CONVICTED),
    st.none() | st.sampled_from([ChargeStatus.CHARGE_DISMISSED, *CONVICTED]),
    st.data(),
)
def test_a_vacated_conviction_keeps_its_peak_and_does_not_stand(around, convicted, then, data):
    # Some sources tell of a conviction no earlier than when it is vacated.
    first = [result(convicted)] if data.draw(st.booleans()) else []
    steps = [filed(), *first, result(ChargeStatus.CONVICTION_VACATED)]
    steps += [] if then is None else [result(then)]
    case = it(data.draw(lives(*INVESTIGATED, *steps)))
    assert case.peak is Milestone.CONVICTED
    assert case.conviction_stands is (then in CONVICTED)
    counted = ledger(around, case)
    assert reached(counted, "convicted") == (1, 1)
    last = ChargeStatus.CONVICTION_VACATED if then is None else then
    assert (one(counted)["place"], one(counted)["reason"]) == ("charge", last)
    found = convictions(counted).at(case="it")
    assert (found.ever, found.stands, found.vacated) == (1, then in CONVICTED, then is None)


@examples(12)
@given(neighbours, st.sampled_from(CONVICTED), st.sampled_from(RESULTS), st.booleans(), st.data())
def test_a_plea_to_one_count_stands_whatever_becomes_of_the_others(around, convicted, other, first, data):
    ends = [result(convicted, charge_id="c-1"), result(other, charge_id="c-2")]
    steps = (filed(charge_id="c-1"), filed(charge_id="c-2"), *(ends if first else ends[::-1]))
    case = it(data.draw(lives(*INVESTIGATED, *steps)))
    for unit in ("family", "referral", "subject"):
        counted = ledger(around, case, unit=unit)
        last = other if first and other in CONVICTED else convicted
        assert (one(counted)["place"], one(counted)["reason"]) == ("charge", last)
        assert (reached(counted, "charged"), reached(counted, "convicted")) == ((1, 1), (1, 1))
        found = convictions(counted).at(case="it")
        assert (found.ever, found.stands, found.vacated, found.otherwise) == (1, 1, 0, 0)


@examples(12)
@given(neighbours, st.sampled_from(CONVICTED), st.sampled_from(RESULTS), st.data())
def test_a_conviction_of_the_state_stands_though_the_federal_charge_ends_otherwise(
    around, convicted, other, data
):
    assume(other not in CONVICTED)
    history = data.draw(lives(*INVESTIGATED, filed(), result(convicted)))
    state = it(history)
    taken_up = data.draw(lives(*INVESTIGATED, filed(), result(other), after=history[-1].on))
    federal = it(taken_up, "it-2", jurisdiction=Jurisdiction.parse("US/federal"), parent_id="it")
    counted = ledger(around, state, federal)
    assert (one(counted)["reason"], convictions(counted).at(case="it").stands) == (convicted, 1)


@examples(20)
@given(cohorts(), days())
def test_convictions_that_stand_are_among_those_that_ever_were(cohort, as_of):
    counted = Ledger.of(EventLog.of(cohort), as_of=as_of, unit="referral")
    ever, found = conversion(counted, "convicted").overall, convictions(counted).overall
    assert found.ever == ever.reached + ever.implied
    then = [tuple(e for e in r.history if e.on <= as_of) for r in cohort.referrals]
    known = [
        evolve(r, history=h) for r, h in zip(cohort.referrals, then, strict=True) if any(e.live for e in h)
    ]
    stand = sum(referral.conviction_stands for referral in known)
    assert found.stands == stand <= found.ever


# Juveniles


@examples(8)
@given(neighbours, st.data())
def test_a_juvenile_handled_informally_is_not_charged_nor_is_a_finding_a_conviction(around, data):
    informally = Administrative(reason=AdministrativeReason.JUVENILE_HANDLED_INFORMALLY)
    case = it(data.draw(lives(*INVESTIGATED, closed(informally))))
    counted = ledger(around, case)
    assert (one(counted)["place"], reached(counted, "charged")) == ("administrative", (0, 1))
    found = result(ChargeStatus.ADJUDICATED_DELINQUENT)
    case = it(data.draw(lives(*INVESTIGATED, filed(), found)))
    counted = ledger(around, case)
    assert (reached(counted, "charged"), reached(counted, "convicted")) == ((1, 1), (0, 1))


@examples(8)
@given(neighbours, st.booleans(), st.data())
def test_a_child_below_the_age_is_closed_and_made_safe_beside_it(around, at_once, data):
    safe = step(Action.ADMINISTRATIVE_ACTION, Administrative(reason=AdministrativeReason.VICTIM_SAFEGUARDING))
    too_young = closed(Closed(reason=ClosedReason.SUSPECT_UNDER_AGE))
    steps = (safe, too_young) if at_once else (too_young, safe)
    counted = ledger(around, it(data.draw(lives(*INVESTIGATED, *steps))))
    assert (one(counted)["place"], one(counted)["reason"]) == ("closed", "suspect_under_age")
    assert [(row["place"], row["measure"], row["n"]) for row in rows(counted, "measures")] == [
        ("closed", "victim_safeguarding", 1)
    ]
    assert reached(counted, "charged") == (0, 1)


# Transfers


@examples(12)
@given(neighbours, st.integers(1, 3), st.sampled_from([OPENED, *map(closed, ENDINGS)]), st.data())
def test_what_agencies_pass_on_is_one_family_and_balances_in_each_of_them(around, hops, last, data):
    names = ["it", *(f"it-{n}" for n in range(2, hops + 2))]
    case, on = [], data.draw(days())
    for n, name in enumerate(names):
        onwards = [step(Action.TRANSFER, other_id=names[n + 1])] if n < hops else [last]
        history = data.draw(lives(RECEIVED, ACCEPTED, *onwards, after=on))
        on = history[-1].on + timedelta(days=data.draw(st.integers(0, 9)))
        where = evolve(data.draw(jurisdictions()), agency=f"agency-{n}")
        case.append(it(history, name, jurisdiction=where, parent_id=names[n - 1] if n else None))
    assert Cohort(referrals=tuple(case)).check() == ()
    as_of = data.draw(eves(*(referral.history for referral in case), since=case[0].received_on))
    holder = [referral for referral in case if referral.received_on <= as_of][-1]
    there = holder.place(as_of)
    # Sent, and not yet there: nobody has it, so that it is unknown.
    assert one(ledger(around, *case, as_of=as_of))["place"] == (
        Place.UNKNOWN if there is Place.TRANSFERRED_OUT else there
    )

    cohort = Cohort(referrals=(*case, *around.referrals), reports=around.reports)
    by_agency = Ledger.of(EventLog.of(cohort), as_of=as_of, by=("case", "agency"), unit="referral")
    parts = [g.parts for g in outcome_mix(by_agency).groups if g.group["case"] == "it"]
    # Received at first hand and by transfer: what ended, what runs, and what was handed on.
    assert all(p.received == sum(p.places.values()) == 1 for p in parts)
    assert sum(p.received - p.came_in for p in parts) == 1
    on_the_way = sum(p.transferred_out for p in parts) - sum(p.came_in for p in parts)
    assert on_the_way == (there is Place.TRANSFERRED_OUT)


# Amended events


@examples(10)
@given(neighbours, referrals(lawful=False), referrals(lawful=False), days(), st.data())
def test_an_amended_event_never_counts(around, made, other, as_of, data):
    case = evolve(made, id="it", parent_id=None, report_ids=(), dimensions={"case": "it"})
    history = list(case.history)
    for event in other.history[:3]:
        was = evolve(event, superseded_on=data.draw(days()))
        history.insert(data.draw(st.integers(0, len(history))), was)
    before, after = (ledger(around, r, as_of=as_of) for r in (case, evolve(case, history=tuple(history))))
    for table in ("standing", "waits", "movements", "stock", "measures"):
        assert rows(after, table) == rows(before, table)


# Counted elsewhere


@examples(12)
@given(neighbours, st.sampled_from(SURVIVED), st.integers(1, 3), st.data())
def test_duplicates_are_left_out_and_what_they_lead_to_is_counted_once(around, reason, longest, data):
    """A referral merged into one that is later charged, and chains of duplicates of duplicates."""
    survivor = it(data.draw(lives(*INVESTIGATED, filed())), "it-0")
    copies = [
        it(data.draw(lives(RECEIVED, ACCEPTED, closed(Closed(reason=reason), f"it-{n}"))), f"it-{n + 1}")
        for n in range(longest)
    ]
    received_by = max(referral.received_on for referral in (survivor, *copies))
    ended_by = max(referral.history[-1].on for referral in copies)
    since = max(received_by, ended_by)
    as_of = data.draw(eves(survivor.history, since=since))
    counted = ledger(around, survivor, *copies, as_of=as_of)
    of_survivor = survivor.place(as_of)
    assert places(counted) == Counter({"excluded": longest, of_survivor.value: 1})
    assert {row["reason"] for row in rows(counted) if row["place"] == "excluded"} == {reason}
    assert reached(counted, "charged") == (of_survivor is Place.CHARGE, 1)
    # Without the survivor nobody can say where they are counted, so the bounds keep them.
    loose = ledger(around, *copies, as_of=as_of)
    assert {row["reason"] for row in rows(loose)} == {f"unlinked:{reason}"}
    rate = conversion(loose).at(case="it")
    assert (rate.denominator, rate.lower, rate.upper) == (0, 0, 1)


@examples(10)
@given(neighbours, st.sampled_from(SURVIVED), st.integers(1, 4), st.data())
def test_duplicates_that_lead_to_each_other_are_unknown_and_not_lost(around, reason, length, data):
    steps = [closed(Closed(reason=reason), f"it-{(n + 1) % length}") for n in range(length)]
    case = [it(data.draw(lives(RECEIVED, ACCEPTED, s)), f"it-{n}") for n, s in enumerate(steps)]
    counted = ledger(around, *case)
    assert places(counted) == Counter({"unknown": length})
    assert {row["reason"] for row in rows(counted)} == {f"set_aside:{Rule.SURVIVOR_CYCLE}"}


# Silence, and what is known late


@examples(12)
@given(neighbours, st.none() | st.integers(0, 100), st.integers(1, 100), st.data())
def test_silence_is_unknown_and_what_is_heard_of_it_later_counts_and_says_so(around, watched, gap, data):
    history = data.draw(lives(*INVESTIGATED))
    watch = None if watched is None else history[-1].on + timedelta(days=watched)
    charged_on = (watch or history[-1].on) + timedelta(days=gap)
    case = it((*history, filed()(charged_on)), observed_through=watch)
    before = one(ledger(around, case, as_of=charged_on - timedelta(days=1)))
    assert (before["place"], before["open"]) == (
        ("pending", "watched") if watch == charged_on - timedelta(days=1) else ("unknown", "unwatched")
    )
    counted = ledger(around, case)
    assert (one(counted)["place"], one(counted)["late"]) == ("charge", True)
    assert reached(counted, "charged") == (1, 1)
    # The clock saw nothing after watching had ended; what is known late is a row of its own.
    seen = {(row["to"], row["late"]) for row in rows(counted, "waits") if row["clock"] == "received"}
    assert seen == {("charge", True), ("unknown", False)}


# Pending at the date of the count


@examples(12)
@given(neighbours, referrals(), days())
def test_what_is_open_and_watched_is_pending_and_never_closed(around, made, as_of):
    case = evolve(made, id="it", parent_id=None, observed_through=FAR, dimensions={"case": "it"})
    assume(case.received_on <= as_of)
    so_far = evolve(case, history=tuple(e for e in case.history if e.live and e.on <= as_of))
    counted = ledger(around, case, as_of=as_of)
    standing = one(counted)
    assert (standing["place"] == "pending") == (so_far.stage in OPEN_STAGES)
    if standing["place"] == "pending":
        rate = conversion(counted).at(case="it")
        assert (rate.pending, rate.lost, rate.upper_by_as_of, rate.upper) == (1, 0, 0, 1)
    if so_far.stage is Stage.CHARGED and so_far.peak is Milestone.CHARGED:
        # Of a conviction it is the court case that is pending, or nobody says how one of its charges ended.
        rate = conversion(counted, "convicted").at(case="it")
        assert rate.pending + rate.unknown == 1
