r"""JSON Lines: one record a line, ``{"record": "report", ...}`` or ``{"record": "referral", ...}``.

The first line may be a header, ``{"record": "cohort", "version": 1}``; it is always written. Lines are read
one by one, as bytes where possible, so that one bad line costs one record and the rest is read.

>>> lines = [
...     '{"record": "cohort", "version": 1}',
...     '{"record": "referral", "id": "f-1", "jurisdiction": {"territory": "US-CA", "level": "local"},'
...     ' "history": [{"on": "2024-01-05", "action": "made_available"}]}',
...     '{"record": "referral", "id": "f-2", "jurisdiction": {"territory": "US-CA", "level": "local"},'
...     ' "history": [{"on": "05.01.2024", "action": "made_available"}]}',
... ]
>>> loaded = read_jsonl(lines)
>>> loaded.read, loaded.accepted, len(loaded.refused)
(2, 1, 1)
>>> for refusal in loaded.refused:
...     print(f"line {refusal.line}, {refusal.path} ({refusal.rule}): {refusal.message}")
line 3, $.history[0].on (invalid_value): '05.01.2024' is not a day; write it as YYYY-MM-DD, for example ...
"""

import json
from codecs import BOM_UTF8
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import IO

from attrs import define, field

from tipline_outcomes.errors import ExtractError
from tipline_outcomes.exchange.codec import (
    HEADER,
    Codec,
    Window,
    check_header,
    record_to,
    tagged_record_from,
)
from tipline_outcomes.exchange.door import Door, Progress, as_bytes, codec_for, opened
from tipline_outcomes.exchange.faults import Fault
from tipline_outcomes.exchange.refusals import Loaded, RefusalRule
from tipline_outcomes.exchange.strict_json import parse_object
from tipline_outcomes.model import Cohort, Referral, Report

__all__ = ["dumps_record", "read_jsonl", "write_jsonl"]


def read_jsonl(
    source: Path | str | Iterable[str] | Iterable[bytes],
    *,
    strict: bool = False,
    window: Window | None = None,
    progress: Progress | None = None,
) -> Loaded:
    """Read a cohort, and keep what could not be read beside it.

    A record that breaks a rule of the *pipeline* is accepted: checks report it and the ledger counts it.
    Refused is only what no record can be: see `RefusalRule`.

    Args:
        source: The path of a file (a `str` is a path, never content), an open file, or lines.
        strict: Raise at the first refused record instead of going on.
        window: The first and last day that any date of this source can be. None: every day of the calendar.
        progress: Called with the number of records read so far, every thousand records and once at the end.

    Returns:
        The cohort and the refused records, which add up to the records read.

    Raises:
        ExtractError: If the file cannot be read; and, if *strict*, for the first refused record.
        InvalidValueError: If the window is not two days, or ends before it begins.

    >>> report = (
    ...     '{"record": "report", "id": "r-1", "received_on": "2024-03-01",'
    ...     ' "source": {"kind": "public"}, "incident_type": "enticement"}'
    ... )
    >>> loaded = read_jsonl([report, report.replace("r-1", "r-2").replace("enticement", "Enticement")])
    >>> loaded.read, loaded.accepted
    (2, 1)
    >>> print(loaded.refused[0].message)
    'Enticement' is not a word of IncidentType; did you mean 'enticement'? Use one of ...
    """
    codec = codec_for(window)
    name, file = opened(source)
    reading = _Reading(codec=codec, door=Door(name=name, strict=strict, progress=progress))
    with file as lines:
        for number, line in enumerate(as_bytes(lines, name), start=1):
            reading.take(number, line)
    return reading.door.close()


def write_jsonl(cohort: Cohort, target: Path | str | IO[str]) -> None:
    r"""Write a cohort: the header, then the reports, then the referrals, each in the cohort's order.

    The same cohort always gives the same bytes, and reading them gives the same cohort. Fields that have
    their default value are left out.

    Args:
        cohort: What to write.
        target: A path, which is written as UTF-8 with Unix line ends and replaced if it exists; or an open
            text file, whose encoding is its owner's.

    Raises:
        ExtractError: If the file at the path cannot be written.

    >>> from io import StringIO
    >>> file = StringIO()
    >>> write_jsonl(Cohort(), file)
    >>> file.getvalue()
    '{"record": "cohort", "version": 1}\n'
    """
    records = chain(map(dumps_record, cohort.reports), map(dumps_record, cohort.referrals))
    lines = (f"{line}\n" for line in chain([json.dumps(dict(HEADER))], records))
    if not isinstance(target, Path | str):
        target.writelines(lines)
        return
    try:
        # newline="\n": the bytes are the same on every system.
        with Path(target).open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)
    except OSError as error:
        message = (
            f"{str(target)!r} cannot be written: {error.strerror}; name a file in a folder that takes it"
        )
        raise ExtractError(message) from error


def dumps_record(record: Report | Referral) -> str:
    """Write one record as one line of JSON, without the line end.

    >>> from datetime import date
    >>> from tipline_outcomes.model import Action, Event, Jurisdiction, ReferralId
    >>> dumps_record(
    ...     Referral(
    ...         id=ReferralId("f-1"),
    ...         jurisdiction=Jurisdiction.parse("US-CA/local"),
    ...         history=(Event(on=date(2024, 1, 5), action=Action.MADE_AVAILABLE),),
    ...         dimensions={"source": "provider"},
    ...     )
    ... )  # doctest: +NORMALIZE_WHITESPACE
    '{"record": "referral", "id": "f-1", "jurisdiction": {"territory": "US-CA", "level": "local"},
      "history": [{"on": "2024-01-05", "action": "made_available"}], "dimensions": {"source": "provider"}}'
    """
    return json.dumps(record_to(record, codec_for(None)), ensure_ascii=False)


@define(kw_only=True)
class _Reading:
    """Takes line after line to the door."""

    codec: Codec
    door: Door
    _empty: bool = field(default=True, init=False)
    _understood: bool = field(default=True, init=False)

    def take(self, number: int, line: bytes) -> None:
        """Accept or refuse one line; a blank one and a good header are no records, and neither."""
        if number == 1:
            line = line.removeprefix(BOM_UTF8)
        if not line.strip():
            return
        first, self._empty = self._empty, False
        try:
            record = self._record(line, can_be_header=first)
            if record is not None:
                self.door.accept(record, number)
        except Fault as fault:
            self.door.refuse(fault, line=number, raw=line.rstrip(b"\r\n"))

    def _record(self, line: bytes, *, can_be_header: bool) -> Report | Referral | None:
        """Read a record; None for the header."""
        if not self._understood:
            message = "the header is that of an unknown version, so this line cannot be understood"
            raise Fault(RefusalRule.UNSUPPORTED_VERSION, message, "$")
        value = parse_object(line)
        if value.get("record") != HEADER["record"]:
            return tagged_record_from(value, self.codec)
        if not can_be_header:
            raise Fault(RefusalRule.UNKNOWN_RECORD, "a header can only be the first line", "$.record")
        # Only a header that is understood to the letter says that the lines after it will be, too.
        self._understood = False
        check_header(value)
        self._understood = True
        return None
