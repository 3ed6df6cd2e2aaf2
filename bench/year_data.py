"""Write an invented year in parts, and what engines save: ``python bench/year_data.py FOLDER EVENTS...``.

For each number of events a folder ``part-N``, with ``log`` (the parts of a year of about that size), and with
``--saved`` also ``saved`` (what `EventLog.save` writes) and ``walked`` (what the peer in Polars keeps).
Prints the day of the count and the numbers of rows, as JSON.
"""

import argparse
import json
import sys
from pathlib import Path

import polars as pl
from attrs import evolve
from peers import polars_by_hand

from tipline_outcomes import EventLog
from tipline_outcomes.synthetic import PLANTED, YEAR, write_year

PER_ROOT = 6.47
"""Events for every referral made available in the whole year; in small, it differs a little."""


def main() -> None:
    """Write one folder for each number of events that is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("events", type=int, nargs="+")
    parser.add_argument("--year", type=Path, help="a year that is there already, from which parts are taken")
    parser.add_argument("--saved", action="store_true", help="also what engines save")
    asked = parser.parse_args()
    rows = {}
    for number, events in enumerate(asked.events, start=1):
        where = asked.folder / f"part-{number}"
        where.mkdir(parents=True)
        rows[number] = write(where / "log", events, asked.year)
        if asked.saved:
            save(where)
        print(f"{events:,} events are written", file=sys.stderr)
    print(json.dumps({"as_of": YEAR.as_of.isoformat(), "rows": rows}))


def write(folder: Path, events: int, year: Path | None) -> dict[str, int]:
    """Write a year of about so many events, or link to as many parts of one that is there."""
    parts = sorted(year.glob("part-*")) if year is not None else []
    sizes = [json.loads((part / PLANTED).read_text(encoding="utf-8")) for part in parts]
    if parts and events >= sizes[0]["events"]:
        folder.mkdir()
        # Later parts of a year are younger, and have fewer events: take some from everywhere.
        step = max(1, round(sum(size["events"] for size in sizes) / events))
        taken = [
            (part, size) for n, (part, size) in enumerate(zip(parts, sizes, strict=True)) if n % step == 0
        ]
        rest = [pair for pair in zip(parts, sizes, strict=True) if pair not in taken]
        while rest and sum(size["events"] for _, size in taken) < events:
            taken.append(rest.pop(0))
        while len(taken) > 1 and sum(size["events"] for _, size in taken[:-1]) >= events:
            taken.pop()
        for part, _ in taken:
            (folder / part.name).symlink_to(part.resolve(), target_is_directory=True)
        some = [size for _, size in taken]
        return {name: sum(size[name] for size in some) for name in ("referrals", "events")}
    planted = write_year(folder, evolve(YEAR, referrals=max(2, round(events / PER_ROOT))))
    return {"referrals": planted.referrals, "events": planted.events}


def save(where: Path) -> None:
    """Keep what is needed to count again: each engine its own."""
    for part in sorted((where / "log").glob("part-*")):
        EventLog.from_folder(part).save(where / "saved" / part.name)
        kept = where / "walked" / part.name
        kept.mkdir(parents=True)
        referrals, events = (pl.scan_parquet(part / f"{name}.parquet") for name in ("referrals", "events"))
        for name, table in polars_by_hand.kept(referrals, events).items():
            table.write_parquet(kept / f"{name}.parquet")


if __name__ == "__main__":
    main()
