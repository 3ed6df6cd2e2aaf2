"""Felony intake in Cook County, 2019: real records, counted by a fold of a few lines and by the package.

The data (Cook County State's Attorney's Office, CC BY 4.0) lie beside the repository, if they are at hand.
The fold reads nothing but the data, and leans on what this extract does not have: transfers, amended events,
survivors that are named, referrals that nobody watches.
"""

from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import polars as pl
import pytest

FOLDER = Path(__file__).parents[2] / "shared" / "realdata" / "cook-county-2019" / "log"
AS_OF = date(2019, 12, 2)

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(),
    reason="the Cook County event log is not at hand (../shared/realdata/cook-county-2019/log)",
)

CONVICTIONS = {"convicted_plea", "convicted_trial", "convicted_unspecified", "conviction_vacated"}
RUNNING = {"charge_pending", "charge_stayed", "charge_diverted", "conviction_vacated"}
ELSEWHERE = {"duplicate", "merged", "opened_in_error", "prosecuted_elsewhere"}
PLACES = ("charge", "administrative", "closed", "pending", "unknown", "excluded")
OVERALL = {
    "received": 18137,
    "charge": 15066,
    "administrative": 3,
    "closed": 1864,
    "pending": 1005,
    "unknown": 2,
    "excluded": 197,
    "undated": 411,
    "set_aside": 2,
    "convicted_ever": 2088,
}


def frames():
    return pl.read_parquet(FOLDER / "events.parquet"), pl.read_parquet(FOLDER / "referrals.parquet")


def fold() -> dict[str, Counter[str]]:
    """Count per offence category: the places, and the parts of conversion to charged and convicted."""
    events, referrals = frames()
    histories = defaultdict(list)
    for event in events.sort("referral_id", "seq").iter_rows(named=True):
        histories[event["referral_id"]].append(event)

    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for referral in referrals.iter_rows(named=True):
        history, count = histories[referral["referral_id"]], counts[referral["offense_category"]]
        days = [event["on"] for event in history]
        if days[0] > AS_OF:
            continue
        count["received"] += 1
        if breaks_the_path(history):
            count.update(["set_aside", "unknown", "charged.unknown", "convicted.unknown"])
            continue
        count["undated"] += days != sorted(days)

        known = [event for event in history if event["on"] <= AS_OF]
        still = "pending" if referral["observed_through"] >= AS_OF else "unknown"
        place = place_of(known, still)
        count[place] += 1
        if place == "excluded":
            continue
        charges = [event for event in known if event["disposition"] == "charge"]
        stated = [event for event in charges if not event["implied"]]
        convicted = any(event["reason"] in CONVICTIONS for event in stated)
        last = {(event["subject_id"], event["charge_id"]): event["reason"] for event in charges}
        running = place == still or any(reason in RUNNING for reason in last.values())
        count["convicted_ever"] += convicted
        not_charged = still if place == still else "lost"
        count["charged." + ("reached" if stated else "implied" if charges else not_charged)] += 1
        count["convicted." + ("reached" if convicted else still if running else "lost")] += 1
    return counts


def breaks_the_path(history) -> bool:
    """Tell whether anything follows a closure (nobody reopens), or a charge with a result was not filed."""
    actions = [event["action"] for event in history]
    assert actions[:4] == ["made_available", "accept", "open_investigation", "present_to_prosecutor"]
    assert set(actions[4:]) <= {"return_to_investigation", "close", "file_charge", "charge_result"}
    charges = [event for event in history if event["disposition"] == "charge"]
    names = {event["charge_id"] for event in charges}
    assert names == {None} or None not in names  # so that no charge has to be matched with a name
    assert not any(event["implied"] and event["reason"] in CONVICTIONS for event in charges)
    first = {}
    for event in charges:
        first.setdefault((event["subject_id"], event["charge_id"]), event["action"])
    return "close" in actions[:-1] or "charge_result" in first.values()


def place_of(known, still: str) -> str:
    """Tell where a referral with a lawful path stands."""
    if any(event["disposition"] == "charge" for event in known):
        return "charge"
    closing = next((event for event in known if event["action"] == "close"), None)
    if closing is None:
        return still
    if closing["disposition"] == "administrative":
        return "administrative"
    return "excluded" if closing["reason"] in ELSEWHERE else "closed"


@pytest.fixture(scope="module")
def expected():
    return fold()


@pytest.fixture(scope="module")
def ledger():
    from tipline_outcomes import EventLog, Ledger, Unit

    return Ledger.of(EventLog.from_frames(*frames()), as_of=AS_OF, by=("offense_category",), unit=Unit.FAMILY)


def test_the_fold_balances(expected):
    for category, count in expected.items():
        assert count["received"] == sum(count[place] for place in PLACES), category


def test_the_whole_extract(expected):
    overall = sum(expected.values(), Counter())
    assert {name: overall[name] for name in OVERALL} == OVERALL


def test_standing_as_the_fold_counts(expected, ledger):
    standing = ledger.standing
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in standing.iter_rows(named=True):
        count, n = found[row["offense_category"]], row["n"]
        count["received"] += n
        count[row["place"]] += n
        count["undated"] += n * row["undated"]
        count["set_aside"] += n * row["reason"].startswith("set_aside:")
        count["convicted_ever"] += n * (row["stated"] == "convicted")
    names = ("received", *PLACES, "undated", "set_aside", "convicted_ever")
    for category, count in expected.items():
        assert {n: found[category][n] for n in names} == {n: count[n] for n in names}, category
    assert found.keys() == expected.keys()


@pytest.mark.parametrize("milestone", ["charged", "convicted"])
def test_conversion_as_the_fold_counts(expected, ledger, milestone):
    from tipline_outcomes import conversion

    table = conversion(ledger, to=milestone)
    parts = ("reached", "implied", "lost", "pending", "unknown")

    def wanted(count):
        return {p: count[f"{milestone}.{p}"] for p in parts} | {n: count[n] for n in ("excluded", "received")}

    def given(rate):
        return {name: getattr(rate, name) for name in (*parts, "excluded", "received")}

    assert given(table.overall) == wanted(sum(expected.values(), Counter()))
    groups = {rate.group["offense_category"]: given(rate) for rate in table.groups}
    assert groups == {category: wanted(count) for category, count in expected.items()}
