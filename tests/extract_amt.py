"""An invented agency that keeps one wide table: a row a referral, a column of days for every stage.

Its words are German, it passes referrals on, and it does not watch all of them. How many stand where is
known.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

__all__ = ["AS_OF", "COLUMNS", "KINDS", "PLACES", "REFUSED", "UNMAPPED", "profile", "write"]

AS_OF = date(2024, 6, 30)

PROFILE = """
version = 1
order = "dates"       # a row says when, never in what order
fill_gaps = true

[tables.TABLE]
separator = SEPARATOR
formats = [FORMAT]

[referral]
table = TABLE
id = "Vorgang"
received_on = "Eingang"
parent = "Kommt von"
territory = "Land"
agency = "Dienststelle"
observed_through = "Stand"
dimensions = { group = "Deliktsgruppe" }

[referral.constants]
level = "state"

[[event]]
table = TABLE
referral = "Vorgang"
action = "accept"
on = "Prüfung"

[[event]]
table = TABLE
referral = "Vorgang"
action = "open_investigation"
on = "Ermittlung"

[[event]]
table = TABLE
referral = "Vorgang"
action = "administrative_action content_takedown"
on = "Löschung"

[[event]]
table = TABLE
referral = "Vorgang"
action = "present_to_prosecutor"
on = "Abgabe StA"

[[event]]
table = TABLE
referral = "Vorgang"
action = "transfer"
on = "Abgabe"
other = "Abgabe an"

[[event]]
table = TABLE
referral = "Vorgang"
action = "file_charge"
on = "Anklage"
[event.constants]
level = "state"

[[event]]
table = TABLE
referral = "Vorgang"
code = "Ausgang"
codes = "Urteile"
on = ["Urteil", "Rechtskraft"]
[event.constants]
level = "state"

[[event]]
table = TABLE
referral = "Vorgang"
code = "Einstellungsgrund"
on = "Einstellung"

[codes.Land]
Bayern = "DE-BY"
Hessen = "DE-HE"

[codes.Urteile]
Verurteilung = "charge_result convicted_trial"
Strafbefehl = "charge_result convicted_unspecified"
Freispruch = "charge_result acquitted"
"§ 153 StPO in der Hauptverhandlung" = "charge_result charge_dismissed"
vertagt = "nothing"

[codes.Einstellungsgrund]
"Täter nicht ermittelt" = "close suspect_not_identified"
"§ 170 Abs. 2 StPO" = "close evidence_insufficient"
"§ 153a StPO" = "close precharge_diversion"
"Kind unter 14" = "close suspect_under_age"
"verbunden" = "close merged"
"Doppelvorgang" = "close duplicate"
"Wiedervorlage" = "nothing"
"""


def profile(table: str, *, separator: str, day: str) -> str:
    """Write the profile for a table of some name; separator and format of days matter where it is text."""
    words = {"TABLE": table, "SEPARATOR": separator, "FORMAT": day}
    text = PROFILE
    for name, word in words.items():
        text = text.replace(name, f'"{word}"')
    return text


DAYS = (
    "Eingang",
    "Prüfung",
    "Ermittlung",
    "Löschung",
    "Abgabe StA",
    "Abgabe",
    "Anklage",
    "Urteil",
    "Rechtskraft",
    "Einstellung",
    "Stand",
)
TEXTS = (
    "Vorgang",
    "Kommt von",
    "Land",
    "Dienststelle",
    "Deliktsgruppe",
    "Abgabe an",
    "Ausgang",
    "Einstellungsgrund",
)
COLUMNS = (*TEXTS, *DAYS)


@dataclass
class Kind:
    """Rows of one kind: how many there are in each Land, and what the family of each counts as."""

    place: str | None  # None: part of another's family, or not yet received
    bayern: int
    hessen: int
    row: Mapping[str, str | date]
    of_them: str = ""  # what a charge has come to, or why a place is unknown


def on(month: int, day: int = 15, year: int = 2023) -> date:
    return date(year, month, day)


WORKED_ON = {"Prüfung": on(3), "Ermittlung": on(3), "Abgabe StA": on(8)}
KINDS = (
    Kind("pending", 7, 4, {}),
    Kind("pending", 2, 0, {"Prüfung": on(3), "Löschung": on(3, 2)}),
    Kind("pending", 1, 1, {"Prüfung": on(3), "Einstellung": on(4), "Einstellungsgrund": "Wiedervorlage"}),
    # What happens after the day of the count has not happened.
    Kind("pending", 1, 0, {"Einstellung": on(8, year=2024), "Einstellungsgrund": "§ 170 Abs. 2 StPO"}),
    # Nobody reports back, or not for long enough.
    Kind("unknown", 0, 5, {"Stand": ""}, "never_watched"),
    Kind("unknown", 2, 1, {"Prüfung": on(3), "Stand": on(12)}, "no_longer_watched"),
    Kind("closed", 4, 3, {**WORKED_ON, "Einstellung": on(9), "Einstellungsgrund": "Täter nicht ermittelt"}),
    Kind("closed", 1, 0, {"Einstellung": on(4), "Einstellungsgrund": "Kind unter 14"}),
    Kind(
        "administrative",
        3,
        2,
        {"Prüfung": on(5), "Einstellung": on(9), "Einstellungsgrund": "§ 153a StPO"},
    ),
    Kind("excluded", 3, 1, {"Prüfung": on(3), "Einstellung": on(3), "Einstellungsgrund": "verbunden"}),
    Kind("excluded", 1, 1, {"Einstellung": on(3), "Einstellungsgrund": "Doppelvorgang"}),
    Kind("charge", 2, 2, {**WORKED_ON, "Anklage": on(10)}, "pending"),
    Kind("charge", 1, 0, {"Anklage": on(10), "Urteil": on(11), "Ausgang": "vertagt"}, "pending"),
    Kind("charge", 6, 3, {"Anklage": on(10), "Urteil": on(11), "Ausgang": "Verurteilung"}, "reached"),
    # Only the end is known, and only when it became final.
    Kind("charge", 1, 0, {"Rechtskraft": on(11), "Ausgang": "Strafbefehl"}, "reached"),
    Kind("charge", 2, 1, {**WORKED_ON, "Urteil": on(11), "Ausgang": "Freispruch"}, "lost"),
    # Ended, taken up again, charged: the table shows the days, the order of its columns does not.
    Kind(
        "charge",
        1,
        1,
        {
            "Ermittlung": on(3),
            "Einstellung": on(4),
            "Einstellungsgrund": "§ 170 Abs. 2 StPO",
            "Anklage": on(9),
        },
        "pending",
    ),
    # What cannot be read leaves them unknown, and a charge a charge.
    Kind("unknown", 1, 2, {"Einstellung": on(4), "Einstellungsgrund": "§ 154 StPO"}, "incomplete"),
    Kind("unknown", 1, 0, {"Einstellungsgrund": "Täter nicht ermittelt"}, "incomplete"),
    Kind("charge", 1, 0, {"Anklage": on(9), "Ausgang": "Verurteilung"}, "unknown"),
    # Passed on: outside, nobody tells; inside, the child stands for both.
    Kind("unknown", 1, 1, {"Prüfung": on(3), "Abgabe": on(4), "Abgabe an": "AT-7"}, "transferred_out"),
    Kind("pending", 1, 0, {"Prüfung": on(3), "Abgabe": on(4), "Abgabe an": "child 1"}),
    Kind(None, 1, 0, {"Vorgang": "child 1", "Kommt von": "Abgabe an", "Eingang": on(4)}),
    Kind("charge", 1, 0, {"Prüfung": on(3), "Abgabe": on(4), "Abgabe an": "child 2"}, "pending"),
    Kind(None, 0, 1, {"Vorgang": "child 2", "Kommt von": "Abgabe an", "Eingang": on(4), "Anklage": on(9)}),
    Kind(None, 1, 2, {"Eingang": on(8, year=2024)}),
)
LAENDER = {"Bayern": "DE-BY", "Hessen": "DE-HE"}

# Written down, so that a slip in the kinds above is seen.
PLACES = {
    "DE-BY": {"charge": 15, "administrative": 3, "closed": 5, "pending": 12, "unknown": 5, "excluded": 4},
    "DE-HE": {"charge": 7, "administrative": 2, "closed": 3, "pending": 5, "unknown": 9, "excluded": 2},
}
REFUSED = {("event 8", "missing_date"): 1, ("event 7", "missing_date"): 1}
UNMAPPED = {("Einstellungsgrund", "§ 154 StPO"): 3}


def rows() -> list[dict[str, str | date | None]]:
    """Make the table."""
    made: list[dict[str, str | date | None]] = []
    passed_on: dict[str, str] = {}
    for kind in KINDS:
        for land, times in (("Bayern", kind.bayern), ("Hessen", kind.hessen)):
            for _ in range(times):
                row = {
                    "Vorgang": f"V-{len(made):03}",
                    "Land": land,
                    "Dienststelle": f"{land} {len(made) % 3 + 1}",
                    "Deliktsgruppe": ("Besitz", "Anbahnung", "Weitergabe, gewerblich")[len(made) % 3],
                    "Eingang": on(2),
                    "Stand": on(7, year=2024),
                    **kind.row,
                }
                if to := row.get("Abgabe an"):
                    passed_on[str(to)] = str(row["Vorgang"])
                if "Kommt von" in row:
                    row["Kommt von"] = passed_on[str(row["Vorgang"])]
                made.append({name: row.get(name) or None for name in COLUMNS})
    return made


def counted() -> tuple[Counter[tuple[str, str]], Counter[str]]:
    """Count the kinds by Land and place, and what the charges have come to."""
    places: Counter[tuple[str, str]] = Counter()
    charges: Counter[str] = Counter()
    for kind in KINDS:
        if kind.place is not None:
            places["DE-BY", kind.place] += kind.bayern
            places["DE-HE", kind.place] += kind.hessen
        if kind.place == "charge":
            charges[kind.of_them] += kind.bayern + kind.hessen
    return places, charges


def write(folder: Path, kind: str) -> str:
    """Write the table into a folder as a file of some kind, and give the profile that reads it."""
    table = pl.DataFrame(rows(), schema=dict.fromkeys(TEXTS, pl.String) | dict.fromkeys(DAYS, pl.Date))
    target = folder / f"vorgaenge.{kind}"
    separator, day = "\t" if kind == "tsv" else ",", "%Y-%m-%d"
    match kind:
        case "parquet":
            table.write_parquet(target)
        case "arrow":
            table.write_ipc(target)
        case "jsonl":
            table.write_ndjson(target)
        case _:
            day = "%d.%m.%Y"
            table.write_csv(target, date_format=day, separator=separator)
    return profile(target.name, separator=separator, day=day)
