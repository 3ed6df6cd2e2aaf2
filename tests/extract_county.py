"""An invented county and its extract, with planted faults: all that is wrong in it is known beforehand.

The county writes three tables, each in its own way (encoding, separator, dates, ends of lines). Every record
is written together with what must become of it in each use of its table, and every referral with the place
where it must stand. Nothing here comes from the package.
"""

import csv
import io
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

__all__ = ["AS_OF", "FATES", "FAULTS", "PROFILE", "RULES", "County"]

AS_OF = date(2022, 12, 31)

PROFILE = """
version = 1
fill_gaps = true

[dates]
earliest = 2020-01-01
latest = 2022-12-31

[tables."intake.csv"]           # the old case system, German Windows
encoding = "cp1252"
separator = ";"
formats = ["%d.%m.%Y"]

[tables."status.csv"]           # somebody's spreadsheet; its clock changed sides in 2021
separator = ","
blank = ["n/a", "-"]
formats = ["%m/%d/%Y %I:%M %p", "%d/%m/%Y %I:%M %p"]

[tables."court.txt"]            # the court writes UTF-16, and days as they should be
encoding = "utf-16"
separator = "\\t"

[referral]
table = "intake.csv"
id = "Az"
received_on = "Eingang"
implied = ["accept"]
observed_through = 2022-12-31
dimensions = { offence = "Delikt", office = "Behörde" }

[referral.constants]
territory = "DE-BY"
level = "local"

[[event]]
table = "intake.csv"
referral = "Az"
code = "Erstprüfung"
on = "Eingang"

[[event]]
table = "status.csv"
referral = "case"
code = "step"
on = "entered"

[[event]]
table = "court.txt"
referral = "file"
code = "outcome"
on = "day"
subject = "file"
charge = "count"

[event.constants]
level = "state"

[codes."Erstprüfung"]
"übernommen" = "accept"
"kein Verdacht" = "close not_criminal"
"vorgemerkt" = "nothing"

[codes.step]
"Investigating" = "open_investigation"
"To prosecutor" = "present_to_prosecutor"
"Not found" = "close suspect_not_identified"
"Joined" = "close merged"
"Cautioned" = "close out_of_court_disposal"
"Phone call" = "nothing"

[codes.outcome]
"Charged" = "file_charge"
"Guilty" = "charge_result convicted_trial"
"Not guilty" = "charge_result acquitted"
"Adjourned" = "nothing"
"""

USES = {
    "intake.csv": ("referral", "event 1"),
    "status.csv": ("event 2",),
    "court.txt": ("event 3",),
}
HEADERS = {
    "intake.csv": ("Az", "Eingang", "Delikt", "Behörde", "Erstprüfung", "Notiz"),
    "status.csv": ("entered", "case", "remark", "step"),
    "court.txt": ("file", "day", "count", "outcome"),
}
SEPARATORS = {"intake.csv": ";", "status.csv": ",", "court.txt": "\t"}
ENDS = {"intake.csv": "\r\n", "status.csv": "\n", "court.txt": "\r\n"}
WAYS = {
    "intake.csv": (b"", "cp1252", b"\x81"),
    "status.csv": (b"\xef\xbb\xbf", "utf-8", b"\xff"),
    "court.txt": (b"\xff\xfe", "utf-16-le", b"\x00\xd8"),
}
"""How each table is written: what it begins with, its encoding, and bytes that this encoding lacks."""

WRONG = "\ue000"
"""Stands in a text for the bytes that nobody can decode."""

OFFENCES = ("Verführung über Chat", "Café-Fälle", "Besitz", "Weitergabe; gewerblich", 'genannt "Tausch"')
OFFICES = ("Großkirchen", "Bad Öhr", "")
# Where nothing is made of a row, it has one of these fates, or a rule refuses it.
FATES = ("made", "nothing", "blank", "unmapped")
RULES = (
    "undecodable",
    "wrong_field_count",
    "blank_key",
    "duplicate_key",
    "contradicting_key",
    "orphan",
    "missing_date",
    "unreadable_date",
    "ambiguous_date",
    "unbelievable_date",
    "copied_row",
)


@dataclass
class Written:
    """One record: its text, and what becomes of it in each use of its table."""

    table: str
    text: str
    fates: tuple[str, ...]


@dataclass
class Case:
    """A referral of the county, its records in the order of the files, and how it must be counted."""

    name: str
    rng: random.Random
    day: date
    offence: str | None
    office: str
    records: list[Written] = field(default_factory=list)
    place: str | None = "pending"  # None: no referral comes of it
    court: str = "pending"  # where it stands on the way to a conviction, if it is a charge
    findings: Counter[str] = field(default_factory=Counter)

    # --- what an office writes ---

    def write(self, table: str, *values: str, fates: tuple[str, ...]) -> None:
        """Write one record."""
        text = io.StringIO()
        csv.writer(text, delimiter=SEPARATORS[table], lineterminator="\n").writerow(values)
        self.records.append(Written(table, text.getvalue().removesuffix("\n"), fates))

    def intake(
        self,
        *,
        name: str | None = None,
        eingang: str | None = None,
        offence: str | None = None,
        first: str = "",
        note: str | None = None,
        fates: tuple[str, str] | None = None,
    ) -> None:
        """A tip comes in; perhaps the desk says at once what it makes of it."""
        eingang = f"{self.day:%d.%m.%Y}" if eingang is None else eingang
        told = {"": "blank", "vorgemerkt": "nothing"}.get(first, "made")
        said = self.rng.choice(("", "Anruf", "Zeile 1\nZeile 2", 'sagt; "nein"\n\nund geht', "Grüße"))
        name = self.name if name is None else name
        values = (name, eingang, offence or self.offence, self.office, first, said if note is None else note)
        self.write("intake.csv", *values, fates=fates or ("made", told))

    def status(
        self, step: str, *, entered: str | None = None, name: str | None = None, fate: str = "made"
    ) -> None:
        """Somebody enters a step, some days after the one before."""
        entered = self.clock(self.later()) if entered is None else entered
        remark = self.rng.choice(("", "see file", "called,\nno answer", "a, b"))
        self.write("status.csv", entered, self.name if name is None else name, remark, step, fates=(fate,))

    def at_court(self, outcome: str, *, day: str | None = None, count: str = "1", fate: str = "made") -> None:
        """The court tells of a charge."""
        day = self.later().isoformat() if day is None else day
        self.write("court.txt", self.name, day, count, outcome, fates=(fate,))

    def later(self) -> date:
        """Go on some days, to a day that can be written in only one way: no month has that number."""
        self.day += timedelta(days=self.rng.randint(1, 20))
        while self.day.day < 13:
            self.day += timedelta(days=1)
        return self.day

    def clock(self, day: date) -> str:
        """Write a day as the spreadsheet does, in one of its two ways."""
        at = datetime.combine(day, time(self.rng.randrange(24), self.rng.randrange(60)))
        return at.strftime(self.rng.choice(("%m/%d/%Y %I:%M %p", "%d/%m/%Y %I:%M %p")))

    # --- how it must be counted ---

    def came_in(self) -> None:
        """Nothing of its row in the referral table could be read but its id."""
        self.incomplete()
        self.offence, self.office = None, ""
        self.findings["date_missing"] += 1

    def incomplete(self, place: str = "unknown") -> None:
        """Something about it could not be read."""
        self.place, self.court = place, "unknown"
        self.findings["incomplete"] += 1


# --- what happens without any fault ------------------------------------------------------------------


def waiting(case: Case) -> None:
    case.intake(first=case.rng.choice(("", "übernommen", "vorgemerkt")))


def rejected(case: Case) -> None:
    case.intake(first="kein Verdacht")
    case.place = "closed"


def working(case: Case) -> None:
    waiting(case)
    case.status("Investigating")
    if case.rng.random() < 0.5:
        case.status("Phone call", fate="nothing")
        case.status("To prosecutor")


def ended(case: Case) -> None:
    case.rng.choice((waiting, working))(case)
    step, case.place = case.rng.choice(
        (("Not found", "closed"), ("Joined", "excluded"), ("Cautioned", "administrative"))
    )
    case.status(step)


def tried(case: Case) -> None:
    case.rng.choice((waiting, working))(case)
    case.at_court("Charged")
    case.place = "charge"
    if case.rng.random() < 0.3:
        case.at_court("Adjourned", fate="nothing")
    outcome, case.court = case.rng.choice(((None, "pending"), ("Guilty", "reached"), ("Not guilty", "lost")))
    if outcome:
        case.at_court(outcome)


def found_guilty_out_of_nothing(case: Case) -> None:
    # That there was a charge, and an investigation, is implied; the conviction is stated.
    case.intake()
    case.at_court("Guilty", count=case.rng.choice(("1", "")))
    case.place, case.court = "charge", "reached"


def taken_up_again(case: Case) -> None:
    # Not found, and yet charged later: it must have been reopened in between.
    case.intake()
    case.status("Not found")
    case.at_court("Charged")
    case.place = "charge"


def entered_on_a_day_without_doubt(case: Case) -> None:
    # 3 March is 3 March in both ways of writing.
    case.day = date(2021, 2, 1)
    case.intake()
    case.status("Not found", entered=case.clock(date(2021, 3, 3)))
    case.place = "closed"


def written_with_white_space(case: Case) -> None:
    case.intake(name=f"  {case.name}", first=" kein Verdacht ")
    case.place = "closed"


PLAIN = (
    waiting,
    written_with_white_space,
    rejected,
    working,
    ended,
    tried,
    found_guilty_out_of_nothing,
    taken_up_again,
    entered_on_a_day_without_doubt,
)

# --- faults ------------------------------------------------------------------------------------------


def unmapped_code(case: Case) -> None:
    working(case)
    case.status(case.rng.choice(("Handed over", "investigating", "Größe")), fate="unmapped")
    case.incomplete()


def unmapped_outcome_of_a_charge(case: Case) -> None:
    case.intake()
    case.at_court("Charged")
    case.at_court("Sent to the moon", fate="unmapped")
    case.incomplete("charge")


def unmapped_word_of_the_desk(case: Case) -> None:
    case.intake(first="abgelegt", fates=("made", "unmapped"))
    case.incomplete()


UNREADABLE = (
    "13/32/2021 09:00 AM",
    "31/02/2021 09:00 AM",
    "14/03/2021 19:00 AM",
    "soon",
    "2021-03-14",
    "03/14/2021",
)
UNBELIEVABLE = ("03/14/2109 09:00 AM", "14/03/1921 09:00 PM", "03/03/2023 12:00 AM")


def unreadable_date(case: Case) -> None:
    case.intake()
    case.status("Not found", entered=case.rng.choice(UNREADABLE), fate="unreadable_date")
    case.incomplete()


def unbelievable_date(case: Case) -> None:
    case.intake()
    case.status("Not found", entered=case.rng.choice(UNBELIEVABLE), fate="unbelievable_date")
    case.incomplete()


def ambiguous_date(case: Case) -> None:
    case.intake()
    entered = case.rng.choice(("03/04/2021 09:00 AM", "12/01/2022 12:00 PM"))
    case.status("Not found", entered=entered, fate="ambiguous_date")
    case.incomplete()


def missing_date(case: Case) -> None:
    case.intake()
    case.status("Not found", entered=case.rng.choice(("", "n/a", "-", "  ")), fate="missing_date")
    case.incomplete()


def missing_date_of_a_conviction(case: Case) -> None:
    case.intake()
    case.at_court("Charged")
    case.at_court("Guilty", day="", fate="missing_date")
    case.incomplete("charge")


def nothing_said_on_an_unreadable_day(case: Case) -> None:
    working(case)
    case.status("Phone call", entered="soon", fate="nothing")


def duplicate_key(case: Case) -> None:
    case.intake()
    case.intake(fates=("duplicate_key", "blank"))


def duplicate_key_with_a_copied_decision(case: Case) -> None:
    case.intake(first="kein Verdacht")
    case.intake(first="kein Verdacht", fates=("duplicate_key", "copied_row"))
    case.place = "closed"


def contradicting_key(case: Case) -> None:
    case.intake()
    another = next(offence for offence in OFFENCES if offence != case.offence)
    case.intake(offence=another, fates=("contradicting_key", "blank"))
    case.status("Cautioned")
    case.incomplete()


def contradicting_day_of_receipt(case: Case) -> None:
    case.intake()
    case.intake(eingang=f"{case.day + timedelta(days=1):%d.%m.%Y}", fates=("contradicting_key", "blank"))
    case.incomplete()


def blank_key(case: Case) -> None:
    case.intake(name=case.rng.choice(("", "   ")), first="übernommen", fates=("blank_key", "blank_key"))
    case.status("Not found", name=case.rng.choice(("", "n/a")), fate="blank_key")
    case.place = None


def orphan(case: Case) -> None:
    case.status("Not found", fate="orphan")
    case.at_court("Guilty", fate="orphan")
    case.place = None


def blank_code(case: Case) -> None:
    case.intake()
    case.status(case.rng.choice(("", "n/a", " ")), fate="blank")


def empty_rows(case: Case) -> None:
    # As spreadsheets leave them at the end: a referral without an id, events that say nothing.
    case.records.append(Written("intake.csv", ";;;;;", ("blank_key", "blank")))
    case.records.append(Written("status.csv", ",,,", ("blank",)))
    case.place = None


def copied_row(case: Case) -> None:
    case.intake()
    entered = case.clock(case.later())
    case.status("Cautioned", entered=entered)
    for _ in range(case.rng.randint(1, 2)):
        case.status("Cautioned", entered=entered, fate="copied_row")
    case.place = "administrative"


def ragged_rows(case: Case) -> None:
    # A remark with a separator that nobody quoted, and a line that breaks off.
    waiting(case)
    for table, text in (
        ("status.csv", f"{case.clock(case.later())},{case.name},called, no answer,Not found"),
        ("court.txt", f"{case.name}\t{case.later().isoformat()}"),
    ):
        case.records.append(Written(table, text, ("wrong_field_count",)))
    case.incomplete()


def ragged_intake(case: Case) -> None:
    text = f"{case.name};{case.day:%d.%m.%Y};{case.offence.replace(';', '').replace(chr(34), '')};;;;;"
    case.records.append(Written("intake.csv", text, ("wrong_field_count", "wrong_field_count")))
    case.status("Not found")
    case.came_in()


def ragged_intake_beside_a_whole_one(case: Case) -> None:
    working(case)
    case.records.append(Written("intake.csv", case.name, ("wrong_field_count", "wrong_field_count")))
    case.incomplete()


def undecodable_intake(case: Case) -> None:
    case.intake(offence=f"Ver{WRONG}hrung", fates=("undecodable", "undecodable"))
    case.at_court("Charged")
    case.came_in()


def undecodable_key(case: Case) -> None:
    case.intake(name=f"{case.name}{WRONG}", fates=("undecodable", "undecodable"))
    case.status("Not found", name=f"{case.name}{WRONG}", fate="undecodable")
    case.place = None


def undecodable_note(case: Case) -> None:
    # Nobody reads it.
    case.intake(first="kein Verdacht", note=f"Gr{WRONG}e")
    case.place = "closed"


def undecodable_rows(case: Case) -> None:
    waiting(case)
    case.status(f"Not {WRONG}ound", fate="undecodable")
    case.at_court(f"Guil{WRONG}y", fate="undecodable")
    case.incomplete()


def closed_for_good_and_then_charged(case: Case) -> None:
    case.intake()
    case.status("Joined")
    case.at_court("Charged")
    case.place, case.court = "unknown", "unknown"
    case.findings["illegal_transition"] += 1


def unreadable_receipt(case: Case) -> None:
    eingang, rule = case.rng.choice(
        (
            ("99.01.2021", "unreadable_date"),
            ("2021-01-05", "unreadable_date"),
            ("05.01.2109", "unbelievable_date"),
            ("", "missing_date"),
        )
    )
    case.intake(eingang=eingang, fates=(rule, "blank"))
    case.status("Not found")
    case.place, case.court = "unknown", "unknown"
    case.findings["date_missing"] += 1


def decided_on_an_unreadable_receipt(case: Case) -> None:
    # The row is refused in both of its uses, and counts once.
    case.intake(eingang="31.02.2021", first="übernommen", fates=("unreadable_date", "unreadable_date"))
    case.incomplete()
    case.findings["date_missing"] += 1


def before_it_came_in(case: Case) -> None:
    # It is closed, whenever that was.
    case.day = date(2021, 5, 20)
    case.intake()
    case.status("Not found", entered=case.clock(date(2021, 5, 14)))
    case.place = "closed"
    case.findings["date_backwards"] += 1


FAULTS: dict[str, Callable[[Case], None]] = {
    fault.__name__: fault
    for fault in (
        unmapped_code,
        unmapped_outcome_of_a_charge,
        unmapped_word_of_the_desk,
        unreadable_date,
        unbelievable_date,
        ambiguous_date,
        missing_date,
        missing_date_of_a_conviction,
        nothing_said_on_an_unreadable_day,
        duplicate_key,
        duplicate_key_with_a_copied_decision,
        contradicting_key,
        contradicting_day_of_receipt,
        blank_key,
        orphan,
        blank_code,
        empty_rows,
        copied_row,
        ragged_rows,
        ragged_intake,
        ragged_intake_beside_a_whole_one,
        undecodable_intake,
        undecodable_key,
        undecodable_note,
        undecodable_rows,
        closed_for_good_and_then_charged,
        unreadable_receipt,
        decided_on_an_unreadable_receipt,
        before_it_came_in,
    )
}


# --- the county --------------------------------------------------------------------------------------


class County:
    """A county with as many plain cases as are asked for, and the faults that are named, in random order."""

    def __init__(self, seed: int, *, plain: int, faults: list[str]) -> None:
        rng = random.Random(seed)
        happen = [rng.choice(PLAIN) for _ in range(plain)] + [FAULTS[name] for name in faults]
        rng.shuffle(happen)
        self.cases: list[Case] = []
        for number, tell in enumerate(happen):
            day = date(2020, 1, 1) + timedelta(days=rng.randrange(800))
            case = Case(f"Az {number:04}/ü", rng, day, rng.choice(OFFENCES), rng.choice(OFFICES))
            tell(case)
            self.cases.append(case)

        # Rows of different cases lie mixed, as they were entered; those of one case keep their order.
        self.records: dict[str, list[Written]] = {table: [] for table in USES}
        waiting_rows = [list(case.records) for case in self.cases if case.records]
        while waiting_rows:
            rows = rng.choice(waiting_rows[:8])
            record = rows.pop(0)
            self.records[record.table].append(record)
            waiting_rows = [rows for rows in waiting_rows if rows]
        self.blank_after = {table: rng.randrange(1, 9) for table in USES}

    def write(self, folder: Path) -> None:
        """Write the three tables."""
        for table, records in self.records.items():
            mark, encoding, wrong = WAYS[table]
            text = ENDS[table].join(line for _, line in self._lines(table, records))
            parts = text.split(WRONG)
            (folder / table).write_bytes(mark + wrong.join(part.encode(encoding) for part in parts))

    def refused(self) -> list[tuple[str, str, int, str, str]]:
        r"""Every refusal: table, use, line, rule, text, with ``\xff`` for a byte that cannot be decoded."""
        found = []
        for table, records in self.records.items():
            shown = "".join(f"\\x{byte:02x}" for byte in WAYS[table][-1])
            starts = {}
            at = 1
            for record, line in self._lines(table, records):
                if record is not None:
                    starts[id(record)] = at
                at += line.count("\n") + 1
            found += [
                (table, use, starts[id(record)], fate, record.text.replace(WRONG, shown))
                for record in records
                for use, fate in zip(USES[table], record.fates, strict=True)
                if fate in RULES
            ]
        return found

    def accounts(self) -> dict[str, Counter[str]]:
        """What became of the rows, use by use."""
        return {
            use: Counter(record.fates[i] for record in self.records[table])
            for table, several in USES.items()
            for i, use in enumerate(several)
        }

    def read_and_used(self) -> dict[str, tuple[int, int]]:
        """How many records a table has, and how many of them no use refuses."""
        return {
            table: (len(records), sum(not set(record.fates) & set(RULES) for record in records))
            for table, records in self.records.items()
        }

    def unmapped(self) -> Counter[tuple[str, str, str]]:
        """Codes that the profile does not know: table, column, code."""
        columns = {"intake.csv": ("Erstprüfung", 4), "status.csv": ("step", 3), "court.txt": ("outcome", 3)}
        found: Counter[tuple[str, str, str]] = Counter()
        for table, records in self.records.items():
            name, position = columns[table]
            for record in records:
                if "unmapped" in record.fates:
                    (row,) = csv.reader(io.StringIO(record.text), delimiter=SEPARATORS[table])
                    found[table, name, row[position]] += 1
        return found

    def findings(self) -> Counter[str]:
        """Rules that the referrals break."""
        return sum((case.findings for case in self.cases), Counter())

    def places(self) -> Counter[tuple[str, str | None, str]]:
        """How many referrals stand in each place, by offence and office."""
        return Counter(
            (case.offence, case.office or None, case.place) for case in self.cases if case.place is not None
        )

    def way_to(self, milestone: str) -> Counter[str]:
        """The parts of conversion to charged or to convicted."""
        found: Counter[str] = Counter()
        for case in self.cases:
            if case.place == "charge":
                found["reached" if milestone == "charged" else case.court] += 1
            elif case.place in {"pending", "unknown", "excluded"}:
                found[case.place] += 1
            elif case.place is not None:
                found["lost"] += 1
        return found

    def _lines(self, table: str, records: list[Written]) -> list[tuple[Written | None, str]]:
        """The lines of a file, each with its record; one of them is blank, and the last has no end."""
        header = (None, SEPARATORS[table].join(HEADERS[table]))
        lines = [header, *((record, record.text) for record in records)]
        lines.insert(self.blank_after[table], (None, ""))
        return lines
