r"""One JSON document for a whole cohort: ``{"record": "cohort", "version": 1, "reports": [...], ...}``.

The document is cut into the texts of its records, and each text is read as a line of JSON Lines is. So one
bad record costs itself alone, here too: a wrong value, a field named twice, even a comma too many inside it.
Only what breaks the document around the records (a bracket that nothing closes) leaves nothing to count.

>>> from io import StringIO
>>> loaded = read_json(StringIO('''{"record": "cohort", "version": 1, "referrals": [
...     {"id": "f-1", "jurisdiction": {"territory": "US-CA", "level": "local"},
...      "history": [{"on": "2024-01-05", "action": "made_available"}]},
...     {"id": "f-2", "jurisdiction": {"territory": "US-CA", "level": "local"},
...      "history": [{"on": "05.01.2024", "action": "made_available"}]}
... ]}'''))
>>> loaded.read, loaded.accepted, len(loaded.refused)
(2, 1, 1)
>>> for refusal in loaded.refused:
...     print(f"line {refusal.line}, {refusal.path} ({refusal.rule}): {refusal.message}")
line 4, $.referrals[1].history[0].on (invalid_value): '05.01.2024' is not a day; write it as ...
"""

import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from tipline_outcomes.errors import ExtractError
from tipline_outcomes.exchange.codec import HEADER, Window, check_header, record_from, record_to
from tipline_outcomes.exchange.door import Door, Progress, as_bytes, codec_for, opened
from tipline_outcomes.exchange.faults import Fault
from tipline_outcomes.exchange.refusals import Loaded, RefusalRule
from tipline_outcomes.exchange.strict_json import parse_object
from tipline_outcomes.model import Cohort, Referral, Report

__all__ = ["dumps_cohort", "read_json"]

_FIELDS: Final[Mapping[str, type[Report] | type[Referral]]] = {"reports": Report, "referrals": Referral}

# From where no string is open, all up to the next bracket, or up to the next bracket or comma.
_STRING: Final = rb'"(?:[^"\\]++|\\.)*+"'
_TO_BRACKET: Final = re.compile(rb'(?:[^"{}\[\]]++|' + _STRING + rb")*+", re.DOTALL)
_TO_COMMA: Final = re.compile(rb'(?:[^"{}\[\],]++|' + _STRING + rb")*+", re.DOTALL)

_BLANK: Final = b" \t\n\r"

_Spans = list[tuple[int, int]]
"""Where each item of an array begins and ends."""


def read_json(
    source: Path | str | Iterable[str] | Iterable[bytes],
    *,
    strict: bool = False,
    window: Window | None = None,
    progress: Progress | None = None,
) -> Loaded:
    """Read a cohort from one JSON document, and keep what could not be read beside it.

    What `tipline_outcomes.read_jsonl` accepts and refuses, this does, with the same rules; the paths begin
    with the record's place, as in ``$.referrals[3].history[1].on``.

    Args:
        source: The path of a file (a `str` is a path, never content), an open file, or pieces of the text.
        strict: Raise at the first refused record instead of going on.
        window: The first and last day that any date of this source can be. None: every day of the calendar.
        progress: Called with the number of records read so far, every thousand records and once at the end.

    Returns:
        The cohort and the refused records, which add up to the records read. The line of a refused record is
        the one on which it begins.

    Raises:
        ExtractError: If the file cannot be read, or is no document of a cohort in the version that is known
            here; and, if *strict*, for the first refused record.
        InvalidValueError: If the window is not two days, or ends before it begins.

    >>> from io import StringIO
    >>> read_json(StringIO(dumps_cohort(Cohort()))).cohort == Cohort()
    True
    """
    codec = codec_for(window)
    name, file = opened(source)
    with file as pieces:
        text = b"".join(as_bytes(pieces, name)).removeprefix(BOM_UTF8)
    door = Door(name=name, strict=strict, progress=progress)
    at, line = 0, 1
    for field, number, (start, end) in _records(text, name):
        line += text.count(b"\n", at, start)
        at, raw = start, text[start:end]
        try:
            door.accept(record_from(parse_object(raw), _FIELDS[field], codec), line)
        except Fault as fault:
            door.refuse(fault, line=line, raw=raw, root=f"$.{field}[{number}]")
    return door.close()


def dumps_cohort(cohort: Cohort) -> str:
    """Write a cohort as one JSON document, a record a line. Fields with their default value are left out.

    The same cohort always gives the same text, and `read_json` gives the same cohort again. Written into a
    file, it has to be UTF-8: ``Path("cohort.json").write_text(dumps_cohort(cohort), encoding="utf-8")``.

    >>> print(dumps_cohort(Cohort()), end="")
    {"record": "cohort", "version": 1,
    "reports": [],
    "referrals": []}
    """
    head = ", ".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in HEADER.items())
    reports, referrals = _array(cohort.reports), _array(cohort.referrals)
    return f'{{{head},\n"reports": {reports},\n"referrals": {referrals}}}\n'


def _array(records: Iterable[Report | Referral]) -> str:
    lines: list[str] = []
    for record in records:
        said = record_to(record, codec_for(None))
        # What a record is, is said by the field that it stands in.
        del said["record"]
        lines.append(f"\n{json.dumps(said, ensure_ascii=False)}")
    return f"[{','.join(lines)}\n]" if lines else "[]"


def _records(text: bytes, name: str) -> Iterator[tuple[str, int, tuple[int, int]]]:
    """Find every record of a document: its field, its place there, and where its text begins and ends."""
    try:
        fields, arrays = _opened(text)
    except Fault as fault:
        message = f"{name!r} is no document of a cohort: {_why(fault, text)}"
        if fault.rule in (RefusalRule.NOT_JSON, RefusalRule.UNKNOWN_RECORD):
            message += "; if every line is a record of its own, it is JSON Lines (.jsonl, read_jsonl)"
        raise ExtractError(message) from None
    for field, value in fields.items():
        match value:
            case [int(number)]:
                yield from ((field, place, span) for place, span in enumerate(arrays[number]))
            case _:
                message = f"{name!r} is no document of a cohort: {field!r} is no list of records"
                raise ExtractError(message)


def _opened(text: bytes) -> tuple[dict[str, object], list[_Spans]]:
    """Give the fields that hold records, with the number of each one's array, and the arrays."""
    frame, arrays = _cut(text)
    document = parse_object(frame)
    fields = {field: document.pop(field) for field in list(document) if field in _FIELDS}
    if document.get("record") != HEADER["record"]:
        message = f"its 'record' is not {HEADER['record']!r}"
        raise Fault(RefusalRule.UNKNOWN_RECORD, message)
    check_header(document)
    return fields, arrays


def _why(fault: Fault, text: bytes) -> str:
    """Tell what is wrong around the records; of JSON that is none, with its place in the whole text."""
    if fault.rule is RefusalRule.NOT_JSON:
        try:
            json.loads(text)
        except json.JSONDecodeError as error:
            return f"{error.msg}, at line {error.lineno}, column {error.colno}"
        except (ValueError, RecursionError):
            pass
    return fault.message


def _cut(text: bytes) -> tuple[bytes, list[_Spans]]:
    """Take the items out of the arrays of a document, and leave in each array its own number.

    >>> _cut(b'{"reports": [{"id": [1, 2]}, 3], "of": []}')
    (b'{"reports": [0], "of": [1]}', [[(13, 27), (29, 30)], []])
    """
    frame, arrays, depth, at, kept = b"", list[_Spans](), 0, 0, 0
    while (at := _end(_TO_BRACKET, text, at)) < len(text):
        mark = text[at : at + 1]
        at += 1
        if mark == b"[" and depth == 1:
            frame += text[kept:at] + b"%d" % len(arrays)
            spans, kept = _items(text, at)
            arrays.append(spans)
            at = kept + 1
        else:
            depth += 1 if mark in b"{[" else -1
    return frame + text[kept:], arrays


def _items(text: bytes, at: int) -> tuple[_Spans, int]:
    """Find where the items of an open array begin and end, and where the array does."""
    spans, start, depth = _Spans(), at, 0
    while (at := _end(_TO_BRACKET if depth else _TO_COMMA, text, at)) < len(text):
        mark = text[at : at + 1]
        if not depth and mark in b",]}":
            item = text[start:at].lstrip(_BLANK)
            begin = at - len(item)
            spans.append((begin, begin + len(item.rstrip(_BLANK))))
            start = at + 1
            if mark != b",":
                nothing = len(spans) == 1 and not item
                return ([] if nothing else spans), at
        depth += mark in b"{["
        depth -= mark in b"]}"
        at += 1
    raise Fault(RefusalRule.NOT_JSON, "it ends inside a list")


def _end(pattern: re.Pattern[bytes], text: bytes, at: int) -> int:
    found = pattern.match(text, at)
    end = at if found is None else found.end()
    if text[end : end + 1] == b'"':
        raise Fault(RefusalRule.NOT_JSON, "a text in it has no end")
    return end
