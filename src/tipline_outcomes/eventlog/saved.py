"""A log in canonical form on disk: what was made once, numbered, coded and checked, is not made again.

Beside the tables themselves lie those of the canonical form, in codes, and what the codes were when they were
written: codes can change from one version to the next, and tables can be changed by whoever has them. Both
are looked at before anything is read.
"""

import hashlib
import json
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from tipline_outcomes._engine import Eager, Frame, digest_of, eager, engine_version, read_table, write_table
from tipline_outcomes.errors import ExtractError
from tipline_outcomes.eventlog import codes
from tipline_outcomes.eventlog.canonical import Canonical
from tipline_outcomes.eventlog.names import hashes_of
from tipline_outcomes.eventlog.objects import Tables
from tipline_outcomes.eventlog.transitions import STATE_CODES, Transitions

__all__ = ["MANIFEST", "Saved", "fingerprint", "is_saved", "save"]

MANIFEST: Final = "transitions.json"
"""The file that says which codes the others are written in; it is written last."""

_FORMAT: Final = "tipline_outcomes transitions 3"


def fingerprint() -> str:
    """Give a digest of all codes, and of all that is looked up by them."""
    tables = [codes.WORDS, codes.STAGES, codes.TARGET_OF, codes.RUNG_OF, codes.ENDS_AS, STATE_CODES]
    sets = [codes.ALLOWED_STEPS, codes.OPENS, codes.STANDS, codes.MAY_CONVICT, codes.SURVIVED]
    # Some are made from sets, whose order is another in every process.
    content = json.dumps([tables, list(map(sorted, sets))], default=dict, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def save(tables: Tables, canon: Canonical, folder: Path) -> None:
    """Write a log and its canonical form into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)
    given = {name: table for name, table in tables._asdict().items() if table is not None}
    for name, table in given.items():
        write_table(table, folder / f"{name}.parquet")
    for name, rows in _parts_of(canon).items():
        write_table(rows.to_polars(), folder / f"{name}.parquet")
    write_table(hashes_of(tables, canon), folder / "names.parquet")
    content = {
        "format": _FORMAT,
        "codes": fingerprint(),
        "engine": engine_version(),
        "events": tables.events.height,
        "tables": {name: digest_of(folder / f"{name}.parquet") for name in given},
    }
    (folder / MANIFEST).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _parts_of(canon: Canonical) -> dict[str, Eager]:
    return {
        "units": canon.referrals,
        "dimensions": canon.dimensions,
        "placed": canon.placed,
        "transitions": canon.transitions.rows,
        "charges": canon.transitions.charges,
        "changes": canon.transitions.changes,
        "survivors": canon.survivors,
        "violations": canon.violations,
    }


def is_saved(folder: Path) -> bool:
    """Tell whether a folder holds a saved log."""
    return (folder / MANIFEST).is_file()


@frozen
class Saved:
    """A saved log, of which only what is needed is read.

    Attributes:
        folder: Where it is.
        event_count: How many events it has, amended ones included.
        engine: The version of the engine that wrote it.
    """

    folder: Path
    event_count: int
    engine: str

    @classmethod
    def at(cls, folder: Path) -> "Saved":
        """Find a saved log.

        Raises:
            ExtractError: If there is none, if its codes are not those of this version, or if its tables
                were changed since.
        """
        path = folder / MANIFEST
        try:
            content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            given: dict[str, str] = content["tables"]
            same = content["format"] == _FORMAT and content["codes"] == fingerprint()
            found = cls(folder, content["events"], content["engine"])
        except (OSError, KeyError, TypeError, ValueError) as error:
            message = f"{str(folder)!r} holds no saved log; save one there with EventLog.save"
            raise ExtractError(message) from error
        if not same:
            message = f"{str(path)!r} was written by a version with other codes; save the log again"
            raise ExtractError(message)
        for name, digest in given.items():
            table = folder / f"{name}.parquet"
            if not table.is_file() or digest_of(table) != digest:
                message = f"{str(table)!r} was changed after the log was saved; save the log again"
                raise ExtractError(message)
        return found

    def table(self, name: str) -> Frame | None:
        """Read one of the tables."""
        return read_table(self.folder, name)

    @property
    def names(self) -> Path | None:
        """The file of what `hashes_of` gave; None if another version of the engine hashed the names."""
        path = self.folder / "names.parquet"
        return path if self.engine == engine_version() and path.is_file() else None

    @cached_property
    def events(self) -> Frame:
        """The event table."""
        return self._there("events").to_polars()

    @cached_property
    def canonical(self) -> Canonical:
        """The canonical form, as it was."""
        return Canonical(
            referrals=self._there("units"),
            dimensions=self._there("dimensions"),
            placed=lambda: self._there("placed"),
            transitions=Transitions(*map(self._there, ("transitions", "charges", "changes"))),
            survivors=self._there("survivors"),
            violations=self._there("violations"),
        )

    def _there(self, name: str) -> Eager:
        table = self.table(name)
        if table is None:
            message = f"{str(self.folder)!r} has no {name}.parquet any more; save the log again"
            raise ExtractError(message)
        return eager(table)
