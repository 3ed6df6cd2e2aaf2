"""A plot of seconds by events, both on logarithmic axes, as one SVG file that needs nothing else."""

import math
from collections.abc import Iterator, Sequence

Points = Sequence[tuple[float, float]]

WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 72, 24, 24, 56
INK, GRID, TIME, CPU = "#808080", "#80808040", "#3f51b5", "#e67e22"
NAMES = {10**n: f"10{'⁰¹²³⁴⁵⁶⁷⁸⁹'[n]}" for n in range(10)}


def svg(time: Points, cpu: Points) -> str:
    """Draw time and processor time; a dashed line shows what would be proportional to the events."""
    points = [*time, *cpu]
    x = _axis([point[0] for point in points], LEFT, WIDTH - RIGHT)
    y = _axis([point[1] for point in points], HEIGHT - BOTTOM, TOP)
    lines = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
            ' font-family="sans-serif" font-size="13">'
        ),
        "<title>Seconds from Parquet to a checked ledger, by the number of events</title>",
        *_grid(x, y),
        *_proportional(cpu, x, y),
        *_series(time, x, y, TIME, "time"),
        *_series(cpu, x, y, CPU, "processor time"),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


class _axis:  # noqa: N801 - a function with a memory
    """A logarithmic axis over whole decades."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        self.low = math.floor(math.log10(min(values)))
        self.high = max(self.low + 1, math.ceil(math.log10(max(values)) - 1e-9))
        self.start, self.end = start, end

    def __call__(self, value: float) -> float:
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    @property
    def decades(self) -> list[int]:
        """The powers of ten on it."""
        return list(range(self.low, self.high + 1))


def _grid(x: _axis, y: _axis) -> Iterator[str]:
    for n in x.decades:
        at = x(10**n)
        yield f'<line x1="{at}" y1="{TOP}" x2="{at}" y2="{HEIGHT - BOTTOM}" stroke="{GRID}"/>'
        yield _text(at, HEIGHT - BOTTOM + 20, NAMES.get(10**n, f"1e{n}"), "middle")
    for n in y.decades:
        at = y(10.0**n)
        yield f'<line x1="{LEFT}" y1="{at}" x2="{WIDTH - RIGHT}" y2="{at}" stroke="{GRID}"/>'
        yield _text(LEFT - 8, at + 4, f"{10.0**n:g} s", "end")
    yield _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, "events", "middle")


def _proportional(points: Points, x: _axis, y: _axis) -> Iterator[str]:
    events, seconds = max(points)
    least = min(point[0] for point in points)
    lowest = max(seconds * least / events, 10.0**y.low)
    begin = lowest * events / seconds
    yield (
        f'<line x1="{x(begin)}" y1="{y(lowest)}" x2="{x(events)}" y2="{y(seconds)}" stroke="{INK}"'
        ' stroke-dasharray="4 4"/>'
    )
    yield _text(x(begin) + 70, y(lowest) - 6, "proportional", "start")


def _series(points: Points, x: _axis, y: _axis, colour: str, name: str) -> Iterator[str]:
    places = [(x(events), y(seconds)) for events, seconds in points]
    path = " ".join(f"{a},{b}" for a, b in places)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for (a, b), (events, seconds) in zip(places, points, strict=True):
        said = f"{name}: {events:,} events, {seconds:g} s"
        yield f'<circle cx="{a}" cy="{b}" r="4" fill="{colour}"><title>{said}</title></circle>'
    row = TOP + (16 if name == "time" else 36)
    yield f'<circle cx="{LEFT + 16}" cy="{row - 4}" r="4" fill="{colour}"/>'
    yield _text(LEFT + 26, row, name, "start")


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{INK}">{text}</text>'
