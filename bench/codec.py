"""Referrals from JSON Lines, with full validation, timed beside stock cattrs and pydantic.

    python bench/codec.py [--referrals 30000] [--rounds 7]

Two invented worlds: the default one, and a busy one with three times as many events. All engines read the
same lines, in turns, in this process, with the garbage collector on and off; times are of the processor.
Stock cattrs builds the same classes, with detailed errors; pydantic, if it is installed, classes of its own
with the same checks. First every engine is asked about damaged lines: if one refuses what another accepts, or
cattrs finds the mistake elsewhere, no time is printed.
"""

import argparse
import gc
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from statistics import median

from peers import codec_by_cattrs
from road_data import busy
from turns import circumstances

from tipline_outcomes import dumps_record, read_jsonl
from tipline_outcomes.exchange.codec import make_codec, tagged_record_from
from tipline_outcomes.exchange.faults import Fault
from tipline_outcomes.exchange.strict_json import parse_object
from tipline_outcomes.synthetic import Parameters, invent

Read = Callable[[bytes], object]
OURS, STOCK, WHOLE = "tipline_outcomes", "cattrs, detailed", "all of read_jsonl"
PYDANTIC = find_spec("pydantic") is not None
DAMAGED = 5_000
VALUES = (
    None,
    True,
    0,
    1,
    5.7,
    "",
    "x",
    "two words",
    "US",
    "2024-02-30",
    "2024-01-05T00:00",
    "closed",
    [],
    {},
    ["x"],
)


def main() -> None:
    """Hold the engines to each other, time them, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--referrals", type=int, default=30_000)
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    if not PYDANTIC:
        print("pydantic is not installed, so it is left out: pip install --group bench")
    for name, parameters in (
        ("default", Parameters(referrals=asked.referrals)),
        ("busy", busy(Parameters(referrals=asked.referrals))),
    ):
        referrals = invent(parameters).cohort.referrals[: asked.referrals]
        lines = [dumps_record(referral).encode() for referral in referrals]
        agree(readers(), [*damaged(lines), *lines[:DAMAGED]])
        events = sum(len(referral.history) for referral in referrals) / len(referrals)
        print(f"{name} world: {len(lines):,} referrals, {events:.1f} events each")
        for collect in (True, False):
            print(table(run(lines, asked.rounds, collect=collect), len(lines), collect=collect))
    print(circumstances(threads=1))


def readers() -> dict[str, Read]:
    """Give the engines that are installed, each new, so that none remembers anything."""
    codec = make_codec()

    def ours(line: bytes) -> object:
        try:
            return tagged_record_from(parse_object(line), codec)
        except Fault as fault:
            return fault.path

    found = {OURS: ours, STOCK: codec_by_cattrs.reader()}
    if PYDANTIC:
        from peers import codec_by_pydantic

        found["pydantic"] = codec_by_pydantic.reader()
    return found


def damaged(lines: Sequence[bytes]) -> list[bytes]:
    """Damage referrals: one value, at any depth, replaced, removed or added."""
    chance = random.Random(1)
    made = []
    for line in chance.sample(lines, min(DAMAGED, len(lines))):
        whole = place = json.loads(line)
        while (inner := [value for value in parts(place) if value and isinstance(value, dict | list)]) and (
            chance.random() < 0.6  # noqa: PLR2004 - deep, as a rule
        ):
            place = chance.choice(inner)
        value = chance.choice(VALUES)
        if isinstance(place, list):
            place[chance.randrange(len(place))] = value
        elif chance.random() < 0.3:  # noqa: PLR2004 - now and then
            del place[chance.choice(sorted(place))]
        else:
            place[chance.choice([*sorted(place), "colour"])] = value
        made.append(json.dumps(whole).encode())
    return made


def parts(value: dict[str, object] | list[object]) -> list[object]:
    """Give the members of an object or of a list."""
    return list(value.values()) if isinstance(value, dict) else value


def agree(engines: dict[str, Read], lines: Sequence[bytes]) -> None:
    """Stop if two engines differ on a line."""
    refused = 0
    for line in lines:
        verdicts = {name: read(line) for name, read in engines.items()}
        paths = {name: value for name, value in verdicts.items() if isinstance(value, str)}
        refused += bool(paths)
        # cattrs stops at the object where we name the field that is unknown or that its constructor refused.
        if 0 < len(paths) < len(engines) or not paths.get(OURS, "").startswith(paths.get(STOCK, "")):
            sys.exit(f"they differ: {paths} on {line.decode()}")
        if not paths and verdicts[OURS] != verdicts[STOCK]:
            sys.exit(f"{OURS} and {STOCK} built different referrals of {line.decode()}")
    print(f"{len(lines):,} lines, {refused:,} of them refused: verdicts and paths agree")


def run(lines: Sequence[bytes], rounds: int, *, collect: bool) -> dict[str, list[float]]:
    """Time every engine in every round, on the processor."""
    times: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, read in {**readers(), WHOLE: None}.items():
            gc.collect()
            (gc.enable if collect else gc.disable)()
            start = time.process_time()
            kept = read_jsonl(lines) if read is None else [read(line) for line in lines]
            times.setdefault(name, []).append(time.process_time() - start)
            gc.enable()
            del kept
    return times


def table(times: dict[str, list[float]], number: int, *, collect: bool) -> str:
    """Show what a referral costs, and how many times as long as here it takes elsewhere."""
    mine = median(times[OURS])
    lines = [f"  collector {'on' if collect else 'off':<14}{'min us':>10}{'median us':>12}{'ratio':>8}"]
    for name, seconds in times.items():
        each = [f"{1e6 * value / number:.1f}" for value in (min(seconds), median(seconds))]
        lines.append(f"  {name:<24}{each[0]:>10}{each[1]:>12}{median(seconds) / mine:>8.2f}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
