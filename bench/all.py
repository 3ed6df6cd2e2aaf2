"""All that is measured against peers, in one run: a table of ratios, and the page "Performance" made from it.

    python bench/all.py [--events 1000000] [--rows 1000000] [--rounds 3] [--growth 10000 ...] [--year FOLDER]
    python bench/all.py --write

Engines take turns, every run a process of its own, and where their answers are not equal, no time is printed.
With ``--write`` it is kept in ``docs/performance.json``, and makes the tables of ``docs/performance.md`` and
the plot ``docs/performance.svg``; ``--page`` makes these again. With ``--year``, a folder that
``tipline-outcomes year`` wrote, growth goes up to that year. Scripts that print tables of their own
(`check.py`, `histories.py`, `codec.py`) are run after one another, as they stand.
"""

import argparse
import json
import math
import subprocess
import sys
from functools import partial
from pathlib import Path
from statistics import linear_regression
from typing import NamedTuple, TypedDict

import extract
import growth_plot
import year
from turns import HERE, OURS, Race, circumstances, medians, race

DOCS = HERE.parent / "docs"
SAVED, PAGE, PLOT = (DOCS / f"performance.{kind}" for kind in ("json", "md", "svg"))
OTHERS = ("check.py", "histories.py", "codec.py")
SIZES = [10_000, 100_000, 1_000_000]


class Line(TypedDict):
    """One engine on one road: medians."""

    engine: str
    seconds: float
    cpu: float
    peak_mb: float


class Road(TypedDict):
    """Engines at the same work."""

    title: str
    data: str
    lines: list[Line]


class Size(TypedDict):
    """The package at one size."""

    events: int
    referrals: int
    seconds: float
    cpu: float
    peak_mb: float


class Measured(TypedDict):
    """All that was measured."""

    roads: list[Road]
    growth: list[Size]
    printed: dict[str, str]
    circumstances: str


class Powers(NamedTuple):
    """With which power of the number of events time and processor time grow, and from how many events on."""

    time: float
    cpu: float
    least: int


def main() -> None:
    """Measure, print, and make the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, default=1_000_000, help="of an agency's two tables")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--growth", type=int, nargs="+", default=SIZES)
    parser.add_argument("--growth-rounds", type=int, default=1)
    parser.add_argument("--year", type=Path, help="a year that is there already")
    parser.add_argument(
        "--write", action="store_true", help="keep what was measured, and make the page from it"
    )
    parser.add_argument("--page", action="store_true", help="make the page from what was measured before")
    asked = parser.parse_args()
    found: Measured = json.loads(SAVED.read_text(encoding="utf-8")) if asked.page else measured(asked)
    print(tables(found))
    if asked.page or asked.write:
        SAVED.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
        PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")
        PLOT.write_text(plot(found), encoding="utf-8")


def measured(asked: argparse.Namespace) -> Measured:
    """Run everything."""
    here = ["--rounds", str(asked.rounds), "--threads", str(asked.threads)]
    there = [] if asked.year is None else ["--year", str(asked.year)]
    log = [*here, *there, "--events", str(asked.events)]
    roads = [
        road("From a log in parts to a checked ledger", race_of(log)),
        road("From what was saved to the ledger", race_of([*log, "--saved"])),
        road("From an agency's two CSV files to the ledger", race_of_extract(asked)),
    ]
    few = ["--rounds", str(asked.growth_rounds), "--threads", str(asked.threads)]
    sizes = race_of([*few, *there, "--growth", *map(str, asked.growth)])
    return {
        "roads": roads,
        "growth": [
            {**sizes.data["rows"][str(part)], **values(done)} for (_, part), done in sizes.runs.items()
        ],
        "printed": {name: printed(name) for name in OTHERS if (HERE / name).exists()},
        "circumstances": circumstances(asked.threads),
    }


def race_of(arguments: list[str]) -> Race:
    """Run ``year.py``."""
    return Race(*year.run(year.arguments().parse_args(arguments)))


def race_of_extract(asked: argparse.Namespace) -> Race:
    """Run ``extract.py``."""
    given = argparse.Namespace(
        engine="all", rounds=asked.rounds, threads=asked.threads, folder=None, as_of=None
    )
    turns = [(engine, 1) for engine in (OURS, *extract.PEERS)]
    return race("extract", turns, given, partial(extract.write, asked.rows, 1))


def road(title: str, found: Race) -> Road:
    """Keep the medians of a race."""
    sizes = ", ".join(f"{n:,} {name}" for name, n in found.data["rows"]["1"].items())
    lines: list[Line] = [{"engine": engine, **values(done)} for (engine, _), done in found.runs.items()]
    return {"title": title, "data": f"{sizes}, as of {found.as_of}", "lines": lines}


def values(done: list) -> dict[str, float]:
    """Round the medians of runs."""
    seconds, cpu, peak = medians(done)
    return {"seconds": round(seconds, 3), "cpu": round(cpu, 3), "peak_mb": round(peak, 1)}


def printed(name: str) -> str:
    """Run a script that prints its own table."""
    # S603: the command is this Python and a file beside this one.
    done = subprocess.run(  # noqa: S603
        [sys.executable, HERE / name], check=False, capture_output=True, text=True
    )
    return done.stdout.strip() if done.returncode == 0 else f"not run: {done.stderr.strip().splitlines()[-1]}"


# The page


def tables(found: Measured) -> str:
    """Show every road as a table, and growth."""
    parts = []
    for one in found["roads"]:
        ours = next(line for line in one["lines"] if line["engine"] == OURS)
        rows = [
            (
                line["engine"],
                *(f"{line[name]:,.2f}" for name in ("seconds", "cpu")),
                f"{line['peak_mb']:,.0f}",
                *(f"{line[name] / ours[name]:.2f}" for name in ("seconds", "cpu", "peak_mb")),
            )
            for line in one["lines"]
        ]
        heads = ("", "s", "cpu s", "peak MB", "time", "cpu", "memory")
        parts.append(f"### {one['title']}\n\n{one['data']}.\n\n{markdown(heads, rows)}")
    sizes = [
        (
            f"{s['events']:,}",
            f"{s['referrals']:,}",
            f"{s['seconds']:,.2f}",
            f"{s['cpu']:,.2f}",
            f"{s['peak_mb']:,.0f}",
        )
        for s in found["growth"]
    ]
    grown = powers(found["growth"])
    parts.append(
        "### How cost grows\n\n![Seconds and events, both on logarithmic axes](performance.svg)\n\n"
        + markdown(("events", "referrals", "s", "cpu s", "peak MB"), sizes)
        + f"\n\nFrom {grown.least:,} events on, time grows with their number to the power {grown.time:.2f},"
        f" processor time to the power {grown.cpu:.2f}. With few events, the beginning is most of it."
    )
    parts += [f"### {name}\n\n```text\n{text}\n```" for name, text in found["printed"].items()]
    parts.append(f"Measured with {found['circumstances']}.")
    return "\n\n".join(parts)


def markdown(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Write a table: numbers to the right."""
    lines = [heads, ("---", *("---:",) * (len(heads) - 1)), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def powers(sizes: list[Size]) -> Powers:
    """Fit a line to the logarithms, from a hundred thousand events on: two sizes at least."""
    large = [size for size in sizes if size["events"] >= BEGUN] or sizes
    large = large if len(large) > 1 else sizes
    events = [math.log(size["events"]) for size in large]
    time, cpu = (
        linear_regression(events, [math.log(size[name]) for size in large]).slope
        for name in ("seconds", "cpu")
    )
    return Powers(time, cpu, min(size["events"] for size in large))


BEGUN = 900_000
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def page(text: str, found: Measured) -> str:
    """Put the tables between the marks of the page."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{tables(found)}\n{END}{after}"


def plot(found: Measured) -> str:
    """Draw growth."""
    sizes = found["growth"]
    return growth_plot.svg(
        [(size["events"], size["seconds"]) for size in sizes],
        [(size["events"], size["cpu"]) for size in sizes],
    )


if __name__ == "__main__":
    main()
