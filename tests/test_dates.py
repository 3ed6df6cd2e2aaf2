"""The calendar: days only, and no guess about a time zone."""

from datetime import UTC, date, datetime

import pendulum
import pytest

from tipline_outcomes._dates import period_start, plain_day
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.model import Period, day_in_zone, parse_day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2024-3-1",
        "2024-02-30",
        "20240301",
        "2024-W10-5",
        "2024-03-01T00:00:00",
        "2024-03-01 ",
        "01.03.2024",
        "2024/03/01",
        "\u0662\u0660\u0662\u0664-03-01",
        "-024-03-01",
    ],
)
def test_text_that_is_no_day_is_refused(text):
    with pytest.raises(InvalidValueError, match="YYYY-MM-DD"):
        parse_day(text)


def test_a_day_is_read():
    assert parse_day("2024-02-29") == date(2024, 2, 29)


NAIVE = datetime(2024, 1, 1, 3)  # noqa: DTZ001 - without a zone, on purpose


@pytest.mark.parametrize("value", [NAIVE, NAIVE.replace(tzinfo=UTC), "2024-03-01", None, 0])
def test_a_time_stamp_is_not_taken_for_a_day(value):
    with pytest.raises(InvalidValueError, match="is not a day"):
        plain_day(value)


def test_a_day_of_another_library_becomes_a_plain_one():
    assert type(plain_day(pendulum.date(2024, 3, 31))) is date


def test_the_zone_decides_the_day():
    stamp = datetime(2024, 1, 1, 3, tzinfo=UTC)
    assert day_in_zone(stamp, "America/Chicago") == date(2023, 12, 31)
    assert day_in_zone(stamp, "Europe/Berlin") == date(2024, 1, 1)


def test_a_naive_time_stamp_is_in_the_named_zone_already():
    assert day_in_zone(NAIVE, "America/Chicago") == date(2024, 1, 1)


def test_an_unknown_zone_is_refused():
    with pytest.raises(InvalidValueError, match="IANA"):
        day_in_zone(datetime(2024, 1, 1, tzinfo=UTC), "Mars/Olympus")


@pytest.mark.parametrize(
    ("period", "start"),
    [(Period.MONTH, date(2024, 8, 1)), (Period.QUARTER, date(2024, 7, 1)), (Period.YEAR, date(2024, 1, 1))],
)
def test_a_period_starts_on_its_first_day(period, start):
    assert period_start(date(2024, 8, 17), period) == start
    assert period_start(start, period) == start
