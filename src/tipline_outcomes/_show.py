r"""A small table as text or as HTML. Whatever came from data is made harmless on the way out.

Text from data can carry characters that are not seen and change what is: line breaks, escape sequences of a
terminal, overrides of the writing direction. They are written out (``\u202e``) wherever a table is shown.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from html import escape
from math import ceil, floor
from textwrap import wrap
from typing import Final
from unicodedata import category, combining, east_asian_width

from attrs import frozen

__all__ = ["Grid", "between", "bounds", "count", "percent", "plain", "safe", "width"]

_NOTE_WIDTH: Final = 110
_NO_BREAK: Final = "\N{NO-BREAK SPACE}"
_LEFT: Final = "text-align: left"
_RIGHT: Final = "text-align: right"
_TABLE: Final = "border-collapse: collapse; font-variant-numeric: tabular-nums"
_CAPTION: Final = "caption-side: top; text-align: left; font-weight: bold"


def plain(text: str) -> str:
    r"""Write out every character that acts without being seen: controls, direction overrides, joiners.

    >>> plain("Travis" + chr(0x202E) + "County")
    'Travis\\u202eCounty'
    """
    return "".join(c.encode("unicode_escape").decode("ascii") if _acts(category(c)) else c for c in text)


def _acts(kind: str) -> bool:
    return kind.startswith("C") or kind in {"Zl", "Zp"}


def width(text: str) -> int:
    """Measure text in the columns of a terminal: wide characters take two, combining marks none.

    >>> width("東京"), width("e" + chr(0x301))
    (4, 1)
    """
    return sum(
        0 if combining(c) or category(c) in {"Mn", "Me"} else 2 if east_asian_width(c) in "WF" else 1
        for c in text
    )


def count(number: int) -> str:
    """Write a count with separators.

    >>> count(17938)
    '17,938'
    """
    return f"{number:,}"


def percent(share: Fraction | None) -> str:
    """Write a share in per cent with one decimal; None is "undefined".

    >>> percent(Fraction(2, 3)), percent(None)
    ('66.7 %', 'undefined')
    """
    return "undefined" if share is None else _tenths(round(share * 1000))


def bounds(lower: Fraction | None, upper: Fraction | None) -> tuple[str, str]:
    """Write two bounds in per cent: the lower rounded down, the upper up, so that they hold as much.

    Bounds that are one number are rounded to the nearest, both.

    >>> bounds(Fraction(1, 3), Fraction(2, 3)), bounds(Fraction(1, 3), Fraction(1, 3))
    (('33.3 %', '66.7 %'), ('33.3 %', '33.3 %'))
    >>> bounds(Fraction(1, 3000), Fraction(2999, 3000))
    ('0.0 %', '100.0 %')
    """
    if lower is None or upper is None or lower == upper:
        return percent(lower), percent(upper)
    return _tenths(floor(lower * 1000)), _tenths(ceil(upper * 1000))


def between(lower: Fraction | None, upper: Fraction | None, scale: str = "share") -> str:
    """Write two bounds as one text; outward, as `bounds` does. An end that is None is not there.

    Args:
        lower: The lower bound.
        upper: The upper bound.
        scale: ``share`` is written in per cent, ``points`` in percentage points with a sign, ``times`` as is.

    >>> between(Fraction(3, 10), Fraction(7, 10)), between(Fraction(1, 2), Fraction(1, 2))
    ('30.0-70.0 %', '50.0 %')
    >>> between(Fraction(-1, 3), Fraction(1, 8), "points"), between(Fraction(2, 3), None, "times")
    ('-33.4 to +12.5 points', 'at least 0.66 times')
    """
    factor, sign, suffix, to = {
        "share": (100, "", " %", "-"),
        "points": (100, "+", " points", " to "),
        "times": (1, "", " times", " to "),
    }[scale]

    def write(number: Fraction, rounded: Callable[[Fraction], int]) -> str:
        # One decimal of a per cent or a point, two of a factor.
        digits = 1 if factor > 1 else 2
        return f"{rounded(number * factor * 10**digits) / 10**digits:{sign}.{digits}f}"

    if lower == upper:
        return "undefined" if upper is None else write(upper, round) + suffix
    if lower is None or upper is None:
        return (
            f"at least {write(lower, floor)}{suffix}"
            if lower is not None
            else f"at most {write(upper or Fraction(), ceil)}{suffix}"
        )
    return f"{write(lower, floor)}{to}{write(upper, ceil)}{suffix}"


def _tenths(number: int) -> str:
    return f"{number // 10}.{number % 10} %"


@frozen(kw_only=True)
class Grid:
    """A table ready to be shown; its texts are escaped here, and nowhere before.

    Attributes:
        caption: What the table shows.
        headers: One a column.
        rows: The cells, each row as long as the headers.
        texts: How many of the first columns hold text and say what a row is about; the others hold numbers.
        notes: What a reader must know, one sentence each.
        bars: For HTML, beside every row a bar from one share to another, on a line from 0 to 100 %.

    >>> print(Grid(caption="Charged", headers=("state", "of"), rows=(("US-CA", "3"), ("US-TX", "12"))).text())
    Charged
    state  of
    -----  --
    US-CA   3
    US-TX  12
    """

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: int = 1
    notes: tuple[str, ...] = ()
    bars: tuple[tuple[Fraction | None, Fraction | None], ...] = ()

    def text(self) -> str:
        """Give the table as lines of text, aligned for a terminal or a log; long notes are wrapped."""
        lines = [tuple(plain(cell) for cell in row) for row in (self.headers, *self.rows)]
        widths = [max(width(line[i]) for line in lines) for i in range(len(self.headers))]
        lines.insert(1, tuple("-" * wide for wide in widths))
        return "\n".join(
            [
                plain(self.caption),
                *("  ".join(map(self._padded, range(len(line)), line, widths)).rstrip() for line in lines),
                *(line for note in self.notes for line in _wrapped(note)),
            ]
        )

    def html(self) -> str:
        """Give the table as one HTML element, complete in itself, in the colours of the page around it."""
        headers = (*self.headers, "0 to 100 %") if self.bars else self.headers
        head = "".join(
            f'<th scope="col" style="{_LEFT if column < self.texts else _RIGHT}">{safe(cell)}</th>'
            # A header that says nothing is no header to those who listen to the table.
            if cell
            else "<td></td>"
            for column, cell in enumerate(headers)
        )
        bars = [f"<td>{_bar(*ends)}</td>" for ends in self.bars] or [""] * len(self.rows)
        body = "".join(
            f"<tr>{''.join(map(self._cell, range(len(row)), row))}{bar}</tr>"
            for row, bar in zip(self.rows, bars, strict=True)
        )
        notes = "<br>".join(map(safe, self.notes))
        foot = f'<tfoot style="{_LEFT}"><tr><td colspan="{len(headers)}">{notes}</td></tr></tfoot>'
        return (
            f'<table style="{_TABLE}"><caption style="{_CAPTION}">{safe(self.caption)}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>{foot if notes else ''}</table>"
        )

    def _padded(self, column: int, cell: str, wide: int) -> str:
        padding = " " * (wide - width(cell))
        return cell + padding if column < self.texts else padding + cell

    def _cell(self, column: int, cell: str) -> str:
        if column < self.texts:
            return f'<th scope="row" style="{_LEFT}; font-weight: inherit">{safe(cell)}</th>'
        return f'<td style="{_RIGHT}">{safe(cell)}</td>'


def _bar(lower: Fraction | None, upper: Fraction | None) -> str:
    """Draw what lies between two shares, in the colour of the text, so that it is seen in any light."""
    if lower is None or upper is None:
        return "undefined"
    left, right = float(lower * 100), float(upper * 100)
    low, high = bounds(lower, upper)
    said = high if low == high else f"{low} to {high}"
    return (
        f'<svg role="img" aria-label="{said}" viewBox="-1 0 102 10" width="102" height="10">'
        '<line x1="0" x2="100" y1="5" y2="5" stroke="currentColor" opacity="0.3"/>'
        f'<rect x="{left:.1f}" y="2" width="{right - left:.1f}" height="6" fill="currentColor" '
        'opacity="0.5"/>'
        f'<path d="M{left:.1f} 0V10M{right:.1f} 0V10" stroke="currentColor"/></svg>'
    )


def _wrapped(note: str) -> list[str]:
    # A number stays on the line of what it counts.
    bound = re.sub(r"(?<=\d) ", _NO_BREAK, plain(note))
    lines = wrap(bound, _NOTE_WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    return [line.replace(_NO_BREAK, " ") for line in lines]


def safe(text: str) -> str:
    """Make text harmless on a page.

    >>> safe("<b>")
    '&lt;b&gt;'
    """
    return escape(plain(text))
