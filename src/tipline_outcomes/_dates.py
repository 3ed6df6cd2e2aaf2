"""The calendar. The one module that knows pendulum; everything else sees `datetime.date`.

The day is the unit of time. Nothing here reads the clock, and no naive time stamp is given a zone in silence.
"""

from calendar import monthrange
from datetime import date, datetime
from enum import StrEnum
from typing import assert_never

import pendulum

from tipline_outcomes.errors import InvalidValueError

__all__ = ["EPOCH", "Period", "day_in_zone", "parse_day", "period_end", "period_start", "plain_day"]

EPOCH = date(1970, 1, 1)
"""The day from which days are numbered in whole tables."""


class Period(StrEnum):
    """The calendar periods by which movements are counted.

    >>> Period("quarter").label(date(2024, 7, 1)), Period.MONTH.label(date(2024, 7, 1))
    ('2024-Q3', '2024-07')
    """

    MONTH = "month"
    """A calendar month: ``2024-07``."""
    QUARTER = "quarter"
    """Three calendar months, from January, April, July or October: ``2024-Q3``."""
    YEAR = "year"
    """A calendar year: ``2024``."""
    US_FISCAL_YEAR = "us_fiscal_year"
    """The fiscal year of the United States' federal government, October to September, named by the year in
    which it ends: ``FY2025`` began on 1 October 2024 (31 U.S.C. 1102, since 1976)."""
    UK_FINANCIAL_YEAR = "uk_financial_year"
    """The financial year of the United Kingdom's government, April to March, named by both years: ``2024/25``
    began on 1 April 2024 (Interpretation Act 1978, schedule 1)."""

    @property
    def months(self) -> int:
        """How many months it has."""
        return {Period.MONTH: 1, Period.QUARTER: 3}.get(self, 12)

    def is_made_of(self, finer: "Period") -> bool:
        """Tell whether each period of this kind is made of whole ones of a finer kind.

        >>> Period.US_FISCAL_YEAR.is_made_of(Period.QUARTER), Period.US_FISCAL_YEAR.is_made_of(Period.YEAR)
        (True, False)
        """
        return self is finer or finer.months < self.months

    def label(self, start: date) -> str:
        """Name the period that begins on a day.

        >>> Period.US_FISCAL_YEAR.label(date(2024, 10, 1)), Period.UK_FINANCIAL_YEAR.label(date(2024, 4, 1))
        ('FY2025', '2024/25')
        """
        match self:
            case Period.MONTH:
                return f"{start.year:04}-{start.month:02}"
            case Period.QUARTER:
                return f"{start.year:04}-Q{(start.month + 2) // 3}"
            case Period.YEAR:
                return f"{start.year:04}"
            case Period.US_FISCAL_YEAR:
                return f"FY{_shifted(start, 11).year:04}"
            case Period.UK_FINANCIAL_YEAR:
                return f"{start.year:04}/{(start.year + 1) % 100:02}"
            case _:  # pragma: no cover - the type checkers prove that nothing is left
                assert_never(self)


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

    >>> day = date(2024, 8, 17)
    >>> period_start(day, Period.QUARTER), period_start(day, Period.US_FISCAL_YEAR)
    (datetime.date(2024, 7, 1), datetime.date(2023, 10, 1))
    """
    first = {Period.US_FISCAL_YEAR: 10, Period.UK_FINANCIAL_YEAR: 4}.get(period, 1)
    return _shifted(day.replace(day=1), -((day.month - first) % period.months))


def period_end(start: date, period: Period) -> date:
    """Give the last day of the period that begins on *start*.

    >>> period_end(date(2024, 2, 1), Period.MONTH), period_end(date(2023, 10, 1), Period.US_FISCAL_YEAR)
    (datetime.date(2024, 2, 29), datetime.date(2024, 9, 30))
    """
    last = _shifted(start, period.months - 1)
    return last.replace(day=monthrange(last.year, last.month)[1])


def _shifted(month: date, by: int) -> date:
    """Go a number of months on from the first day of one; the calendar ends with the years 1 and 9999."""
    months = min(max(12 * month.year + month.month - 1 + by, 12), 12 * 10_000 - 1)
    return date(months // 12, months % 12 + 1, 1)
