"""What files of text have in common: their encoding, and records read one by one."""

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from encodings.aliases import aliases
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import IO, Final

import narwhals.stable.v2 as nw
from attrs import frozen

from tipline_outcomes._engine import Frame, eager, frame_of
from tipline_outcomes.errors import ExtractError, InvalidValueError
from tipline_outcomes.exchange.extracts.parts import TableForm
from tipline_outcomes.exchange.extracts.rows import RowRule
from tipline_outcomes.exchange.extracts.shape import ask_for

__all__ = [
    "BAD_COLUMNS",
    "HALF",
    "Fault",
    "Rows",
    "Text",
    "check_there",
    "form_faults",
    "gathered",
    "instead",
    "is_encoding",
    "other_separator",
    "picked",
    "stands_in",
]

_PART: Final = 10_000
_SHOWN: Final = 10
MARKS: Final = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
BAD_COLUMNS: Final = {"row": int, "rule": str, "detail": str}

# A byte that is not of the encoding becomes half a character, of a kind that no text can have.
HALF: Final = re.compile("[\ud800-\udfff]")
_HALF_OF_BYTE: Final = 0xDC00
KEEP_BYTES: Final = "tipline_outcomes.keep_bytes"


def _keep_bytes(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(chr(_HALF_OF_BYTE + byte) for byte in bad), error.end


codecs.register_error(KEEP_BYTES, _keep_bytes)


def is_encoding(name: str) -> bool:
    """Tell whether Python knows an encoding, and can say which bytes are not of it.

    >>> is_encoding("cp1252"), is_encoding("base64"), is_encoding("punycode")
    (True, False, False)
    """
    try:
        blank = " ".encode(name)
        codecs.getincrementaldecoder(name)(KEEP_BYTES).decode(blank + b"\xff", final=True)
    except (LookupError, ValueError):
        return False
    return True


def form_faults(form: TableForm) -> Iterator[tuple[str, str]]:
    """Tell what no file can be written in: the key of the form, and what is wrong with it.

    >>> [key for key, _ in form_faults(TableForm(encoding="base64", separator="||"))]
    ['encoding', 'separator']
    """
    if not is_encoding(form.encoding):
        name = form.encoding.lower().replace("-", "_")
        known = filter(is_encoding, {*aliases, *aliases.values()})
        near = "" if name == "ansi" else ask_for(name, list(known))
        ask = near or 'what Windows calls ANSI is most often "cp1252", and most other files are "utf-8"'
        yield "encoding", f"{form.encoding!r} is no encoding of text; {ask}"
    if len(form.separator) != 1 or form.separator in '"\r\n':
        yield "separator", f'{form.separator!r} cannot part fields; give one character, such as ";"'


@frozen(kw_only=True)
class Rows:
    """The records of one file.

    Attributes:
        frame: ``row`` (the record's number in the file, from 0; a header and blank lines are no records) and
            the columns asked for, as text without white space around it, null where it is blank. A column
            that the file holds as days or times is given as days.
        read: How many records the file has.
        bad: The records that are not in the frame: ``row``, ``rule``, ``detail``.
        legible: What the bad records seem to say, with the columns of the frame; null is what cannot be told.
            A guess, where fields are missing or too many: good enough to tell about whom more was said than
            could be read, never to tell what.

    Raises:
        InvalidValueError: If good and bad records do not add up to those read.

    >>> none, no_bad = frame_of([], {"row": int}), frame_of([], BAD_COLUMNS)
    >>> Rows(frame=frame_of([(0,)], {"row": int}), read=2, bad=no_bad, legible=none)
    Traceback (most recent call last):
        ...
    tipline_outcomes.errors.InvalidValueError: 1 good records and 0 bad ones are not the 2 read
    """

    frame: Frame
    read: int
    bad: Frame
    legible: Frame

    def __attrs_post_init__(self) -> None:
        """Hold them to each other."""
        good, bad = self.frame.height, self.bad.height
        if good + bad != self.read:
            message = f"{good} good records and {bad} bad ones are not the {self.read} read"
            raise InvalidValueError(message)


@frozen
class Fault:
    """Why a record is refused, and what of the columns asked for can be told all the same."""

    rule: RowRule
    detail: str
    legible: Sequence[str | None] = ()


@frozen
class Text:
    """A file of text, in the encoding that its first bytes or its form tell."""

    path: Path
    form: TableForm

    @cached_property
    def encoding(self) -> str:
        """The encoding, by the name that Python gives it."""
        with self.path.open("rb") as file:
            start = file.read(3)
        marked = (encoding for mark, encoding in MARKS.items() if start.startswith(mark))
        return codecs.lookup(next(marked, self.form.encoding)).name

    def text(self, *, newline: str, errors: str = KEEP_BYTES) -> IO[str]:
        """Open the file; bytes that are not of the encoding become halves of characters."""
        return self.path.open(encoding=self.encoding, errors=errors, newline=newline)

    @property
    def where(self) -> str:
        """Where in a profile it is said how the file is written."""
        return stands_in(self.path.name)

    def undecodable(self, legible: Sequence[str | None] = ()) -> Fault:
        """Refuse a record whose bytes are not of the encoding, where it is read."""
        return Fault(RowRule.UNDECODABLE, f"not {self.encoding}; name its encoding {self.where}", legible)


def check_there(table: str, names: Iterable[str], there: Sequence[str], hint: str = "") -> None:
    """Raise if a column is missing, and name the nearest."""
    for name in names:
        if name not in there:
            raise ExtractError(f"{table!r} has no column {name!r}{instead(name, there)}{hint}")


def instead(name: str, there: Sequence[str]) -> str:
    """Name the nearest that there is, and some more."""
    hint = " ".join(filter(None, (";", ask_for(name, there))))
    more = f" and {len(there) - _SHOWN} more" if len(there) > _SHOWN else ""
    return f"{hint} there is {', '.join(map(repr, there[:_SHOWN])) or 'nothing'}{more}"


def gathered(records: Iterable[Sequence[str | None] | Fault], names: Sequence[str]) -> Rows:
    """Put records into a frame, some thousands at a time: as objects all would fill the memory."""
    columns = {"row": int, **dict.fromkeys(names, str)}
    parts, bad = [frame_of((), columns)], list[tuple[int, str, str]]()
    legible: list[tuple[object, ...]] = []
    nothing = (None,) * len(names)

    def good() -> Iterator[tuple[object, ...]]:
        for row, record in enumerate(records):
            if isinstance(record, Fault):
                bad.append((row, record.rule.value, record.detail))
                legible.append((row, *(record.legible or nothing)))
            else:
                yield row, *record

    rest = good()
    while part := list(islice(rest, _PART)):
        parts.append(frame_of(part, columns))
    frame: Frame = nw.concat(list(map(eager, parts))).to_native()
    return Rows(
        frame=frame,
        read=frame.height + len(bad),
        bad=frame_of(bad, BAD_COLUMNS),
        legible=frame_of(legible, columns),
    )


def picked(records: Iterable[tuple[int, str]], wanted: Sequence[int]) -> Iterator[tuple[int, int, str]]:
    """Pick records by number: the number, the line on which each begins, and its text."""
    among = set(wanted)
    for row, (line, raw) in enumerate(islice(records, max(wanted) + 1)):
        if row in among:
            text = raw.removesuffix("\n").removesuffix("\r")
            yield row, line, HALF.sub(lambda half: f"\\x{ord(half[0]) & 0xFF:02x}", text)


def stands_in(table: str) -> str:
    """Name the place in a profile that says how a table is written."""
    return f"in [tables.{json.dumps(table)}]"


def other_separator(table: str, header: Sequence[str]) -> str:
    r"""Say what to write where a header looks like one column because another character parts its fields.

    >>> other_separator("tips.csv", ["no;day"])
    '; if \';\' separates its fields, write separator = ";" in [tables."tips.csv"]'
    """
    mark = next((mark for mark in ",;\t|" if mark in header[0]), None) if len(header) == 1 else None
    if mark is None:
        return ""
    return f"; if {mark!r} separates its fields, write separator = {json.dumps(mark)} {stands_in(table)}"
