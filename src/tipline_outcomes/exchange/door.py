"""The door: records come in one by one, each is accepted or refused, and none is lost on the way.

How a file is cut into the texts of its records is its format's business. What becomes of a text is the same
for every format.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Final

from attrs import define, field

from tipline_outcomes._dates import plain_day
from tipline_outcomes.errors import ExtractError, InvalidValueError
from tipline_outcomes.exchange.codec import Codec, Window, make_codec
from tipline_outcomes.exchange.faults import Fault
from tipline_outcomes.exchange.refusals import Loaded, Refusal, RefusalRule
from tipline_outcomes.model import Cohort, Referral, Report

__all__ = ["Door", "Lines", "Progress", "as_bytes", "codec_for", "opened"]

Lines = Iterable[str] | Iterable[bytes]
"""The lines of a source, or any other pieces of it."""
Progress = Callable[[int], None]
"""Is told the number of records read so far."""

_PROGRESS_EVERY: Final = 1000

_default_codec = cache(make_codec)


@define(kw_only=True)
class Door:
    """Keeps account of every record.

    Attributes:
        name: What the source is called.
        strict: Whether the first refused record is an error.
        progress: Is told the number of records now and then.
        read: The number of records read so far.
    """

    name: str
    strict: bool = False
    progress: Progress | None = None
    read: int = 0
    _reports: list[Report] = field(factory=list, init=False)
    _referrals: list[Referral] = field(factory=list, init=False)
    _refused: list[Refusal] = field(factory=list, init=False)
    _lines: dict[type, dict[str, int]] = field(init=False, factory=lambda: {Report: {}, Referral: {}})

    def accept(self, record: Report | Referral, line: int) -> None:
        """Take in a record that begins on a line.

        Raises:
            Fault: If another one has its id; the first is kept.
        """
        lines = self._lines[type(record)]
        if record.id in lines:
            message = f"{record.id!r} is already on line {lines[record.id]}, which is kept"
            raise Fault(RefusalRule.DUPLICATE_ID, message, "$.id")
        lines[record.id] = line
        if isinstance(record, Report):
            self._reports.append(record)
        else:
            self._referrals.append(record)
        self._count()

    def refuse(self, fault: Fault, *, line: int, raw: bytes, root: str = "$") -> None:
        """Keep a record that is not accepted, as it came.

        Args:
            fault: What is wrong with it.
            line: The line on which it begins.
            raw: Its text.
            root: Where it stands in its document, when it is not the whole of it.

        Raises:
            ExtractError: If the door is a strict one.
        """
        path = root + fault.path.removeprefix("$")
        text = raw.decode("utf-8", "backslashreplace")
        if self.strict:
            message = f"{self.name}, line {line}, {path}: {fault.message} ({fault.rule})"
            raise ExtractError(message)
        self._refused.append(Refusal(line=line, path=path, rule=fault.rule, message=fault.message, raw=text))
        self._count()

    def close(self) -> Loaded:
        """Close the account."""
        if self.progress is not None:
            self.progress(self.read)
        cohort = Cohort(reports=tuple(self._reports), referrals=tuple(self._referrals))
        return Loaded(cohort=cohort, refused=tuple(self._refused), read=self.read)

    def _count(self) -> None:
        self.read += 1
        if self.progress is not None and self.read % _PROGRESS_EVERY == 0:
            self.progress(self.read)


def codec_for(window: Window | None) -> Codec:
    """Give the codec for a window, after a look at it.

    Raises:
        InvalidValueError: If the window is not two days, or ends before it begins.
    """
    if window is None:
        return _default_codec()
    try:
        first, last = map(plain_day, window)
    except (TypeError, ValueError) as error:
        message = f"the window is {window!r}; give its first and its last day, each as a datetime.date"
        raise InvalidValueError(message) from error
    if first > last:
        message = f"the window ends before it begins: {first} to {last}"
        raise InvalidValueError(message)
    return make_codec((first, last))


def opened(source: Path | str | Lines) -> tuple[str, AbstractContextManager[Lines]]:
    """Open a source: its name, and its lines.

    Raises:
        ExtractError: If there is no such file, the nearest one named; or if it cannot be read.
    """
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


def as_bytes(lines: Lines, name: str) -> Iterator[bytes]:
    """Give lines as they would stand in a file.

    Raises:
        ExtractError: If reading fails on the way.
    """
    try:
        for line in lines:
            # Half a character in a text is passed on, so that it is refused like any other bad byte.
            yield line.encode("utf-8", "surrogatepass") if isinstance(line, str) else line
    except UnicodeDecodeError as error:
        message = f"{name} is open as text but is not {error.encoding}; give its path, or open it as 'rb'"
        raise ExtractError(message) from error
    except OSError as error:
        raise _unreadable(name, error) from error


def _names_beside(path: Path) -> list[str]:
    try:
        return sorted(beside.name for beside in path.parent.iterdir())
    except OSError:
        return []


def _unreadable(name: str, error: OSError) -> ExtractError:
    return ExtractError(f"{name!r} cannot be read: {error.strerror or error}; give a file that you may read")
