"""An agency's two CSV files, read by a profile and counted, timed beside the same mapping written by hand.

    python bench/extract.py [--rows 2000000] [--engine all] [--rounds 3]

The files are invented, in the shape of Cook County's, and ``examples/cook-county/profile.toml`` reads them.
The peer in ``bench/peers/extract_by_hand.py`` shares no code with the package and answers less than it does:
rows refused by rule, violations by rule, where families stand, and movements; it keeps no refused row's line
or text, and knows no other extract. Where these answers are not equal, no time is printed.
"""

from functools import partial
from pathlib import Path
from typing import cast

from turns import OURS, Data, circumstances, parser_of, race, script, table

PEERS = ("polars",)


def main() -> None:
    """Write the files, run the engines in turns, hold their answers to each other, print the table."""
    parser = parser_of(__doc__, PEERS)
    parser.add_argument("--rows", type=int, default=2_000_000, help="about so many, in both files together")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    turns = [(engine, 1) for engine in (OURS, *PEERS)]
    runs, data, as_of = race("extract", turns, asked, partial(write, asked.rows, asked.seed))
    print(f"an invented county, seed {asked.seed}; counted by offense_category as of {as_of}")
    print(table(runs, data))
    print(circumstances(asked.threads))


def write(rows: int, seed: int, folder: Path) -> Data:
    """Write the files in a process of its own, so that this one stays small."""
    told = script("extract_data.py", str(folder), "--rows", str(rows), "--seed", str(seed))
    return cast("Data", told)


if __name__ == "__main__":
    main()
