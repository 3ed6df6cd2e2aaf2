"""Results of parts, kept on disk while a folder is counted, so that what was counted is not counted again.

A result is found by what it was made from: the bytes of the part's files, the question, and the versions that
answer it. What was changed, or asked differently, is therefore never taken for what it was. A result is there
as a whole or not at all: it is written under another name and then renamed, the names before the counts.
"""

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from shutil import copyfile
from typing import Any

from attrs import frozen

from tipline_outcomes._engine import Frame, digest_of, engine_version, whole, write_table
from tipline_outcomes.errors import LedgerMismatchError
from tipline_outcomes.ledger.ledger import Ledger
from tipline_outcomes.ledger.spec import LedgerSpec

__all__ = ["PartResult", "Store", "key_of"]


@frozen(kw_only=True)
class PartResult:
    """What the count of one part gave.

    Attributes:
        ledger: Its ledger.
        violations: How often each rule is broken, by name.
        referrals: How many referrals it has.
        events: How many events.
        names: The file with the names that it is about, see `tipline_outcomes.eventlog.names`.
    """

    ledger: Ledger
    violations: Mapping[str, int]
    referrals: int
    events: int
    names: Path


def key_of(files: Mapping[str, Path], spec: LedgerSpec, *, fill: bool) -> str:
    """Make the key of a part's result from all that it depends on.

    Args:
        files: The part's files, by table.
        spec: The question.
        fill: Whether gaps are filled.
    """
    content = {name: digest_of(path) for name, path in files.items()}
    asked = [str(spec), fill, version("tipline-outcomes"), engine_version(), content]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


@frozen
class Store:
    """A folder of results.

    Attributes:
        folder: The folder.
        lasts: Whether it is there for another run; else no ledger is written.
    """

    folder: Path
    lasts: bool

    def _paths(self, key: str) -> tuple[Path, Path]:
        return self.folder / f"{key}.json", self.folder / f"{key}.parquet"

    def get(self, key: str) -> PartResult | None:
        """Give a result that is there and whole."""
        path, names = self._paths(key)
        if not (path.is_file() and names.is_file()):
            return None
        try:
            kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            if kept["names"] != digest_of(names):
                return None
            ledger = Ledger.from_json(kept["ledger"])
            counts = {name: kept[name] for name in ("violations", "referrals", "events")}
        except (KeyError, ValueError, LedgerMismatchError):
            # Cut off, by a machine that lost its power: it is counted again.
            return None
        return PartResult(ledger=ledger, names=names, **counts)

    def put(
        self,
        key: str,
        *,
        ledger: Ledger,
        violations: Mapping[str, int],
        log: tuple[int, int],
        names: Frame | Path,
    ) -> PartResult:
        """Keep a result.

        Args:
            key: Its key.
            ledger: The part's ledger.
            violations: How often each rule is broken.
            log: How many referrals and events there are.
            names: The hashes of the names that the part is about, or the file of them.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        path, where = self._paths(key)
        referrals, events = log
        counts = {"violations": dict(violations), "referrals": referrals, "events": events}
        if isinstance(names, Path):
            with whole(where) as half:
                copyfile(names, half)
        else:
            write_table(names, where)
        if self.lasts:
            content = {**counts, "names": digest_of(where), "ledger": ledger.to_json()}
            with whole(path) as half:
                half.write_text(json.dumps(content), encoding="utf-8")
        return PartResult(
            ledger=ledger, names=where, violations=violations, referrals=referrals, events=events
        )
