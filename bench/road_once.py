"""Run the road once: ``python bench/road_once.py ENGINE FOLDER AS_OF THREADS``.

Prints times, memory and answers, as JSON. What an engine needs is imported before the clock starts.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

Answers = dict[str, dict[str, int] | list[tuple[object, ...]]]


def main() -> None:
    """Time one engine in this process."""
    engine, folder, as_of, threads = sys.argv[1:]
    os.environ["POLARS_MAX_THREADS"] = threads
    began = time.perf_counter()
    road = ENGINES[engine](Path(folder), date.fromisoformat(as_of), int(threads))
    imported, cpu = time.perf_counter(), time.process_time()
    answers = road()
    found = {
        "seconds": time.perf_counter() - imported,
        "cpu": time.process_time() - cpu,
        "importing": imported - began,
        "peak_mb": peak_mb(),
    }
    print(json.dumps({**found, "answers": in_order(answers)}, default=str))


def tipline_outcomes(folder: Path, as_of: date, _: int) -> Callable[[], Answers]:
    """Prepare the package: every violation as a row, and all five tables of a ledger."""
    import polars as pl

    from tipline_outcomes import EventLog, Ledger

    def road() -> Answers:
        log = EventLog.from_folder(folder)
        found = log.check()
        ledger = Ledger.of(log, as_of=as_of, by=("territory",))
        standing = ledger.standing.group_by("territory", "peak", "place", "reason", "open").agg(
            pl.col("n").sum()
        )
        return {
            "violations": {rule.value: n for rule, n in found.counts.items()},
            "standing": standing.rows(),
            "movements": ledger.movements.rows(),
        }

    return road


def polars(folder: Path, as_of: date, _: int) -> Callable[[], Answers]:
    """Prepare the peer in Polars."""
    from peers import polars_by_hand

    return lambda: polars_by_hand.road(folder, as_of)


def duckdb(folder: Path, as_of: date, threads: int) -> Callable[[], Answers]:
    """Prepare the peer in DuckDB."""
    from peers import duckdb_by_hand

    return lambda: duckdb_by_hand.road(folder, as_of, threads=threads)


ENGINES = {"tipline_outcomes": tipline_outcomes, "polars": polars, "duckdb": duckdb}


def in_order(answers: Answers) -> dict[str, dict[str, int] | list[list[str]]]:
    """Put the rows of the answers into one order, so that equal answers are equal text."""
    return {
        name: answer if isinstance(answer, dict) else sorted([str(value) for value in row] for row in answer)
        for name, answer in answers.items()
    }


def peak_mb() -> float:
    """Give the peak of this process's resident memory."""
    # A process inherits the peak of the one that starts it; Linux also keeps one that is its own.
    status = Path("/proc/self/status")
    if status.exists():
        line = next(
            line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM")
        )
        return int(line.split()[1]) / 1024
    scale = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale


if __name__ == "__main__":
    main()
