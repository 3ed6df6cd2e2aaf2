"""The package reads what the naive oracle reads: invented extracts, with every fault that a row can have."""

import csv
import io
import json
import random
import tomllib
from collections import Counter
from datetime import date

import polars as pl
import pytest

from oracle_extract import COLUMNS, Reading
from tipline_outcomes import Profile, read_extract
from toml_writing import written

pytestmark = pytest.mark.property

FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y"]
TEXT_DAYS = [
    *("2024-01-01", "2024-01-02", "2024-03-05", "02/01/2024", "03/03/2024", "15/01/2024", "01/15/2024"),
    *("2019-12-31", "31/12/2109", "2024-02-30", "soon", "", " ", "-"),
]
DAYS = [date(2024, 1, 1), date(2024, 1, 2), date(2024, 3, 5), date(2019, 12, 31), date(2109, 1, 1), None]
IDS = ["1", "2", "3", "4", "5", "6", "7", " 5 ", "007", "", "-"]
NUMBERS = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 2.5, None]
MEANINGS = {
    "a": "accept",
    "o": "open_investigation",
    "p": "present_to_prosecutor",
    "c": "close prosecution_declined",
    "m": "close merged",
    "f": "file_charge",
    "g": "charge_result convicted_plea",
    "w": "charge_result charge_withdrawn",
    "t": "transfer",
    "r": "reopen",
    "n": "nothing",
}
IMPLIED = ["accept", "open_investigation", "present_to_prosecutor"]
FACTS = {
    "st": ({"C": "US-CA", "N": "US-NY"}, {"": "US"}),
    "lv": ({"L": "local"}, {"": "federal"}),
    "ag": ({"x": "desk-1"}, {"": "desk-0"}),
    "lvl": ({"S": "state", "L": "local"}, {"": "tribal"}),
    "flag": ({"true": "yes"}, {"": "not asked"}),
}
CELLS = {
    **dict.fromkeys(["id", "other", "parent"], IDS),
    **dict.fromkeys(["day", "day2"], TEXT_DAYS),
    "amended": ["2024-05-05", "2024-05-06", "05/05/2024", "06/06/2024", "soon", ""],
    "key": ["", "", "1", "2"],
    "through": ["2024-06-06", "2024-12-12", "06/06/2024", "12/12/2024", "", "soon"],
    "code": [*MEANINGS, *MEANINGS, "", "-", "?"],
    "code2": [*MEANINGS, "", "", "!"],
    "st": ["C", "US-CA", "Q", ""],
    "lv": ["local", "L", ""],
    "ag": ["x", "y", ""],
    "lvl": ["local", "L", "S", "state", "", "zz"],
    "subject": ["", "s1", "s2"],
    "charge": ["", "1", "2"],
    "flag": ["true", "false", ""],
}
OFTEN_BLANK = ["amended", "other"]
TELLING = ["day", "amended", "other", "subject", "charge", "lvl", "st", "parent", "through"]
"""The columns in which two rows differ that are alike in all others, more often than in the rest."""


def some(rng, chance=0.5):
    return rng.random() < chance


def cells_of(suffix):
    """Give what can stand in the columns of a file: one that knows types has days, numbers and truth."""
    cells = dict(CELLS)
    if suffix == "parquet":
        cells |= dict.fromkeys(["id", "other"], NUMBERS) | dict.fromkeys(["day", "amended", "through"], DAYS)
    if suffix == "jsonl":
        cells["flag"] = [True, False, None]
    return cells


def rows_of(rng, cells):
    """Make rows; some come again, whole or with one cell changed, at once or further down."""

    def cell(name):
        often = name in OFTEN_BLANK and some(rng, 0.6)
        return rng.choice([each for each in cells[name] if each in ("", None)] if often else cells[name])

    rows = []
    for _ in range(rng.choice([0, 15, 20, 20, 25, 25])):
        rows.append({name: cell(name) for name in cells})
        while some(rng, 0.4):
            again = dict(rng.choice(rows[-3:]))
            changed = rng.choice([*cells, *TELLING, *TELLING, None, None, None, None])
            rows.append(again if changed is None else again | {changed: rng.choice(cells[changed])})
    return rows


def profile_of(rng, names):
    document = {"version": 1, "order": rng.choice(["tables", "dates"])}
    document["dates"] = {"formats": rng.sample(FORMATS, rng.randint(1, 3))}
    if some(rng, 0.8):
        document["dates"] |= {"earliest": date(2020, 1, 1), "latest": date(2024, 12, 31)}
    referral = {
        "table": names[0],
        "id": rng.choice(["id", "id", ["key", "id"]]),
        "received_on": rng.choice(["day", ["day2", "day"]]),
        "implied": IMPLIED[: rng.randint(0, 3)],
        "territory": "st",
        "level": "lv",
    }
    through = rng.choice(["through", "through", date(2024, 6, 30)])
    optional = {"parent": "parent", "agency": "ag", "observed_through": through}
    optional["observed_from"] = date(2021, 6, 1)
    referral |= {name: value for name, value in optional.items() if some(rng, 0.6)}
    if some(rng, 0.7):
        referral["dimensions"] = rng.choice([["flag"], {"kind": ["lvl", "flag"]}, {"x": "code", "y": "lvl"}])
    document["referral"] = referral
    document["event"] = [event_of(rng, names) for _ in range(rng.randint(1, 3))]
    used = {names[0], *(event["table"] for event in document["event"])}
    document["tables"] = {name: form for name in sorted(used) if (form := form_of(rng))}
    document["codes"] = codes_of(rng, document)
    return document


def event_of(rng, names):
    event = {
        "table": rng.choice(names),
        "referral": rng.choice(["id", "id", ["key", "id"]]),
        "on": rng.choice(["day", ["day2", "day"], ["day", "day2"]]),
    }
    if some(rng, 0.8):
        event["code"] = rng.choice(["code", ["code", "code2"], ["code2", "code"]])
        if some(rng, 0.2):
            event["codes"] = "own words"
    else:
        event["action"] = rng.choice(["accept", "open_investigation", "close merged", "file_charge"])
    optional = {"subject": "subject", "charge": "charge", "other": "other", "superseded_on": "amended"}
    event |= {name: column for name, column in optional.items() if some(rng, 0.6)}
    level = rng.choice([{}, {"level": "lvl"}, {"level": "lvl"}, {"constants": {"level": "state"}}])
    return event | level


def form_of(rng):
    form = {}
    if some(rng, 0.4):
        form["blank"] = ["-"]
    if some(rng, 0.3):
        form["formats"] = rng.sample(FORMATS, 1)
    return form


def codes_of(rng, document):
    """Explain most codes; a column of facts is explained where it is read, and only sometimes."""
    codes = {}
    for event in document["event"]:
        columns = event.get("code", [])
        for column in [columns] if isinstance(columns, str) else columns:
            known = {code: meaning for code, meaning in MEANINGS.items() if some(rng, 0.9)}
            blank = {"": rng.choice(["close merged", "nothing", "accept"])} if some(rng, 0.4) else {}
            codes.setdefault(event.get("codes", column), known | blank)
    read = json.dumps(
        [document["referral"], [event.get("level") for event in document["event"]]], default=str
    )
    for column, (known, blank) in FACTS.items():
        if f'"{column}"' in read and some(rng, 0.7):
            codes[column] = known | (blank if some(rng) else {})
    return codes


def write(folder, name, rows, columns):
    """Write a table, and give it as the oracle takes it."""
    path = folder / name
    if path.suffix == ".csv":
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        path.write_text(text.getvalue(), encoding="utf-8")
        return text.getvalue()
    if path.suffix == ".parquet":
        kinds = dict.fromkeys(columns, pl.String)
        kinds |= dict.fromkeys(["id", "other"], pl.Float64)
        kinds |= dict.fromkeys(["day", "amended", "through"], pl.Date)
        pl.DataFrame(rows, schema=kinds).write_parquet(path)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return rows


def fates(use):
    parts = {part: getattr(use, part) for part in ("made", "nothing", "blank", "unmapped")}
    return +(Counter(parts) + Counter({rule.value: n for rule, n in use.refused.items()}))


def extract_of(seed, folder):
    """Invent a profile and its tables."""
    rng = random.Random(seed)
    kinds = rng.choices(["csv", "parquet", "jsonl"], weights=[5, 3, 3], k=rng.randint(1, 3))
    cells = {f"t{number}.{kind}": cells_of(kind) for number, kind in enumerate(kinds)}
    document = profile_of(rng, list(cells))
    tables = {name: write(folder, name, rows_of(rng, of), list(of)) for name, of in cells.items()}
    used = {document["referral"]["table"], *(event["table"] for event in document["event"])}
    return written(document), {name: table for name, table in tables.items() if name in used}


def same(seed, folder):
    text, tables = extract_of(seed, folder)
    extract = read_extract(folder, Profile.loads(text))
    wanted = Reading(tomllib.loads(text), tables)
    assert {use.use: fates(use) for use in extract.summary.uses} == wanted.accounts
    assert {table.table: Counter(table.refused) for table in extract.summary.tables} == wanted.refused_once
    refused = extract.refused.select("table", "use", "line", "rule", "detail").rows()
    assert sorted(refused) == sorted(wanted.refused)
    assert {tuple(key): n for *key, n in extract.unmapped.rows()} == wanted.unmapped
    assert extract.log.referrals.to_dicts() == list(wanted.referrals.values())
    order = ("referral_id", "seq")
    found = extract.log.events.select(COLUMNS).sort(order).to_dicts()
    assert found == sorted(wanted.events, key=lambda event: [event[part] for part in order])


@pytest.mark.parametrize("seed", range(40))
def test_an_extract_reads_as_the_naive_reading(tmp_path, seed):
    same(seed, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(1000, 3000, 100))
def test_many_extracts_read_as_the_naive_reading(tmp_path, start):
    for seed in range(start, start + 100):
        folder = tmp_path / str(seed)
        folder.mkdir()
        same(seed, folder)
