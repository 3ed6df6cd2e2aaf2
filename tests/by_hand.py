"""Small histories written by hand, for the tests of the oracle."""

from collections import Counter
from datetime import date

import polars as pl

from oracle import ledger

END = date(2024, 12, 31)


def day(month: int, number: int = 1) -> date:
    return date(2024, month, number)


def referral(name="r", parent=None, until=END, **more):
    return {
        "referral_id": name,
        "parent_id": parent,
        "territory": "US-CA",
        "level": "local",
        "observed_through": until,
        **more,
    }


def history(*steps, name="r"):
    """Events of one referral, from tuples (day, action, disposition/reason or None, further columns)."""
    events = []
    for seq, (on, action, *rest) in enumerate(steps):
        word = rest[0] if rest else None
        disposition, _, reason = word.partition("/") if word else (None, None, None)
        event = {"referral_id": name, "seq": seq, "on": on, "action": action}
        event |= {"disposition": disposition, "reason": reason}
        events.append(event | (rest[1] if len(rest) > 1 else {}))
    return events


def opened(on):
    return (on, "made_available"), (on, "accept"), (on, "open_investigation")


def count(events, referrals, *, as_of=END, unit="family", by=()):
    """Count both tables; of waits the unit's own clock, and the others as a table ``clocks``."""
    tables = ledger(events, referrals, as_of=as_of, by=by, unit=unit)
    own = {cell: n for cell, n in tables["waits"].items() if cell[len(by)] == "received"}
    return tables | {"waits": Counter(own), "clocks": tables["waits"] - Counter(own)}


def own_clock(ledger):
    """The rows of the clock that runs from receipt."""
    return ledger.waits.filter(pl.col("clock") == "received")


def only(table: Counter):
    """The one cell of a table."""
    ((cell, n),) = table.items()
    assert n == 1
    return cell


CHARGED = (day(3), "file_charge", "charge/charge_pending", {"level": "local"})


def duplicate(name, of, on=None, reason="duplicate"):
    on = on or day(1)
    ending = (on, "close", f"closed/{reason}", {"other_id": of})
    return history((on, "made_available"), (on, "accept"), ending, name=name)


def transferred(name, on, gone, **columns):
    return history((on, "made_available"), (on, "accept"), (gone, "transfer", None, columns), name=name)
