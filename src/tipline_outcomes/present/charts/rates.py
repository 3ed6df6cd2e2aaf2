"""Charts of rates: the bounds of every group on one line, and the point that stands under an assumption."""

from fractions import Fraction

from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.metrics import Answers, IntervalTable, Rate, RateInterval, RateTable
from tipline_outcomes.present.charts.chart import Chart, labelled, marked, where
from tipline_outcomes.present.document import JSON

__all__ = ["forest"]


def forest(table: RateTable, around: IntervalTable | None = None) -> Chart:
    """Draw the rate of every group as a bar from its lower to its upper bound, all units last.

    The bar has two parts, because there are two ways of not knowing: what is not known by the date of the
    count, and what is pending then. The diamond is `resolved`: where the rate lies if the others end as those
    do whose end is known. The line with two ends is the interval, if one is asked for: what the units might
    have shown, had others of their kind been drawn.

    Args:
        table: Rates of one milestone.
        around: Intervals of the same rates; None: none are drawn, as none are due of a complete count.

    Raises:
        InvalidValueError: If the intervals are of other rates.

    >>> from tipline_outcomes import EventLog, Ledger, conversion
    >>> from tipline_outcomes.present import charts
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=50))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of, by=("territory",))
    >>> chart = charts.forest(conversion(ledger))
    >>> chart.traces[0]["y"][-1]
    'all: 0 of 49'
    """
    rates = (*table.groups, table.overall)
    if around is not None and [_key(rate) for rate in rates] != [_key(r.answers) for r in _all(around)]:
        message = "these intervals are not of these rates; make them with intervals(table, ...)"
        raise InvalidValueError(message)
    labels = labelled([_label(rate) for rate in rates])
    lower, by_then, upper, resolved = (
        [_number(share) for share in shares]
        for shares in zip(*((r.lower, r.upper_by_as_of, r.upper, r.resolved) for r in rates), strict=True)
    )
    unit = table.overall.unit.plural
    return Chart(
        title=f"{table.overall.what.capitalize()}: bounds of the share, and its denominator",
        subtitle=where(table.overall),
        traces=[
            _between("unknown", "unknown: may have got there, and nobody told us", labels, lower, by_then),
            _between("pending", "pending: had not got there, and may still", labels, by_then, upper),
            {
                "type": "scatter",
                "mode": "markers",
                "name": "resolved: if the others end as those do whose end is known",
                "y": labels,
                "x": [*resolved],
                "marker": {
                    "color": marked("reached")["color"],
                    "symbol": "diamond-open",
                    "size": 11,
                    "line": {"width": 2},
                },
                "hovertemplate": "resolved %{x:.1%}<extra>%{y}</extra>",
            },
            *([] if around is None else [_whiskers(around, labels)]),
        ],
        layout={
            "barmode": "overlay",
            "xaxis": {
                "range": [-0.01, 1.01],
                "tickformat": ".0%",
                "automargin": True,
                "title": {"text": f"share of the {unit} in the label (bounds: and of the unlinked)"},
            },
            "yaxis": {"autorange": "reversed", "automargin": True},
            "height": 240 + 26 * len(rates),
        },
    )


def _between(
    fate: str, name: str, labels: list[JSON], left: list[float | None], right: list[float | None]
) -> dict[str, JSON]:
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "y": labels,
        "base": [*left],
        "x": [None if a is None or b is None else b - a for a, b in zip(left, right, strict=True)],
        "customdata": [*right],
        "width": 0.5,
        "marker": marked(fate),
        "hovertemplate": "%{base:.1%} to %{customdata:.1%}<extra>%{y}</extra>",
    }


def _whiskers(around: IntervalTable, labels: list[JSON]) -> dict[str, JSON]:
    """Draw all intervals as one trace, which is broken after each of them."""
    inter, asked = around.overall.interval, around.overall.answers.deadline.value.replace("_", " ")
    believed = "; ".join(f"if {assumption.name}" for assumption in inter.assumptions)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": f"{100 * inter.confidence:g} % interval, {asked}: {believed}",
        "y": [each for label in labels for each in (label, label, None)],
        "x": [end for r in _all(around) for end in (r.interval.lower, r.interval.upper, None)],
        "line": {"color": "#000000", "width": 1},
        "marker": {"color": "#000000", "symbol": "line-ns-open", "size": 12, "line": {"width": 2}},
        "hovertemplate": "interval: %{x:.1%}<extra>%{y}</extra>",
    }


def _all(around: IntervalTable) -> tuple[RateInterval, ...]:
    return (*around.groups, around.overall)


def _key(of: Rate | Answers) -> tuple[str, object, str]:
    return of.what, of.group, of.ledger_digest


def _label(rate: Rate) -> str:
    return f"{', '.join(rate.group.labels) or 'all'}: {rate.reached:,} of {rate.denominator:,}"


def _number(share: Fraction | None) -> float | None:
    return None if share is None else float(share)
