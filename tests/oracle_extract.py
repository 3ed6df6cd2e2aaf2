"""The oracle of extracts: tables read row by row, as a profile says; nothing comes from the package."""

import csv
from collections import Counter
from datetime import date, datetime
from typing import Any

__all__ = ["COLUMNS", "Cell", "Reading", "Table"]

Cell = str | bool | float | date | None
Table = str | list[dict[str, Cell]]
"""The text of a CSV file, or the records of a file that knows their types."""

LEVELS = ("local", "state", "federal", "tribal", "military", "foreign", "international")
ABOUT_CHARGES = ("file_charge", "charge_result")
NAMING_ANOTHER = ("transfer", "close", "charge_result")
GOES_WITHOUT_SAYING = {"file_charge": "charge_pending"}
CONSTANT = ("territory", "level", "agency")
FATES = ("made", "nothing", "blank", "unmapped")
SOURCES = ("referral", "on", "code", "subject", "charge", "level", "other")
NO_EVENT: dict[str, Any] = {
    "on": None,
    "action": None,
    "reason": None,
    "level": None,
    "subject_id": None,
    "charge_id": None,
    "implied": False,
    "lossy": False,
    "superseded_on": None,
    "other_id": None,
}
COLUMNS = ("referral_id", "seq", *NO_EVENT)
"""The columns of the event table that are told here; of a disposition the reason tells the kind."""
HARMLESS = ("made", "nothing", "blank", "blank_key", "orphan", "copied_row")
"""What may become of an event row without its referral being incomplete."""


class Rows:
    """The rows of one table: what stands in them, by column, and on which line of the file."""

    def __init__(self, profile: dict[str, Any], name: str, table: Table) -> None:
        form, dates = profile.get("tables", {}).get(name, {}), profile.get("dates", {})
        self.name = name
        self.formats = form.get("formats") or dates.get("formats", ["%Y-%m-%d"])
        self.earliest, self.latest = dates.get("earliest", date.min), dates.get("latest", date.max)
        blank = ["", *form.get("blank", [])]
        self.rows: list[tuple[int, dict[str, Any]]] = []
        for line, record in records(table):
            row = {column: text_of(cell) for column, cell in record.items()}
            self.rows.append((line, {c: None if cell in blank else cell for c, cell in row.items()}))

    def day(self, row: dict[str, Any], columns: list[str]) -> date | str | None:
        """Read the first day that is not blank; where there is none that can be believed, say why."""
        found = first(row, columns)
        if found is None:
            return None
        read = {found[1]} if isinstance(found[1], date) else days_of(found[1], self.formats)
        if len(read) != 1:
            return "ambiguous_date" if read else "unreadable_date"
        (day,) = read
        return day if self.earliest <= day <= self.latest else "unbelievable_date"


def records(table: Table) -> list[tuple[int, dict[str, Cell]]]:
    if not isinstance(table, str):
        return list(enumerate(table, start=1))
    reader = csv.DictReader(table.splitlines())
    return [(reader.line_num, dict(row)) for row in reader]


def text_of(cell: Cell) -> str | date | None:
    match cell:
        case bool():
            return str(cell).lower()
        case float():
            return str(int(cell)) if cell == int(cell) else str(cell)
        case str():
            return cell.strip()
        case _:
            return cell


def days_of(text: str, formats: list[str]) -> set[date]:
    read = set[date]()
    for form in formats:
        try:
            read.add(datetime.strptime(text, form).date())  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return read


def listed(columns: str | list[str] | None) -> list[str]:
    return [columns] if isinstance(columns, str) else columns or []


def first(row: dict[str, Any], columns: list[str]) -> tuple[str, Any] | None:
    return next(((column, row[column]) for column in columns if row[column] is not None), None)


def text(row: dict[str, Any], columns: list[str]) -> str | None:
    found = first(row, columns)
    return None if found is None else str(found[1])


def told(row: dict[str, Any], columns: list[str]) -> str:
    found = first(row, columns)
    return ", ".join(columns) if found is None else f"{found[0]} '{found[1]}'"


def meant(row: dict[str, Any], columns: list[str], maps: dict[str, dict[str, str]], stray: str | None) -> Any:
    """Say what a code means: the first that is not blank, or else what a blank means in the last column."""
    found = first(row, columns)
    if found is None:
        blanks = [maps[column][""] for column in columns if "" in maps.get(column, {})]
        return blanks[-1] if blanks else None
    column, code = found
    return maps.get(column, {}).get(str(code), str(code) if stray is None else stray)


def wrong(day: date | str | None) -> str | None:
    return day if isinstance(day, str) else None


class Reading:
    """Everything that an extract gives."""

    def __init__(self, profile: dict[str, Any], tables: dict[str, Table]) -> None:
        self.profile, self.codes = profile, profile.get("codes", {})
        self.uses = profile.get("event", [])
        self.tables = {name: Rows(profile, name, table) for name, table in tables.items()}
        explained = {use.get("codes", column) for use in self.uses for column in listed(use.get("code"))}
        self.facts = {name: said for name, said in self.codes.items() if name not in explained}
        self.accounts: dict[str, Counter[str]] = {}
        self.refused: list[tuple[str, str, int, str, str]] = []
        self.met: Counter[tuple[str, str, str, str]] = Counter()
        self.referrals: dict[str, dict[str, Any]] = {}
        self.received: dict[str, date | None] = {}
        self.stated: list[dict[str, Any]] = []
        self.read_referrals()
        for number, use in enumerate(self.uses, start=1):
            self.read_events(number, use)

    def account(self, use: str, rows: Rows, found: list[tuple[int, str, str]]) -> None:
        """Note what became of every row of a use, with what the rule that refused it saw."""
        self.accounts[use] = Counter(fate for _, fate, _ in found)
        self.refused += [(rows.name, use, *each) for each in found if each[1] not in FATES]

    # --- referrals -----------------------------------------------------------------------------------

    def read_referrals(self) -> None:
        wanted = self.profile["referral"]
        rows = self.tables[wanted["table"]]
        self.note_strange_facts(rows)
        key, received = listed(wanted["id"]), listed(wanted["received_on"])
        through = wanted.get("observed_through")
        watched = [] if isinstance(through, date) else listed(through)
        firsts: dict[str, dict[str, Any]] = {}
        found: list[tuple[int, str, str]] = []
        for line, row in rows.rows:
            name, came = text(row, key), rows.day(row, received)
            until = through if isinstance(through, date) else rows.day(row, watched)
            fact = self.facts_of(row, wanted) | {"received": came, "observed_through": until}
            if name is None:
                fate = "blank_key"
            elif name in firsts:
                fate = "duplicate_key" if fact == firsts[name] else "contradicting_key"
                self.referrals[name]["incomplete"] |= fate == "contradicting_key"
            else:
                firsts[name] = fact
                self.keep(name, fact)
                fate = "missing_date" if came is None else wrong(came) or wrong(until) or "made"
            seen = key
            if fate.endswith("_date"):
                seen = watched if isinstance(came, date) else received
            found.append((line, fate, told(row, seen)))
        self.account("referral", rows, found)

    def facts_of(self, row: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
        named = {name: listed(wanted.get(name)) for name in CONSTANT}
        dimensions = wanted.get("dimensions", {})
        named |= dimensions if isinstance(dimensions, dict) else {name: [name] for name in dimensions}
        facts = {name: meant(row, listed(columns), self.facts, None) for name, columns in named.items()}
        return {"parent_id": text(row, listed(wanted.get("parent")))} | facts | wanted.get("constants", {})

    def keep(self, name: str, fact: dict[str, Any]) -> None:
        came, until = fact["received"], fact["observed_through"]
        kept = {column: value for column, value in fact.items() if column != "received"}
        kept["observed_from"] = self.profile["referral"].get("observed_from")
        kept["observed_through"] = None if wrong(until) else until
        self.received[name] = None if wrong(came) else came
        self.referrals[name] = {"referral_id": name} | kept | {"incomplete": wrong(until) is not None}

    def note_strange_facts(self, rows: Rows) -> None:
        wanted = self.profile["referral"]
        dimensions = wanted.get("dimensions", {})
        groups = [wanted.get(name) for name in CONSTANT]
        groups += dimensions.values() if isinstance(dimensions, dict) else dimensions
        for column in {column for group in groups for column in listed(group)} & self.facts.keys():
            known = {*self.facts[column], *self.facts[column].values()}
            for _, row in rows.rows:
                if row[column] is not None and row[column] not in known:
                    self.met[rows.name, column, row[column], "referral"] += 1

    # --- events --------------------------------------------------------------------------------------

    def read_events(self, number: int, use: dict[str, Any]) -> None:
        rows, key, name = self.tables[use["table"]], listed(use["referral"]), f"event {number}"
        read = [listed(use.get(part)) for part in (*SOURCES, "superseded_on")]
        before: dict[str, list[Any]] = {}
        found: list[tuple[int, str, str]] = []
        for line, row in rows.rows:
            event = self.event_of(rows, row, use)
            fate, about = event.pop("fate"), event["referral_id"]
            raw = [row[column] for columns in read for column in columns]
            # A row is a copy of the one before it that made an event of the same referral.
            if fate == "made" and before.get(about) == raw:
                fate = "copied_row"
            if fate == "made":
                before[about] = raw
                self.stated.append(event | {"use": number, "line": line})
            if fate == "unmapped":
                self.note_strange_codes(rows, row, use, name)
            if about in self.referrals and fate not in HARMLESS:
                self.referrals[about]["incomplete"] = True
            seen = key
            if fate.endswith("_date"):
                late = isinstance(event["on"], date)
                seen = listed(use["superseded_on"] if late else use["on"])
            found.append((line, fate, told(row, seen)))
        self.account(name, rows, found)

    def event_of(self, rows: Rows, row: dict[str, Any], use: dict[str, Any]) -> dict[str, Any]:
        on, amended = (rows.day(row, listed(use.get(part))) for part in ("on", "superseded_on"))
        said = self.said(row, use) if "code" in use else on and use["action"]
        action, _, reason = (said or "").partition(" ")
        levels = listed(use.get("level"))
        level = use.get("constants", {}).get("level") or meant(row, levels, self.facts, None)
        charge = action in ABOUT_CHARGES
        event = {
            "referral_id": text(row, listed(use["referral"])),
            "on": on,
            "action": action,
            "reason": reason or GOES_WITHOUT_SAYING.get(action),
            "level": level if charge else None,
            "subject_id": text(row, listed(use.get("subject"))),
            "charge_id": text(row, listed(use.get("charge"))) if charge else None,
            "implied": False,
            "lossy": False,
            "superseded_on": amended,
            "other_id": text(row, listed(use.get("other"))) if action in NAMING_ANOTHER else None,
        }
        return event | {"fate": self.fate(event, said)}

    def fate(self, event: dict[str, Any], said: str | None) -> str:
        if said is None or said == "nothing":
            return "blank" if said is None else "nothing"
        if event["referral_id"] not in self.referrals:
            return "blank_key" if event["referral_id"] is None else "orphan"
        if said == "unmapped" or event["level"] not in (None, *LEVELS):
            return "unmapped"
        if event["on"] is None:
            return "missing_date"
        return wrong(event["on"]) or wrong(event["superseded_on"]) or "made"

    def said(self, row: dict[str, Any], use: dict[str, Any]) -> str | None:
        columns = listed(use["code"])
        maps = {column: self.codes[use.get("codes", column)] for column in columns}
        said: str | None = meant(row, columns, maps, "unmapped")
        return said

    def note_strange_codes(self, rows: Rows, row: dict[str, Any], use: dict[str, Any], name: str) -> None:
        strange = "code" in use and self.said(row, use) == "unmapped"
        found = first(row, listed(use["code" if strange else "level"]))
        if found is not None:
            self.met[rows.name, found[0], str(found[1]), name] += 1

    # --- what was asked ------------------------------------------------------------------------------

    @property
    def unmapped(self) -> dict[tuple[str, str, str], int]:
        """The codes that no map has; of several uses that meet one, the one that meets it most often."""
        most: dict[tuple[str, str, str], int] = {}
        for (table, column, code, _), n in self.met.items():
            most[table, column, code] = max(n, most.get((table, column, code), 0))
        return most

    @property
    def refused_once(self) -> dict[str, Counter[str]]:
        """The refused rows of every table, each by the first rule that refused it."""
        once: dict[tuple[str, int], str] = {}
        for table, _, line, rule, _ in self.refused:
            once.setdefault((table, line), rule)
        return {name: Counter(r for (t, _), r in once.items() if t == name) for name in self.tables}

    @property
    def events(self) -> list[dict[str, Any]]:
        """The histories of all referrals, before any gap is filled."""
        by_tables = self.profile.get("order", "tables") == "tables"
        order = ("use", "on", "line") if by_tables else ("on", "use", "line")
        whole: list[dict[str, Any]] = []
        for name, came in self.received.items():
            own = [event for event in self.stated if event["referral_id"] == name]
            own.sort(key=lambda event: [event[part] for part in order])
            start = [NO_EVENT | {"action": "made_available", "on": came}]
            start += [NO_EVENT | {"action": a, "on": came, "implied": True} for a in self.implied(name, own)]
            whole += [event | {"referral_id": name, "seq": n} for n, event in enumerate(start + own)]
        return [{column: event[column] for column in COLUMNS} for event in whole]

    def implied(self, name: str, own: list[dict[str, Any]]) -> list[str]:
        """Give the steps before the one with which the history goes on."""
        steps: list[str] = self.profile["referral"].get("implied", [])
        if self.received[name] is None:
            return []
        live = [event["action"] for event in own if event["superseded_on"] is None]
        return steps[: steps.index(live[0])] if live and live[0] in steps else steps
