"""Referrals in JSON Lines, read with pydantic: models of its own, strict, with the checks of the package's.

What it does not see is a field that an object names twice.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal

from peers import rules
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

OWN = {
    *("referral_id", "parent_id", "territory", "level", "agency"),
    *("observed_from", "observed_through", "incomplete"),
}
DAY = re.compile(r"\d{4}-\d\d-\d\d")
LONGEST = 200


def _day(value: object) -> date:
    if not isinstance(value, str) or DAY.fullmatch(value) is None:
        message = "not a day"
        raise ValueError(message)
    return date.fromisoformat(value)


def _printable(text: str) -> str:
    if not text.isprintable():
        message = "not printable"
        raise ValueError(message)
    return text


def _no_slash(text: str) -> str:
    if "/" in text:
        message = "a slash"
        raise ValueError(message)
    return text


Id = Annotated[str, Field(pattern=r"^\S+$", max_length=LONGEST)]
Text = Annotated[str, Field(min_length=1, max_length=LONGEST), AfterValidator(_printable)]
Day = Annotated[date, BeforeValidator(_day)]
Level = Literal[rules.LEVELS]


class Strict(BaseModel):
    """What every class here has in common."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Jurisdiction(Strict):
    """A territory, a level and an agency."""

    territory: Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
    level: Level
    agency: Annotated[Id, AfterValidator(_no_slash)] | None = None


class Charge(Strict):
    """A charge."""

    kind: Literal["charge"]
    status: Literal[rules.CHARGE_STATUSES] = "charge_pending"
    level: Level | None = None
    subject_id: Id | None = None
    charge_id: Id | None = None

    @property
    def reason(self) -> str:
        """The status."""
        return self.status


class Administrative(Strict):
    """A measure or an ending outside the charge."""

    kind: Literal["administrative"]
    reason: Literal[(*rules.MEASURES, *rules.ADMINISTRATIVE_ENDINGS)]


class Closed(Strict):
    """Ended without a charge."""

    kind: Literal["closed"]
    reason: Literal[rules.CLOSED_REASONS]


class Event(Strict):
    """What happened on a day."""

    on: Day
    action: Literal[tuple(rules.ACTIONS)]
    disposition: Annotated[Charge | Administrative | Closed, Field(discriminator="kind")] | None = None
    subject_id: Id | None = None
    other_id: Id | None = None
    implied: bool = False
    superseded_on: Day | None = None

    @model_validator(mode="after")
    def _fits(self) -> "Event":
        said = self.disposition
        carried = (None, None) if said is None else (said.kind, said.reason)
        if carried not in rules.CARRIES[self.action]:
            message = "the disposition does not fit"
            raise ValueError(message)
        if self.action == "decide_subject" and self.subject_id is None:
            message = "no subject"
            raise ValueError(message)
        if self.subject_id is not None and isinstance(said, Charge):
            message = "two subjects"
            raise ValueError(message)
        if self.other_id is not None and self.action not in rules.NAMES_ANOTHER:
            message = "names another"
            raise ValueError(message)
        return self


class Referral(Strict):
    """One referral and its history."""

    record: Literal["referral"]
    id: Id
    jurisdiction: Jurisdiction
    history: list[Event]
    report_ids: list[Id] = []
    parent_id: Id | None = None
    observed_from: Day | None = None
    observed_through: Day | None = None
    incomplete: bool = False
    dimensions: dict[Text, Text] = {}

    @model_validator(mode="after")
    def _stands(self) -> "Referral":
        if all(event.superseded_on is not None for event in self.history):
            message = "nothing ever happened"
            raise ValueError(message)
        if not OWN.isdisjoint(self.dimensions):
            message = "a dimension is a fact of the referral itself"
            raise ValueError(message)
        return self


def reader() -> Callable[[bytes], Referral | str]:
    """Give a function that reads a line: the referral, or the path of the first thing that is wrong."""

    def read(line: bytes) -> Referral | str:
        try:
            return Referral.model_validate_json(line)
        except ValidationError as error:
            return ".".join(map(str, ("$", *error.errors()[0]["loc"])))

    return read
