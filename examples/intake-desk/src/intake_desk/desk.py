"""The desk's book and its queue: what came in, what was done about it, and what has waited longest.

A book is a `Cohort`. It is frozen, as everything in it is: what changes it gives a new one.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Final

from attrs import evolve, frozen

from intake_desk.priority import PRIORITY, Priority, priority_of, priority_set
from tipline_outcomes import (
    Action,
    Cohort,
    Event,
    Referral,
    ReferralId,
    Report,
    Stage,
    allowed_actions,
    read_jsonl,
    write_jsonl,
)

__all__ = ["Waiting", "open_book", "queue", "record", "save_book", "take_in"]

_WAITING: Final = frozenset(
    {
        Stage.MADE_AVAILABLE,
        Stage.UNDER_TRIAGE,
        Stage.UNDER_INVESTIGATION,
        Stage.INACTIVE,
        Stage.PROSECUTION_REVIEW,
    }
)


@frozen(kw_only=True)
class Waiting:
    """A referral that waits for the next step.

    Attributes:
        id: The referral.
        priority: As it was set when it was taken in.
        stage: What it waits in.
        since: The day on which it came to that stage.
        may: What the pipeline allows next.
    """

    id: ReferralId
    priority: Priority
    stage: Stage
    since: date
    may: tuple[Action, ...]


def take_in(book: Cohort, referral: Referral, reports: Iterable[Report] = ()) -> Cohort:
    """Enter a referral and its reports; one report may belong to several referrals.

    The priority is set here and never again. What is known later must not move a referral to another group,
    or the rates by group would compare outcomes, not priorities.

    Raises:
        InvalidValueError: If the book has a referral of this id.
    """
    its_own = {report.id: report for report in reports}
    rated = evolve(
        referral,
        report_ids=tuple(its_own),
        dimensions={**dict(referral.dimensions), PRIORITY: priority_of(its_own.values()).value},
    )
    known = {report.id: report for report in book.reports}
    return Cohort(referrals=(*book.referrals, rated), reports=tuple((known | its_own).values()))


def record(book: Cohort, name: ReferralId, event: Event) -> Cohort:
    """Enter what happened to a referral.

    Raises:
        KeyError: If the book has no such referral.
        TransitionError: If the pipeline does not allow it; the error says what it does allow.
    """
    referrals = {referral.id: referral for referral in book.referrals}
    referrals[name] = referrals[name].record(event)
    return evolve(book, referrals=tuple(referrals.values()))


def queue(book: Cohort) -> tuple[Waiting, ...]:
    """List what waits, the most urgent first, and of the equally urgent what has waited longest."""
    waiting = (
        Waiting(
            id=referral.id,
            priority=priority_set(referral),
            stage=referral.stage,
            since=_since(referral),
            may=allowed_actions(referral.stage),
        )
        for referral in book.referrals
        if referral.stage in _WAITING
    )
    return tuple(sorted(waiting, key=lambda entry: (entry.priority.rank, entry.since, entry.id)))


def open_book(path: Path) -> Cohort:
    """Read the book. It is the desk's own, so a line that cannot be read is an error, not a loss.

    Raises:
        ExtractError: If there is no such file, or for its first line that is no record.
    """
    return read_jsonl(path, strict=True).cohort


def save_book(book: Cohort, path: Path) -> None:
    """Write the book beside the old one, then put it in its place: at no time is there half a book."""
    beside = path.with_name(f"{path.name}.new")
    write_jsonl(book, beside)
    beside.replace(path)


def _since(referral: Referral) -> date:
    """Find the day on which the referral came to the stage that it is in."""
    live = tuple(event for event in referral.history if event.live)
    stages = [evolve(referral, history=live[: past + 1]).stage for past in range(len(live))]
    since = referral.received_on
    for before, after, event in zip(stages, stages[1:], live[1:], strict=False):
        if after is not before:
            since = event.on
    return since
