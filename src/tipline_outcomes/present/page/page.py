"""A report as one HTML file: what was read, where it stands, how far it got, and what all of it means."""

# Plotly comes without types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportMissingTypeStubs=false

from collections.abc import Mapping

from attrs import frozen

from tipline_outcomes._show import plain
from tipline_outcomes.errors import InvalidValueError, MissingExtraError
from tipline_outcomes.metrics import (
    AttritionTable,
    CaseloadTable,
    FlowTable,
    IncidenceTable,
    IntervalTable,
    MixTable,
    RateTable,
)
from tipline_outcomes.present import charts
from tipline_outcomes.present.charts import Chart
from tipline_outcomes.present.document import Reading

__all__ = ["page"]


@frozen(kw_only=True)
class _Section:
    """One part of the page: what it is about, in plain words, then charts and the tables of their numbers."""

    name: str
    title: str
    words: str
    charts: tuple[Chart, ...] = ()
    tables: tuple[str, ...] = ()


def page(
    reading: Reading,
    *,
    mix: MixTable,
    rates: RateTable,
    steps: AttritionTable | None = None,
    curve: IncidenceTable | None = None,
    moves: FlowTable | None = None,
    loads: CaseloadTable | None = None,
    around: IntervalTable | None = None,
) -> str:
    """Put a report together as one page of HTML.

    It needs nothing beside itself: it opens without a network, and asks none. Every chart stands beside the
    table of its numbers. Whatever came from data is escaped.

    Args:
        reading: What was read.
        mix: Where the units stand.
        rates: A rate of the same units, by the same groups.
        steps: The attrition of the same units; None for a unit that has none.
        curve: How long it took the same units; None: it is not shown.
        moves: The moves behind it; None for a unit that has none.
        loads: The caseload of the same referrals, which is of a ledger of its own.
        around: Intervals of the rate, drawn in its chart; None: they were not asked for.

    Raises:
        InvalidValueError: If the results are not of one ledger, or the intervals not of the rates.
        MissingExtraError: If Jinja or Plotly is not installed.

    >>> from tipline_outcomes import EventLog, Ledger, conversion, outcome_mix
    >>> from tipline_outcomes.present import Reading, page
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=50))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of)
    >>> reading = Reading(source="an invented world", accepted=50)
    >>> html = page(reading, mix=outcome_mix(ledger), rates=conversion(ledger))
    >>> html.splitlines()[0], "49" in html
    ('<!doctype html>', True)
    """
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
        from plotly.offline import get_plotlyjs
    except ModuleNotFoundError as error:
        raise MissingExtraError(package=str(error.name), extra="report") from error
    tables = [table for table in (mix, rates, steps, curve, moves) if table is not None]
    if len({table.overall.ledger_digest for table in tables}) > 1:
        message = "these results are not of one ledger; make all of them from the same one"
        raise InvalidValueError(message)
    environment = Environment(
        loader=PackageLoader("tipline_outcomes.present.page", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = plain
    return environment.get_template("page.html").render(
        reading=reading,
        refused=sum(reading.refused.values()),
        overall=mix.overall,
        places={place.value: n for place, n in mix.overall.parts.places.items() if n},
        rate=rates.overall,
        findings=_findings(reading),
        sections=_sections(mix, rates, steps, curve, moves, loads=loads, around=around),
        plotly=get_plotlyjs(),
    )


def _sections(
    mix: MixTable,
    rates: RateTable,
    steps: AttritionTable | None,
    curve: IncidenceTable | None,
    moves: FlowTable | None,
    *,
    loads: CaseloadTable | None,
    around: IntervalTable | None,
) -> list[_Section]:
    found = [
        _Section(
            name="standing",
            title="Where everything stands",
            words="Every unit that was received stands in exactly one place. The places add up to what was"
            " received, here and in every group.",
            tables=(mix.to_html(),),
        )
    ]
    if steps is not None:
        found.append(
            _Section(
                name="attrition",
                title="How far it got",
                words="A ladder of milestones. What entered a rung went on, was lost there, is pending, or is"
                " unknown. What is pending may still go on; of what is unknown nobody would have told us.",
                charts=(charts.ladder(steps.overall), *((charts.multiples(steps),) if steps.by else ())),
                tables=(steps.to_html(),),
            )
        )
    found.append(
        _Section(
            name="rate",
            title=f"How often: {rates.overall.what}",
            words="The lower bound counts only what was stated. The upper bound counts everything that could"
            " have got there, or still can. The truth lies between them, whatever is not known.",
            charts=(charts.forest(rates, around),),
            tables=(rates.to_html(), *(() if around is None else (around.to_html(),))),
        )
    )
    if curve is not None:
        found.append(
            _Section(
                name="time",
                title="How long it took",
                words="How probable each outcome is by day. Young units count for as long as they could be"
                " followed, and are no failures. The lines need the assumption that stands with them.",
                charts=(charts.incidence(curve.overall),),
                tables=(curve.to_html(),),
            )
        )
    if loads is not None:
        found.append(
            _Section(
                name="caseload",
                title="What came in, and what went out",
                words="Open referrals, period by period: what is left of one opens the next. What nobody"
                " watches stays in it, since nobody would have told us had it ended.",
                charts=(charts.caseload(loads.overall),),
                tables=(loads.to_html(),),
            )
        )
    if moves is not None:
        found.append(
            _Section(
                name="flow",
                title="The way through the pipeline",
                words="Every move of every referral between two stages, and where what is still open stands.",
                charts=(charts.flow(moves.overall),),
                tables=(moves.to_html(),),
            )
        )
    return found


def _findings(reading: Reading) -> list[tuple[str, str, Mapping[str, int]]]:
    """Name what is wrong with the data, each kind with what is done about it."""
    codes = {
        f"{column}: {code}": n for column, texts in reading.unmapped.items() for code, n in texts.items()
    }
    lossy = {f"{name}: {code}": n for name, counts in reading.lossy.items() for code, n in counts.items()}
    refused = (
        "Rows that could not be read. They are in no count. The tip that one is about stays, as far as the"
        " rest tells: whatever else the row may have said is unknown. Only a row of the table of tips that"
        " does not say which one it is about leaves none."
        if reading.tables
        else "Records that could not be read. They are in no count."
    )
    kinds = (
        ("Refused", refused, reading.refused),
        ("Broken rules", "Records that break a rule of the pipeline. They are counted.", reading.violations),
        ("Unmapped", "Codes that nothing maps. They are kept as text, and never guessed.", codes),
        ("Coarse", "Events of codes that say less than the vocabulary does.", lossy),
    )
    return [kind for kind in kinds if kind[2]]
