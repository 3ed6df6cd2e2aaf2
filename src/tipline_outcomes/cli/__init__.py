"""The command line: thin commands over the package. What goes wrong is told in a sentence.

Exit codes: 0, nothing to complain of; 1, `check` found something; 2, the command could not be carried out.
"""

import json
import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from tipline_outcomes._dates import Period, parse_day
from tipline_outcomes._show import plain
from tipline_outcomes.cli.shown import SHOWN, show_reading
from tipline_outcomes.cli.source import Source, from_jsonl, inputs, read
from tipline_outcomes.cli.writing import must_take
from tipline_outcomes.cli.writing import write as write_file
from tipline_outcomes.errors import MissingExtraError, TiplineError
from tipline_outcomes.exchange import cohort_schema, dumps_record, record_schema
from tipline_outcomes.ledger import HORIZONS, Ledger, Unit, count_folder
from tipline_outcomes.metrics import (
    CaseloadTable,
    ContributionTable,
    Coverage,
    IncidenceTable,
    IntervalTable,
    Question,
    RateTable,
    WithinTable,
    attrition,
    caseload,
    contributions,
    conversion,
    conversion_within,
    covered,
    cumulative_incidence,
    flow,
    intervals,
    outcome_mix,
)
from tipline_outcomes.model import Milestone
from tipline_outcomes.present import account, document, page

try:
    from cyclopts import App, CycloptsError, Parameter
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    from tipline_outcomes.cli.profiles import app as profiles
    from tipline_outcomes.cli.record import evidence
except ModuleNotFoundError as error:
    raise MissingExtraError(package=str(error.name), extra="cli") from error

__all__ = ["main"]

Table: TypeAlias = IntervalTable | WithinTable | IncidenceTable | ContributionTable | CaseloadTable
"""A table that is shown if it was asked for."""

app = App(
    name="tipline-outcomes",
    help="""Count what became of tips: every tip in exactly one place, every rate with what is not known.

    To begin with, invent some: tipline-outcomes demo --write year.jsonl

    Then check them, and count: tipline-outcomes report year.jsonl --as-of 2025-06-30 --html report.html

    On your agency's own tables, begin with: tipline-outcomes profile init FILE...

    Exit codes: 0, done, and nothing to complain of; 1, a check found something; 2, the command could not be
    carried out; 130, stopped by you.
    """,
    help_format="plaintext",
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)
"""The commands."""
app.register_install_completion_command()  # pyright: ignore[reportUnknownMemberType]


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
        write_file(write, "\n".join(lines) + "\n")
    with _progress() as tell:
        source = from_jsonl("the invented world", lines, tell)
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
    profile: Path | None = None,
    refused: Path | None = None,
    json_file: Annotated[Path | None, Parameter(name="--json")] = None,
    every: Annotated[bool, Parameter(name="--all", negative="")] = False,
) -> int:
    """Find every record that is refused or breaks a rule of the pipeline. Exit code 1 if there is one.

    For example: tipline-outcomes check year.jsonl

    Args:
        path: A file of JSON Lines or one JSON document (.json), a folder with events and referrals, or a
            folder with an agency's own tables.
        profile: The profile (TOML) that describes an agency's own tables.
        refused: Also write every refused row, with its text unchanged, into this file, as JSON Lines.
        json_file: Also write the account into this file, as JSON: what was read, refused, unmapped and found.
        every: Show every refusal and every violation, not only the first few of each.
    """
    for file in (refused, json_file):
        if file is not None:
            must_take(file, *inputs(path, profile))
    with _progress() as tell:
        source = read(path, profile, tell)
    if refused is not None:
        write_file(
            refused, "".join(json.dumps(row.record(), ensure_ascii=False) + "\n" for row in source.refused)
        )
    if json_file is not None:
        write_file(json_file, json.dumps(account(source.reading), indent=2, ensure_ascii=False) + "\n")
    show_reading(source, shown=None if every else SHOWN, hint="--all")
    return 1 if source.refused or source.reading.violations else 0


@app.command
def report(
    path: Path,
    /,
    *,
    as_of: str,
    profile: Path | None = None,
    by: Annotated[tuple[str, ...], Parameter(consume_multiple=True, negative="", show_default=False)] = (),
    to: Annotated[Milestone, Parameter(name_transform=str.lower)] = Milestone.CHARGED,
    within: int | None = None,
    unit: Unit = Unit.FAMILY,
    interval: Literal["ever", "by_as_of"] | None = None,
    coverage: Path | None = None,
    caseload_by: Annotated[Period | None, Parameter(name="--caseload", name_transform=str.lower)] = None,
    json_file: Annotated[Path | None, Parameter(name="--json")] = None,
    html: Path | None = None,
) -> int:
    """Show where every tip stands as of a day, how far they got, and the rate that reached a milestone.

    For example: tipline-outcomes report year.jsonl --as-of 2025-06-30 --by territory --to charged

    Args:
        path: A file of JSON Lines or one JSON document (.json), a folder with events and referrals, or a
            folder with an agency's own tables.
        profile: The profile (TOML) that describes an agency's own tables.
        as_of: The date of the count, YYYY-MM-DD; what happened later does not exist.
        by: Dimensions to group by, such as territory.
        to: The milestone of the rate.
        within: Also the rate within so many days, of those that could be followed that long, and incidence by
            day; the milestone is then charged, investigated or convicted.
        unit: What to count: families (a tip with all its transfers, once), single referrals, reports (by the
            reports' own dimensions) or the subjects whom events name.
        interval: Also show 95 % intervals of the rate, for the question ever or by_as_of; for units that were
            drawn from many more. They are clustered by agency, where the source names agencies.
        coverage: A file (CSV, with the columns agency,made_available) of what the clearinghouse made
            available to each contributor; what is missing counts as unknown.
        caseload_by: Also show the caseload of referrals by this calendar period: what came in, what went out
            and what is open.
        json_file: Also write the numbers into this file, as JSON.
        html: Also write a report into this file: one page with tables and charts, that opens anywhere.
    """
    day = parse_day(as_of)
    for file in (json_file, html):
        if file is not None:
            must_take(file, *inputs(path, profile), *(() if coverage is None else (coverage,)))
    expected = None if coverage is None else Coverage.from_file(coverage)
    with _progress() as tell:
        source = read(path, profile, tell)
        tell("Counting")
        agencies = unit is not Unit.REPORT and "agency" in source.log.dimensions
        clustered = interval is not None and agencies and "agency" not in by
        fine = (*by, "agency") if clustered else by
        # What is missing is told by contributor, and counts whatever the rates are grouped by.
        named = fine if expected is None else tuple(dict.fromkeys((*fine, expected.dimension)))
        horizons = HORIZONS if within is None else (*HORIZONS, within)
        told, given = Ledger.of(source.log, as_of=day, by=named, unit=unit, horizons=horizons), None
        if expected is not None:
            given, told = contributions(told, expected), covered(told, expected)
        by_agency, ledger = told.rolled_up(fine), told.rolled_up(by)
        rates = conversion(ledger, to=to)
        around = (
            intervals(rates, interval, clusters=conversion(by_agency, to=to) if clustered else None)
            if interval is not None
            else None
        )
        in_time = None if within is None else conversion_within(ledger, within, to)
        curves = None if in_time is None else cumulative_incidence(ledger, clock=in_time.overall.clock)
        loads = None if caseload_by is None else _caseload(source, day, by, caseload_by)
    _show(source, ledger, rates, around, in_time, curves, given, loads)
    if json_file is not None:
        content = document(
            source.reading,
            outcome_mix(ledger),
            rates,
            around,
            within=in_time,
            incidence=curves,
            contributions=given,
            caseload=loads,
        )
        write_file(json_file, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
        print(f"\nWritten: {plain(str(json_file))}")
    if html is not None:
        steps = attrition(ledger) if unit in Question.ATTRITION.units else None
        moves = flow(ledger, by=()) if unit in Question.FLOW.units else None
        curve = cumulative_incidence(ledger)
        made = page(
            source.reading,
            mix=outcome_mix(ledger),
            rates=rates,
            steps=steps,
            curve=curve,
            moves=moves,
            loads=_caseload(source, day, by, Period.QUARTER) if loads is None else loads,
            around=around,
        )
        write_file(html, made)
        print(f"\nWritten: {plain(str(html))}")
    return 0


def _caseload(source: Source, day: date, by: tuple[str, ...], period: Period) -> CaseloadTable:
    # Reports have dimensions of their own, which no referral has.
    known = tuple(name for name in by if name in source.log.dimensions)
    return caseload(Ledger.of(source.log, as_of=day, by=known, unit=Unit.REFERRAL, period=period))


@app.command
def year(
    folder: Path,
    /,
    *,
    referrals: int = 18_700_000,
    parts: int | None = None,
    seed: int = 20240422,
) -> int:
    """Invent a year of a clearinghouse and write it as Parquet, in parts that `count` counts.

    For example: tipline-outcomes year invented-year --referrals 100000

    Args:
        folder: A new folder for the parts.
        referrals: How many referrals the clearinghouse makes available; the default is a year of 36 million
            reports, with about 120 million events.
        parts: How many parts; one for every 200,000 referrals where it is not said.
        seed: The seed; the same seed gives the same year, to the byte.
    """
    from attrs import evolve

    from tipline_outcomes.synthetic import PLANTED, YEAR, write_year

    with _parts_progress("Inventing") as progress:
        planted = write_year(
            folder, evolve(YEAR, referrals=referrals, seed=seed), parts=parts, progress=progress
        )
    print(
        f"An invented year; no number here is a finding. {planted.reports:,} reports, {planted.referrals:,}"
        f" referrals of {planted.families:,} families, {planted.events:,} events: {plain(str(folder))}"
    )
    print(f"The recorded time ends on {YEAR.as_of}; what was planted: {plain(str(folder / PLANTED))}")
    return 0


@app.command
def count(
    folder: Path,
    /,
    *,
    as_of: str,
    out: Path | None = None,
    by: Annotated[tuple[str, ...], Parameter(consume_multiple=True, negative="", show_default=False)] = (),
    to: Annotated[Milestone, Parameter(name_transform=str.lower)] = Milestone.CHARGED,
    unit: Unit = Unit.FAMILY,
    keep: Path | None = None,
    workers: int = 1,
) -> int:
    """Check and count a log that lies in parts, one folder each; stopped, it goes on where it was.

    For example: tipline-outcomes count invented-year --as-of 2025-12-31 --by territory --out ledger.json

    Args:
        folder: The folder that holds the parts, each with events and referrals as CSV or Parquet.
        as_of: The date of the count, YYYY-MM-DD; what happened later does not exist.
        out: Also write the ledger into this file, as JSON.
        by: Dimensions to group by, such as territory.
        to: The milestone of the rate.
        unit: What to count: families (a tip with all its transfers, once), single referrals, reports (by the
            reports' own dimensions) or the subjects whom events name.
        keep: Keep the result of each part in this folder, so that the same command goes on where it was
            stopped. Where --out is given, the default is a folder beside that file.
        workers: How many parts to count at a time; memory is that of so many.
    """
    day = parse_day(as_of)
    if out is not None:
        must_take(out, *inputs(folder, None), *folder.glob("*/*"))
        keep = keep or out.with_name(f"{out.name}.parts")
    with _parts_progress("Counting") as progress:
        counted = count_folder(
            folder, as_of=day, by=by, unit=unit, keep=keep, workers=workers, progress=progress
        )
    ledger = counted.ledger
    _show_ledger(ledger, conversion(ledger, to=to))
    found = ", ".join(f"{n:,} {rule.value}" for rule, n in counted.violations.items()) or "none"
    again = f" ({counted.kept:,} of them had been counted before)" if counted.kept else ""
    size = f"{counted.referrals:,} referrals and {counted.events:,} events"
    print(f"Read {plain(folder.resolve().name)}: {counted.parts:,} parts{again} with {size}")
    print(f"Counted, though they break a rule: {found}")
    if out is not None:
        write_file(out, ledger.to_json())
        print(f"\nWritten: {plain(str(out))}")
    return 0


@app.command
def schema(*, document: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Print the JSON Schema of a record, a line of JSON Lines, for editors and for other languages.

    For example: tipline-outcomes schema > record.schema.json

    Args:
        document: Print the schema of one JSON document for a whole cohort instead.
    """
    print(json.dumps(cohort_schema() if document else record_schema(), indent=2))
    return 0


app.command(evidence)
app.command(profiles)


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


def _show(source: Source, ledger: Ledger, rates: RateTable, *more: Table | None) -> None:
    _show_ledger(ledger, rates, *more)
    show_reading(source)


def _show_ledger(ledger: Ledger, rates: RateTable, *more: Table | None) -> None:
    steps = (attrition(ledger, by=()),) if ledger.spec.unit in Question.ATTRITION.units else ()
    for table in (outcome_mix(ledger), *steps, rates, *more):
        if table is not None:
            print(f"{table}\n")


@contextmanager
def _progress() -> Generator[Callable[[str], None]]:
    """Show what is being done, on a terminal only."""
    console = Console(stderr=True, force_terminal=os.isatty(2))
    with console.status("") as status:
        yield status.update


@contextmanager
def _parts_progress(what: str) -> Generator[Callable[[int, int], None]]:
    """Show how many parts are done, on a terminal only."""
    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True, force_terminal=os.isatty(2))
    with Progress(*columns, console=console, disable=not os.isatty(2)) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
