"""A year in parts, from Parquet to a checked ledger, timed beside the same counts written by hand.

    python bench/year.py [--events 2000000] [--engine all] [--rounds 3] [--year FOLDER]
    python bench/year.py --growth 10000 100000 1000000 [--year FOLDER]

``--saved`` starts from what was saved: the package's transition log, and what the peer in Polars keeps. Both
peers are those of ``road.py``; DuckDB is asked part by part, and all parts at once. ``--growth`` times the
package alone, at several sizes, and tells with which power of the number of events its times grow; with
``--year``, a folder that ``tipline-outcomes year`` wrote, sizes up to that of a whole year.
"""

import argparse
import math
from functools import partial
from pathlib import Path
from statistics import linear_regression
from typing import cast

from turns import OURS, Data, Runs, circumstances, medians, parser_of, race, script, table

PARTS = ("polars", "duckdb", "duckdb, all at once")
SAVED = ("polars", "duckdb, from actions")


def main() -> None:
    """Write the parts, run the engines in turns, hold their answers to each other, print the table."""
    asked = arguments().parse_args()
    runs, data, as_of = run(asked)
    print(f"an invented year, or a part of one; counted by territory and quarter as of {as_of}")
    print(table(runs, data))
    if len(runs) > 1 and {engine for engine, _ in runs} == {OURS}:
        print(growth(runs, data))
    print(circumstances(asked.threads))


def arguments() -> argparse.ArgumentParser:
    """Make the parser."""
    parser = parser_of(__doc__, (*PARTS, *SAVED[1:]))
    parser.add_argument("--events", type=int, default=2_000_000, help="about so many")
    parser.add_argument("--growth", type=int, nargs="+", help="time the package at these sizes instead")
    parser.add_argument("--saved", action="store_true", help="count from what was saved")
    parser.add_argument("--year", type=Path, help="take parts from a year that is there already")
    return parser


def run(asked: argparse.Namespace) -> tuple[Runs, Data, str]:
    """Run what was asked for."""
    sizes = asked.growth or [asked.events]
    peers = () if asked.growth else SAVED if asked.saved else PARTS
    turns = [(engine, number) for number in range(1, len(sizes) + 1) for engine in (OURS, *peers)]
    road = "saved" if asked.saved else "parts"
    return race(road, turns, asked, partial(write, asked, sizes))


def write(asked: argparse.Namespace, sizes: list[int], folder: Path) -> Data:
    """Write the data in a process of its own, so that this one stays small."""
    year = [] if asked.year is None else ["--year", str(asked.year)]
    saved = ["--saved"] if asked.saved else []
    return cast("Data", script("year_data.py", str(folder), *map(str, sizes), *year, *saved))


def growth(runs: Runs, data: Data) -> str:
    """Tell with which power of the number of events the times grow: a fit of the logarithms."""
    events = [math.log(data["rows"][str(part)]["events"]) for _, part in runs]
    time, cpu, _ = zip(*(medians(done) for done in runs.values()), strict=True)
    powers = [linear_regression(events, list(map(math.log, values))).slope for values in (time, cpu)]
    return f"growth: {OURS} takes events to the power {powers[0]:.2f} in time, {powers[1]:.2f} in cpu"


if __name__ == "__main__":
    main()
