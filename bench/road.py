"""The whole road, from two Parquet files to a ledger, timed beside the same counts written by hand.

    python bench/road.py [--referrals 1000000] [--busy] [--engine all] [--rounds 3]

The data are the package's invented world, copied with new ids. Every run is a process of its own, so that its
peak of memory is its own, and the engines take turns, so that a busy minute of the machine meets all of them.
The peers in ``bench/peers`` share no code with the package, and answer less than it does: violations by rule,
where families stand, and movements. Where these answers are not equal, no time is printed.
"""

import argparse
import contextlib
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import linear_regression, median
from typing import TypedDict, cast

HERE = Path(__file__).parent
OURS = "tipline_outcomes"
PEERS = ("polars", "duckdb")
PACKAGES = ("tipline-outcomes", "polars", "narwhals", "duckdb", "pyarrow")
PARTS = (1, 2, 4, 8)
"""The whole, and the parts of it from which the growth of the package's time is told."""


class Data(TypedDict):
    """What road_data.py prints."""

    as_of: str
    rows: dict[str, dict[str, int]]


class Run(TypedDict):
    """What road_once.py prints."""

    seconds: float
    cpu: float
    importing: float
    peak_mb: float
    answers: dict[str, object]


Runs = dict[tuple[str, int], list[Run]]
"""The runs by engine and part."""


def main() -> None:
    """Write the data, run the engines in turns, hold their answers to each other, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--referrals", type=int, default=1_000_000, help="at least so many referrals")
    parser.add_argument(
        "--invented", type=int, default=4_000, help="so many are invented, the others are copies"
    )
    parser.add_argument("--busy", action="store_true", help="every agency tells everything, and does more")
    parser.add_argument(
        "--order", choices=("referral", "day"), default="referral", help="of the rows of events"
    )
    parser.add_argument("--engine", choices=("all", OURS, *PEERS), default="all", help="time this one only")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="write the data here, and keep them")
    parser.add_argument(
        "--as-of", type=date.fromisoformat, help="the day of the count; default: the world's end"
    )
    asked = parser.parse_args()
    with folder_for(asked.folder) as folder:
        data = write(asked, folder)
        as_of = data["as_of"] if asked.as_of is None else asked.as_of.isoformat()
        before = os.getloadavg()
        runs = measure(asked, folder, as_of)
    complaint = disagreement(runs)
    if complaint is not None:
        sys.exit(complaint)
    print(
        f"{'busy' if asked.busy else 'default'} world, {asked.invented:,} referrals invented and then copied;"
    )
    print(f"events in the order of the {asked.order}; counted as of {as_of}")
    print(table(runs, data))
    if len(runs.keys() & {(OURS, part) for part in PARTS}) > 1:
        print(growth(runs, data))
    print(f"load of the machine, last minute: {before[0]:.1f} before, {os.getloadavg()[0]:.1f} after")
    print(versions(asked.threads))


@contextlib.contextmanager
def folder_for(given: Path | None) -> Iterator[Path]:
    """Give the folder that was asked for, or one that is removed afterwards."""
    if given is not None:
        yield given
    else:
        with tempfile.TemporaryDirectory(prefix="road-") as made:
            yield Path(made)


def write(asked: argparse.Namespace, folder: Path) -> Data:
    """Write the data in a process of its own, so that this one stays small."""
    how = ["--referrals", str(asked.referrals), "--invented", str(asked.invented), "--order", asked.order]
    busy = ["--busy"] if asked.busy else []
    return cast("Data", script("road_data.py", str(folder), *how, *busy, "--parts", *map(str, PARTS)))


def script(name: str, *arguments: str) -> object:
    """Run a script of this folder, and read the JSON that it prints."""
    # S603: the command is this Python and a file beside this one.
    done = subprocess.run(  # noqa: S603
        [sys.executable, HERE / name, *arguments], check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(done.stdout)


def measure(asked: argparse.Namespace, folder: Path, as_of: str) -> Runs:
    """Run every engine on the whole, and the package on the parts, in turns."""
    engines = (OURS, *PEERS) if asked.engine == "all" else (asked.engine,)
    turns = [(engine, 1) for engine in engines] + [(OURS, part) for part in PARTS[1:] if OURS in engines]
    runs: Runs = {turn: [] for turn in turns}
    for number in range(asked.rounds):
        start = number % len(turns)
        for engine, part in turns[start:] + turns[:start]:
            run = script("road_once.py", engine, str(folder / f"part-{part}"), as_of, str(asked.threads))
            runs[engine, part].append(cast("Run", run))
    return runs


def disagreement(runs: Runs) -> str | None:
    """Name the first answer, if any, in which two runs on the same data differ."""
    for part in PARTS:
        answers = [(e, run["answers"]) for (e, of), done in runs.items() if of == part for run in done]
        for engine, given in answers[1:]:
            for name, answer in given.items():
                if answer != answers[0][1][name]:
                    return f"{engine} and {answers[0][0]} differ in {name}; their times are not comparable"
    return None


def table(runs: Runs, data: Data) -> str:
    """Show time, memory and their ratios to the package's, one line for each engine and size."""
    heads = ("referrals", "events", "min s", "median s", "max s", "cpu s", "peak MB", "time", "cpu", "memory")
    lines = ["".join([f"{'engine':<17}", *(f"{head:>10}" for head in heads)])]
    for (engine, part), done in runs.items():
        rows, seconds = data["rows"][str(part)], [run["seconds"] for run in done]
        mine = medians(done)
        cells = [f"{rows['referrals']:,}", f"{rows['events']:,}"]
        cells += [f"{value:.2f}" for value in (min(seconds), mine[0], max(seconds), mine[1])]
        cells += [f"{mine[2]:,.0f}"]
        if part == 1 and (OURS, 1) in runs:
            cells += [f"{a / b:.2f}" for a, b in zip(mine, medians(runs[OURS, 1]), strict=True)]
        lines.append("".join([f"{engine:<17}", *(f"{cell:>10}" for cell in cells)]))
    rounds = len(next(iter(runs.values())))
    lines.append(
        f"the last three: ratios to {OURS}; cpu, peak and ratios: medians of {rounds}; imports left out"
    )
    return "\n".join(lines)


def medians(done: list[Run]) -> tuple[float, float, float]:
    """Give the medians of time, of processor time and of the peak of memory."""
    return (
        median(run["seconds"] for run in done),
        median(run["cpu"] for run in done),
        median(run["peak_mb"] for run in done),
    )


def growth(runs: Runs, data: Data) -> str:
    """Tell with which power of the number of events the package's times grow: a fit of the logarithms."""
    parts = [part for engine, part in runs if engine == OURS]
    events = [math.log(data["rows"][str(part)]["events"]) for part in parts]
    time, cpu, _ = zip(*(medians(runs[OURS, part]) for part in parts), strict=True)
    powers = [linear_regression(events, list(map(math.log, values))).slope for values in (time, cpu)]
    return f"growth: {OURS} takes events to the power {powers[0]:.2f} in time, {powers[1]:.2f} in cpu"


def versions(threads: int) -> str:
    """Name what was measured, and on what."""
    found = []
    for name in PACKAGES:
        with contextlib.suppress(PackageNotFoundError):
            found.append(f"{name} {version(name)}")
    machine = (
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores, {threads} threads"
    )
    return f"{', '.join(found)}; {machine}"


if __name__ == "__main__":
    main()
