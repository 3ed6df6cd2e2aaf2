"""The command line: thin commands over the package. What goes wrong is told in a sentence.

Exit codes: 0, nothing to complain of; 1, `check` found something; 2, the command could not be carried out.
"""

import errno
import json
import os
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from attrs import evolve, frozen

from tipline_outcomes._dates import parse_day
from tipline_outcomes._show import plain
from tipline_outcomes.errors import ExtractError, MissingExtraError, TiplineError
from tipline_outcomes.eventlog import CheckReport, EventLog
from tipline_outcomes.exchange import Refusal, dumps_record, read_jsonl
from tipline_outcomes.ledger import Ledger, Unit
from tipline_outcomes.metrics import RateTable, attrition, conversion, outcome_mix
from tipline_outcomes.model import Milestone
from tipline_outcomes.present import Reading, document

try:
    from cyclopts import App, CycloptsError, Parameter
    from rich.console import Console
except ModuleNotFoundError as error:
    raise MissingExtraError(package=str(error.name), extra="cli") from error

__all__ = ["main"]

_SHOWN = 5
"""How many single findings are shown of each kind, before a reader is told how many more there are."""

app = App(
    name="tipline-outcomes",
    help="""Count what became of tips: every tip in exactly one place, every rate with what is not known.

    To begin with, invent some: tipline-outcomes demo --write year.jsonl
    """,
    help_format="plaintext",
    result_action="return_value",
    suppress_keyboard_interrupt=False,
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

    For example: tipline-outcomes demo --seed 7 --write year.jsonl

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
        _write(write, "\n".join(lines) + "\n")
    with _progress() as tell:
        source = _from_jsonl("the invented world", lines, tell)
        tell("Counting")
        ledger = Ledger.of(source.log, as_of=world.parameters.as_of, by=("territory",))
        rates = conversion(ledger, to=Milestone.CHARGED)
    print("An invented world; no number here is a finding.\n")
    _show(source, ledger, rates)
    return 0


@app.command
def check(
    path: Path,
    /,
    *,
    every: Annotated[bool, Parameter(name="--all", negative="")] = False,
) -> int:
    """Find every record that is refused or breaks a rule of the pipeline. Exit code 1 if there is one.

    For example: tipline-outcomes check year.jsonl

    Args:
        path: A JSON Lines file, or a folder with events and referrals as Parquet or CSV.
        every: Show every refusal and every violation, not only the first few of each.
    """
    with _progress() as tell:
        source = _read(path, tell)
    _show_reading(source, shown=None if every else _SHOWN, hint="--all")
    return 1 if source.refused or source.reading.violations else 0


@app.command
def report(
    path: Path,
    /,
    *,
    as_of: str,
    by: Annotated[tuple[str, ...], Parameter(consume_multiple=True, negative="", show_default=False)] = (),
    to: Annotated[Milestone, Parameter(name_transform=str.lower)] = Milestone.CHARGED,
    unit: Unit = Unit.FAMILY,
    json_file: Annotated[Path | None, Parameter(name="--json")] = None,
) -> int:
    """Show where every tip stands as of a day, how far they got, and the rate that reached a milestone.

    For example: tipline-outcomes report year.jsonl --as-of 2025-06-30 --by territory --to charged

    Args:
        path: A JSON Lines file, or a folder with events and referrals as Parquet or CSV.
        as_of: The date of the count, YYYY-MM-DD; what happened later does not exist.
        by: Dimensions to group by, such as territory.
        to: The milestone of the rate.
        unit: What to count: families (a tip with all its transfers, once) or single referrals.
        json_file: Also write the numbers into this file, as JSON.
    """
    day = parse_day(as_of)
    if json_file is not None:
        _must_take(json_file)
    with _progress() as tell:
        source = _read(path, tell)
        tell("Counting")
        ledger = Ledger.of(source.log, as_of=day, by=by, unit=unit)
        rates = conversion(ledger, to=to)
    _show(source, ledger, rates)
    if json_file is not None:
        content = document(source.reading, outcome_mix(ledger), rates)
        _write(json_file, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
        print(f"\nWritten: {plain(str(json_file))}")
    return 0


def main() -> None:
    """Run the command line; the only place that turns an error of the package into a sentence."""
    # An output that cannot write a letter of some script shows its number instead.
    if reconfigure := getattr(sys.stdout, "reconfigure", None):
        reconfigure(errors="backslashreplace")
    try:
        code = app(exit_on_error=False, print_error=False)
        # Now, not when the interpreter ends: there, nothing could be told any more.
        print(end="", flush=True)
    except BrokenPipeError:
        # Whoever read the output has enough of it, as `head` has; there is nobody left to tell.
        code = _give_up_output(0)
    except OSError as error:
        what = "the output" if error.filename is None else repr(str(error.filename))
        _complain(f"{what} cannot be written or read: {error.strerror or error}")
        code = _give_up_output(2)
    except (TiplineError, CycloptsError) as error:
        _complain(str(error))
        code = 2
    except KeyboardInterrupt:
        _complain("stopped")
        code = 130
    sys.exit(code)


def _complain(sentence: str) -> None:
    text = "\n".join(map(plain, sentence.splitlines()))
    print(f"tipline-outcomes: {text}", file=sys.stderr)


def _give_up_output(code: int) -> int:
    """Let what is left in the buffer go nowhere, or the interpreter would fail on it when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _must_take(path: Path) -> None:
    """Refuse a file that is sure not to be written, before any work is done for it."""
    if not path.parent.is_dir():
        raise _unwritable(path, os.strerror(errno.ENOENT))
    if path.is_dir():
        raise _unwritable(path, os.strerror(errno.EISDIR))
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise _unwritable(path, os.strerror(errno.EACCES))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _unwritable(path, error.strerror) from error


def _unwritable(path: Path, why: str | None) -> ExtractError:
    return ExtractError(f"{str(path)!r} cannot be written: {why}; name a file in a folder that takes it")


def _read(path: Path, tell: Callable[[str], None]) -> _Source:
    if path.is_dir():
        tell("Reading")
        log = EventLog.from_folder(path)
        reports = 0 if log.reports is None else log.reports.height
        return _checked(log, Reading(source=_name(path), accepted=reports + log.referrals.height), tell)
    if path.suffix.lower() in {".csv", ".parquet"} and path.is_file():
        folder = str(path.parent)
        message = f"{str(path)!r} is one table; give the folder that holds events and referrals: {folder!r}"
        raise ExtractError(message)
    return _from_jsonl(_name(path), path, tell)


def _name(path: Path) -> str:
    return plain(path.resolve().name)


def _from_jsonl(name: str, lines: Path | list[str], tell: Callable[[str], None]) -> _Source:
    tell("Reading")
    loaded = read_jsonl(lines, progress=lambda done: tell(f"Reading: {done:,} records"))
    refused = {rule.value: n for rule, n in loaded.refused_by_rule.items()}
    log = EventLog.of(loaded.cohort)
    return _checked(
        log, Reading(source=name, accepted=loaded.accepted, refused=refused), tell, loaded.refused
    )


def _checked(
    log: EventLog, reading: Reading, tell: Callable[[str], None], refused: tuple[Refusal, ...] = ()
) -> _Source:
    tell("Checking")
    found = log.check()
    violations = {rule.value: n for rule, n in found.counts.items()}
    return _Source(log, found, refused, evolve(reading, violations=violations, unmapped=log.unmapped))


def _show(source: _Source, ledger: Ledger, rates: RateTable) -> None:
    for table in (outcome_mix(ledger), attrition(ledger, by=()), rates):
        print(f"{table}\n")
    _show_reading(source)


def _show_reading(source: _Source, *, shown: int | None = _SHOWN, hint: str = "check --all") -> None:
    reading = source.reading
    refused = sum(reading.refused.values())
    read = f"{_some(reading.read, 'record')} = {reading.accepted:,} accepted + {refused:,} refused"
    print(f"Read {reading.source}: {read}; {_contents(source.log)}")
    if reading.read == 0:
        print(f"{reading.source} holds no records: there is nothing to check or count")
    _show_unmapped(reading.unmapped, shown, hint)
    _show_some(
        "Refused",
        reading.refused,
        [f"line {r.line}, {r.path}: {r.message}" for r in source.refused[:shown]],
        hint,
    )
    found = source.found.to_frame()
    rows = (found if shown is None else found.head(shown)).iter_rows()
    _show_some(
        "Counted, though they break a rule",
        reading.violations,
        [
            f"{referral_id}, event {'-' if seq is None else seq}: {rule} {detail}"
            for referral_id, seq, rule, detail in rows
        ],
        hint,
    )


def _contents(log: EventLog) -> str:
    tables = {"report": log.reports, "referral": log.referrals, "event": log.events}
    return ", ".join(_some(table.height, name) for name, table in tables.items() if table is not None)


def _some(number: int, name: str) -> str:
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def _show_unmapped(unmapped: Mapping[str, Mapping[str, int]], shown: int | None, hint: str) -> None:
    words = [
        (n, f"{column} {text!r} {n:,}") for column, texts in unmapped.items() for text, n in texts.items()
    ]
    if not words:
        return
    # The most frequent first: to translate it helps the most.
    words.sort(key=lambda word: -word[0])
    listed = ", ".join(text for _, text in words[:shown])
    print(f"\nWords that no vocabulary has: {plain(listed)}")
    _show_rest(len(words) - len(words[:shown]), hint)


def _show_some(title: str, by_rule: Mapping[str, int], examples: list[str], hint: str) -> None:
    if not by_rule:
        return
    total = sum(by_rule.values())
    print(f"\n{title}: {total:,}")
    for rule, n in by_rule.items():
        print(f"  {n:>9,}  {rule}")
    for example in examples:
        print(f"    {plain(example)}")
    _show_rest(total - len(examples), hint)


def _show_rest(more: int, hint: str) -> None:
    if more:
        print(f"    ... and {more:,} more; {hint} shows every one")


@contextmanager
def _progress() -> Generator[Callable[[str], None]]:
    """Show what is being done, on a terminal only."""
    console = Console(stderr=True, force_terminal=os.isatty(2))
    with console.status("") as status:
        yield status.update
