"""Checks of histories, timed beside the library `transitions` on the same paths.

    python bench/histories.py [--referrals 20000] [--rounds 7]

Two invented worlds: the default one, and a busy one with three times as many events. `transitions` is asked
in two ways: as it is documented, a model for each history, and at its best, one model that is put back to the
start for every history. Both find the same problems as the package, or no time is printed. All take turns in
this process; times are of the processor.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from statistics import median

from road_data import busy
from turns import circumstances

from tipline_outcomes import Charge, Event, Referral, check_referral
from tipline_outcomes.synthetic import Parameters, invent

OURS = "tipline_outcomes"


def main() -> None:
    """Hold the verdicts to each other, time them, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--referrals", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    if find_spec("transitions") is None:
        sys.exit("transitions is not installed: pip install --group bench")
    for name, parameters in (
        ("default", Parameters(referrals=asked.referrals)),
        ("busy", busy(Parameters(referrals=asked.referrals))),
    ):
        referrals = invent(parameters).cohort.referrals[: asked.referrals]
        events = sum(len(referral.history) for referral in referrals) / len(referrals)
        print(f"{name} world: {len(referrals):,} referrals, {events:.1f} events each")
        print(race(referrals, asked.rounds))
    print(circumstances(threads=1))


def race(referrals: Sequence[Referral], rounds: int) -> str:
    """Run all in turns; show what a history costs, and how many times as long it takes elsewhere."""
    from peers.histories_by_transitions import checked

    told = [[plain(event) for event in referral.history] for referral in referrals]
    runs: dict[str, Callable[[], object]] = {
        OURS: lambda: [check_referral(referral) for referral in referrals],
        "transitions, a model each": lambda: checked(told, anew=True),
        "transitions, one model": lambda: checked(told, anew=False),
    }
    found = [
        [(v.seq, v.rule.value) for v in check_referral(referral) if v.seq is not None]
        for referral in referrals
    ]
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            start = time.process_time()
            verdicts = run()
            times[name].append(time.process_time() - start)
            if name != OURS and verdicts != found:
                sys.exit(f"{name} and {OURS} find other problems; their times are not comparable")
    broken = sum(map(bool, found))
    lines = [f"  {broken:,} break a rule{'':<12}{'min us':>10}{'median us':>12}{'ratio':>8}"]
    for name, seconds in times.items():
        each = [f"{1e6 * value / len(referrals):.2f}" for value in (min(seconds), median(seconds))]
        lines.append(f"  {name:<27}{each[0]:>10}{each[1]:>12}{median(seconds) / median(times[OURS]):>8.1f}")
    return "\n".join(lines)


def plain(event: Event) -> tuple[object, ...]:
    """Give what an event says as plain values."""
    said = event.disposition
    charge = said if isinstance(said, Charge) else None
    return (
        event.on,
        event.action.value,
        None if said is None else said.reason.value,
        charge is not None,
        None if charge is None else charge.subject_id,
        None if charge is None else charge.charge_id,
        event.live,
    )


if __name__ == "__main__":
    main()
