"""Write the invented world, copied with new ids, as Parquet: ``python bench/road_data.py FOLDER``.

Prints the day of the count and the numbers of rows, as JSON.
"""

import argparse
import json
import math
from collections.abc import Sequence
from pathlib import Path

import attrs
import polars as pl

from tipline_outcomes import EventLog
from tipline_outcomes.synthetic import Parameters, invent

OF_REFERRALS = ("referral_id", "parent_id")
OF_EVENTS = ("referral_id", "other_id", "subject_id", "charge_id")


def main() -> None:
    """Write one folder for each part that is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--referrals", type=int, default=1_000_000, help="at least so many referrals")
    parser.add_argument(
        "--invented", type=int, default=4_000, help="so many are invented, the others are copies"
    )
    parser.add_argument("--busy", action="store_true", help="every agency tells everything, and does more")
    parser.add_argument(
        "--order", choices=("referral", "day"), default="referral", help="of the rows of events"
    )
    parser.add_argument("--parts", type=int, nargs="*", default=[1], help="write whole and parts: 1 2 4")
    asked = parser.parse_args()

    parameters = Parameters(referrals=asked.invented)
    if asked.busy:
        parameters = busy(parameters)
    log = EventLog.of(invent(parameters).cohort)
    copies = math.ceil(asked.referrals / log.referrals.height)
    rows = {}
    for part in asked.parts:
        where = asked.folder / f"part-{part}"
        where.mkdir(parents=True, exist_ok=True)
        referrals = copied(log.referrals, OF_REFERRALS, math.ceil(copies / part))
        events = copied(log.events, OF_EVENTS, math.ceil(copies / part))
        if asked.order == "day":
            events = events.sort("on", "referral_id", "seq", nulls_last=True)
        referrals.write_parquet(where / "referrals.parquet")
        events.write_parquet(where / "events.parquet")
        rows[part] = {"referrals": referrals.height, "events": events.height}
    print(json.dumps({"as_of": parameters.as_of.isoformat(), "rows": rows}))


def busy(parameters: Parameters) -> Parameters:
    """Let every agency tell everything, work on thin tips as on others, and do more on the way."""
    return attrs.evolve(
        parameters,
        recipients=tuple(attrs.evolve(r, reports_back=True, silent_from=None) for r in parameters.recipients),
        informational_vigour=100,
        steps=tuple(step if step.moves else attrs.evolve(step, chance=650) for step in parameters.steps),
    )


def copied(table: pl.DataFrame, ids: Sequence[str], copies: int) -> pl.DataFrame:
    """Repeat a table, each time with another number before every id, so that links stay within a copy."""
    numbers = pl.DataFrame({"copy": [f"{number:05}-" for number in range(copies)]})
    repeated = numbers.join(table, how="cross", maintain_order="left_right")
    return repeated.with_columns((pl.col("copy") + pl.col(name)).alias(name) for name in ids).drop("copy")


if __name__ == "__main__":
    main()
