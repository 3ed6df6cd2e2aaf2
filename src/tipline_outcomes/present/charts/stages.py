"""Charts of the pipeline: the ladder of attrition, small multiples of it, and the flow between stages."""

from collections.abc import Mapping
from itertools import accumulate
from math import ceil
from typing import Final

from tipline_outcomes._show import safe
from tipline_outcomes.metrics import Attrition, AttritionTable, Flow
from tipline_outcomes.present.charts.chart import Chart, labelled, marked, where
from tipline_outcomes.present.document import JSON

__all__ = ["flow", "ladder", "multiples"]

_NAMES: Final[Mapping[str, str]] = {
    "reached": "went on",
    "implied": "went on, by implied events only",
    "lost": "lost: it is over",
    "pending": "pending: still open, and watched",
    "unknown": "unknown: nobody would have told us",
}


def ladder(result: Attrition) -> Chart:
    """Draw what became of the units at every rung: a bar as long as what entered it, divided by fate.

    Args:
        result: The attrition of one group, or of all: ``attrition(ledger).overall``.

    >>> from tipline_outcomes import EventLog, Ledger, attrition
    >>> from tipline_outcomes.present import charts
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=50))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of)
    >>> chart = charts.ladder(attrition(ledger).overall)
    >>> [(trace["name"], trace["x"][1]) for trace in chart.traces][:2]
    [('went on', 6), ('went on, by implied events only', 0)]
    """
    steps = result.steps
    rungs: list[JSON] = [f"{step.milestone.value} → {step.toward.value}" for step in steps]
    counts = {
        "reached": [step.advanced - step.implied for step in steps],
        "implied": [step.implied for step in steps],
        "lost": [step.lost for step in steps],
        "pending": [step.pending for step in steps],
        "unknown": [step.unknown for step in steps],
    }
    return Chart(
        title="Attrition",
        subtitle=where(result),
        traces=[
            {
                "type": "bar",
                "orientation": "h",
                "name": _NAMES[fate],
                "y": rungs,
                "x": [*numbers],
                "marker": marked(fate),
                "texttemplate": "%{x:,}",
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "hovertemplate": "%{x:,} %{fullData.name}<extra>%{y}</extra>",
            }
            for fate, numbers in counts.items()
        ],
        layout={
            "barmode": "stack",
            "uniformtext": {"mode": "hide", "minsize": 9},
            "yaxis": {"autorange": "reversed", "automargin": True},
            "xaxis": {"title": {"text": f"{result.unit.plural} that entered the rung"}, "automargin": True},
            "height": 420,
        },
    )


_ACROSS: Final = 4


def multiples(table: AttritionTable) -> Chart:
    """Draw one small ladder a group, side by side: of each group's denominator, the share that got so far.

    Every bar is the whole of a group: what reached the rung, and why the rest did not, or is not known to
    have. So groups of any size compare, and silence is seen where it is.

    Args:
        table: Attrition by at least one dimension; without one, the one panel is of all.

    >>> from tipline_outcomes import EventLog, Ledger, attrition
    >>> from tipline_outcomes.present import charts
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=50))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of, by=("territory",))
    >>> chart = charts.multiples(attrition(ledger))
    >>> chart.layout["grid"]
    {'rows': 2, 'columns': 4, 'pattern': 'independent'}
    """
    results = table.groups or (table.overall,)
    rows, across = ceil(len(results) / _ACROSS), min(_ACROSS, len(results))
    axes: dict[str, JSON] = {}
    traces: list[Mapping[str, JSON]] = []
    titles: list[JSON] = []
    for number, result in enumerate(results, start=1):
        axis = "" if number == 1 else str(number)
        axes[f"xaxis{axis}"] = {"range": [0, 1], "tickformat": ".0%", "fixedrange": True}
        axes[f"yaxis{axis}"] = {
            "autorange": "reversed",
            "automargin": True,
            "showticklabels": number % across == 1 or across == 1,
            "fixedrange": True,
        }
        label = ", ".join(result.group.labels) or "all"
        titles.append(
            {
                "text": safe(f"{label} ({result.parts.denominator:,})"),
                "xref": f"x{axis} domain",
                "yref": f"y{axis} domain",
                "x": 0,
                "y": 1,
                "xanchor": "left",
                "yanchor": "bottom",
                "showarrow": False,
            }
        )
        traces += [
            {**trace, "xaxis": f"x{axis}", "yaxis": f"y{axis}", "showlegend": number == 1}
            for trace in _shares(result)
        ]
    return Chart(
        title=f"Attrition by {', '.join(table.by) or 'nothing'}: shares of the denominator, in brackets",
        subtitle=where(table.overall),
        traces=traces,
        layout={
            "grid": {"rows": rows, "columns": across, "pattern": "independent"},
            "barmode": "stack",
            "annotations": titles,
            "height": 160 + 170 * rows,
            **axes,
        },
    )


def _shares(result: Attrition) -> list[dict[str, JSON]]:
    """Divide the denominator at every rung after the first: there or beyond, or stopped on the way."""
    steps, whole = result.steps, result.parts.denominator
    counts = {
        "reached": [step.advanced for step in steps],
        **{
            fate: [*accumulate(getattr(step, fate) for step in steps)]
            for fate in ("lost", "pending", "unknown")
        },
    }
    names = {**_NAMES, "reached": "reached the rung, implied or stated"}
    return [
        {
            "type": "bar",
            "orientation": "h",
            "name": names[fate],
            "legendgroup": fate,
            "y": [step.toward.value for step in steps],
            "x": [n / whole if whole else None for n in numbers],
            "customdata": [*numbers],
            "marker": marked(fate),
            "hovertemplate": f"%{{customdata:,}} of {whole:,} (%{{x:.1%}})<extra>{names[fate]}</extra>",
        }
        for fate, numbers in counts.items()
    ]


_OPEN: Final[Mapping[str, str]] = {"watched": "pending", "unwatched": "unknown"}


def flow(result: Flow) -> Chart:
    """Draw the moves between stages as streams, and where what is still open stands: pending or unknown.

    Streams run one way: what was reopened, or sent back, ends at a "back to", and flows on from the stage of
    that name. What a referral does within a stage, as a second charge, is in the table of the result only.

    Args:
        result: The flow of one group, or of all: ``flow(ledger).overall``.

    >>> from tipline_outcomes import EventLog, Ledger, flow
    >>> from tipline_outcomes.present import charts
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=50))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of)
    >>> charts.flow(flow(ledger).overall).traces[0]["type"]
    'sankey'
    """
    streams = [
        (move.source, f"back to {move.target}" if move.back else move.target, move.n)
        for move in result.moves
        if move.source != move.target
    ]
    streams += [(stay.stage, _OPEN[stay.open], stay.n) for stay in result.stays if stay.open in _OPEN]
    nodes = [*dict.fromkeys(end for source, target, _ in streams for end in (source, target))]
    colours = [marked(_FATES[node])["color"] if node in _FATES else "#BBBBBB" for node in nodes]
    return Chart(
        title="Flow between the stages of the pipeline",
        subtitle=f"{result.referrals:,} referrals; of {result.counted}",
        traces=[
            {
                "type": "sankey",
                "arrangement": "snap",
                "node": {"label": labelled(nodes), "color": colours, "pad": 18},
                "link": {
                    "source": [nodes.index(source) for source, _, _ in streams],
                    "target": [nodes.index(target) for _, target, _ in streams],
                    "value": [n for _, _, n in streams],
                },
                "valueformat": ",",
                "valuesuffix": " referrals",
            }
        ],
        layout={"height": 480, "margin": {"l": 10, "r": 10, "t": 80, "b": 10}},
    )


_FATES: Final[Mapping[str, str]] = {
    "pending": "pending",
    "unknown": "unknown",
    "charged": "charge",
    "concluded": "charge",
    "closed": "closed",
    "closed_final": "closed",
}
