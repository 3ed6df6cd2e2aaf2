"""Strategies of referrals, and of cohorts in which they hang together.

>>> from hypothesis import find
"""

from datetime import date, timedelta

from attrs import evolve
from hypothesis import reject
from hypothesis import strategies as st

from tipline_outcomes.model import Action, Cohort, Referral, ReferralId, ReportId, Stage
from tipline_outcomes.strategies.histories import broken_histories, lawful_histories
from tipline_outcomes.strategies.values import (
    LONGEST_GAP,
    PSEUDONYMS,
    days,
    days_after,
    jurisdictions,
    reports,
)

__all__ = ["cohorts", "referrals"]

_RARELY = st.sampled_from([*[False] * 9, True])
# Never watched, watched beyond the history's end, for a part of it, or for none of it.
_WATCHED = st.tuples(
    st.sampled_from([None, "end", "start"]), st.integers(-LONGEST_GAP, LONGEST_GAP).map(timedelta)
)
# Mostly from its first day; else from a day around its history's start or end.
_BEGUN = st.tuples(
    st.sampled_from([None, None, None, "start", "end"]),
    st.integers(-LONGEST_GAP, LONGEST_GAP).map(timedelta),
)
_DIMENSIONS = st.dictionaries(
    st.sampled_from(["source", "incident_type", "priority", "Unit 7"]),
    st.sampled_from(["a", "b"]) | PSEUDONYMS,
    max_size=2,
)


def referrals(*, lawful: bool = True) -> st.SearchStrategy[Referral]:
    """Draw referrals.

    Args:
        lawful: Only such that break no rule, made by walking the transition table. False: every referral that
            can be built, lawful ones among them, and such as are incomplete.

    >>> found = find(referrals(), lambda referral: len(referral.history) > 1)
    >>> found.history[0].action.value, found.check()
    ('made_available', ())
    """
    names = PSEUDONYMS.map(ReferralId)
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


def _report_ids() -> st.SearchStrategy[tuple[ReportId, ...]]:
    return st.lists(PSEUDONYMS.map(ReportId), max_size=2, unique=True).map(tuple)


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
    histories = lawful_histories if lawful else broken_histories
    history = draw(histories(start, others))
    if not any(event.live for event in history):
        reject()
    watched_from, gap = draw(_WATCHED)
    begun_at, days_later = draw(_BEGUN)
    known = {"start": start, "end": max(event.on for event in history)}
    return Referral(
        id=draw(names),
        jurisdiction=draw(jurisdictions()),
        history=history,
        report_ids=draw(report_ids),
        parent_id=draw(parents),
        observed_from=known[begun_at] + days_later if begun_at else None,
        observed_through=known[watched_from] + gap if watched_from else None,
        incomplete=not lawful and draw(_RARELY),
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
            starts = days_after(handed_over)
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
    cohort = Cohort(referrals=tuple(made), reports=told)
    astray = {violation.referral_id for violation in cohort.check()} if lawful else ()
    # By chance a duplicate names its own child, or a transfer somebody else's: lawfully, it names who is far.
    return Cohort(referrals=tuple(_naming(r, outside) if r.id in astray else r for r in made), reports=told)


def _naming(referral: Referral, other: ReferralId) -> Referral:
    named = (e if e.other_id is None else evolve(e, other_id=other) for e in referral.history)
    return evolve(referral, history=tuple(named))
