"""Hypothesis strategies for the model: for the tests of projects that build on it, and for its own.

Lawful histories are made by walking the transition table, so they follow it when it changes. With
``lawful=False`` a record can break every rule that a constructor lets through, as real ones do.

>>> from hypothesis import find, given
>>> @given(referrals())
... def test_that_a_lawful_referral_breaks_no_rule(referral: Referral) -> None:
...     assert referral.check() == ()
>>> test_that_a_lawful_referral_breaks_no_rule()

Hypothesis finds `register` by itself, so that ``from_type(Referral)`` works where this package is installed.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from attrs import evolve

from tipline_outcomes.errors import MissingExtraError
from tipline_outcomes.model import (
    Action,
    Administrative,
    AdministrativeReason,
    AgencyId,
    Charge,
    ChargeId,
    ChargeStatus,
    Classification,
    Closed,
    ClosedReason,
    Cohort,
    Disposition,
    Event,
    IncidentType,
    Jurisdiction,
    Level,
    LinkKind,
    Referral,
    ReferralId,
    Report,
    ReportId,
    ReportLink,
    Source,
    SourceKind,
    Stage,
    SubjectId,
    allowed_actions,
)
from tipline_outcomes.model.history import walk
from tipline_outcomes.model.pipeline import NAMES_ANOTHER, NEEDS_SUBJECT, RUNGS

try:
    from hypothesis import strategies as st
except ImportError as error:
    raise MissingExtraError(package="hypothesis", extra="testing") from error

__all__ = [
    "administratives",
    "charges",
    "closeds",
    "cohorts",
    "days",
    "dispositions",
    "events",
    "jurisdictions",
    "referrals",
    "register",
    "reports",
    "sources",
]

# The first choice is what Hypothesis shrinks to, so the plainest value comes first everywhere below.
_LEVELS = st.sampled_from(Level)
_SUBJECTS = st.sampled_from([None, SubjectId("s-1"), SubjectId("s-2")])
_CHARGE_IDS = st.sampled_from([None, ChargeId("c-1"), ChargeId("c-2"), ChargeId("c-3")])
_TERRITORIES = st.one_of(
    st.sampled_from(["US-CA", "US-TX", "US", "DE", "ZZ"]),
    st.from_regex(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", fullmatch=True),
)
# Neither white space nor half characters (lone surrogates), which no file can hold.
_PSEUDONYMS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=8)
_DIMENSIONS = st.dictionaries(
    st.sampled_from(["source", "incident_type", "priority", "Unit 7"]),
    st.sampled_from(["a", "b"]) | _PSEUDONYMS,
    max_size=2,
)
_SELDOM = st.sampled_from([False, False, False, True])
_NEVER: st.SearchStrategy[date | None] = st.none()
_LONGEST_GAP = 200
_MOST_EVENTS = 10


def days() -> st.SearchStrategy[date]:
    """Draw days from 2019 to 2026, so that several quarters and leap days come up.

    >>> find(days(), lambda day: day.year > 2020)
    datetime.date(2021, 1, 1)
    """
    return st.dates(date(2019, 1, 1), date(2026, 12, 31))


def jurisdictions() -> st.SearchStrategy[Jurisdiction]:
    """Draw jurisdictions of every level, with and without an agency.

    >>> str(find(jurisdictions(), lambda where: where.agency is None))
    'US-CA/local'
    """
    agencies = _PSEUDONYMS.filter(lambda name: "/" not in name).map(AgencyId)
    return st.builds(Jurisdiction, territory=_TERRITORIES, level=_LEVELS, agency=st.none() | agencies)


def sources() -> st.SearchStrategy[Source]:
    """Draw members of the public, and providers by name.

    >>> find(sources(), lambda source: source.provider is None).kind.value
    'public'
    """
    names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
    return st.one_of(
        st.just(Source(kind=SourceKind.PUBLIC)),
        st.builds(Source, kind=st.just(SourceKind.PROVIDER), provider=names),
    )


def reports() -> st.SearchStrategy[Report]:
    """Draw reports, with links to others that need not exist.

    >>> find(reports(), lambda report: report.incident_count > 9).incident_count
    10
    """
    return st.builds(
        Report,
        id=_PSEUDONYMS.map(ReportId),
        received_on=days(),
        source=sources(),
        classification=st.sampled_from(Classification),
        incident_type=st.sampled_from(IncidentType),
        territory=st.none() | _TERRITORIES,
        incident_count=st.integers(1, 10_000),
        batched=st.booleans(),
        escalated=st.booleans(),
        links=st.lists(_links(), max_size=2).map(tuple),
    )


def charges() -> st.SearchStrategy[Charge]:
    """Draw charges of every status, named and unnamed.

    >>> find(charges(), lambda charge: charge.status.convicts).status.value
    'convicted_plea'
    """
    return st.builds(
        Charge,
        status=st.sampled_from(ChargeStatus),
        level=st.none() | _LEVELS,
        subject_id=_SUBJECTS,
        charge_id=_CHARGE_IDS,
    )


def administratives(*, ends: bool | None = None) -> st.SearchStrategy[Administrative]:
    """Draw administrative dispositions.

    Args:
        ends: Only those that end a matter (True), or only measures (False); None for both.

    >>> find(administratives(ends=True), lambda _: True).reason.value
    'out_of_court_disposal'
    """
    reasons = [reason for reason in AdministrativeReason if ends is None or reason.ends is ends]
    return st.builds(Administrative, reason=st.sampled_from(reasons))


def closeds() -> st.SearchStrategy[Closed]:
    """Draw closures of every reason, the one that belongs to transfers included.

    >>> find(closeds(), lambda closed: closed.reason.elsewhere).kind
    'closed'
    """
    return st.builds(Closed, reason=st.sampled_from(ClosedReason))


def dispositions() -> st.SearchStrategy[Disposition]:
    """Draw any of the three variants.

    >>> find(dispositions(), lambda disposition: disposition.kind == "charge").reason.value
    'charge_pending'
    """
    return st.one_of(closeds(), administratives(), charges())


def events() -> st.SearchStrategy[Event]:
    """Draw events of every action, each with what its action needs, implied and amended ones included.

    >>> find(events(), lambda event: event.disposition is not None).live
    True
    """
    return _events(st.sampled_from(Action), days(), _PSEUDONYMS.map(ReferralId), _NEVER | days())


def referrals(*, lawful: bool = True) -> st.SearchStrategy[Referral]:
    """Draw referrals.

    Args:
        lawful: Only such that break no rule, made by walking the transition table. False: every referral that
            can be built, lawful ones among them.

    >>> found = find(referrals(), lambda referral: len(referral.history) > 1)
    >>> found.history[0].action.value, found.check()
    ('made_available', ())
    """
    names = _PSEUDONYMS.map(ReferralId)
    return _referrals(
        names, lawful=lawful, starts=days(), others=names, parents=st.none() | names, report_ids=_report_ids()
    )


def cohorts(*, lawful: bool = True, max_referrals: int = 6) -> st.SearchStrategy[Cohort]:
    """Draw cohorts: families by transfer, duplicates and their survivors, in the data and out of it.

    Args:
        lawful: Only such that break no rule, between records either. False: also cycles, missing reports
            and children before their parents.
        max_referrals: The most referrals in one cohort.

    >>> family = find(cohorts(), lambda cohort: len({r.parent_id for r in cohort.referrals} - {None}) > 0)
    >>> len(family.referrals)
    1
    """
    return _cohorts(lawful=lawful, max_referrals=max_referrals)


def register() -> None:
    """Register the strategies, so that ``hypothesis.strategies.from_type`` draws what a constructor accepts.

    Hypothesis calls this by itself, through an entry point.

    >>> register()
    >>> find(st.from_type(Referral), lambda _: True).check()
    ()
    """
    st.register_type_strategy(Jurisdiction, jurisdictions())
    st.register_type_strategy(Source, sources())
    st.register_type_strategy(ReportLink, _links())
    st.register_type_strategy(Report, reports())
    st.register_type_strategy(Charge, charges())
    st.register_type_strategy(Administrative, administratives())
    st.register_type_strategy(Closed, closeds())
    st.register_type_strategy(Event, events())
    st.register_type_strategy(Referral, referrals())
    st.register_type_strategy(Cohort, cohorts())


def _links() -> st.SearchStrategy[ReportLink]:
    return st.builds(ReportLink, kind=st.sampled_from(LinkKind), report_id=_PSEUDONYMS.map(ReportId))


def _report_ids() -> st.SearchStrategy[tuple[ReportId, ...]]:
    return st.lists(_PSEUDONYMS.map(ReportId), max_size=2, unique=True).map(tuple)


def _endings() -> st.SearchStrategy[Disposition]:
    return st.one_of(
        closeds().filter(lambda closed: closed.reason is not ClosedReason.TRANSFERRED),
        # Drawn more often than their share of the reasons: survivors are where counting goes wrong.
        closeds().filter(lambda closed: closed.reason.has_survivor),
        administratives(ends=True),
    )


@st.composite
def _events(
    draw: st.DrawFn,
    actions: st.SearchStrategy[Action],
    when: st.SearchStrategy[date],
    others: st.SearchStrategy[ReferralId],
    amended: st.SearchStrategy[date | None] = _NEVER,
) -> Event:
    """Draw an event that can be built; for charges, whatever was filed before."""
    action = draw(actions)
    disposition: Disposition | None = None
    match action:
        case Action.FILE_CHARGE:
            disposition = evolve(draw(charges()), status=ChargeStatus.CHARGE_PENDING)
        case Action.CHARGE_RESULT:
            disposition = draw(charges())
        case Action.CLOSE | Action.DECIDE_SUBJECT:
            disposition = draw(_endings())
        case Action.TRANSFER:
            disposition = draw(st.sampled_from([None, Closed(reason=ClosedReason.TRANSFERRED)]))
        case Action.ADMINISTRATIVE_ACTION:
            disposition = draw(administratives(ends=False))
        case _:
            pass
    subject = None if isinstance(disposition, Charge) else draw(_SUBJECTS)
    if subject is None and action in NEEDS_SUBJECT:
        subject = SubjectId("s-1")
    other = draw(st.none() | others | others) if action in NAMES_ANOTHER else None
    return Event(
        on=draw(when),
        action=action,
        disposition=disposition,
        subject_id=subject,
        other_id=other,
        implied=action is not Action.MADE_AVAILABLE and draw(_SELDOM),
        superseded_on=draw(amended),
    )


@st.composite
def _histories(draw: st.DrawFn, start: date, others: st.SearchStrategy[ReferralId]) -> tuple[Event, ...]:
    """Draw a history that breaks no rule: in every stage, an action that the table allows there."""
    history = [Event(on=start, action=Action.MADE_AVAILABLE)]
    stage: Stage | None = Stage.MADE_AVAILABLE
    while len(history) < _MOST_EVENTS:
        allowed = allowed_actions(stage)
        # Steps up the ladder and closures come up more often, or hardly a history would reach an end.
        upward = [action for action in allowed if RUNGS[action].rung > 0]
        closing = [action for action in allowed if action is Action.CLOSE]
        action = draw(st.sampled_from([None, *upward * 3, *closing, *allowed]))
        if action is None:
            break
        event = draw(_events(st.just(action), _from(history[-1].on), others))
        if event.action is Action.CHARGE_RESULT and isinstance(event.disposition, Charge):
            event = evolve(event, disposition=draw(_result_for(event.disposition, history)))
        history.append(event)
        stage = [step.after for step in walk(history)][-1]
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        was = draw(_events(st.sampled_from(Action), days(), others, days()))
        history.insert(draw(st.integers(0, len(history))), was)
    return tuple(history)


@st.composite
def _result_for(draw: st.DrawFn, charge: Charge, history: Sequence[Event]) -> Charge:
    """Turn a charge into one that was filed: by its id, without one, or by naming the unnamed one."""
    known = [event.disposition for event in history if isinstance(event.disposition, Charge)]
    subject = draw(st.sampled_from([filed.subject_id for filed in known]))
    names = [filed.charge_id for filed in known if filed.subject_id == subject and filed.charge_id]
    name = draw(st.sampled_from([None, *names]) if names else _CHARGE_IDS)
    return evolve(charge, subject_id=subject, charge_id=name)


@st.composite
def _broken_histories(
    draw: st.DrawFn, start: date, others: st.SearchStrategy[ReferralId]
) -> tuple[Event, ...]:
    """Draw a history that may break rules: a lawful one with a slip or two, or anything at all."""
    if draw(st.booleans()):
        anything = _events(st.sampled_from(Action), days(), others, _NEVER | days())
        return tuple(draw(st.lists(anything, min_size=1, max_size=_MOST_EVENTS)))
    history = list(draw(_histories(start, others)))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(history) - 1))
        match draw(st.sampled_from(["redate", "move", "drop", "insert"])):
            case "redate":
                history[at] = evolve(history[at], on=draw(days()))
            case "move":
                history.insert(draw(st.integers(0, len(history) - 1)), history.pop(at))
            case "drop" if len(history) > 1:
                del history[at]
            case _:
                history.insert(at, draw(_events(st.sampled_from(Action), days(), others)))
    return tuple(history)


@st.composite
def _referrals(
    draw: st.DrawFn,
    names: st.SearchStrategy[ReferralId],
    *,
    lawful: bool,
    starts: st.SearchStrategy[date],
    others: st.SearchStrategy[ReferralId],
    parents: st.SearchStrategy[ReferralId | None],
    report_ids: st.SearchStrategy[tuple[ReportId, ...]],
) -> Referral:
    start = draw(starts)
    history = draw(_histories(start, others) if lawful else _broken_histories(start, others))
    last = max(event.on for event in history)
    # Never watched, watched for a part of the history only (even for none of it), or beyond its end.
    watched = _NEVER | _from(last) | _from(last, -_LONGEST_GAP) | _from(start, -_LONGEST_GAP)
    return Referral(
        id=draw(names),
        jurisdiction=draw(jurisdictions()),
        history=history,
        report_ids=draw(report_ids),
        parent_id=draw(parents),
        observed_through=draw(watched),
        dimensions=draw(_DIMENSIONS),
    )


@st.composite
def _cohorts(draw: st.DrawFn, *, lawful: bool, max_referrals: int) -> Cohort:
    told = tuple(draw(st.lists(reports(), max_size=2, unique_by=lambda report: report.id)))
    report_names = [report.id for report in told] + ([] if lawful else [ReportId("r-lost")])
    report_ids = (
        st.lists(st.sampled_from(report_names), unique=True).map(tuple) if report_names else _report_ids()
    )
    outside = ReferralId("elsewhere")
    names = [ReferralId(f"f-{number + 1}") for number in range(draw(st.integers(0, max_referrals)))]
    made: list[Referral] = []
    for name in names:
        # Links lead to referrals made before, so that no cycle can close; or, unlawfully, anywhere.
        linked = [outside, *(before.id for before in made)] if lawful else [outside, *names]
        passed_on = {r.id: r.history for r in made if r.stage is Stage.TRANSFERRED}
        candidates = [outside] if lawful else linked
        # Children of a transfer in the data come up more often than chance would have them.
        parent = draw(st.sampled_from([None, None, *candidates, *[*passed_on] * 3]))
        starts = days()
        if lawful and parent is not None and parent in passed_on:
            handed_over = max(e.on for e in passed_on[parent] if e.live and e.action is Action.TRANSFER)
            starts = _from(handed_over)
        made.append(
            draw(
                _referrals(
                    st.just(name),
                    lawful=lawful or draw(st.booleans()),
                    starts=starts,
                    others=st.sampled_from(linked),
                    parents=st.just(parent),
                    report_ids=report_ids,
                )
            )
        )
    return Cohort(referrals=tuple(made), reports=told)


def _from(day: date, earliest: int = 0) -> st.SearchStrategy[date]:
    return st.integers(earliest, _LONGEST_GAP).map(lambda gap: day + timedelta(days=gap))
