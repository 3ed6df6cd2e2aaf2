"""Territories of a whole log: a check of its referral table, and wider territories to group by."""

from collections import Counter

import narwhals.stable.v2 as nw
from attrs import evolve

from tipline_outcomes._engine import eager
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.eventlog import EventLog
from tipline_outcomes.geo.codes import TerritoryProblem, problems_of
from tipline_outcomes.model.territory import TERRITORY, Extent, roll_up
from tipline_outcomes.model.vocabulary import member

__all__ = ["check_territories", "rolled_up"]


def check_territories(log: EventLog) -> tuple[TerritoryProblem, ...]:
    """Find what a log's referrals name as territory and ISO 3166 does not have, and places with two codes.

    Two codes of one place are two groups in a table by territory; `rolled_up` makes one of them.

    Raises:
        MissingExtraError: If the extra ``geo`` is not installed. No log makes it raise.

    >>> import polars as pl
    >>> from tipline_outcomes import EVENT_COLUMNS
    >>> events = pl.DataFrame(schema=dict.fromkeys(EVENT_COLUMNS, pl.String))
    >>> places = ["US-PR", "PR", "PR", "Guam"]
    >>> referrals = pl.DataFrame({"referral_id": list("abcd"), "territory": places, "level": ["state"] * 4})
    >>> for problem in check_territories(EventLog.from_frames(events, referrals)):
    ...     print(problem)
    'Guam' (1 record) is not in ISO 3166; 'GU'?
    'US-PR' (1 record) is the same place as 'PR'; 'PR'?
    """
    values: list[str | None] = log.referrals["territory"].to_list()
    records = Counter(values)
    unknown = problems_of(records)
    told = {problem.territory for problem in unknown}
    places: dict[str, list[str]] = {}
    for code in sorted(code for code in records if code and TERRITORY.fullmatch(code)):
        places.setdefault(roll_up(code, to=Extent.TERRITORY), []).append(code)
    doubled = (
        TerritoryProblem(
            territory=code,
            records=records[code],
            because=f"is the same place as {' and '.join(repr(other) for other in codes if other != code)}",
            nearest=(one,),
        )
        for one, codes in places.items()
        for code in codes
        if len(codes) > 1 and code != one and code not in told
    )
    return (*unknown, *doubled)


def rolled_up(log: EventLog, *, to: Extent | str = Extent.COUNTRY) -> EventLog:
    """Give the log with the dimension ``country`` or ``widest``, or with one code a territory.

    Count by it as by any other dimension; ``by=("territory", "country")`` gives both, and `Ledger.rolled_up`
    gives the coarse ledger from the fine one.

    Args:
        log: The log; it stays as it is.
        to: How far. ``territory`` changes the column ``territory`` itself: codes of one place become one.

    A value without the shape of a code is kept as it is, in a group of its own; nothing is guessed.

    Raises:
        InvalidValueError: If the log has a dimension of that name already, or *to* is no `Extent`.

    >>> from datetime import date
    >>> from tipline_outcomes import Ledger, outcome_mix
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=50))
    >>> log = rolled_up(EventLog.of(world.cohort))
    >>> mix = outcome_mix(Ledger.of(log, as_of=world.parameters.as_of, by=("country",)))
    >>> {result.group["country"]: result.parts.received for result in mix.groups}
    {'DE': 6, 'US': 44}
    """
    extent = member(Extent, to, "to")
    if extent is not Extent.TERRITORY and extent.value in log.referrals.columns:
        message = f"the log has a column {extent.value!r} already; rename it before"
        raise InvalidValueError(message)
    values: list[str | None] = log.referrals["territory"].unique().to_list()
    old = [value for value in values if value is not None]
    new = [roll_up(code, to=extent) if TERRITORY.fullmatch(code) else code for code in old]
    wider = nw.col("territory").replace_strict(old, new, default=None, return_dtype=nw.String)
    return evolve(log, referrals=eager(log.referrals).with_columns(wider.alias(extent.value)).to_polars())
