"""Charts over time: how probable each outcome is by day, and what came in and went out period by period."""

from typing import Final

from tipline_outcomes._engine import Frame
from tipline_outcomes.metrics import Caseload, Incidence
from tipline_outcomes.present.charts.chart import Chart, marked, where
from tipline_outcomes.present.document import JSON

__all__ = ["caseload", "incidence"]

_ENTRIES: Final = ("received", "transferred_in", "reopened")
_SEE_THROUGH: Final = "33"  # two more digits of a colour: how much of it is seen


def incidence(result: Incidence) -> Chart:
    """Draw how probable each outcome is by day since a clock started, each with its pointwise band.

    The hatched area is what the curve of the clock's end can be whatever became of those whom nobody watches
    any longer; the lines need the assumption that the result names.

    Args:
        result: The incidence of one group, or of all: ``cumulative_incidence(ledger).overall``.

    >>> from tipline_outcomes import EventLog, Ledger, cumulative_incidence
    >>> from tipline_outcomes.present import charts
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=50))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of)
    >>> chart = charts.incidence(cumulative_incidence(ledger).overall)
    >>> [trace["name"] for trace in chart.traces if trace.get("showlegend", True)]
    ['charge: least to most', 'charge', 'closed']
    """
    clock = result.clock
    outcomes = [state for state in clock.states if state != clock.begins]
    seen = [state for state in outcomes if _curve(result, state)["incidence"].sum() or state == clock.target]
    traces: list[dict[str, JSON]] = [
        {**_line(result.least, "incidence", "unknown"), "name": "least", "showlegend": False},
        {
            **_line(result.most, "incidence", "unknown"),
            "name": f"{clock.target}: least to most",
            "fill": "tonexty",
            "fillpattern": {"shape": "/", "solidity": 0.15},
            "fillcolor": f"{marked('unknown')['color']}{_SEE_THROUGH}",
        },
    ]
    for state in seen:
        curve = _curve(result, state)
        colour = marked(_FATES.get(state, "reached"))["color"]
        traces += [
            {**_line(curve, "lower", _FATES.get(state, "reached"), 0), "name": "lower", "showlegend": False},
            {
                **_line(curve, "upper", _FATES.get(state, "reached"), 0),
                "name": "upper",
                "showlegend": False,
                "fill": "tonexty",
                "fillcolor": f"{colour}{_SEE_THROUGH}",
            },
            {**_line(curve, "incidence", _FATES.get(state, "reached")), "name": state},
        ]
    since = f"days since {clock.starts.value.replace('_', ' ')}"
    return Chart(
        title=f"Share by {since}, with {result.confidence:.0%} bands",
        subtitle=f"{result.timed:,} watched as the clock started; {where(result)}"
        + "".join(f"; if {assumption.name}" for assumption in result.assumptions),
        traces=traces,
        layout={
            "xaxis": {"title": {"text": f"days since {clock.starts.value.replace('_', ' ')}"}},
            "yaxis": {
                "title": {"text": f"share of the {result.unit.plural}"},
                "range": [0, 1],
                "tickformat": ".0%",
            },
            "height": 460,
        },
    )


_FATES: Final = {
    "charge": "charge",
    "administrative": "administrative",
    "closed": "closed",
    "transferred_out": "excluded",
}


_HANDED_ON: Final[dict[str, JSON]] = {
    **marked("excluded"),
    "pattern": {"shape": "-", "solidity": 0.3},
}
_LINES: Final = {
    "received": marked("implied"),
    "transferred_in": _HANDED_ON,
    "reopened": marked("closed"),
    "charged": marked("charge"),
    "administrative": marked("administrative"),
    "closed": marked("closed"),
    "excluded": marked("excluded"),
    "transferred_out": _HANDED_ON,
    "set_aside": marked("unknown"),
    "undated": marked("unknown"),
}


def caseload(result: Caseload) -> Chart:
    """Draw what came in (above the line) and what went out (below it) in every period, and what was left.

    Where it is not known what was open at the start, no stock is drawn. A star marks a period that is not
    whole. Of the last stock, what nobody watches stands beside it: it may have ended.

    Args:
        result: The caseload of one group, or of all: ``caseload(ledger).overall``.

    >>> from tipline_outcomes import EventLog, Ledger, caseload
    >>> from tipline_outcomes.present import charts
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=50))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of, unit="referral")
    >>> chart = charts.caseload(caseload(ledger, period="year").overall)
    >>> [(trace["name"], trace["y"]) for trace in chart.traces][-2]
    ('open at the end', [14, 27, 35])
    """
    names: list[JSON] = [one.label + "*" * (one.running or one.partial) for one in result.periods]
    traces: list[dict[str, JSON]] = []
    for line, marks in _LINES.items():
        numbers = [one.lines[line] for one in result.periods]
        enters = line in _ENTRIES
        if any(numbers):
            traces.append(
                {
                    "type": "bar",
                    "name": line.replace("_", " "),
                    "x": names,
                    "y": [n if enters else -n for n in numbers],
                    "customdata": list(numbers),
                    "marker": marks,
                    "hovertemplate": "%{customdata:,} in %{x}<extra>%{fullData.name}</extra>",
                }
            )
    left: dict[str, JSON] = {
        "type": "scatter",
        "hovertemplate": "%{y:,} in %{x}<extra>%{fullData.name}</extra>",
    }
    closing: list[JSON] = [one.closing for one in result.periods]
    unwatched: list[JSON] = [result.unwatched] if names else []
    traces.append(
        {
            **left,
            "name": "open at the end",
            "mode": "lines+markers",
            "x": names,
            "y": closing,
            "marker": {"color": marked("pending")["color"]},
        }
    )
    traces.append(
        {
            **left,
            "name": "not watched on the date of the count",
            "mode": "markers",
            "x": names[-1:],
            "y": unwatched,
            "marker": {"color": marked("unknown")["color"], "symbol": "x", "size": 10},
        }
    )
    unknown = "; what was open before is not known" if result.observed_from is not None else ""
    return Chart(
        title=f"Caseload by {result.period.value.replace('_', ' ')}",
        subtitle=f"{where(result)}{unknown}; *: not a whole period",
        traces=traces,
        layout={
            "barmode": "relative",
            "xaxis": {"title": {"text": result.period.value.replace("_", " ")}, "type": "category"},
            "yaxis": {"title": {"text": "referrals: came in above 0, went out below it"}},
            "height": 460,
        },
    )


def _curve(result: Incidence, state: str) -> Frame:
    return result.curve.filter(outcome=state)


def _line(curve: Frame, column: str, fate: str, width: int = 2) -> dict[str, JSON]:
    days: list[JSON] = curve["day"].to_list()
    shares: list[JSON] = curve[column].to_list()
    return {
        "type": "scatter",
        "mode": "lines",
        "x": days,
        "y": shares,
        "line": {"shape": "hv", "width": width, "color": marked(fate)["color"]},
        "hovertemplate": "%{y:.1%} within %{x} days<extra>%{fullData.name}</extra>",
    }
