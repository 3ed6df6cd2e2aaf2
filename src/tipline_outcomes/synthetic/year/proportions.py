"""Reports by place in 2023, as published: what the agencies of an invented year weigh.

The numbers are of reports by the place that they were resolved to. What an agency does with them is invented;
nothing here tells anything about a real one.
"""

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from attrs import evolve

from tipline_outcomes.model import AgencyId, Jurisdiction, Level
from tipline_outcomes.synthetic.assumptions import Recipient

__all__ = ["AGENCIES", "PUBLISHED", "REPORTS"]

REPORTS: Final = 36_210_368
"""All reports of 2023 (NCMEC's transparency report to OJJDP for the calendar year 2023)."""

PUBLISHED: Final[Mapping[str, int]] = MappingProxyType(
    {
        row["place"]: int(row["reports"])
        for row in csv.DictReader(
            files("tipline_outcomes.synthetic.year")
            .joinpath("reports_2023.csv")
            .read_text("ascii")
            .splitlines()
        )
    }
)
"""Reports of 2023 by place.

By country of upload, 36 of some 240 countries: NCMEC, 2023 CyberTipline Reports by Country,
https://www.missingkids.org/content/dam/missingkids/pdfs/2023-reports-by-country.pdf. By state of the United
States: NCMEC, 2023 CyberTipline Reports by State,
https://www.missingkids.org/content/dam/missingkids/pdfs/2023-reports-by-state.pdf, as transcribed in
https://github.com/apparebit/diaphanous (data under CC BY 4.0).
"""

_UNION: Final = "US"
_UNKNOWN: Final = "ZZ"
_LOCAL_SIZE: Final = 30_000
_FOREIGN_SIZE: Final = 1_000_000

# Who tells what, in turn; that most tell everything is invented, and far from the published record (feedback
# on 0.23 % of what was made available abroad in 2023), so that there is something to count.
_SOMEWHERE: Final = Recipient(
    jurisdiction=Jurisdiction(territory=_UNKNOWN, level=Level.INTERNATIONAL), weight=0
)
_TELLING: Final = (
    evolve(_SOMEWHERE, pace=80),
    evolve(_SOMEWHERE, pace=120),
    evolve(_SOMEWHERE, reports_back=False),
    evolve(_SOMEWHERE, vigour=140),
    evolve(_SOMEWHERE, silent_from=date(2025, 3, 1)),
    evolve(_SOMEWHERE, pace=160, vigour=70),
    _SOMEWHERE,
    evolve(_SOMEWHERE, pace=90),
)


def _places() -> Iterator[tuple[str, Level, int, int]]:
    """Give every place with the level of its agencies, its reports, and about how many one agency gets."""
    states = {place: reports for place, reports in PUBLISHED.items() if "-" in place}
    countries = {place: reports for place, reports in PUBLISHED.items() if place not in states}
    for state, reports in states.items():
        yield state, Level.LOCAL, reports, _LOCAL_SIZE
    # What was resolved to the country and to no state; and then to no country, or to one that is not listed.
    yield _UNION, Level.FEDERAL, countries[_UNION] - sum(states.values()), _FOREIGN_SIZE
    for country, reports in countries.items():
        if country != _UNION:
            yield country, Level.FOREIGN, reports, _FOREIGN_SIZE
    yield _UNKNOWN, Level.INTERNATIONAL, REPORTS - sum(countries.values()), _FOREIGN_SIZE


def _agencies() -> Iterator[Recipient]:
    turn = 0
    for territory, level, reports, size in _places():
        number = 1 + reports // size
        for n in range(number):
            agency = AgencyId(f"{territory.lower()}-{n + 1}")
            telling = _TELLING[turn % len(_TELLING)]
            yield evolve(
                telling,
                jurisdiction=Jurisdiction(territory=territory, level=level, agency=agency),
                weight=reports * (n + 1) // number - reports * n // number,
                levels=telling.levels if level is Level.LOCAL else ((level, 98), (None, 2)),
                basis=f"{reports:,} reports of {territory} in 2023 (NCMEC), split evenly between agencies",
            )
            turn += 1


AGENCIES: Final = tuple(_agencies())
"""The agencies of the invented year: weights as published, everything else invented."""
