"""The same counts in DuckDB: the rules as small tables, and the SQL of ``duckdb_by_hand.sql``."""

import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import duckdb
from peers import rules

SQL = Path(__file__).with_suffix(".sql")


def road(folder: Path, as_of: date, *, threads: int) -> dict[str, dict[str, int] | list[tuple[object, ...]]]:
    """Go from two Parquet files to violations by rule, standing by family and movements by referral."""
    with duckdb.connect(config={"threads": threads}) as db:
        # Order of rows means nothing to these statements; keeping it would cost memory.
        db.execute("SET preserve_insertion_order = false")
        # What does not fit goes to a file, as in a program that shares its machine.
        db.execute("SET memory_limit = '2GB'")
        db.execute("SET temp_directory = ?", [tempfile.gettempdir()])
        _rules(db)
        for name in ("event", "referral"):
            table = db.read_parquet(str(folder / f"{name}s.parquet"))
            if name == "referral" and "incomplete" not in table.columns:
                table = table.project("*, false AS incomplete")
            table.create_view(f"{name}_file")
        db.execute("SET VARIABLE as_of = ?::date", [as_of])
        db.execute(SQL.read_text(encoding="utf-8"))
        return {
            "violations": dict(db.execute("SELECT rule, count(*) FROM violation GROUP BY rule").fetchall()),
            "standing": db.execute("FROM standing").fetchall(),
            "movements": db.execute("FROM movements").fetchall(),
        }


def _rules(db: duckdb.DuckDBPyConnection) -> None:
    """Write the rules down as tables."""
    stages = ", ".join(f"'{stage}'" for stage in rules.STAGES)
    db.execute(f"CREATE TYPE stage AS ENUM ({stages})")
    _fill(
        db,
        "carries(action TEXT, disposition TEXT, reason TEXT, lands stage, rung INTEGER)",
        (
            (
                action,
                disposition or "",
                reason or "",
                rules.leads_to(action, reason),
                rules.shows(action, reason),
            )
            for action, pairs in rules.CARRIES.items()
            for disposition, reason in pairs
        ),
    )
    _fill(
        db,
        "allowed(stage stage, action TEXT)",
        ((stage, action) for stage, actions in rules.ALLOWED.items() for action in actions),
    )
    _fill(
        db,
        "ending(reason TEXT, place TEXT)",
        [
            *((reason, "administrative") for reason in rules.ADMINISTRATIVE_ENDINGS),
            *((reason, "excluded") for reason in rules.ELSEWHERE),
        ],
    )
    _fill(db, "level_word(level TEXT)", ((level,) for level in rules.LEVELS))
    _fill(db, "milestone(rung INTEGER, milestone TEXT)", enumerate(rules.MILESTONES))
    _fill(db, "place_order(rank INTEGER, place TEXT)", enumerate(rules.PLACES))
    _fill(db, "aside_rule(rank INTEGER, rule TEXT)", enumerate(rules.SETS_ASIDE))


def _fill(db: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Sequence[object]]) -> None:
    name, columns = table.split("(", 1)
    db.execute(f"CREATE TEMP TABLE {name}({columns}")
    rows = list(rows)
    marks = ", ".join("?" for _ in rows[0])
    db.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608 - names are written above
