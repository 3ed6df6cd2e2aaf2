"""The oracle by hand: the levels of charges, and charges that ended in a manner unknown."""

import pytest

from by_hand import CHARGED, count, day, history, only, opened, referral
from oracle import rate

FEDERAL = {"level": "federal", "charge_id": "f"}
STATED_FEDERAL = (day(3), "file_charge", "charge/charge_pending", FEDERAL)


def implied_charge(level, name):
    return (
        day(3),
        "file_charge",
        "charge/charge_pending",
        {"level": level, "charge_id": name, "implied": True},
    )


@pytest.mark.parametrize(
    ("charges", "levels", "ends"),
    [
        # Stated is federal alone: local is lost to nobody yet, the cases run and are watched.
        ([STATED_FEDERAL], "federal", {"federal": "reached", "local": "pending"}),
        # An implied filing at another level reaches that level only by implication; tribal still runs.
        (
            [STATED_FEDERAL, implied_charge("local", "l")],
            "federal,implied:local",
            {"federal": "reached", "local": "implied", "tribal": "pending"},
        ),
        # What is stated too is stated: the implied filing adds nothing.
        ([STATED_FEDERAL, implied_charge("federal", "g")], "federal", {"federal": "reached"}),
        # An implied filing at no recorded level may have been at any that is not named.
        (
            [implied_charge(None, "n"), implied_charge("local", "l"), STATED_FEDERAL],
            "federal,implied:local,implied:unrecorded",
            {"federal": "reached", "local": "implied", "tribal": "unknown"},
        ),
        # A stated filing whose level is not recorded, and an implied one at a level.
        (
            [(day(3), "file_charge", "charge/charge_pending"), implied_charge("military", "m")],
            "unrecorded,implied:military",
            {"military": "implied", "federal": "unknown"},
        ),
    ],
)
def test_levels_that_only_implied_charges_have_are_apart(charges, levels, ends):
    standing = count(history(*opened(day(1)), *charges), [referral()])["standing"]
    assert only(standing)[4:6] == (levels, "watched")
    for level, end in ends.items():
        rates = rate(standing, "charged", level)
        parts = ("reached", "implied", "lost", "pending", "unknown")
        assert {part: rates[part] for part in parts} == dict.fromkeys(parts, 0) | {end: 1}, level


def test_an_implied_result_names_a_level_too():
    # Filed locally, tried federally as one may conclude: the result names a level, and no level is missing.
    levelled = (day(4), "charge_result", "charge/convicted_plea", {"level": "federal", "implied": True})
    unlevelled = (day(5), "charge_result", "charge/convicted_plea", {"implied": True})
    standing = count(history(*opened(day(1)), CHARGED, levelled, unlevelled), [referral()])["standing"]
    assert only(standing)[:6] == (
        *("convicted", "charged", "charge", "convicted_plea", "local,implied:federal", "no"),
    )
    assert rate(standing, "charged", "federal")["implied"] == 1
    assert rate(standing, "charged", "state")["lost"] == 1
    assert rate(standing, "convicted")["implied"] == 1


def result(month, reason, name, **more):
    return (day(month), "charge_result", f"charge/{reason}", {"charge_id": name, **more})


NOBODY_SAYS = result(4, "charge_disposed_unspecified", "a")
ACQUITTED = result(4, "acquitted", "b")


@pytest.mark.parametrize(
    ("results", "stage", "is_open", "convicted"),
    [
        # Over, and nobody says how: it may have been a conviction, so it is not lost.
        ([NOBODY_SAYS, ACQUITTED], "concluded", "unwatched", "unknown"),
        ([ACQUITTED, NOBODY_SAYS], "concluded", "unwatched", "unknown"),
        # By T it was said; a later word on the same charge does not unsay it.
        ([NOBODY_SAYS, ACQUITTED, result(5, "acquitted", "a")], "concluded", "unwatched", "unknown"),
        # A conviction is known beside it, stated or implied: the question is answered.
        ([NOBODY_SAYS, result(4, "convicted_plea", "b")], "concluded", "no", "reached"),
        ([NOBODY_SAYS, result(4, "convicted_trial", "b", implied=True)], "concluded", "no", "implied"),
        # The other charge still runs, and is watched; the first may have been a conviction by T all the same.
        ([NOBODY_SAYS], "charged", "unwatched", "unknown"),
        # Known to have been no conviction, both; after T (1 June) it may be said as it likes.
        ([result(4, "acquitted", "a"), ACQUITTED], "concluded", "no", "lost"),
        (
            [result(4, "acquitted", "a"), ACQUITTED, result(7, "charge_disposed_unspecified", "a")],
            *("concluded", "no", "lost"),
        ),
    ],
)
def test_a_charge_that_ended_nobody_says_how_is_not_known_to_be_lost(results, stage, is_open, convicted):
    filed = [(day(3), "file_charge", "charge/charge_pending", {"charge_id": name}) for name in "ab"]
    tables = count(history(*opened(day(1)), *filed, *results), [referral()], as_of=day(6))
    assert tables["stock"] == {(stage, is_open, None): 1}
    assert only(tables["standing"])[5] == is_open
    assert rate(tables["standing"], "charged")["reached"] == 1
    assert rate(tables["standing"], "convicted")[convicted] == 1
