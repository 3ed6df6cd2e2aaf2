"""From the plain values of a TOML document to records, strictly: nothing is coerced, guessed or ignored.

The classes are the format. Two things may be written in short: a list of one as the one, and a table that
gives every name the column of that name as the list of the names.
"""

from collections.abc import Collection, Mapping
from datetime import date, time
from enum import StrEnum
from reprlib import repr as shortened
from types import NoneType, UnionType
from typing import Any, Final, NewType, TypeGuard, TypeVar, Union, cast, get_args, get_origin

from attrs import NOTHING, Attribute, AttrsInstance, field, fields, frozen, has

from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.exchange.crosswalks.codes import nearest
from tipline_outcomes.exchange.extracts.meaning import Meaning
from tipline_outcomes.exchange.extracts.parts import Columns
from tipline_outcomes.exchange.extracts.toml_lines import Path
from tipline_outcomes.model.vocabulary import meant

__all__ = ["Notes", "ask_for", "read_record", "written_fields"]

_T = TypeVar("_T")

_KINDS: Final[Mapping[object, str]] = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    date: "a day; write it without quotes and without a time, as in 2024-03-31",
    dict: "a table of keys and values",
}
_EMPTY: Final[Mapping[object, object]] = {str: "", int: 0, tuple: (), Mapping: {}}
_UNREAD: Final = object()


@frozen
class Notes:
    """What is wrong with a document, place by place. What is wrong above speaks for all that is below it.

    >>> notes = Notes()
    >>> dates = notes.below("dates")
    >>> dates.add("is a list", "formats")
    >>> dates.add("is empty", "formats", 1)
    >>> notes.found
    {('dates', 'formats'): 'is a list'}
    """

    found: dict[Path, str] = field(factory=dict[Path, str])
    place: Path = ()

    def below(self, *steps: str | int) -> "Notes":
        """Give the same notes, seen from a place further down."""
        return Notes(self.found, (*self.place, *steps))

    def add(self, message: str, *steps: str | int) -> None:
        """Note what is wrong at a place, unless something is known to be wrong there or above."""
        path = (*self.place, *steps)
        if not any(path[:length] in self.found for length in range(1, len(path) + 1)):
            self.found[path] = message

    def clear(self, *steps: str | int) -> bool:
        """Tell whether nothing is known to be wrong at a place, above or below it: it says what was meant."""
        path = (*self.place, *steps)
        return all(path[: len(other)] != other[: len(path)] for other in self.found)


def read_record(cls: type[_T], table: Mapping[str, object], notes: Notes) -> _T:
    """Build a record from a table, and note everything in it that has not the shape of the record.

    The record is whole in any case, so that whatever could be read can be checked further: for what could
    not, its default stands in, or nothing of its kind.
    """
    known = written_fields(cls)
    for key in table:
        if key not in known:
            ask = ask_for(key, known) or f"the keys are {', '.join(known)}"
            notes.add(f"there is no such key here; {ask}", key)
    values: dict[str, object] = {}
    for name, attribute in known.items():
        value = _UNREAD
        if name in table:
            value = _read(attribute.type, table[name], notes.below(name))
        elif attribute.default is NOTHING:
            notes.add("is missing", name)
        if value is not _UNREAD:
            values[name] = value
        elif attribute.default is NOTHING:
            values[name] = _nothing_of(attribute.type)
    return cls(**values)


def written_fields(cls: type[object]) -> "dict[str, Attribute[Any]]":
    """Give the fields that are written down: what plays no part when two records are compared is not."""
    return {each.name: each for each in fields(cast("type[AttrsInstance]", cls)) if each.eq}


def ask_for(word: str, known: Collection[str]) -> str:
    """Ask for the nearest word that is known, in whatever case; say nothing if there is none.

    >>> ask_for("Cod", ["code", "codes", "on"]), ask_for("verdict", ["code"])
    ("did you mean 'code'?", '')
    """
    near = nearest(word, known)
    return f"did you mean {near!r}?" if near else ""


def _is_record(kind: object) -> TypeGuard[type[object]]:
    return isinstance(kind, type) and has(kind) and kind is not Meaning


def _nothing_of(kind: object) -> object:
    return read_record(kind, {}, Notes()) if _is_record(kind) else _EMPTY[get_origin(kind) or kind]


def _read(kind: object, value: object, notes: Notes) -> object:
    """Read a value of a kind; note what is wrong, and give `_UNREAD` for what cannot be used."""
    kind = _meant_kind(kind, value)
    origin, parts = get_origin(kind), get_args(kind)
    try:
        if origin is tuple and get_origin(parts[0]) is tuple:
            return _read_pairs(get_args(parts[0])[1], value, notes)
        if origin is tuple:
            return _read_list(parts[0], value, notes)
        if origin is Mapping:
            return _read_table(parts[1], value, notes)
        if _is_record(kind):
            return read_record(kind, _table(value), notes)
        return _read_scalar(kind, value)
    except InvalidValueError as error:
        notes.add(str(error))
        return _UNREAD


def _meant_kind(kind: object, value: object) -> object:
    """Of several possible kinds, tell which was meant: the one of the value's type, or else the last."""
    if get_origin(kind) not in (Union, UnionType):
        return kind
    possible = [each for each in get_args(kind) if each is not NoneType]
    return next((each for each in possible if type(value) is each), possible[-1])


def _read_list(kind: object, value: object, notes: Notes) -> object:
    if isinstance(value, list):
        members = enumerate(cast("list[object]", value), start=1)
        each = [_read(kind, member, notes.below(number)) for number, member in members]
    elif _is_record(kind):
        raise InvalidValueError(f"{_shown(value)} is no list of tables; write [[{notes.place[-1]}]]")
    else:
        each = [_read(kind, value, notes)]
    # A list with holes would say something else.
    return _UNREAD if _UNREAD in each else tuple(each)


def _read_pairs(kind: object, value: object, notes: Notes) -> object:
    if isinstance(value, dict):
        return tuple(_read_table(kind, cast("object", value), notes).items())
    names = _read_list(str, value, notes)
    return tuple((name, (name,)) for name in cast("Columns", names)) if names is not _UNREAD else _UNREAD


def _read_table(kind: object, value: object, notes: Notes) -> dict[str, object]:
    read = {key: _read(kind, each, notes.below(key)) for key, each in _table(value).items()}
    return {key: _nothing_of(kind) if each is _UNREAD else each for key, each in read.items()}


def _read_scalar(kind: object, value: object) -> object:
    if isinstance(kind, NewType):
        return _read_scalar(kind.__supertype__, value)
    if kind is Meaning:
        return Meaning.parse(_exactly(str, value))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        word = _exactly(str, value)
        if word not in list(kind):
            raise InvalidValueError(f"{shortened(word)} is not known here; {meant(word, kind)}")
        return kind(word)
    return _exactly(cast("type[object]", kind), value)


def _exactly(kind: type[_T], value: object) -> _T:
    # Not isinstance: true would pass for 1, and a time stamp for a day.
    if type(value) is not kind:
        raise InvalidValueError(f"{_shown(value)} is not {_KINDS[kind]}")
    return value


def _table(value: object) -> Mapping[str, object]:
    return _exactly(cast("type[dict[str, object]]", dict), value)


def _shown(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case date() | time():
            return value.isoformat()
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return shortened(value)
