"""Extracts of invented agencies, in which all that is wrong is known: that is found, and nothing else."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import extract_amt as amt
from extract_county import AS_OF, FATES, FAULTS, PROFILE, RULES, County
from tipline_outcomes import Ledger, Profile, conversion, read_extract


def read(county, folder):
    county.write(folder)
    return read_extract(folder, Profile.loads(PROFILE))


def codes(extract):
    rows = extract.unmapped.select("table", "column", "code", "rows").rows()
    return {(table, column, code): n for table, column, code, n in rows}


def same_as_planted(county, extract):
    """Hold everything that was found against everything that was planted."""
    summary = extract.summary
    assert {table.table: (table.read, table.used) for table in summary.tables} == county.read_and_used()
    assert all(table.read == table.used + sum(table.refused.values()) for table in summary.tables)
    told = {
        use.use: Counter({fate: getattr(use, fate) for fate in FATES}) + Counter(use.refused)
        for use in summary.uses
    }
    assert told == county.accounts()

    columns = ("table", "use", "line", "rule", "raw")
    refused = Counter(extract.refused.select(columns).iter_rows())
    assert refused == Counter(county.refused())
    unmapped = {
        tuple(key): n for *key, n in extract.unmapped.select("table", "column", "code", "rows").rows()
    }
    assert unmapped == county.unmapped()
    assert {rule.value: n for rule, n in extract.log.check().counts.items()} == county.findings()

    ledger = Ledger.of(extract.log, as_of=AS_OF, by=("offence", "office"))
    places: Counter[tuple[str, str | None, str]] = Counter()
    for row in ledger.standing.iter_rows(named=True):
        places[row["offence"], row["office"], row["place"]] += row["n"]
    assert places == county.places()
    for milestone in ("charged", "convicted"):
        rate = conversion(ledger, to=milestone).overall
        parts = ("reached", "implied", "lost", "pending", "unknown", "excluded")
        assert Counter({part: getattr(rate, part) for part in parts}) == county.way_to(milestone)


# --- a county with three tables ----------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_county_with_every_fault_several_times(tmp_path, seed):
    county = County(seed, plain=300, faults=[*FAULTS] * 4)
    extract = read(county, tmp_path)
    same_as_planted(county, extract)
    # The plant is not hollow: every rule that a table of this kind can break is broken.
    assert set(RULES) == set(extract.refused["rule"])


def test_a_county_without_a_fault_is_read_whole(tmp_path):
    county = County(4, plain=200, faults=[])
    extract = read(county, tmp_path)
    same_as_planted(county, extract)
    assert (extract.refused.height, extract.unmapped.height, len(extract.log.check())) == (0, 0, 0)


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_alone(tmp_path, fault):
    county = County(5, plain=0, faults=[fault] * 6)
    same_as_planted(county, read(county, tmp_path))


@pytest.mark.property
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32),
    plain=st.integers(0, 12),
    faults=st.lists(st.sampled_from(sorted(FAULTS)), max_size=20),
)
def test_any_mixture_of_faults_is_found_exactly(tmp_path, seed, plain, faults):
    county = County(seed, plain=plain, faults=faults)
    same_as_planted(county, read(county, tmp_path))


# --- an agency with one wide table -------------------------------------------------------------------


def test_the_kinds_of_the_agency_add_up_to_its_places():
    places, _ = amt.counted()
    assert places == {(land, p): n for land, of_them in amt.PLACES.items() for p, n in of_them.items()}


@pytest.mark.parametrize("kind", ["parquet", "arrow", "jsonl", "csv", "tsv"])
def test_one_wide_table_is_read_by_a_profile_alone(tmp_path, kind):
    extract = read_extract(tmp_path, Profile.loads(amt.write(tmp_path, kind)))

    refused = Counter(extract.refused.select("use", "rule").iter_rows())
    assert refused == amt.REFUSED
    unmapped = {
        (column, code): n for column, code, n in extract.unmapped.select("column", "code", "rows").rows()
    }
    assert unmapped == amt.UNMAPPED
    assert {rule.value: n for rule, n in extract.log.check().counts.items()} == {"incomplete": 5}
    (table,) = extract.summary.tables
    assert (table.read, table.used) == (extract.log.referrals.height, table.read - 2)
    for use in extract.summary.uses:
        assert use.rows == table.read

    ledger = Ledger.of(extract.log, as_of=amt.AS_OF, by=("territory",))
    places: dict[str, Counter[str]] = {territory: Counter() for territory in amt.PLACES}
    unknown: Counter[str] = Counter()
    for row in ledger.standing.iter_rows(named=True):
        places[row["territory"]][row["place"]] += row["n"]
        if row["place"] == "unknown":
            unknown[row["reason"]] += row["n"]
    assert places == amt.PLACES
    assert unknown == {"never_watched": 5, "no_longer_watched": 3, "incomplete": 4, "transferred_out": 2}
    assert ledger.measures.select("measure", "n").rows() == [("content_takedown", 2)]

    _, charges = amt.counted()
    table = conversion(ledger, to="convicted", by=())
    told = {name: getattr(table.overall, name) for name in ("reached", "implied", "pending", "unknown")}
    assert told == {
        "reached": charges["reached"],
        "implied": 0,
        "pending": charges["pending"] + 17,
        "unknown": charges["unknown"] + 14,
    }
    assert conversion(ledger, to="charged", level="state").overall.reached == 22
