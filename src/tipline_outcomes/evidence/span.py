"""The period of a figure: two days, and what kind of period its source means by them."""

from datetime import date, timedelta
from functools import cache

from attrs import field, frozen

from tipline_outcomes._dates import plain_day
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.model.vocabulary import Word

__all__ = ["Span", "SpanKind"]


class SpanKind(Word):
    """What a source means by its period. A fiscal year is no calendar year, and a week of a month no month.

    >>> SpanKind("us_fiscal_year").meaning
    'October to September, named after the year in which it ends'
    """

    CALENDAR_YEAR = ("calendar_year", "January to December", "this package")
    CALENDAR_YEARS = ("calendar_years", "several whole calendar years", "this package")
    US_FISCAL_YEAR = (
        "us_fiscal_year",
        "October to September, named after the year in which it ends",
        "United States government",
    )
    US_FISCAL_YEARS = (
        "us_fiscal_years",
        "several whole fiscal years of that kind",
        "United States government",
    )
    FISCAL_YEAR = ("fiscal_year", "another budget year of twelve months", "the figure's source")
    TWELVE_MONTHS = ("twelve_months", "twelve months chosen by a survey", "the figure's source")
    PART_OF_YEAR = ("part_of_year", "less than twelve months", "the figure's source")
    SINCE_START = ("since_start", "from the start of a programme to a stated day", "the figure's source")
    TYPICAL_MONTH = (
        "typical_month",
        "a month said to be typical; the days are a label",
        "the figure's source",
    )
    ONE_WEEK = ("one_week", "one week within the days; which one is not said", "the figure's source")
    ONE_DAY = ("one_day", "one day within the days; as a rule of a stock", "the figure's source")
    UNSURE = ("unsure", "the source does not say the days; they are our reading", "this package")


@frozen(kw_only=True)
class Span:
    """A period, both days included.

    Two periods agree only if their days and their kinds do.

    Attributes:
        start: The first day.
        end: The last day.
        kind: What the source means by them.

    Raises:
        InvalidValueError: If the end is before the start, or the days are not of the kind.

    >>> print(Span(start=date(2023, 10, 1), end=date(2024, 9, 30), kind=SpanKind.US_FISCAL_YEAR))
    FY2024
    >>> Span(start=date(2023, 1, 1), end=date(2024, 9, 30), kind=SpanKind.US_FISCAL_YEAR)
    Traceback (most recent call last):
        ...
    tipline_outcomes.errors.InvalidValueError: 2023-01-01 to 2024-09-30 is no us_fiscal_year: October to ...
    """

    start: date = field(converter=plain_day)
    end: date = field(converter=plain_day)
    kind: SpanKind

    def __attrs_post_init__(self) -> None:
        """Hold the days to each other and to the kind."""
        if self.end < self.start:
            message = f"the period ends on {self.end}, before it starts on {self.start}"
            raise InvalidValueError(message)
        if not self._fits:
            message = f"{self.start} to {self.end} is no {self.kind}: {self.kind.meaning}"
            raise InvalidValueError(message)

    @property
    def years(self) -> range:
        """Every calendar year of which a day is in the period."""
        return range(self.start.year, self.end.year + 1)

    def apart(self, other: "Span") -> int:
        """Tell how many days the starts or the ends are apart, whichever is more."""
        return max(abs((self.start - other.start).days), abs((self.end - other.end).days))

    @property
    def _fits(self) -> bool:
        january = self.start == date(self.start.year, 1, 1) and self.end == date(self.end.year, 12, 31)
        october = self.start == date(self.start.year, 10, 1) and self.end == date(self.end.year, 9, 30)
        turns, month = self.end.year - self.start.year, self.start.replace(day=1)
        twelfth = self.start.replace(year=self.start.year + 1, day=1) - timedelta(days=1)
        in_a_month = month == self.end.replace(day=1)
        return {
            SpanKind.CALENDAR_YEAR: january and turns == 0,
            SpanKind.CALENDAR_YEARS: january and turns > 0,
            SpanKind.US_FISCAL_YEAR: october and turns == 1,
            SpanKind.US_FISCAL_YEARS: october and turns > 1,
            SpanKind.FISCAL_YEAR: self.end == twelfth and not january and not october,
            SpanKind.TWELVE_MONTHS: self.end == twelfth,
            SpanKind.PART_OF_YEAR: self.end < twelfth,
            SpanKind.SINCE_START: True,
            SpanKind.TYPICAL_MONTH: in_a_month,
            SpanKind.ONE_WEEK: in_a_month,
            SpanKind.ONE_DAY: in_a_month,
            SpanKind.UNSURE: True,
        }[self.kind]

    def __str__(self) -> str:
        return _text(self)


@cache
def _text(span: Span) -> str:
    """Write a period: a record has many figures of few periods."""
    first, last, days = span.start.year, span.end.year, f"{span.start} to {span.end}"
    return {
        SpanKind.CALENDAR_YEAR: str(first),
        SpanKind.CALENDAR_YEARS: f"{first}-{last}",
        SpanKind.US_FISCAL_YEAR: f"FY{last}",
        SpanKind.US_FISCAL_YEARS: f"FY{first + 1}-FY{last}",
        SpanKind.FISCAL_YEAR: f"{first}/{last % 100:02}",
        SpanKind.TYPICAL_MONTH: f"a typical month, {span.start:%Y-%m}",
        SpanKind.ONE_WEEK: f"a week of {span.start:%Y-%m}",
        SpanKind.ONE_DAY: f"a day of {span.start:%Y-%m}",
        SpanKind.UNSURE: f"{days}, it seems",
    }.get(span.kind, days)
