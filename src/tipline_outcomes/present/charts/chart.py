"""A picture of a result, as data: what Plotly draws, and the words for those who do not see it."""

# Plotly comes without types.
# pyright: reportUnknownMemberType=false, reportMissingTypeStubs=false

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from attrs import frozen

from tipline_outcomes._show import safe
from tipline_outcomes.errors import MissingExtraError
from tipline_outcomes.metrics import Result
from tipline_outcomes.present.document import JSON

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["Chart", "labelled", "marked", "where"]

# Okabe and Ito's palette, told apart with every kind of colour vision. What is not known is hatched too, so
# that it is never taken for something that is.
_MARKS: Final[Mapping[str, dict[str, JSON]]] = {
    "reached": {"color": "#0072B2"},
    "implied": {"color": "#56B4E9"},
    "lost": {"color": "#D55E00"},
    "pending": {"color": "#E69F00", "pattern": {"shape": ".", "solidity": 0.15}},
    "unknown": {"color": "#999999", "pattern": {"shape": "/", "solidity": 0.15}},
    "charge": {"color": "#0072B2"},
    "administrative": {"color": "#009E73"},
    "closed": {"color": "#D55E00"},
    "excluded": {"color": "#CC79A7"},
}
_LAYOUT: Final[Mapping[str, JSON]] = {
    "template": "plotly_white",
    "font": {"family": "system-ui, sans-serif", "color": "#222222"},
    "legend": {"orientation": "h", "yanchor": "bottom", "y": 0, "yref": "container", "traceorder": "normal"},
    "margin": {"l": 10, "r": 10, "t": 90, "b": 130},
}


def marked(fate: str) -> dict[str, JSON]:
    """Give the colour and the pattern of a fate or a place, the same in every chart."""
    return _MARKS[fate]


@frozen(kw_only=True, repr=False)
class Chart:
    """A picture of one result: traces and layout in Plotly's own JSON.

    It is drawn from the numbers of the result and from nothing else, and holds them as they are. Notebooks
    show it; `figure` gives the Plotly figure, to be changed or written to a file.

    Attributes:
        title: What is shown.
        subtitle: The unit, the date of the count and the denominator.
        traces: What is drawn, in Plotly's JSON.
        layout: How, in Plotly's JSON.

    >>> from tipline_outcomes import EventLog, Ledger, attrition
    >>> from tipline_outcomes.present import charts
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=50))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of)
    >>> chart = charts.ladder(attrition(ledger).overall)
    >>> print(chart)
    Attrition (49 of 50 received families as of 2025-06-30; 1 excluded)
    """

    title: str
    subtitle: str
    traces: Sequence[Mapping[str, JSON]]
    layout: Mapping[str, JSON]

    def __str__(self) -> str:
        return f"{self.title} ({self.subtitle})"

    def __repr__(self) -> str:
        return f"<Chart: {self}>"

    def figure(self) -> "Figure":
        """Make the Plotly figure.

        Raises:
            MissingExtraError: If Plotly is not installed.
        """
        try:
            from plotly.graph_objects import Figure
        except ModuleNotFoundError as error:
            raise MissingExtraError(package=str(error.name), extra="plot") from error
        title = {
            "text": safe(self.title),
            "subtitle": {"text": safe(self.subtitle)},
            "x": 0,
            "xref": "container",
        }
        return Figure(
            data=[dict(trace) for trace in self.traces], layout={**_LAYOUT, **self.layout, "title": title}
        )

    def html(self, name: str) -> str:
        """Give the chart as one HTML element, for a page that has plotly.js already.

        Args:
            name: An id that no other element of the page has.
        """
        # The words stand in the page, where they wrap and can be read out, and not in the drawing.
        figure = self.figure().update_layout(title=None, margin_t=10)
        drawn: str = figure.to_html(
            full_html=False,
            include_plotlyjs=False,
            div_id=name,
            config={"displayModeBar": False, "responsive": True},
        )
        caption = f"<strong>{safe(self.title)}</strong><br>{safe(self.subtitle)}"
        return (
            f'<figure><figcaption>{caption}</figcaption><div role="img" aria-label="{safe(str(self))}">'
            f"{drawn}</div></figure>"
        )

    def _ipython_display_(self) -> None:
        self.figure().show()


def where(result: Result) -> str:
    """Say in a subtitle of which units a result is, and how many of them are counted elsewhere."""
    parts = result.parts
    out = f"; {parts.excluded:,} excluded"
    out += f", {parts.transferred_out:,} transferred out" if parts.transferred_out else ""
    group = f"{result.group}: " if result.group else ""
    return f"{group}{parts.denominator:,} of {parts.received:,} received {result.counted}{out}"


def labelled(labels: Sequence[str]) -> list[JSON]:
    """Give labels that came from data to Plotly, which would take some of their letters for markup."""
    return [safe(label) for label in labels]
