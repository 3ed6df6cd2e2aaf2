"""Vocabularies are closed: a match over one is proved complete, and no text stands for a member.

Read by type checkers, never run: a line that must not pass has an ignore, which is an error if unused.
"""
# pyright: reportUnnecessaryTypeIgnoreComment=true

from datetime import date
from typing import assert_never, assert_type

from tipline_outcomes import Level, Unit
from tipline_outcomes.model import (
    TABLE,
    Action,
    Actor,
    Event,
    Jurisdiction,
    Milestone,
    Place,
    Stage,
    allowed_actions,
)


def complete(place: Place) -> bool:
    match place:
        case Place.CHARGE | Place.ADMINISTRATIVE | Place.CLOSED:
            return True
        case Place.PENDING | Place.UNKNOWN:
            return False
        case Place.EXCLUDED | Place.TRANSFERRED_OUT:
            return False
        case _:
            assert_never(place)


def one_forgotten(place: Place) -> bool:
    match place:
        case Place.CHARGE | Place.ADMINISTRATIVE | Place.CLOSED:
            return True
        case Place.PENDING | Place.UNKNOWN | Place.EXCLUDED:
            return False
        case _:
            assert_never(place)  # type: ignore[arg-type]  # transferred_out is left


def complete_units(unit: Unit) -> str:
    match unit:
        case Unit.FAMILY | Unit.REFERRAL | Unit.REPORT | Unit.SUBJECT:
            return unit.plural
        case _:
            assert_never(unit)


def complete_levels(level: Level) -> bool:
    match level:
        case Level.LOCAL | Level.STATE | Level.FEDERAL | Level.TRIBAL | Level.MILITARY:
            return True
        case Level.FOREIGN | Level.INTERNATIONAL:
            return False
        case _:
            assert_never(level)


def no_word_is_invented() -> None:
    Stage.DORMANT  # type: ignore[attr-defined]
    Action.ESCALATE  # type: ignore[attr-defined]
    Milestone.ARRESTED  # type: ignore[attr-defined]  # an arrest is no rung of the ladder


def text_is_no_member() -> None:
    Event(on=date(2024, 1, 5), action="accept")  # type: ignore[arg-type]
    Jurisdiction(territory="US", level="federal")  # type: ignore[arg-type]
    allowed_actions("closed")  # type: ignore[arg-type]


def members_tell_what_they_mean(stage: Stage, milestone: Milestone) -> None:
    assert_type(stage.meaning, str)
    assert_type(stage.source, str)
    assert_type(milestone.rung, int)


def the_table_is_typed_and_cannot_change(line_to: tuple[Stage, ...]) -> None:
    line = TABLE[Stage.CLOSED, Action.REOPEN]
    assert_type(line.to, tuple[Stage, ...])
    assert_type(line.stage, Stage | None)
    assert_type(line.by, Actor)
    assert_type(allowed_actions(None), tuple[Action, ...])
    TABLE[Action.REOPEN, Stage.CLOSED]  # type: ignore[index]
    TABLE[Stage.CLOSED, Action.REOPEN] = line  # type: ignore[index]
    line.to = line_to  # type: ignore[misc]
