"""The whole road, from two Parquet files to a ledger, timed beside the same counts written by hand.

    python bench/road.py [--referrals 1000000] [--busy] [--engine all] [--rounds 3]

The data are the package's invented world, copied with new ids. Every run is a process of its own, so that its
peak of memory is its own, and the engines take turns, so that a busy minute of the machine meets all of them.
The peers in ``bench/peers`` share no code with the package, and answer less than it does: violations by rule,
where families stand, and movements. Where these answers are not equal, no time is printed.
"""

import argparse
import math
from functools import partial
from pathlib import Path
from statistics import linear_regression
from typing import cast

from turns import OURS, Data, Runs, circumstances, medians, parser_of, race, script, table

PEERS = ("polars", "duckdb")
PARTS = (1, 2, 4, 8)
"""The whole, and the parts of it from which the growth of the package's time is told."""


def main() -> None:
    """Write the data, run the engines in turns, hold their answers to each other, print the table."""
    parser = parser_of(__doc__, PEERS)
    parser.add_argument("--referrals", type=int, default=1_000_000, help="at least so many referrals")
    parser.add_argument(
        "--invented", type=int, default=4_000, help="so many are invented, the others are copies"
    )
    parser.add_argument("--busy", action="store_true", help="every agency tells everything, and does more")
    parser.add_argument(
        "--order", choices=("referral", "day"), default="referral", help="of the rows of events"
    )
    asked = parser.parse_args()
    turns = [(engine, 1) for engine in (OURS, *PEERS)] + [(OURS, part) for part in PARTS[1:]]
    runs, data, as_of = race("log", turns, asked, partial(write, asked))
    print(
        f"{'busy' if asked.busy else 'default'} world, {asked.invented:,} referrals invented and then copied;"
    )
    print(f"events in the order of the {asked.order}; counted as of {as_of}")
    print(table(runs, data))
    if len(runs.keys() & {(OURS, part) for part in PARTS}) > 1:
        print(growth(runs, data))
    print(circumstances(asked.threads))


def write(asked: argparse.Namespace, folder: Path) -> Data:
    """Write the data in a process of its own, so that this one stays small."""
    how = ["--referrals", str(asked.referrals), "--invented", str(asked.invented), "--order", asked.order]
    busy = ["--busy"] if asked.busy else []
    return cast("Data", script("road_data.py", str(folder), *how, *busy, "--parts", *map(str, PARTS)))


def growth(runs: Runs, data: Data) -> str:
    """Tell with which power of the number of events the package's times grow: a fit of the logarithms."""
    parts = [part for engine, part in runs if engine == OURS]
    events = [math.log(data["rows"][str(part)]["events"]) for part in parts]
    time, cpu, _ = zip(*(medians(runs[OURS, part]) for part in parts), strict=True)
    powers = [linear_regression(events, list(map(math.log, values))).slope for values in (time, cpu)]
    return f"growth: {OURS} takes events to the power {powers[0]:.2f} in time, {powers[1]:.2f} in cpu"


if __name__ == "__main__":
    main()
