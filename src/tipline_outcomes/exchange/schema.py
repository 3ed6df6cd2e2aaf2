"""JSON Schema (draft 2020-12) from the classes themselves, for editors and for other languages.

A schema says of which shape a document is. What must hold between its parts is said by whoever reads it.
"""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from inspect import getdoc
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Final, NewType, Union, cast, get_args, get_origin

from attrs import NOTHING, Attribute, has

from tipline_outcomes.exchange.codec import HEADER, RECORDS
from tipline_outcomes.exchange.crosswalks import crosswalks
from tipline_outcomes.exchange.extracts.meaning import NOTHING as SAYS_NOTHING
from tipline_outcomes.exchange.extracts.meaning import Meaning
from tipline_outcomes.exchange.extracts.parts import Codes, CodesName
from tipline_outcomes.exchange.extracts.profile import Profile
from tipline_outcomes.exchange.extracts.shape import written_fields
from tipline_outcomes.model import Action, AdministrativeReason, ChargeStatus, ClosedReason, Cohort
from tipline_outcomes.model.pipeline import REASONS
from tipline_outcomes.model.vocabulary import Word

__all__ = ["Schema", "cohort_schema", "json_schema", "profile_schema", "record_schema"]

Schema = dict[str, object]
"""A JSON Schema, as plain values."""

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_SCALARS: Final[Mapping[object, Schema]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    date: {"type": "string", "format": "date"},
}
_ATTRIBUTES: Final = re.compile(r"^Attributes:\n((?:    .*\n?)+)", re.MULTILINE)
_ATTRIBUTE: Final = re.compile(r"^    (\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)


def json_schema(
    cls: type[object],
    *,
    title: str,
    toml: bool = False,
    written: Mapping[object, Schema] = MappingProxyType({}),
) -> Schema:
    """Describe the documents that stand for the records of a class.

    Fields have their names, words their values, days are ``YYYY-MM-DD``; pairs of a name and a value are an
    object. Descriptions come from the docstrings and from the meanings of the words.

    Args:
        cls: An attrs class.
        title: What the documents are called.
        toml: Whether they are TOML as a profile is: without null, a list of one may be written as the one,
            and a table that gives every name the column of that name as the list of the names.
        written: Kinds of values that are written in a form of their own.

    >>> from attrs import frozen
    >>> @frozen
    ... class Tip:
    ...     '''A tip.
    ...
    ...     Attributes:
    ...         id: Its number.
    ...     '''
    ...     id: int
    >>> json_schema(Tip, title="Tip")["properties"]
    {'id': {'type': 'integer', 'description': 'Its number.'}}
    """
    writer = _Writer(toml=toml, written=written)
    schema = writer.record(cls)
    schema = {"$schema": _DIALECT, "title": title, **schema}
    return {**schema, "$defs": writer.named} if writer.named else schema


def profile_schema() -> Schema:
    """Describe the profiles of extracts, as an editor of TOML reads it.

    >>> schema = profile_schema()
    >>> schema["required"]
    ['version', 'referral']
    >>> schema["properties"]["event"]["items"]
    {'$ref': '#/$defs/EventMap'}
    """
    said: Schema = {"anyOf": [{"$ref": "#/$defs/Meaning"}, _SCALARS[str]]}
    codes = _object_of(_object_of(said))
    standards = {each.name: f"{each.standard}, {each.edition}" for each in crosswalks()}
    named: Schema = {"anyOf": [_one_of(standards, "A crosswalk of the package."), _SCALARS[str]]}
    return json_schema(
        Profile,
        title="Profile of an agency's extract",
        toml=True,
        written={Meaning: _one_of(_meanings(), "What a code says."), Codes: codes, CodesName: named},
    )


def record_schema() -> Schema:
    """Describe a line of JSON Lines, as `read_jsonl` reads it: a header, a report or a referral.

    Everything that `dumps_record` writes follows it, and what does not follow it is refused. What it leaves
    out (which reasons an action can carry, what has the shape of a territory's code) the reader checks.

    >>> schema = record_schema()
    >>> [each["properties"]["record"]["const"] for each in schema["anyOf"]]
    ['cohort', 'report', 'referral']
    """
    writer = _Writer(toml=False, written={})
    header = _headed({"description": "The first line.", "type": "object", "additionalProperties": False})
    records = [_tagged(writer.record(cls), {"record": tag}) for tag, cls in RECORDS.items()]
    return {
        "$schema": _DIALECT,
        "title": "A line of a cohort in JSON Lines",
        "anyOf": [header, *records],
        "$defs": writer.named,
    }


def cohort_schema() -> Schema:
    """Describe a cohort as one JSON document, as `read_json` reads it and `dumps_cohort` writes it.

    >>> list(cohort_schema()["properties"])
    ['record', 'version', 'referrals', 'reports']
    """
    return _headed(json_schema(Cohort, title="A cohort of reports and referrals"))


class _Writer:
    """Writes the schemas of types; those of classes and vocabularies once, under their names."""

    def __init__(self, *, toml: bool, written: Mapping[object, Schema]) -> None:
        self.toml = toml
        self.written = written
        self.named: dict[str, Schema] = {}

    def record(self, cls: type[object]) -> Schema:
        """Describe the object that stands for a record."""
        told = _told_fields(cls)
        tag: object = getattr(cls, "kind", None)
        properties: Schema = {"kind": {"const": tag}} if isinstance(tag, str) else {}
        required = list(properties)
        for name, attribute in written_fields(cls).items():
            properties[name] = {**self.of(attribute.type), **told.get(name, {}), **_default(attribute)}
            if attribute.default is NOTHING:
                required.append(name)
        return {
            "description": _first_line(cls),
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": False,
        }

    def of(self, kind: object) -> Schema:
        """Describe the values of a type."""
        origin, parts = get_origin(kind), get_args(kind)
        if kind in self.written:
            return self._name(kind, self.written[kind]) if isinstance(kind, type) else self.written[kind]
        if isinstance(kind, NewType):
            return self.of(kind.__supertype__)
        if origin in (Union, UnionType):
            return self._any_of(parts)
        if origin is tuple:
            return self._list_of(parts[0])
        if origin is Mapping:
            return _object_of(self.of(parts[1]))
        return self._class(kind) if isinstance(kind, type) and kind not in _SCALARS else _SCALARS[kind]

    def _class(self, kind: type[object]) -> Schema:
        if has(kind):
            return self._name(kind, self.record(kind))
        words = cast("type[StrEnum]", kind)
        meanings = {word.value: word.meaning if isinstance(word, Word) else "" for word in words}
        return self._name(kind, _one_of(meanings, _first_line(kind)))

    def _any_of(self, kinds: tuple[object, ...]) -> Schema:
        if self.toml:
            kinds = tuple(kind for kind in kinds if kind is not NoneType)
        null: Schema = {"type": "null"}
        each = [null if kind is NoneType else self.of(kind) for kind in kinds]
        return each[0] if len(each) == 1 else {"anyOf": each}

    def _list_of(self, kind: object) -> Schema:
        if get_origin(kind) is tuple:
            named = _object_of(self.of(get_args(kind)[1]))
            return {"anyOf": [named, self._list_of(str)]} if self.toml else named
        several: Schema = {"type": "array", "items": self.of(kind)}
        is_record = isinstance(kind, type) and has(kind)
        return {"anyOf": [self.of(kind), several]} if self.toml and not is_record else several

    def _name(self, kind: type[object], schema: Schema) -> Schema:
        self.named[kind.__name__] = schema
        return {"$ref": f"#/$defs/{kind.__name__}"}


def _headed(schema: Schema) -> Schema:
    return _tagged(schema, HEADER)


def _tagged(schema: Schema, tags: Mapping[str, object]) -> Schema:
    """Describe the same objects with constant fields at their head."""
    constants: Schema = {name: {"const": value} for name, value in tags.items()}
    properties = cast("Schema", schema.get("properties", {}))
    required = cast("list[str]", schema.get("required", []))
    return {**schema, "properties": {**constants, **properties}, "required": [*tags, *required]}


def _object_of(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


def _one_of(meanings: Mapping[str, str], description: str) -> Schema:
    words = [{"const": word, **_described(meaning)} for word, meaning in meanings.items()]
    return {"description": description, "oneOf": words}


def _described(text: str) -> Schema:
    return {"description": text.replace("`", "")} if text else {}


def _first_line(cls: type[object]) -> str:
    return (getdoc(cls) or "").partition("\n")[0].replace("`", "")


def _told_fields(cls: type[object]) -> dict[str, Schema]:
    """Give what the docstring tells of every field, in its section "Attributes"."""
    section = _ATTRIBUTES.search((getdoc(cls) or "") + "\n")
    told = _ATTRIBUTE.findall(section[1]) if section else ()
    return {name: _described(" ".join(text.split())) for name, text in told}


def _default(attribute: "Attribute[Any]") -> Schema:
    default: object = attribute.default
    if isinstance(default, tuple) and default:
        return {"default": list(cast("tuple[object, ...]", default))}
    return {"default": default} if isinstance(default, bool | int | str) else {}


def _meanings() -> dict[str, str]:
    """Give everything that a code can be said to mean, and what that is."""
    meanings = {SAYS_NOTHING: "the code is known, and says nothing of the pipeline"}
    for action in Action:
        possible = REASONS[action]
        reasons = [
            r for words in (ChargeStatus, AdministrativeReason, ClosedReason) for r in words if r in possible
        ]
        alone = None in possible or len(possible) == 1
        if action is not Action.MADE_AVAILABLE:
            meanings |= {action.value: action.meaning} if alone else {}
            meanings |= {f"{action} {reason}": f"{action.meaning}: {reason.meaning}" for reason in reasons}
    return meanings
