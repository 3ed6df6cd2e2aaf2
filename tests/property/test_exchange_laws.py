"""Laws of the door: nothing is lost, whatever comes in."""

import json
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipline_outcomes.exchange import Loaded, dumps_record, read_jsonl, write_jsonl
from tipline_outcomes.model import Cohort
from tipline_outcomes.strategies import cohorts, referrals, reports

pytestmark = pytest.mark.property

records = st.one_of(reports(), referrals(), referrals(lawful=False))
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(["2024-01-05", "report", "referral", "closed", "cohort", "local", "US", "f-1"]),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


def written(cohort: Cohort) -> str:
    file = StringIO()
    write_jsonl(cohort, file)
    return file.getvalue()


def balanced(loaded: Loaded, lines: list[bytes]) -> None:
    """Every line is a record, but for the blank ones and at most one header."""
    filled = sum(bool(line.removeprefix(b"\xef\xbb\xbf").strip()) for line in lines)
    assert loaded.accepted + len(loaded.refused) == loaded.read
    assert filled - 1 <= loaded.read <= filled
    assert sum(loaded.refused_by_rule.values()) == len(loaded.refused)
    for refusal in loaded.refused:
        assert refusal.path.startswith("$")
        assert refusal.message
        assert repr(refusal).encode()
        assert refusal.raw.encode()


@given(records)
def test_a_record_survives_the_journey(record):
    loaded = read_jsonl([dumps_record(record)], strict=True)
    assert (*loaded.cohort.reports, *loaded.cohort.referrals) == (record,)


@given(cohorts(lawful=False))
def test_a_cohort_survives_the_journey_and_gives_the_same_text_again(cohort):
    text = written(cohort)
    loaded = read_jsonl(StringIO(text), strict=True)
    assert loaded.cohort == cohort
    assert written(loaded.cohort) == text


@given(records)
def test_what_is_not_said_is_the_default(record):
    fields = json.loads(dumps_record(record))
    assert None not in fields.values()
    assert set(fields) - {"record"} <= {attribute.name for attribute in type(record).__attrs_attrs__}


mutations = st.lists(
    st.tuples(
        st.sampled_from(["replace", "insert", "delete", "cut", "twice"]),
        st.integers(0, 10_000),
        st.integers(0, 255),
    ),
    min_size=1,
    max_size=6,
)


@given(cohorts(lawful=False, max_referrals=3), mutations)
def test_damaged_bytes_never_stop_the_reading_and_never_lose_a_record(cohort, damage):
    data = bytearray(written(cohort).encode())
    for how, where, byte in damage:
        at = where % (len(data) + 1)
        match how:
            case "replace":
                data[at : at + 1] = bytes([byte])
            case "insert":
                data[at:at] = bytes([byte])
            case "delete":
                del data[at : at + 1]
            case "cut":
                del data[at : at + byte]
            case _:
                data[at:at] = data[at : at + byte]
    lines = bytes(data).split(b"\n")
    loaded = read_jsonl(lines)
    balanced(loaded, lines)
    # What was accepted is a cohort like any other.
    assert read_jsonl(StringIO(written(loaded.cohort)), strict=True).cohort == loaded.cohort


@st.composite
def damaged_records(draw: st.DrawFn) -> str:
    """A record as JSON, with one value, at any depth, replaced, removed or added."""
    whole = json.loads(dumps_record(draw(records)))
    place = whole
    for _ in range(draw(st.integers(0, 4))):
        inner = [value for value in (place.values() if isinstance(place, dict) else place) if value]
        inner = [value for value in inner if isinstance(value, dict | list)]
        if not inner:
            break
        place = draw(st.sampled_from(inner))
    value = draw(values)
    if isinstance(place, dict):
        name = draw(st.sampled_from([*place, "name"]))
        if draw(st.booleans()):
            place.pop(name, None)
        else:
            place[name] = value
    else:
        place[draw(st.integers(0, len(place) - 1))] = value
    return json.dumps(whole)


@given(st.lists(damaged_records(), max_size=4))
def test_damaged_values_never_stop_the_reading_and_never_lose_a_record(lines):
    loaded = read_jsonl(lines)
    balanced(loaded, [line.encode() for line in lines])
    assert read_jsonl(StringIO(written(loaded.cohort)), strict=True).cohort == loaded.cohort


@given(st.lists(st.one_of(values.map(json.dumps).map(str.encode), st.binary(max_size=20)), max_size=6))
def test_anything_at_all_is_accounted_for(lines):
    balanced(read_jsonl(lines), lines)


@given(cohorts(), st.data())
def test_bad_lines_between_good_ones_cost_nothing_but_themselves(cohort, data):
    lines = written(cohort).splitlines()
    bad = data.draw(st.lists(st.sampled_from(["", "{", "[]", '{"record": "tip"}', "\x00"]), max_size=5))
    for text in bad:
        # After the header, which has to come first.
        lines.insert(data.draw(st.integers(1, len(lines))), text)
    loaded = read_jsonl(lines)
    assert loaded.cohort == cohort
    assert len(loaded.refused) == sum(bool(text) for text in bad)


@given(cohorts(lawful=False))
def test_a_second_copy_is_refused_whole(cohort):
    lines = [dumps_record(record) for record in (*cohort.reports, *cohort.referrals)]
    loaded = read_jsonl(lines * 2)
    assert loaded.cohort == cohort
    assert [refusal.rule.value for refusal in loaded.refused] == ["duplicate_id"] * len(lines)
