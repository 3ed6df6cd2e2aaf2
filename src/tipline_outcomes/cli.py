"""The command line: thin commands over the package. What goes wrong is told in a sentence.

Exit codes: 0, nothing to complain of; 1, `check` found something; 2, the command could not be carried out.
"""

import json
import os
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from attrs import frozen

from tipline_outcomes._dates import parse_day
from tipline_outcomes.errors import ExtractError, MissingExtraError, TiplineError
from tipline_outcomes.eventlog import CheckReport, EventLog
from tipline_outcomes.exchange import Loaded, Refusal, dumps_record, read_jsonl
from tipline_outcomes.ledger import Ledger, Unit
from tipline_outcomes.metrics import attrition, conversion, outcome_mix
from tipline_outcomes.model import Milestone
from tipline_outcomes.present import Reading, document

try:
    from cyclopts import App, CycloptsError, Parameter
    from rich.console import Console
    from rich.progress import Progress
except ModuleNotFoundError as error:
    raise MissingExtraError(package=str(error.name), extra="cli") from error

if TYPE_CHECKING:
    from tipline_outcomes.metrics import RateTable

__all__ = ["main"]

_SHOWN = 5
"""How many single findings are shown of each kind, before a reader is told how many more there are."""

app = App(
    name="tipline-outcomes",
    help="Count what became of tips: every tip in exactly one place, every rate with what is not known.",
    result_action="return_value",
)
"""The commands."""


@frozen
class _Source:
    """What a command works on: the log, and what became of the records that were read."""

    log: EventLog
    found: CheckReport
    refused: tuple[Refusal, ...]
    reading: Reading


@app.command
def demo(
    *,
    seed: int = 2024,
    write: Path | None = None,
) -> int:
    """Invent a small world of tips, read it back strictly, count it, and show the ledger.

    Args:
        seed: The seed; the same seed gives the same world, to the byte.
        write: Also write the world's lines into this file, to try the other commands on.
    """
    from tipline_outcomes.synthetic import Parameters, broken_lines, invent

    world = invent(Parameters(seed=seed))
    lines = [dumps_record(report) for report in world.cohort.reports]
    lines += [dumps_record(referral) for referral in world.cohort.referrals]
    lines += [line.text for line in broken_lines(world)]
    if write is not None:
        write.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with _progress("Reading") as advance:
        source = _from_jsonl("the invented world", read_jsonl(lines, progress=advance))
    print("An invented world; no number here is a finding.\n")
    _show(source, Ledger.of(source.log, as_of=world.parameters.as_of, by=("territory",)), Milestone.CHARGED)
    return 0


@app.command
def check(path: Path) -> int:
    """Find every record that is refused or breaks a rule of the pipeline. Exit code 1 if there is one.

    Args:
        path: A JSON Lines file, or a folder with events and referrals as Parquet or CSV.
    """
    source = _read(path)
    _show_reading(source)
    return 1 if source.refused or source.reading.violations else 0


@app.command
def report(
    path: Path,
    *,
    as_of: str,
    by: Annotated[tuple[str, ...], Parameter(consume_multiple=True)] = (),
    to: Milestone = Milestone.CHARGED,
    unit: Unit = Unit.FAMILY,
    json_file: Annotated[Path | None, Parameter(name="--json")] = None,
) -> int:
    """Show where every tip stands as of a day, how far they got, and the rate that reached a milestone.

    Args:
        path: A JSON Lines file, or a folder with events and referrals as Parquet or CSV.
        as_of: The date of the count, YYYY-MM-DD; what happened later does not exist.
        by: Dimensions to group by, such as territory.
        to: The milestone of the rate.
        unit: What to count: families (a tip with all its transfers, once) or single referrals.
        json_file: Also write the numbers into this file, as JSON.
    """
    day = parse_day(as_of)
    source = _read(path)
    ledger = Ledger.of(source.log, as_of=day, by=by, unit=unit)
    rates = _show(source, ledger, to)
    if json_file is not None:
        content = document(source.reading, outcome_mix(ledger), rates)
        try:
            json_file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        except OSError as error:
            message = f"{json_file} cannot be written: {error.strerror}; name a file in a folder that exists"
            raise ExtractError(message) from error
        print(f"\nWritten: {json_file}")
    return 0


def main() -> None:
    """Run the command line; the only place that turns an error of the package into a sentence."""
    complain = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    try:
        sys.exit(app(exit_on_error=False, print_error=False))
    except (TiplineError, CycloptsError) as error:
        complain.print(f"tipline-outcomes: {error}")
        sys.exit(2)
    except BrokenPipeError:
        # Whoever read the output has enough of it, as `head` has; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        complain.print("tipline-outcomes: stopped")
        sys.exit(130)


def _read(path: Path) -> _Source:
    if path.is_dir():
        return _from_folder(path)
    with _progress("Reading") as advance:
        return _from_jsonl(path.resolve().name, read_jsonl(path, progress=advance))


def _from_folder(path: Path) -> _Source:
    log = EventLog.from_folder(path)
    found = log.check()
    reading = Reading(source=path.resolve().name, accepted=log.referrals.height, violations=_by_name(found))
    return _Source(log, found, (), reading)


def _from_jsonl(name: str, loaded: Loaded) -> _Source:
    log = EventLog.of(loaded.cohort)
    found = log.check()
    reading = Reading(
        source=name,
        accepted=loaded.accepted,
        refused={rule.value: n for rule, n in loaded.refused_by_rule.items()},
        violations=_by_name(found),
    )
    return _Source(log, found, loaded.refused, reading)


def _by_name(found: CheckReport) -> dict[str, int]:
    return {rule.value: n for rule, n in found.counts.items()}


def _show(source: _Source, ledger: Ledger, to: Milestone) -> "RateTable":
    rates = conversion(ledger, to=to)
    for table in (outcome_mix(ledger), attrition(ledger, by=()), rates):
        print(f"{table}\n")
    _show_reading(source)
    return rates


def _show_reading(source: _Source) -> None:
    reading = source.reading
    refused = sum(reading.refused.values())
    read = f"{reading.read:,} records = {reading.accepted:,} accepted + {refused:,} refused"
    print(f"Read {reading.source}: {read}")
    _show_some("Refused", reading.refused, [f"line {r.line}, {r.path}: {r.message}" for r in source.refused])
    found = source.found.to_frame().head(_SHOWN).iter_rows()
    _show_some(
        "Counted, though they break a rule",
        reading.violations,
        [
            f"{referral_id}, event {'-' if seq is None else seq}: {rule} {detail}"
            for referral_id, seq, rule, detail in found
        ],
    )


def _show_some(title: str, by_rule: Mapping[str, int], examples: list[str]) -> None:
    if not by_rule:
        return
    total = sum(by_rule.values())
    print(f"\n{title}: {total:,}")
    for rule, n in by_rule.items():
        print(f"  {n:>9,}  {rule}")
    for example in examples[:_SHOWN]:
        print(f"    {example}")


@contextmanager
def _progress(title: str) -> Generator[Callable[[int], None]]:
    """Show how many records were read so far, on a terminal only."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done: progress.update(task, completed=done, description=f"{title}: {done:,} records")
