"""Laws of places: containing is an order, rolling up only widens, no text is too strange to be checked."""

import random
from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipline_outcomes.eventlog import EventLog
from tipline_outcomes.geo import (
    Extent,
    check_territories,
    roll_up,
    rolled_up,
    same_place,
    territory_name,
    unknown_territories,
)
from tipline_outcomes.geo.iso import standard
from tipline_outcomes.ledger import Ledger
from tipline_outcomes.model import Jurisdiction, Level
from tipline_outcomes.model.territory import TERRITORY
from worlds import AS_OF, many

pytestmark = pytest.mark.property

AWKWARD = ("US-PR", "PR", "US", "FR", "FR-971", "FR-GP", "GP", "NL", "NL-BQ1", "BQ-BO", "BQ", "NO", "NO-21")
CODES = sorted(standard().names)
# Places of one country meet more often than chance would have it.
codes = st.one_of(
    st.sampled_from(AWKWARD), st.sampled_from(CODES), st.from_regex(TERRITORY.pattern, fullmatch=True)
)
extents = st.sampled_from(Extent)
anything = st.none() | codes | st.text(max_size=12)


def contains(outer: str, inner: str) -> bool:
    a, b = (Jurisdiction(territory=code, level=Level.LOCAL) for code in (outer, inner))
    return a.contains(b)


def log_of(territories):
    """A log with a referral in each of the territories, as they are written."""
    ids = [str(number) for number in range(len(territories))]
    return EventLog.from_frames(
        pl.DataFrame({"referral_id": ids, "seq": 0, "on": "2024-01-08", "action": "made_available"}),
        pl.DataFrame(
            {"referral_id": ids, "territory": pl.Series(territories, dtype=pl.String), "level": "local"}
        ),
    )


def test_every_code_of_the_standard_can_be_a_jurisdiction_and_is_known_by_its_name():
    for code in CODES:
        place = Jurisdiction(territory=code, level=Level.STATE)
        assert Jurisdiction.parse(str(place)) == place
        assert territory_name(code)
    assert unknown_territories(CODES) == ()


@given(codes, codes, codes)
def test_containing_is_an_order_of_places(a, b, c):
    assert contains(a, a)
    if contains(a, b) and contains(b, c):
        assert contains(a, c)
    assert (contains(a, b) and contains(b, a)) == (b in same_place(a))


@given(codes, codes)
def test_the_codes_of_a_place_are_the_same_whichever_is_asked_for(a, b):
    assert a in same_place(a)
    assert (b in same_place(a)) == (a in same_place(b)) == (same_place(a) == same_place(b))


@given(codes, extents)
def test_rolling_up_is_of_places_and_done_once(code, to):
    wide = roll_up(code, to=to)
    assert roll_up(wide, to=to) == wide
    assert {roll_up(other, to=to) for other in same_place(code)} == {wide}
    assert same_place(wide)[0] == wide


@given(codes)
def test_each_extent_lies_in_the_next(code):
    territory, country, widest = (roll_up(code, to=extent) for extent in Extent)
    assert contains(widest, country)
    assert contains(country, territory)
    assert contains(territory, code)
    assert roll_up(territory, to="country") == country
    assert roll_up(country, to="widest") == widest
    assert len(country) == len(widest) == 2
    assert Jurisdiction(territory=code, level=Level.LOCAL).country == country


@given(codes, codes)
def test_what_contains_lies_no_lower(outer, inner):
    assert contains(outer, inner) == (same_place(outer)[0] in {roll_up(inner, to=to) for to in Extent})


@given(st.lists(anything, max_size=20), st.randoms())
def test_whatever_is_written_is_checked_and_counted(values, rng):
    problems = unknown_territories(values)
    unknown = Counter(value for value in values if value not in standard().names)
    assert {problem.territory: problem.records for problem in problems} == unknown
    assert all(code in standard().names for problem in problems for code in problem.nearest)
    assert all("\n" not in str(problem) for problem in problems)
    rng.shuffle(values)
    assert unknown_territories(values) == problems


@given(st.lists(anything, max_size=8))
def test_a_log_is_checked_whatever_its_territories_are(territories):
    log = log_of(territories)
    written = Counter(log.referrals["territory"].to_list())
    problems = check_territories(log)
    unknown = unknown_territories(written.elements())
    assert problems[: len(unknown)] == unknown
    assert all(written[problem.territory] == problem.records for problem in problems)
    assert len({problem.territory for problem in problems}) == len(problems)


@given(st.lists(st.sampled_from(CODES) | st.sampled_from(AWKWARD), max_size=8))
def test_two_codes_of_a_place_are_told_until_it_has_one(territories):
    log = log_of(territories)
    one = {code: same_place(code)[0] for code in territories}
    crowded = {place for place, codes in Counter(one.values()).items() if codes > 1}
    doubled = {code for code, place in one.items() if place in crowded and code != place}
    unknown = {problem.territory for problem in unknown_territories(territories)}
    assert {problem.territory for problem in check_territories(log)} == doubled | unknown
    mended = rolled_up(log, to="territory")
    assert check_territories(mended) == ()
    assert mended.referrals["territory"].to_list() == [one[code] for code in territories]


@pytest.mark.parametrize("to", ["country", "widest"])
@pytest.mark.parametrize("seed", range(3))
def test_the_ledger_by_country_is_the_one_by_territory_rolled_up(seed, to):
    events, referrals = many(seed, 100)
    rng = random.Random(seed)
    for row in referrals:
        row["territory"] = rng.choice((*AWKWARD, "US-CA", "ZZ", "somewhere", None))
    log = EventLog.from_frames(
        pl.DataFrame(events, infer_schema_length=None), pl.DataFrame(referrals, infer_schema_length=None)
    )
    wide = rolled_up(log, to=to)
    day = AS_OF[-1]
    fine, coarse = (Ledger.of(wide, as_of=day, by=by) for by in (("territory", to), (to,)))
    assert fine.rolled_up((to,)) == coarse
    assert coarse.rolled_up(()) == Ledger.of(log, as_of=day)
    assert coarse.received > 0
