"""The schemas that editors and other languages read, held to the readers, in both directions."""

import json
import tomllib
from datetime import date, datetime
from io import StringIO
from pathlib import Path

import pytest
from attrs import NOTHING, fields_dict
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from tipline_outcomes.errors import ExtractError, ProfileError
from tipline_outcomes.exchange import (
    cohort_schema,
    dumps_cohort,
    dumps_record,
    profile_schema,
    read_json,
    read_jsonl,
    record_schema,
    write_jsonl,
)
from tipline_outcomes.exchange.extracts.profile import Meaning, Order, Profile
from tipline_outcomes.model import Action, ClosedReason, Level
from tipline_outcomes.model.pipeline import REASONS
from tipline_outcomes.strategies import cohorts, referrals, reports
from toml_writing import scalars, texts, written

schema = Draft202012Validator(profile_schema(), format_checker=FormatChecker())
columns = st.sampled_from(["no", "Case No.", "día", "x"]).flatmap(
    lambda name: st.sampled_from([name, [name], [name, "and so on"]])
)
days = st.dates(date(2000, 1, 1), date(2030, 1, 1))
formats = st.sampled_from(["%Y-%m-%d", ["%d.%m.%Y", "%m/%d/%Y %H:%M"]])
meanings = st.sampled_from(
    [
        str(Meaning(action=action, reason=reason))
        for action, reasons in REASONS.items()
        for reason in sorted(reasons, key=str)
        if action is not Action.MADE_AVAILABLE
    ]
)
path = ["accept", "open_investigation", "present_to_prosecutor", "return_to_investigation"]


def tables(required: dict[str, object], **optional: object) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries(required, optional=optional)


@st.composite
def profiles(draw: st.DrawFn) -> dict[str, object]:
    """Draw what a profile's TOML says, with everything in it that may be there."""
    names = st.sampled_from(["a.csv", "b.jsonl"])
    referral = draw(
        tables(
            {"table": names, "id": columns, "received_on": columns},
            implied=st.integers(0, 4).map(lambda steps: path[:steps]),
            parent=columns,
            observed_through=days | columns,
            dimensions=st.sampled_from(["d", ["d", "e"], {"f": "d"}, {"f": ["d", "e"], "g": []}]),
        )
    )
    given_once = {"territory": "US-IL", "level": "local", "agency": "sao"}
    for fact, constant in given_once.items():
        if draw(st.booleans()):
            referral[fact] = draw(columns)
        else:
            referral.setdefault("constants", {})[fact] = constant
    codes: dict[str, object] = {}
    events = draw(
        st.lists(
            tables(
                {"table": names, "referral": columns, "on": columns, "subject": columns},
                charge=columns,
                other=columns,
                superseded_on=columns,
                constants=st.sampled_from([{}, {"level": "federal"}]),
            ),
            max_size=3,
        )
    )
    for number, event in enumerate(events):
        if draw(st.booleans()):
            event["action"] = draw(meanings)
            continue
        event["code"] = draw(st.sampled_from([f"code {number}", [f"code {number}"]]))
        name = event.setdefault("codes", "shared") if draw(st.booleans()) else f"code {number}"
        codes[name] = draw(st.dictionaries(texts.map(str.strip), meanings | st.just("nothing"), max_size=3))
    profile = draw(
        tables(
            {"version": st.just(1), "referral": st.just(referral)},
            order=st.sampled_from(Order).map(str),
            fill_gaps=st.booleans(),
            dates=tables({}, formats=formats, earliest=st.just(date(1999, 1, 1)), latest=days),
        )
    )
    form = tables(
        {}, encoding=st.just("utf-16"), separator=st.just("\t"), blank=st.just("NULL"), formats=formats
    )
    profile["tables"] = draw(st.dictionaries(st.just(referral["table"]), form))
    return profile | ({"event": events} if events else {}) | ({"codes": codes} if codes else {})


def as_json(value: object) -> object:
    """Give a TOML value as an editor shows it to a schema: days are text."""
    match value:
        case dict():
            return {key: as_json(inside) for key, inside in value.items()}
        case list():
            return [as_json(inside) for inside in value]
        case date():
            return value.isoformat()
        case _:
            return value


def records(document: dict[str, object]) -> list[dict[str, object]]:
    """Give every table whose keys are fixed."""
    referral, events = document["referral"], document.get("event", [])
    constants = [each["constants"] for each in (referral, *events) if "constants" in each]
    forms = [document[key] for key in ("dates",) if key in document]
    return [document, referral, *events, *constants, *forms, *document["tables"].values()]


def test_the_schema_is_one_and_the_examples_follow_it():
    Draft202012Validator.check_schema(profile_schema())
    examples = Path(__file__).resolve().parents[1] / "examples"
    for file in examples.rglob("profile.toml"):
        Profile.load(file)
        schema.validate(as_json(tomllib.loads(file.read_text("utf-8"))))


@given(profiles())
def test_what_the_loader_accepts_follows_the_schema(document):
    Profile.loads(written(document))
    schema.validate(as_json(document))


@given(profiles(), st.data())
def test_an_unknown_key_is_refused_by_the_loader_and_by_the_schema(document, data):
    record = data.draw(st.sampled_from(records(document)))
    record["colour"] = data.draw(scalars)
    assert not schema.is_valid(as_json(document))
    with pytest.raises(ProfileError, match="colour: there is no such key here"):
        Profile.loads(written(document))


@given(profiles(), st.data())
def test_a_value_of_another_type_is_refused_by_the_loader_and_by_the_schema(document, data):
    record = data.draw(st.sampled_from([record for record in records(document) if record]))
    key = data.draw(st.sampled_from(sorted(record)))
    record[key] = data.draw(st.sampled_from([1.5, [1.5], {"x": 1.5}, datetime(2024, 1, 1, 1)]))  # noqa: DTZ001
    with pytest.raises(ProfileError):
        Profile.loads(written(document))
    if not isinstance(record[key], datetime):  # a time stamp is text to a schema
        assert not schema.is_valid(as_json(document))


keys = st.sampled_from(
    [
        "version",
        "referral",
        "event",
        "codes",
        "tables",
        "dates",
        "table",
        "id",
        "on",
        "code",
        "x",
        "constants",
    ]
)
strange = st.recursive(
    scalars | meanings | st.just(1),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=5),
)


@given(
    st.dictionaries(keys, strange, max_size=6)
    | st.tuples(profiles(), keys, strange).map(lambda drawn: {**drawn[0], drawn[1]: drawn[2]})
)
def test_whatever_the_document_it_is_a_profile_or_its_problems_are_told(document):
    text = written(document)
    try:
        Profile.loads(text)
    except ProfileError as error:
        assert error.problems  # noqa: PT017 - either way is right
        for problem in error.problems:
            assert 1 <= problem.line <= text.count("\n") + 1
            assert problem.path
            assert problem.message
    else:
        schema.validate(as_json(document))


# Cohorts

record_validator = Draft202012Validator(record_schema(), format_checker=FormatChecker())
cohort_validator = Draft202012Validator(cohort_schema(), format_checker=FormatChecker())
somewhere = st.lists(st.integers(0, 7), max_size=5)
wrong = st.sampled_from(
    [None, True, 0, 1.5, "", "2024-02-30", "2024-01-05", "closed", "US", "f-1", [], {}, ["x"]]
) | st.sampled_from([word.value for words in (Action, ClosedReason, Level) for word in words])


def damaged(value: object, way: list[int], by: object) -> object:
    """Give a copy in which something, a few steps down, is another value, is missing, or is there besides."""
    if not isinstance(value, dict | list) or not value or not way:
        return by
    places = [*value, "name"] if isinstance(value, dict) else list(range(len(value)))
    place = places[way[0] % len(places)]
    if len(way) == 1 and by is None and place in value:
        return {key: each for key, each in value.items() if key != place}
    if isinstance(value, dict):
        return {**value, place: damaged(value.get(place), way[1:], by)}
    return [damaged(each, way[1:], by) if at == place else each for at, each in enumerate(value)]


def test_the_schemas_of_cohorts_are_schemas():
    for schema_of in (record_schema(), cohort_schema()):
        Draft202012Validator.check_schema(schema_of)
    header = {"record": "cohort", "version": 1}
    record_validator.validate(header)
    for other in (
        {**header, "version": 2},
        {**header, "name": "x"},
        {"record": "cohort"},
        {"version": 1},
        {},
    ):
        assert not record_validator.is_valid(other)
        assert not cohort_validator.is_valid(other)


@given(cohorts(lawful=False))
def test_whatever_is_written_follows_its_schema(cohort):
    cohort_validator.validate(json.loads(dumps_cohort(cohort)))
    file = StringIO()
    write_jsonl(cohort, file)
    for line in file.getvalue().splitlines():
        record_validator.validate(json.loads(line))


@given(referrals() | referrals(lawful=False) | reports(), somewhere, wrong)
def test_what_the_schema_of_records_refuses_the_reader_refuses(record, way, by):
    value = damaged(json.loads(dumps_record(record)), way, by)
    if not record_validator.is_valid(value):
        assert len(read_jsonl([json.dumps(value)]).refused) == 1


@given(cohorts(lawful=False), somewhere, wrong)
def test_what_the_schema_of_documents_refuses_the_reader_refuses(cohort, way, by):
    value = damaged(json.loads(dumps_cohort(cohort)), way, by)
    if not cohort_validator.is_valid(value):
        with pytest.raises(ExtractError):
            read_json([json.dumps(value)], strict=True)


@given(referrals() | reports(), st.data())
def test_a_field_too_many_too_few_or_of_another_type_is_refused_by_the_schema(record, data):
    said = json.loads(dumps_record(record))
    assert not record_validator.is_valid({**said, "name": "x"})
    needed = [field for field, attribute in fields_dict(type(record)).items() if attribute.default is NOTHING]
    dropped = data.draw(st.sampled_from(["record", *needed]))
    assert not record_validator.is_valid({key: value for key, value in said.items() if key != dropped})
    for key in said:
        assert not record_validator.is_valid({**said, key: 1.5})


@pytest.mark.parametrize(
    ("place", "by"),
    [
        (("history", 0, "on"), "2024-02-30"),
        (("history", 0, "action"), "cleared"),
        (("history", 0, "implied"), "no"),
        (("history", 0, "note"), "x"),
        (("history", 0, "disposition"), {"kind": "closed", "reason": "acquitted"}),
        (("history", 0, "disposition"), {"reason": "duplicate"}),
        (("jurisdiction", "level"), "county"),
        (("jurisdiction",), "US/local"),
        (("dimensions", "x"), 5),
        (("dimensions",), [["x", "y"]]),
        (("report_ids",), "r-1"),
        (("report_ids",), [1]),
        (("record",), "report"),
    ],
)
def test_the_schema_goes_down_to_the_last_value(place, by):
    said = {
        "record": "referral",
        "id": "f-1",
        "jurisdiction": {"territory": "US", "level": "local"},
        "history": [{"on": "2024-01-05", "action": "made_available"}],
        "dimensions": {"x": "y"},
    }
    record_validator.validate(said)
    *way, last = place
    inside = said
    for step in way:
        inside = inside[step]
    inside[last] = by
    assert not record_validator.is_valid(said)
    assert len(read_jsonl([json.dumps(said)]).refused) == 1
