"""The check of logs of stages, timed beside the ways in which it is written by hand.

    python bench/check.py [--referrals 1000000] [--mined 100000] [--rounds 5]

The stages of the package's invented, busy world, copied with new ids, in the order of referrals: Polars with
`over`, DuckDB with `lag` over a partition and pandas with `groupby.shift` find the same unlawful steps. On
fewer referrals, pm4py counts which stage directly follows which, and replays tokens, where it is installed
(it is under the AGPL: it is compared with, never needed). Whoever finds something else is not timed. All take
turns in this process; times are of the processor, since several use all cores, and ratios are of the
least.
"""

import argparse
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from statistics import median
from typing import Any

import duckdb
import polars as pl
from peers.rules import ACTIONS, ALLOWED, STAGES
from road_data import busy
from turns import OURS, circumstances

from tipline_outcomes import EventLog, directly_follows, stages_of, unlawful_steps
from tipline_outcomes.synthetic import Parameters, invent

WIDTH = 16
CODES = {stage: code for code, stage in enumerate(STAGES)}
NAMES = {code: stage for stage, code in CODES.items()}
MORE = {"close": ("closed", "closed_final"), "charge_result": ("charged", "concluded")}
LAWFUL = sorted(
    {
        (stage, target)
        for stage, actions in ALLOWED.items()
        for action in actions
        for target in MORE.get(action, ACTIONS[action][:1])
        if target is not None
    }
)
PACKED = [CODES[before] * WIDTH + CODES[after] for before, after in LAWFUL]

Runs = Mapping[str, Callable[[], object]]


def main() -> None:
    """Hold the answers to each other, time them, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--referrals", type=int, default=1_000_000)
    parser.add_argument("--mined", type=int, default=100_000, help="so many referrals for pm4py")
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    invented = stages_of(EventLog.of(invent(busy(Parameters(referrals=4_000))).cohort))
    stages = copied(invented, asked.referrals)
    print(f"{stages['referral_id'].n_unique():,} referrals, {stages.height:,} stages, in order")
    print(race("unlawful steps", checks(stages), asked.rounds))
    if find_spec("pm4py") is None:
        print("pm4py is not installed (it is the group 'mining'); the rest is left out")
    else:
        few = stages.filter(pl.col("referral_id") < asked.mined)
        print(f"{few['referral_id'].n_unique():,} referrals, {few.height:,} stages")
        # Once each: a replay takes minutes, and no noise is as large as the ratio.
        for title, runs in mined(few).items():
            print(race(title, runs, 1 if title == "conformance" else asked.rounds))
    print(circumstances(threads=2))


def copied(stages: pl.DataFrame, referrals: int) -> pl.DataFrame:
    """Repeat stages with other numbers for ids, until there are so many referrals."""
    numbered = stages.select(
        pl.col("referral_id").rank("dense").cast(pl.UInt32) - 1, "number", "on", "stage"
    ).sort("referral_id", "number")
    width = numbered["referral_id"].n_unique()
    copies = -(-referrals // width)
    repeated = pl.concat(
        [numbered.with_columns(pl.col("referral_id") + pl.lit(k * width, pl.UInt32)) for k in range(copies)]
    )
    return repeated.filter(pl.col("referral_id") < referrals)


def checks(stages: pl.DataFrame) -> Runs:
    """Prepare the four checks. The peers get stages in codes, and only the columns that they need."""
    coded = stages.select(
        "referral_id",
        number=pl.int_range(pl.len()),
        stage=pl.col("stage").cast(pl.String).replace_strict(CODES, return_dtype=pl.UInt8),
    )
    given = stages.select("referral_id", "stage")
    outside = CODES["outside"]
    con = duckdb.connect()
    con.execute("SET threads = 2")
    con.register("given", coded.to_arrow())
    con.execute("CREATE TABLE coded AS FROM given")
    sql = f"""
        SELECT referral_id, number FROM (
            SELECT *, lag(stage) OVER (PARTITION BY referral_id ORDER BY number) AS above FROM coded
        ) WHERE coalesce(above, {outside})::INT * {WIDTH} + stage NOT IN ({", ".join(map(str, PACKED))})
    """  # noqa: S608 - our own numbers
    frame = coded.to_pandas().astype({"stage": "int32"})

    def in_polars() -> pl.DataFrame:
        above = pl.col("stage").shift(1).over("referral_id").fill_null(outside)
        step = above.cast(pl.UInt16) * WIDTH + pl.col("stage")
        return coded.filter(~step.is_in(PACKED)).select("referral_id", "number")

    def in_pandas() -> pl.DataFrame:
        above = frame.groupby("referral_id", sort=False)["stage"].shift(1).fillna(outside).astype("int32")
        found = frame[~(above * WIDTH + frame["stage"]).isin(PACKED)]
        return pl.from_pandas(found[["referral_id", "number"]])

    runs = {
        OURS: lambda: unlawful_steps(given),
        "Polars over(id)": in_polars,
        "DuckDB lag": lambda: con.sql(sql).pl(),
        "pandas groupby.shift": in_pandas,
    }
    return {name: in_one_order(run) for name, run in runs.items()}


def in_one_order(run: Callable[[], pl.DataFrame]) -> Callable[[], object]:
    """Give what is found as rows that can be compared."""
    return lambda: sorted(run().select("referral_id", "number").iter_rows())


def mined(stages: pl.DataFrame) -> dict[str, Runs]:
    """Prepare what pm4py answers too: its own form of the log is made before the clock starts."""
    import pm4py

    frame = stages.select(
        pl.col("referral_id").cast(pl.String),
        pl.col("stage").cast(pl.String),
        # One day may have several stages; pm4py orders by time alone.
        at=pl.datetime(2020, 1, 1) + pl.duration(minutes=pl.col("number")),
    ).to_pandas()
    log = pm4py.format_dataframe(frame, case_id="referral_id", activity_key="stage", timestamp_key="at")
    net = petri_net()

    def pairs() -> dict[tuple[str, str], int]:
        return {(a, b): n for a, b, n in directly_follows(stages).iter_rows() if a is not None}

    def misfits() -> list[str]:
        return sorted(map(str, unlawful_steps(stages)["referral_id"].unique().to_list()))

    def replayed() -> list[str]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            verdicts = pm4py.conformance_diagnostics_token_based_replay(
                log, *net, return_diagnostics_dataframe=True
            )
        return sorted(verdicts.loc[~verdicts["is_fit"], "case_id"].astype(str))

    return {
        "directly follows": {OURS: pairs, "pm4py": lambda: dict(pm4py.discover_dfg(log)[0])},
        "conformance": {OURS: misfits, "pm4py token replay": replayed},
    }


def petri_net() -> tuple[Any, Any, Any]:
    """Make the rules a Petri net: a stage is entered visibly, and left by a silent step to a lawful one."""
    from pm4py.objects.petri_net.obj import Marking, PetriNet
    from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to

    net = PetriNet("stages")
    start, end = PetriNet.Place("start"), PetriNet.Place("end")
    into, within = ({name: PetriNet.Place(f"{where} {name}") for name in STAGES} for where in ("into", "in"))
    for place in (start, end, *into.values(), *within.values()):
        net.places.add(place)

    def step(name: str, label: str | None, source: PetriNet.Place, target: PetriNet.Place) -> None:
        transition = PetriNet.Transition(name, label)
        net.transitions.add(transition)
        add_arc_from_to(source, transition, net)
        add_arc_from_to(transition, target, net)

    for name in STAGES:
        step(f"enter {name}", name, into[name], within[name])
        step(f"end in {name}", None, within[name], end)
    for before, after in LAWFUL:
        step(f"{before} to {after}", None, start if before == "outside" else within[before], into[after])
    return net, Marking({start: 1}), Marking({end: 1})


def race(title: str, runs: Runs, rounds: int) -> str:
    """Run all in turns; show how many times as long as the package each takes."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    wanted = runs[OURS]()
    for _ in range(rounds):
        for name, run in runs.items():
            start = time.process_time()
            found = run()
            times[name].append(time.process_time() - start)
            if found != wanted:
                sys.exit(f"{name} and {OURS} differ in {title}; their times are not comparable")
    size = len(wanted) if isinstance(wanted, list | dict) else 0
    lines = [f"{f'{title} ({size:,} found)':<34}{'min ms':>10}{'median ms':>12}{'ratio':>8}"]
    mine = min(times[OURS])
    for name, seconds in times.items():
        each = [f"{1e3 * value:,.1f}" for value in (min(seconds), median(seconds))]
        lines.append(f"  {name:<32}{each[0]:>10}{each[1]:>12}{min(seconds) / mine:>8.1f}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
