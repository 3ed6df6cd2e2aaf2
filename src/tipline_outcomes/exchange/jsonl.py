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
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from difflib import get_close_matches
from functools import cache
from itertools import chain
from pathlib import Path
from typing import IO, Final, NoReturn, cast

from attrs import define, field
from cattrs import Converter

from tipline_outcomes._dates import plain_day
from tipline_outcomes.errors import ExtractError, InvalidValueError
from tipline_outcomes.exchange.codec import Fault, Window, make_codec, record_from, record_to
from tipline_outcomes.exchange.refusals import Loaded, Refusal, RefusalRule
from tipline_outcomes.model import Cohort, Referral, Report

__all__ = ["VERSION", "dumps_record", "read_jsonl", "write_jsonl"]

VERSION: Final = 1
"""The version of the format that is written, and the only one that is read."""

_HEADER: Final = "cohort"
_PROGRESS_EVERY: Final = 1000

_default_codec = cache(make_codec)


def read_jsonl(
    source: Path | str | Iterable[str] | Iterable[bytes],
    *,
    strict: bool = False,
    window: Window | None = None,
    progress: Callable[[int], None] | None = None,
) -> Loaded:
    """Read a cohort, and keep what could not be read beside it.

    A record that breaks a rule of the *pipeline* is accepted: checks report it and the ledger counts it.
    Refused is only what no record can be: see `RefusalRule`.

    Args:
        source: The path of a file (a `str` is a path, never content), an open file, or lines.
        strict: Raise at the first refused record instead of going on.
        window: The first and last day that any date of this source can be. None: every day of the calendar.
        progress: Called with the number of records read so far, every thousand lines and once at the end.

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
    door = _Door(_default_codec() if window is None else make_codec(_two_days(window)))
    name, opened = _open(source)
    with opened as lines:
        for number, line in enumerate(_as_bytes(lines, name), start=1):
            refusal = door.take(number, line)
            if refusal is not None and strict:
                message = f"{name}, line {number}, {refusal.path}: {refusal.message} ({refusal.rule})"
                raise ExtractError(message)
            if progress is not None and number % _PROGRESS_EVERY == 0:
                progress(door.read)
    if progress is not None:
        progress(door.read)
    return door.loaded()


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
    header = json.dumps({"record": _HEADER, "version": VERSION})
    records = chain(map(dumps_record, cohort.reports), map(dumps_record, cohort.referrals))
    lines = (f"{line}\n" for line in chain([header], records))
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
    return json.dumps(record_to(record, _default_codec()), ensure_ascii=False)


@define
class _Door:
    """Takes line after line, and keeps account of every record."""

    codec: Converter
    read: int = 0
    _reports: list[Report] = field(factory=list, init=False)
    _referrals: list[Referral] = field(factory=list, init=False)
    _refused: list[Refusal] = field(factory=list, init=False)
    _lines: dict[tuple[type, str], int] = field(factory=dict, init=False)
    _empty: bool = field(default=True, init=False)
    _understood: bool = field(default=True, init=False)

    def take(self, number: int, line: bytes) -> Refusal | None:
        """Accept or refuse one line; a blank one and a good header are no records, and neither."""
        if number == 1:
            line = line.removeprefix(BOM_UTF8)
        if not line.strip():
            return None
        can_be_header, self._empty = self._empty, False
        refusal = None
        try:
            if self._take_object(number, line, can_be_header=can_be_header):
                return None
        except Fault as fault:
            raw = line.rstrip(b"\r\n").decode("utf-8", "backslashreplace")
            refusal = Refusal(line=number, path=fault.path, rule=fault.rule, message=fault.message, raw=raw)
            self._refused.append(refusal)
        self.read += 1
        return refusal

    def _take_object(self, number: int, line: bytes, *, can_be_header: bool) -> bool:
        """Accept a record, or tell that it was the header."""
        if not self._understood:
            message = "the header is that of an unknown version, so this line cannot be understood"
            raise Fault(RefusalRule.UNSUPPORTED_VERSION, message, "$")
        value = _parse(line)
        if value.get("record") == _HEADER:
            if not can_be_header:
                raise Fault(RefusalRule.UNKNOWN_RECORD, "a header can only be the first line", "$.record")
            # Only a header that is understood to the letter says that the lines after it will be, too.
            self._understood = False
            _check_header(value)
            self._understood = True
            return True
        record = record_from(value, self.codec)
        first = self._lines.setdefault((type(record), record.id), number)
        if first != number:
            message = f"{record.id!r} is already on line {first}, which is kept"
            raise Fault(RefusalRule.DUPLICATE_ID, message, "$.id")
        if isinstance(record, Report):
            self._reports.append(record)
        else:
            self._referrals.append(record)
        return False

    def loaded(self) -> Loaded:
        """Close the account."""
        cohort = Cohort(reports=tuple(self._reports), referrals=tuple(self._referrals))
        return Loaded(cohort=cohort, refused=tuple(self._refused), read=self.read)


def _check_header(value: dict[str, object]) -> None:
    version = value.get("version")
    if type(version) is not int or version != VERSION:
        message = f"version {version!r} of the format is not known; this package reads version {VERSION}"
        raise Fault(RefusalRule.UNSUPPORTED_VERSION, message, "$.version")
    if extra := sorted(value.keys() - {"record", "version"}):
        message = f"a header of version {VERSION} has no field {extra[0]!r}"
        raise Fault(RefusalRule.UNSUPPORTED_VERSION, message, "$")


def _parse(line: bytes) -> dict[str, object]:
    """Read one JSON object, without the liberties that `json` takes."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"byte {error.start + 1} of the line is not UTF-8"
        raise Fault(RefusalRule.NOT_UTF8, message, "$") from None
    try:
        value: object = json.loads(text, object_pairs_hook=_no_key_twice, parse_constant=_no_constant)
        whole = "\\u" not in text or _is_unicode(json.dumps(value, ensure_ascii=False))
    except json.JSONDecodeError as error:
        message = f"{error.msg}, at column {error.colno}"
        raise Fault(RefusalRule.NOT_JSON, message, "$") from None
    except (ValueError, RecursionError) as error:
        # Numbers of thousands of digits, and objects nested thousands deep.
        raise Fault(RefusalRule.NOT_JSON, str(error), "$") from None
    if not whole:
        message = "an escape stands for half a character (a lone surrogate)"
        raise Fault(RefusalRule.NOT_UTF8, message, "$")
    if not isinstance(value, dict):
        message = "the line is JSON, but no object in braces"
        raise Fault(RefusalRule.NOT_AN_OBJECT, message, "$")
    return cast("dict[str, object]", value)


def _no_key_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        message = f"an object has the field {twice!r} twice"
        raise Fault(RefusalRule.DUPLICATE_KEY, message, "$")
    return value


def _no_constant(name: str) -> NoReturn:
    message = f"{name} is not JSON; leave an unknown value out"
    raise Fault(RefusalRule.NOT_JSON, message, "$")


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _two_days(window: Window) -> Window:
    try:
        first, last = map(plain_day, window)
    except (TypeError, ValueError) as error:
        message = f"the window is {window!r}; give its first and its last day, each as a datetime.date"
        raise InvalidValueError(message) from error
    if first > last:
        message = f"the window ends before it begins: {first} to {last}"
        raise InvalidValueError(message)
    return first, last


def _open(
    source: Path | str | Iterable[str] | Iterable[bytes],
) -> tuple[str, AbstractContextManager[Iterable[str] | Iterable[bytes]]]:
    if not isinstance(source, Path | str):
        return str(getattr(source, "name", "input")), nullcontext(source)
    path = Path(source)
    try:
        return str(path), path.open("rb")
    except FileNotFoundError:
        near = get_close_matches(path.name, _names_beside(path), n=1)
        hint = f"; did you mean {str(path.with_name(near[0]))!r}?" if near else ""
        message = f"there is no file {str(path)!r}{hint}"
        raise ExtractError(message) from None
    except OSError as error:
        raise _unreadable(str(path), error) from error


def _names_beside(path: Path) -> list[str]:
    try:
        return sorted(beside.name for beside in path.parent.iterdir())
    except OSError:
        return []


def _unreadable(name: str, error: OSError) -> ExtractError:
    return ExtractError(
        f"{name!r} cannot be read: {error.strerror or error}; give a file of JSON Lines that you may read"
    )


def _as_bytes(lines: Iterable[str] | Iterable[bytes], name: str) -> Iterator[bytes]:
    try:
        for line in lines:
            # Half a character in a text is passed on, so that it is refused like any other bad byte.
            yield line.encode("utf-8", "surrogatepass") if isinstance(line, str) else line
    except UnicodeDecodeError as error:
        message = f"{name} is open as text but is not {error.encoding}; give its path, or open it as 'rb'"
        raise ExtractError(message) from error
    except OSError as error:
        raise _unreadable(name, error) from error
