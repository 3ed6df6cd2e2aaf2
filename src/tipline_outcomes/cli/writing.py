"""Files that a command writes."""

import errno
import os
from pathlib import Path

from tipline_outcomes.errors import ExtractError

__all__ = ["must_be_new", "must_take", "write"]


def must_be_new(path: Path) -> None:
    """Refuse a file that is there: what somebody wrote by hand is not to be had again."""
    if path.exists():
        message = f"{str(path)!r} is there already; give another name"
        raise ExtractError(message)


def must_take(path: Path, *inputs: Path) -> None:
    """Refuse a file that is read, or that is sure not to be written, before any work is done for it."""
    if path.exists() and any(path.samefile(read) for read in inputs if read.exists()):
        message = f"{str(path)!r} is read by this command; give another name to write to"
        raise ExtractError(message)
    if not path.parent.is_dir():
        raise _unwritable(path, os.strerror(errno.ENOENT))
    if path.is_dir():
        raise _unwritable(path, os.strerror(errno.EISDIR))
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise _unwritable(path, os.strerror(errno.EACCES))


def write(path: Path, text: str) -> None:
    """Write a file, or say in a sentence why not."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _unwritable(path, error.strerror) from error


def _unwritable(path: Path, why: str | None) -> ExtractError:
    return ExtractError(f"{str(path)!r} cannot be written: {why}; name a file in a folder that takes it")
