"""Laws of the door: nothing is lost, whatever comes in."""

import json
from io import StringIO

import pytest
from cattrs import BaseValidationError
from hypothesis import example, given
from hypothesis import strategies as st

from tipline_outcomes.errors import ExtractError
from tipline_outcomes.exchange import Loaded, dumps_cohort, dumps_record, read_json, read_jsonl, write_jsonl
from tipline_outcomes.exchange.codec import RECORDS, make_codec, record_from
from tipline_outcomes.exchange.faults import Fault, first_fault
from tipline_outcomes.model import (
    Administrative,
    Charge,
    Closed,
    Cohort,
    Disposition,
    Event,
    Jurisdiction,
    Referral,
    Report,
    ReportLink,
    Source,
)
from tipline_outcomes.strategies import cohorts, dispositions, referrals, reports

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


codec = make_codec()
CLASSES = (Report, Source, ReportLink, Referral, Jurisdiction, Event, Charge, Administrative, Closed, Cohort)


@pytest.mark.parametrize("converter", [codec.quick, codec.detailed], ids=["quick", "detailed"])
@given(st.sampled_from(CLASSES).flatmap(lambda cls: st.tuples(st.just(cls), st.from_type(cls))))
def test_every_entity_survives_the_journey(converter, drawn):
    cls, value = drawn
    said = json.loads(json.dumps(converter.unstructure(value)))
    assert converter.structure(said, cls) == value


@pytest.mark.parametrize("converter", [codec.quick, codec.detailed], ids=["quick", "detailed"])
@given(dispositions() | st.none())
def test_every_disposition_survives_the_journey_by_its_tag(converter, disposition):
    said = json.loads(json.dumps(converter.unstructure(disposition, unstructure_as=Disposition | None)))
    assert converter.structure(said, Disposition | None) == disposition


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


def damaged_bytes(text: str, damage: list[tuple[str, int, int]]) -> bytes:
    data = bytearray(text.encode())
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
    return bytes(data)


@given(cohorts(lawful=False, max_referrals=3), mutations)
def test_damaged_bytes_never_stop_the_reading_and_never_lose_a_record(cohort, damage):
    lines = damaged_bytes(written(cohort), damage).split(b"\n")
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


# The quick converter


def verdict(build, *arguments) -> object:
    """What comes of it: a record, or what is wrong and where."""
    try:
        return build(*arguments)
    except (Fault, BaseValidationError) as error:
        fault = error if type(error) is Fault and error.path.startswith("$") else first_fault(error, "$")
        return fault.rule, fault.path, fault.message


TWICE = [
    {
        "record": "referral",
        "id": "f-1",
        "jurisdiction": {"territory": "US", "level": "local"},
        "history": [{"on": "2024-01-05", "action": "made_available", "implied": implied}],
    }
    for implied in (True, 1, 1.0)
]


@given(st.lists(damaged_records().map(json.loads), min_size=1, max_size=4))
@example(TWICE)
@example(TWICE[::-1])
@example([{**TWICE[0], "report_ids": "r-1"}, {**TWICE[0], "report_ids": {"r-1": 1}}])
@example([{**TWICE[0], "history": {"0": TWICE[0]["history"][0]}}, {**TWICE[0], "dimensions": [["a", "b"]]}])
def test_in_a_hurry_the_verdict_is_the_same(lines):
    # What was built before is remembered from line to line, and from example to example.
    for line in lines:
        kind = RECORDS.get(line.pop("record")) if isinstance(line.get("record"), str) else None
        if kind is not None:
            hurried = verdict(record_from, line, kind, codec)
            assert hurried == verdict(codec.detailed.structure, line, kind)


@given(records)
def test_a_sound_record_is_built_without_asking_twice(record):
    line = json.loads(dumps_record(record))
    assert codec.quick.structure(line, RECORDS[line.pop("record")]) == record


# One document


@st.composite
def layouts(draw: st.DrawFn) -> dict[str, object]:
    """A way of writing JSON."""
    return {
        "indent": draw(st.sampled_from([None, 0, 2, "\t"])),
        "ensure_ascii": draw(st.booleans()),
        "sort_keys": draw(st.booleans()),
        "separators": draw(st.sampled_from([None, (",", ":"), (" , ", " : ")])),
    }


def document(records: list[dict[str, object]]) -> dict[str, object]:
    """Records with their tags, as a document."""
    fields = {
        f"{tag}s": [
            {key: value for key, value in record.items() if key != "record"}
            for record in records
            if record["record"] == tag
        ]
        for tag in RECORDS
    }
    return {"record": "cohort", "version": 1, **fields}


@given(cohorts(lawful=False))
def test_a_document_survives_the_journey_and_gives_the_same_text_again(cohort):
    text = dumps_cohort(cohort)
    loaded = read_json(StringIO(text), strict=True)
    assert loaded.cohort == cohort
    assert dumps_cohort(loaded.cohort) == text
    # A line holds a record, or the brackets around them.
    assert len(text.split("\n")) == loaded.read + 2 + 2 + bool(cohort.reports) + bool(cohort.referrals)
    lines = [json.loads(line) for line in written(cohort).splitlines()[1:]]
    assert json.loads(text) == document(lines)


@given(cohorts(lawful=False), layouts())
def test_a_document_may_be_laid_out_in_any_way(cohort, layout):
    text = json.dumps(json.loads(dumps_cohort(cohort)), **layout)
    assert read_json([text[:40], text[40:]], strict=True).cohort == cohort


@given(st.lists(damaged_records(), max_size=4), layouts())
def test_a_document_and_lines_refuse_the_same_records_for_the_same_reasons(lines, layout):
    tagged = [record for record in map(json.loads, lines) if record.get("record") in list(RECORDS)]
    # In the order of the document, where reports come first.
    tagged.sort(key=lambda record: list(RECORDS).index(record["record"]))
    by_line = read_jsonl(map(json.dumps, tagged))
    text = json.dumps(document(tagged), **{**layout, "sort_keys": False})
    whole = read_json([text])
    assert (whole.cohort, whole.read) == (by_line.cohort, by_line.read)
    places = [
        f"$.{tag}s[{n}]" for tag in RECORDS for n in range(sum(record["record"] == tag for record in tagged))
    ]
    for in_whole, on_line in zip(whole.refused, by_line.refused, strict=True):
        assert in_whole.rule == on_line.rule
        assert in_whole.path == places[on_line.line - 1] + on_line.path.removeprefix("$")
        if in_whole.rule != "duplicate_id":
            assert in_whole.message == on_line.message
        assert json.loads(in_whole.raw) == {
            k: v for k, v in tagged[on_line.line - 1].items() if k != "record"
        }
        assert (
            text.split("\n")[in_whole.line - 1].lstrip(" \t").startswith((in_whole.raw.split("\n")[0], "{"))
        )


@given(cohorts(lawful=False, max_referrals=3), mutations)
def test_damaged_bytes_of_a_document_are_told_or_cost_the_records_they_are_in(cohort, damage):
    data = damaged_bytes(dumps_cohort(cohort), damage)
    try:
        loaded = read_json([data])
    except ExtractError as error:
        assert "is no document of a cohort" in str(error)  # noqa: PT017 - either way is right
        return
    assert loaded.accepted + len(loaded.refused) == loaded.read
    for refusal in loaded.refused:
        assert refusal.path.startswith(("$.reports[", "$.referrals["))
        assert refusal.raw.encode()
    # Whatever a standard reader reads as well, it reads as the same records.
    try:
        plain = json.loads(data.decode("utf-8"))
    except ValueError:
        return
    assert loaded.read == sum(len(plain.get(field, [])) for field in ("reports", "referrals"))
