"""The calendar. The one module that knows pendulum; everything else sees `datetime.date`.

The day is the unit of time. Nothing here reads the clock, and no naive time stamp is given a zone in silence.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import assert_never

import pendulum

from tipline_outcomes.errors import InvalidValueError

__all__ = ["EPOCH", "Period", "day_in_zone", "parse_day", "period_start", "plain_day"]

EPOCH = date(1970, 1, 1)
"""The day from which days are numbered in whole tables."""


class Period(StrEnum):
    """The calendar periods by which movements are counted.

    >>> Period("quarter")
    <Period.QUARTER: 'quarter'>
    """

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


def parse_day(text: str) -> date:
    """Read a day written as ``YYYY-MM-DD``, and nothing else.

    Args:
        text: The day in ISO 8601's extended calendar form.

    Returns:
        A `datetime.date`.

    Raises:
        InvalidValueError: If the text is of another form (``2024-3-1``, ``now``, a time stamp) or no real
            day.

    >>> parse_day("2024-02-29")
    datetime.date(2024, 2, 29)
    """
    # A fixed length keeps out what the parsers would take besides: week dates, time stamps and "now".
    if len(text) == len("YYYY-MM-DD") and text[4] == text[7] == "-":
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    message = f"{text!r} is not a day; write it as YYYY-MM-DD, for example 2024-03-31"
    raise InvalidValueError(message)


def plain_day(value: object) -> date:
    """Take any `datetime.date` (pendulum's too) as a plain one, and refuse time stamps.

    Raises:
        InvalidValueError: If the value is no date, or has a time of day, whose zone would decide the day.

    >>> plain_day(pendulum.date(2024, 3, 31))
    datetime.date(2024, 3, 31)
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        return value if type(value) is date else date(value.year, value.month, value.day)
    message = (
        f"{value!r} is not a day: give a datetime.date"
        " (of a time stamp, take the day in the agency's time zone with day_in_zone)"
    )
    raise InvalidValueError(message)


def day_in_zone(stamp: datetime, zone: str) -> date:
    """Tell on which day of a zone's calendar a time stamp falls.

    Args:
        stamp: A time stamp. A naive one is taken to be in *zone* already.
        zone: An IANA zone name such as ``America/Chicago``; there is no default.

    Raises:
        InvalidValueError: If the zone has no such name.

    >>> from datetime import UTC
    >>> day_in_zone(datetime(2024, 1, 1, 3, tzinfo=UTC), "America/Chicago")
    datetime.date(2023, 12, 31)
    """
    try:
        named = pendulum.timezone(zone)
    except (ValueError, LookupError) as error:
        message = f"{zone!r} is not a time zone; use an IANA name such as 'America/Chicago'"
        raise InvalidValueError(message) from error
    local = pendulum.instance(stamp, tz=named).in_timezone(named)
    return date(local.year, local.month, local.day)


def period_start(day: date, period: Period) -> date:
    """Give the first day of the period in which *day* lies.

    >>> period_start(date(2024, 8, 17), Period.QUARTER)
    datetime.date(2024, 7, 1)
    """
    match period:
        case Period.MONTH:
            return day.replace(day=1)
        case Period.QUARTER:
            return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
        case Period.YEAR:
            return date(day.year, 1, 1)
        case _:  # pragma: no cover - the type checkers prove that nothing is left
            assert_never(period)
