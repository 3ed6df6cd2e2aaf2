"""Write an invented extract of the shape of Cook County's, as CSV: ``python bench/extract_data.py FOLDER``.

Nobody in it exists. What it has from the county's extract of 2019 are proportions: how often which codes and
blanks come together, how many results a person has, how far the dates lie apart. Rows that have to be refused
are planted, as rare as the one that the county's extract has. Prints the day of the count and the numbers of
rows, as JSON.
"""

import argparse
import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import IO, Generic, NamedTuple, TypeVar

_T = TypeVar("_T")

FIRST, LAST = date(2019, 1, 1), date(2019, 12, 2)
LATEST = date(2019, 12, 13)  # of a review: entered before it took place
SPAN = (LAST - FIRST).days
PERSONS_A_ROW = 18_137 / (18_137 + 10_348)
CASES_A_PERSON = 16_701 / 18_137
OFFENSE_UPDATED = 1_505 / 18_137
NO_ARREST = 2_127 / 18_137
RESULTS_ON_TWO_DAYS = 0.1
A_BAD_ROW = 1 / 10_348

INTAKE = (
    "case_id",
    "case_participant_id",
    "received_date",
    "offense_category",
    "update_offense_category",
    "participant_status",
    "law_enforcement_agency",
    "arrest_date",
    "felony_review_date",
    "felony_review_result",
)
DISPOSITIONS = (
    "case_id",
    "case_participant_id",
    "primary_charge",
    "charge_id",
    "charge_version_id",
    "disposition_charged_class",
    "disposition_date",
    "charge_disposition",
    "charge_disposition_reason",
    "charge_count",
)

# (status of the person, result of the review): how many there are, and how many of them courts tell of.
DECISIONS = {
    ("Approved", ""): (7261, 3785),
    ("Approved", "Approved"): (7071, 1827),
    ("Rejected", "Rejected"): (1059, 0),
    ("", "Rejected"): (581, 0),
    ("Approved", "Continued Investigation"): (354, 70),
    ("Continued Investigation", "Continued Investigation"): (307, 0),
    ("", "Continued Investigation"): (180, 0),
    ("", ""): (174, 0),
    ("", "Victim Sensitive Interview"): (171, 0),
    ("Approved", "Rejected"): (158, 40),
    ("", "Approved"): (108, 0),
    ("Approved", "Felony Review"): (77, 19),
    ("Rejected", "Approved"): (75, 0),
    ("Co-Defendant/See Related Case", ""): (65, 0),
    ("", "Felony Review"): (45, 0),
    ("Continued Investigation", "Approved"): (43, 0),
    ("Rejected", "Felony Review"): (38, 0),
    ("Continued Investigation", "Rejected"): (35, 0),
    ("Rejected", ""): (34, 0),
    ("Co-Defendant/See Related Case", "Approved"): (33, 0),
    ("Not Charged", ""): (27, 0),
    ("Split Case/See Related Case", ""): (25, 0),
    ("Rejected", "Continued Investigation"): (23, 0),
    ("Juvenile", "Approved"): (23, 0),
    ("Not Charged", "Approved"): (23, 0),
    ("", "Disregard"): (15, 0),
    ("Continued Investigation", ""): (14, 0),
    ("", "Advice"): (12, 0),
    ("Merged with Another Case/See Related Case", "Approved"): (12, 0),
    ("Defendant Dispo'd/See Related Case", ""): (16, 0),
    ("Approved", "Disregard"): (10, 0),
    ("Merged with Another Case/See Related Case", ""): (9, 2),
    ("Approved/Misdemeanor", "Approved"): (15, 0),
    ("Approved", "Victim Sensitive Interview"): (6, 0),
    ("Approved", "Advice"): (6, 2),
    ("Pending Warrant", "Approved"): (4, 0),
    ("PH Cont/See Related Case", ""): (4, 0),
    ("BFW/See Related Case", ""): (3, 0),
    ("Trf to DDPP/See Related Case", ""): (3, 0),
    ("Defendant Deceased", "Rejected"): (1, 0),
    ("", "VICTIM SENSITIVE INT"): (1, 0),
}
# How many results a person has whom courts tell of.
RESULTS = (4385, 527, 206, 174, 70, 132, 51, 69, 45, 29, 13, 22, 1, 2, 1, 5, 4, 1, 1, 0, 2, 4)
NOLLE = "Nolle Prosecution"
# The verdict on those who have one charge, and on those who have several.
VERDICTS = {
    NOLLE: (3261, 187),
    "Plea Of Guilty": (930, 1068),
    "FNPC": (139, 1),
    "Finding Guilty": (30, 48),
    "FNG": (1, 19),
    "Death Suggested-Cause Abated": (8, 9),
    "BFW": (4, 11),
    "Superseded by Indictment": (1, 8),
    "Plea of Guilty - Amended Charge": (3, 1),
    "Verdict-Not Guilty": (0, 3),
    "Verdict Guilty": (1, 2),
    "Plea of Guilty - Lesser Included": (2, 1),
    "Case Dismissed": (1, 1),
    "Transferred - Misd Crt": (1, 0),
    "Charge Rejected": (1, 0),
    "Finding Guilty - Lesser Included": (1, 0),
    "FNG Reason Insanity": (0, 1),
    "Mistrial Declared": (0, 1),
}
# These end every charge; beside any other verdict, the charges that it is not about are dropped.
ON_ALL = {"FNG", "Death Suggested-Cause Abated", "BFW", "Superseded by Indictment", "Verdict-Not Guilty"}
REASONS = {"": 66, "PG to Other Count/s": 9, "DDPP Graduate": 7, "Misdemeanor Amount": 4, "No Lab": 14}
CLASSES = {"4": 61, "2": 17, "3": 13, "A": 4, "1": 3, "X": 2}

# Days from receipt, at equal steps from the earliest to the latest.
TO_REVIEW = (-433, *[0] * 32, 1, 1, 1, 1, 5, 18, 49, 317)
TO_ARREST = (-400, -17, -10, -8, -6, -4, -3, -2, -2, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 317)
TO_RESULT = (
    *(-400, -5, 14, 19, 21, 22, 25, 28, 34, 37, 42, 45, 49, 54, 59, 65, 72, 79, 85, 92, 100),
    *(106, 113, 120, 125, 132, 139, 146, 154, 162, 170, 179, 186, 194, 201, 211, 221, 232, 250, 270, 300),
)


class Lot(Generic[_T]):
    """Things to draw, each as often as its weight says."""

    def __init__(self, rng: Random, weights: Mapping[_T, float]) -> None:
        self.rng, self.things, self.sums = rng, list(weights), list(accumulate(weights.values()))

    def draw(self) -> _T:
        """Draw one."""
        return self.rng.choices(self.things, cum_weights=self.sums)[0]


class Result(NamedTuple):
    """What a court made of a charge."""

    day: date
    code: str


class Person(NamedTuple):
    """Somebody who was brought to review: a row of the intake, and what courts tell."""

    row: tuple[str, ...]
    results: list[Result]


class County:
    """Draws the people of an extract, in the order of their cases."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.decisions = Lot(rng, {pair: n for pair, (n, _) in DECISIONS.items()})
        offenses = {f"Offense {n:02} - Invented": n**-1.35 for n in range(1, 76)}
        agencies = {f"TOWN {n:03} PD": 649 * n**-0.8 for n in range(1, 177)}
        self.offenses = Lot(rng, offenses)
        self.agencies = Lot(rng, {"CITY PD": 12_306, **agencies, "": 116, "STATE POLICE ZONE 1, NORTH": 17})
        self.results = Lot(rng, dict(enumerate(RESULTS, start=1)))
        self.of_one, self.of_several = (
            Lot(rng, {code: both[i] for code, both in VERDICTS.items()}) for i in (0, 1)
        )

    def people(self, number: int) -> Iterator[Person]:
        """Draw so many people."""
        case = 0
        for person in range(number):
            if person == 0 or self.rng.random() < CASES_A_PERSON:
                case += self.rng.randrange(1, 1 << 20)
            yield self.person(f"c{case:012x}", _id("p", person))

    def person(self, case: str, name: str) -> Person:
        """Draw one."""
        status, review = self.decisions.draw()
        people, tried = DECISIONS[status, review]
        results = self.verdicts() if self.rng.random() * people < tried else []
        waits = self.waits(len(results))
        # Results are known until the last day; so who has one came in early enough for it.
        received = _after(FIRST, self.rng.randint(0, SPAN - max([0, *waits])))
        offense = self.offenses.draw()
        updated = self.offenses.draw() if self.rng.random() < OFFENSE_UPDATED else offense
        arrested = _after(received, self.days(TO_ARREST)).isoformat()
        reviewed = min(_after(received, self.days(TO_REVIEW)), LATEST).isoformat() if review else ""
        row = (case, name, received.isoformat(), offense, updated, status, self.agencies.draw())
        return Person(
            (*row, "" if self.rng.random() < NO_ARREST else arrested, reviewed, review),
            [Result(_after(received, days), code) for days, code in zip(waits, results, strict=True)],
        )

    def waits(self, number: int) -> list[int]:
        """Draw after how many days results come: most all on one day."""
        first = self.days(TO_RESULT)
        later = self.rng.randint(1, 60) if self.rng.random() < RESULTS_ON_TWO_DAYS else 0
        last = min(first + later, SPAN)
        return [*[first] * (number - 1), last][:number]

    def verdicts(self) -> list[str]:
        """Draw what became of a person's charges."""
        number = self.results.draw()
        code = (self.of_one if number == 1 else self.of_several).draw()
        return [code] * number if code in ON_ALL else [code] + [NOLLE] * (number - 1)

    def days(self, steps: Sequence[int]) -> int:
        """Draw a number of days."""
        place = self.rng.randrange(len(steps) - 1)
        return self.rng.randint(steps[place], steps[place + 1])


def main() -> None:
    """Write the two tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=2_000_000, help="about so many, in both tables together")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    where = asked.folder / "part-1"
    where.mkdir(parents=True, exist_ok=True)
    people = round(asked.rows * PERSONS_A_ROW)
    with (
        (where / "intake.csv").open("w", encoding="utf-8", newline="") as intake,
        (where / "dispositions.csv").open("w", encoding="utf-8", newline="") as dispositions,
    ):
        rows = write(Random(asked.seed), people, intake, dispositions)
    names = ("intake", "dispositions")
    print(json.dumps({"as_of": LAST.isoformat(), "rows": {1: dict(zip(names, rows, strict=True))}}))


def write(rng: Random, number: int, intake: IO[str], dispositions: IO[str]) -> tuple[int, int]:
    """Write people and results, and with them the rows that have to be refused; count the rows of both."""
    to_intake, to_dispositions = (csv.writer(file, lineterminator="\n") for file in (intake, dispositions))
    reasons, classes = Lot(rng, REASONS), Lot(rng, CLASSES)
    to_intake.writerow(INTAKE)
    to_dispositions.writerow(DISPOSITIONS)
    people = charges = 0
    for person in County(rng).people(number):
        rows = [person.row]
        if rng.random() < A_BAD_ROW:  # the same row again
            rows.append(person.row)
        if rng.random() < A_BAD_ROW:  # the same person, with another offense
            rows.append((*person.row[:3], "Other Offense", *person.row[4:]))
        to_intake.writerows(rows)
        people += len(rows)
        for count, result in enumerate(person.results, start=1):
            case, name = person.row[:2]
            day, fate = result.day, rng.random() / A_BAD_ROW
            if fate < 1:
                day = day.replace(year=2109, day=min(day.day, 28))
            elif fate < 2:  # noqa: PLR2004 - one chance each
                name = _id("p", number + charges)  # whom the intake does not have
            row = (
                *(case, name, str(count == 1).lower(), _id("x", 2 * charges), _id("x", 2 * charges + 1)),
                *(classes.draw(), f"{day.month}/{day.day}/{day.year} 12:00:00 AM", result.code),
                *(reasons.draw(), count),
            )
            again = rng.random() < A_BAD_ROW  # the same result again
            to_dispositions.writerows([row, row] if again else [row])
            charges += 1 + again
    return people, charges


def _id(mark: str, number: int) -> str:
    """Give an id that looks like none that was given in order; no two are equal."""
    return f"{mark}{number * 0x9E3779B97F4B % (1 << 48):012x}"


def _after(day: date, days: int) -> date:
    return day + timedelta(days=days)


if __name__ == "__main__":
    main()
