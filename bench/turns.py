"""Engines at the same work, in turns: every run a process of its own, answers held to each other, a table.

What ``road.py`` and ``extract.py`` share.
"""

import argparse
import contextlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import NamedTuple, TypedDict, cast

HERE = Path(__file__).parent
OURS = "tipline_outcomes"
PACKAGES = (
    "tipline-outcomes",
    "polars",
    "narwhals",
    "duckdb",
    "pyarrow",
    "cattrs",
    "pydantic",
    "transitions",
)


class Data(TypedDict):
    """What a script that writes data prints: the day of the count, and by part the rows of each table."""

    as_of: str
    rows: dict[str, dict[str, int]]


class Run(TypedDict):
    """What road_once.py prints."""

    seconds: float
    cpu: float
    importing: float
    peak_mb: float
    answers: dict[str, object]


Turn = tuple[str, int]
"""An engine, and the part of the data that it works on: 1 for the whole, 2 for the half, and so on."""
Runs = dict[Turn, list[Run]]


class Race(NamedTuple):
    """All that was run."""

    runs: Runs
    data: Data
    as_of: str


def parser_of(description: str | None, peers: Sequence[str]) -> argparse.ArgumentParser:
    """Make a parser of what every benchmark can be asked."""
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    parser.add_argument("--engine", choices=("all", OURS, *peers), default="all", help="time this one only")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="write the data here, and keep them")
    parser.add_argument(
        "--as-of", type=date.fromisoformat, help="the day of the count; default: the last day of the data"
    )
    return parser


def race(road: str, turns: Sequence[Turn], asked: argparse.Namespace, write: Callable[[Path], Data]) -> Race:
    """Write the data, run the engines in turns, hold their answers to each other; print no time."""
    turns = [turn for turn in turns if asked.engine in ("all", turn[0])]
    with folder_for(asked.folder) as folder:
        data = write(folder)
        as_of = data["as_of"] if asked.as_of is None else asked.as_of.isoformat()
        runs: Runs = {turn: [] for turn in turns}
        for number in range(asked.rounds):
            start = number % len(turns)
            for engine, part in [*turns[start:], *turns[:start]]:
                where = str(folder / f"part-{part}")
                run = script("road_once.py", road, engine, where, as_of, str(asked.threads))
                runs[engine, part].append(cast("Run", run))
    complaint = disagreement(runs)
    if complaint is not None:
        sys.exit(complaint)
    return Race(runs, data, as_of)


@contextlib.contextmanager
def folder_for(given: Path | None) -> Iterator[Path]:
    """Give the folder that was asked for, or one that is removed afterwards."""
    if given is not None:
        yield given
    else:
        with tempfile.TemporaryDirectory(prefix="road-") as made:
            yield Path(made)


def script(name: str, *arguments: str) -> object:
    """Run a script of this folder, and read the JSON that it prints."""
    # S603: the command is this Python and a file beside this one.
    done = subprocess.run(  # noqa: S603
        [sys.executable, HERE / name, *arguments], check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(done.stdout)


def disagreement(runs: Runs) -> str | None:
    """Name the first answer, if any, in which two runs on the same data differ."""
    for part in {part for _, part in runs}:
        answers = [(e, run["answers"]) for (e, of), done in runs.items() if of == part for run in done]
        for engine, given in answers[1:]:
            for name, answer in given.items():
                if answer != answers[0][1][name]:
                    return f"{engine} and {answers[0][0]} differ in {name}; their times are not comparable"
    return None


def table(runs: Runs, data: Data) -> str:
    """Show time, memory and their ratios to the package's, one line for each engine and size."""
    sizes = list(next(iter(data["rows"].values())))
    heads = [*sizes, "min s", "median s", "max s", "cpu s", "peak MB", "time", "cpu", "memory"]
    lines = ["".join([f"{'engine':<17}", *(f"{head:>13}" for head in heads)])]
    for (engine, part), done in runs.items():
        seconds, mine = [run["seconds"] for run in done], medians(done)
        cells = [f"{data['rows'][str(part)][size]:,}" for size in sizes]
        cells += [f"{value:.2f}" for value in (min(seconds), mine[0], max(seconds), mine[1])]
        cells += [f"{mine[2]:,.0f}"]
        if part == 1 and (OURS, 1) in runs:
            cells += [f"{a / b:.2f}" for a, b in zip(mine, medians(runs[OURS, 1]), strict=True)]
        lines.append("".join([f"{engine:<17}", *(f"{cell:>13}" for cell in cells)]))
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


def circumstances(threads: int) -> str:
    """Name what was measured, and on what."""
    found = []
    for name in PACKAGES:
        with contextlib.suppress(PackageNotFoundError):
            found.append(f"{name} {version(name)}")
    machine = (
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores, {threads} threads"
    )
    return f"{', '.join(found)}; {machine}; load of the last minute {os.getloadavg()[0]:.1f}"
