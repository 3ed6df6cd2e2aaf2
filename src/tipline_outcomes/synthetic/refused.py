"""Lines that no strict reader may take, each for one reason. They stand beside a world, not in it."""

import json
from typing import Any

from attrs import frozen

from tipline_outcomes.synthetic.world import World

__all__ = ["BrokenLine", "broken_lines"]


@frozen(kw_only=True)
class BrokenLine:
    """One line of JSON Lines that has to be refused.

    Attributes:
        text: The line, without its line end.
        because: What is wrong with it, in one clause.
    """

    text: str
    because: str


def broken_lines(world: World) -> tuple[BrokenLine, ...]:
    """Write lines that a strict reader must refuse, whatever else it has read.

    Args:
        world: The world whose lines they are put after; the last line repeats the id of its first referral.

    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> lines = broken_lines(invent(Parameters(referrals=10)))
    >>> lines[0].text, lines[0].because
    ('{"record": "referral", "id": "refused-1", "jurisd', 'not JSON: the line is cut off')
    """
    day = world.parameters.first_received.isoformat()
    received: dict[str, Any] = {"on": day, "action": "made_available"}
    accepted: dict[str, Any] = {"on": day, "action": "accept"}
    gave_up: dict[str, Any] = {
        "on": day,
        "action": "close",
        "disposition": {"kind": "closed", "reason": "gave_up"},
    }
    unfinished = _referral("refused-1", received)[:49]
    return (
        BrokenLine(text=unfinished, because="not JSON: the line is cut off"),
        BrokenLine(text=_referral("refused-2", received, note="see file"), because="unknown field: note"),
        BrokenLine(
            text=_referral("refused-3", received | {"implied": "false"}),
            because="text where true or false is due: implied",
        ),
        BrokenLine(
            text=_referral("refused-4", received | {"on": f"{day}T23:30:00"}),
            because="a time stamp without a zone where a day is due: on",
        ),
        BrokenLine(
            text=_referral("refused-5", received, accepted, gave_up), because="unknown reason: gave_up"
        ),
        BrokenLine(text=_referral("refused-6"), because="an empty history"),
        BrokenLine(
            text=_referral("refused-7", received, jurisdiction={"territory": "California", "level": "local"}),
            because="no ISO 3166 code: territory",
        ),
        BrokenLine(
            text=json.dumps(
                {
                    "record": "report",
                    "id": "refused-8",
                    "received_on": day,
                    "source": {"kind": "public"},
                    "incident_type": "enticement",
                    "incident_count": 5.7,
                }
            ),
            because="5.7 where a whole number is due: incident_count",
        ),
        BrokenLine(
            text=_referral(world.cohort.referrals[0].id, received),
            because="duplicate id: the world's first referral has it",
        ),
    )


def _referral(name: str, *history: dict[str, Any], **other: object) -> str:
    record = {
        "record": "referral",
        "id": name,
        "jurisdiction": {"territory": "US-CA", "level": "local"},
        "history": history,
        **other,
    }
    return json.dumps(record)
