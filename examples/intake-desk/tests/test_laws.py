"""Laws of the desk, on drawn data: the model's strategies come with tipline-outcomes[testing].

They are registered with Hypothesis, so that `st.from_type(Referral)` works without an import of ours.
"""

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from attrs import evolve
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from intake_desk import (
    PRIORITY,
    charged_by_priority,
    open_book,
    priority_of,
    priority_set,
    queue,
    record,
    save_book,
    take_in,
)
from tipline_outcomes import (
    Action,
    Cohort,
    Event,
    EventLog,
    Ledger,
    Referral,
    Report,
    Stage,
    TransitionError,
    conversion,
)
from tipline_outcomes.strategies import ReferralLife, cohorts, reports


def taken_in(cohort: Cohort) -> Cohort:
    """Take a cohort into a new book, referral by referral."""
    book = Cohort()
    known = {report.id: report for report in cohort.reports}
    for referral in cohort.referrals:
        book = take_in(book, referral, [known[name] for name in referral.report_ids if name in known])
    return book


# Who is here does not wait; everybody else does.
DONE = {Stage.CHARGED, Stage.CONCLUDED, Stage.CLOSED, Stage.CLOSED_FINAL, Stage.TRANSFERRED}

# A strategy of our own, made of the package's.
books = cohorts().map(taken_in)


@given(st.lists(reports()), st.from_type(Report))
def test_another_report_never_makes_it_less_urgent(before: list[Report], another: Report) -> None:
    assert priority_of([*before, another]).rank <= priority_of(before).rank


@given(cohorts())
def test_a_book_takes_in_everything_and_adds_the_priority_alone(cohort: Cohort) -> None:
    book = taken_in(cohort)
    for told, entered in zip(cohort.referrals, book.referrals, strict=True):
        assert dict(entered.dimensions) == {**dict(told.dimensions), PRIORITY: priority_set(entered)}
        assert evolve(entered, dimensions=told.dimensions, report_ids=told.report_ids) == told
    named = {name for referral in book.referrals for name in referral.report_ids}
    assert named == {report.id for report in book.reports}


@given(st.from_type(Referral))
def test_who_waits_has_a_next_step_and_word_of_it_does_not_stop_the_clock(referral: Referral) -> None:
    book = take_in(Cohort(), referral)
    assume(queue(book))
    [before] = queue(book)
    assert before.may
    assert before.since in {event.on for event in referral.history if event.live}
    assume(Action.CONFIRM_OPEN in before.may)
    later = max(event.on for event in referral.history) + timedelta(days=30)
    assert queue(record(book, referral.id, Event(on=later, action=Action.CONFIRM_OPEN))) == (before,)


@settings(max_examples=30)  # each counts twice
@given(books, st.dates(date(2019, 1, 1), date(2028, 1, 1)))
def test_groups_by_priority_add_up_to_what_is_counted_without_them(book: Cohort, as_of: date) -> None:
    assume(book.referrals)
    rates = charged_by_priority(book, as_of)
    plain = conversion(Ledger.of(EventLog.of(book), as_of=as_of)).overall
    assert sum(rate.received for rate in rates.groups) == plain.received
    assert sum(rate.reached for rate in rates.groups) == plain.reached
    assert sum(rate.unknown for rate in rates.groups) == plain.unknown


@given(books)
def test_a_book_that_was_saved_is_the_same_when_it_is_opened(book: Cohort) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "book.jsonl")
        save_book(book, path)
        assert open_book(path) == book


class BookKeepsUp(ReferralLife):
    """Whatever is done to a referral can be done in the book, and nothing else can."""

    def begun(self) -> None:
        self.book = take_in(Cohort(), self.referral)

    def recorded(self, before: Referral, event: Event) -> None:
        offered = [entry.may for entry in queue(self.book)]
        assert all(event.action in may for may in offered)
        self.book = record(self.book, before.id, event)
        [entered] = self.book.referrals
        assert evolve(entered, dimensions=self.referral.dimensions) == self.referral
        assert bool(queue(self.book)) == (self.referral.stage not in DONE)

    def refused(self, event: Event, error: TransitionError) -> None:
        with pytest.raises(TransitionError, match=event.action.value) as refusal:
            record(self.book, self.referral.id, event)
        assert refusal.value.allowed == error.allowed


TestBookKeepsUp = BookKeepsUp.TestCase
