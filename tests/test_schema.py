"""The schema that editors read, held to the loader; and the schemas of the model's classes."""

import tomllib
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from tipline_outcomes.errors import ProfileError
from tipline_outcomes.exchange.codec import make_codec, record_to
from tipline_outcomes.exchange.extracts.profile import Meaning, Order, Profile
from tipline_outcomes.exchange.schema import json_schema, profile_schema
from tipline_outcomes.model import Action, Referral, Report
from tipline_outcomes.model.pipeline import REASONS
from tipline_outcomes.strategies import referrals, reports
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


model_schemas = {
    name: Draft202012Validator(json_schema(cls, title=name), format_checker=FormatChecker())
    for name, cls in {"report": Report, "referral": Referral}.items()
}


@given(referrals() | referrals(lawful=False) | reports())
def test_the_classes_of_the_model_have_a_schema_too(record):
    said = record_to(record, make_codec())
    validator = model_schemas[said.pop("record")]
    validator.validate(said)
    assert not validator.is_valid({**said, "name": "x"})
