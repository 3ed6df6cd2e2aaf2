"""Between plain JSON values and the model's records, strictly: nothing is coerced, guessed or ignored.

The classes of the model are the format: fields have their names, words their values, days are ``YYYY-MM-DD``.
Only three things are said here besides: a record is tagged by ``record``, a disposition by ``kind``, and a
referral's dimensions are an object.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from reprlib import repr as shortened
from types import GenericAlias
from typing import Final, TypeVar, cast, get_args, get_origin

from attrs import fields, fields_dict, has
from cattrs import (
    AttributeValidationNote,
    BaseValidationError,
    Converter,
    ForbiddenExtraKeysError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn

from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.exchange.refusals import RefusalRule
from tipline_outcomes.model import Administrative, Charge, Closed, Disposition, Referral, Report, parse_day
from tipline_outcomes.model.vocabulary import meant

__all__ = ["RECORDS", "Fault", "Window", "make_codec", "pick_tag", "record_from", "record_to"]

Window = tuple[date, date]
"""The first and the last day that a record of this source can name."""

RECORDS: Final[Mapping[str, type[Report] | type[Referral]]] = {"report": Report, "referral": Referral}
"""What ``record`` can say, besides the header."""

_DISPOSITIONS: Final[Mapping[str, type[Disposition]]] = {
    variant.kind: variant for variant in (Charge, Administrative, Closed)
}

_T = TypeVar("_T")
_Hook = Callable[[object, object], object]


class Fault(Exception):
    """The first thing that is wrong with a value, and where; it becomes a `Refusal`.

    Attributes:
        rule: The rule that refuses it.
        message: One sentence.
        path: Where, below the value; it grows to start at ``$`` on the way up.
    """

    def __init__(self, rule: RefusalRule, message: str, path: str = "") -> None:
        self.rule = rule
        self.message = message
        self.path = path
        super().__init__(message)


def make_codec(window: Window | None = None) -> Converter:
    """Make a converter that refuses, with a `Fault`, all that is not exactly in the form of the model.

    Args:
        window: Days outside it are refused; None for no window.
    """
    codec = Converter(forbid_extra_keys=True, omit_if_default=True, detailed_validation=True)

    def class_in(cls: type[object]) -> _Hook:
        build = make_dict_structure_fn(cls, codec)
        return lambda value, _: build(_object(value), cls)

    def tuple_in(cls: object) -> _Hook:
        members = GenericAlias(list, get_args(cls)[0])
        build = codec.get_structure_hook(members)
        return lambda value, _: tuple(build(_exactly(list, "a list", value), members))

    def disposition_in(value: object, _: object) -> Disposition | None:
        if value is None:
            return None
        variant, rest = pick_tag(_object(value), "kind", _DISPOSITIONS, RefusalRule.UNKNOWN_WORD)
        return codec.structure(rest, variant)

    def disposition_out(value: Disposition | None) -> object:
        return None if value is None else {"kind": value.kind, **codec.unstructure(value)}

    codec.register_structure_hook_factory(has, class_in)
    codec.register_structure_hook_factory(_is_tuple, tuple_in)
    codec.register_structure_hook_func(_is_dimensions, _dimensions_in)
    codec.register_structure_hook(Disposition | None, disposition_in)
    codec.register_structure_hook(StrEnum, _word)
    codec.register_structure_hook(date, lambda value, _: _day(value, window))
    codec.register_structure_hook(bool, lambda value, _: _exactly(bool, "true or false", value))
    codec.register_structure_hook(int, lambda value, _: _exactly(int, "a whole number", value))
    codec.register_structure_hook(str, lambda value, _: _exactly(str, "text", value))

    codec.register_unstructure_hook_func(_is_dimensions, dict)
    codec.register_unstructure_hook(Disposition | None, disposition_out)
    codec.register_unstructure_hook(StrEnum, lambda word: word.value)
    codec.register_unstructure_hook(date, date.isoformat)
    return codec


def record_from(value: Mapping[str, object], codec: Converter) -> Report | Referral:
    """Build the record that a JSON object stands for.

    Raises:
        Fault: The first thing that is wrong with it, with its path from ``$``. Whatever else is raised on the
            way is no fault of the record, and passes.

    >>> record_from({"record": "report", "id": 7, "received": "2024-03-01"}, make_codec())
    Traceback (most recent call last):
        ...
    tipline_outcomes.exchange.codec.Fault: 7 is not text (and 4 more problems in this record)
    """
    try:
        kind, rest = pick_tag(value, "record", RECORDS, RefusalRule.UNKNOWN_RECORD)
        return codec.structure(rest, kind)
    except (Fault, BaseValidationError) as error:
        first, *more = _faults(error, "$")
        if more:
            plural = "s" if len(more) > 1 else ""
            first.message += f" (and {len(more)} more problem{plural} in this record)"
        raise Fault(first.rule, first.message, first.path) from None


def record_to(record: Report | Referral, codec: Converter) -> dict[str, object]:
    """Give the JSON object that stands for a record. Fields with their default value are left out.

    >>> from tipline_outcomes.model import IncidentType, ReportId, Source, SourceKind
    >>> report = Report(
    ...     id=ReportId("r-1"),
    ...     received_on=date(2024, 3, 1),
    ...     source=Source(kind=SourceKind.PUBLIC),
    ...     incident_type=IncidentType.ENTICEMENT,
    ... )
    >>> record_to(report, make_codec())  # doctest: +NORMALIZE_WHITESPACE
    {'record': 'report', 'id': 'r-1', 'received_on': '2024-03-01', 'source': {'kind': 'public'},
     'incident_type': 'enticement'}
    """
    tag = "report" if isinstance(record, Report) else "referral"
    return {"record": tag, **codec.unstructure(record)}


def pick_tag(
    value: Mapping[str, object], name: str, tags: Mapping[str, _T], rule: RefusalRule
) -> tuple[_T, dict[str, object]]:
    """Give what an object's tag stands for, and the object without it.

    Raises:
        Fault: If there is no tag, or one that is not among *tags*; the message lists them.

    >>> pick_tag({"kind": "closed", "reason": "merged"}, "kind", {"closed": 1}, RefusalRule.UNKNOWN_WORD)
    (1, {'reason': 'merged'})
    """
    allowed = f"{name!r} is one of {', '.join(tags)}"
    if name not in value:
        message = f"the tag is missing; {allowed}"
        raise Fault(RefusalRule.MISSING_FIELD, message, _step(name))
    tag = value[name]
    if not isinstance(tag, str) or tag not in tags:
        message = f"{shortened(tag)} is not known; {allowed}"
        raise Fault(rule, message, _step(name))
    return tags[tag], {key: rest for key, rest in value.items() if key != name}


def _is_tuple(cls: object) -> bool:
    return get_origin(cls) is tuple


def _is_dimensions(cls: object) -> bool:
    return cls == fields(Referral).dimensions.type


def _exactly(kind: type[_T], name: str, value: object) -> _T:
    # Not isinstance: true would pass for 1.
    if type(value) is not kind:
        message = f"{shortened(value)} is not {name}"
        raise Fault(RefusalRule.WRONG_TYPE, message)
    return value


def _object(value: object) -> dict[str, object]:
    # Every JSON object has text for its keys, which the type of dict cannot say.
    return _exactly(cast("type[dict[str, object]]", dict), "an object", value)


def _word(value: object, vocabulary: type[StrEnum]) -> StrEnum:
    text = _exactly(str, f"text (a word of {vocabulary.__name__})", value)
    try:
        return vocabulary(text)
    except ValueError:
        message = f"{shortened(text)} is not a word of {vocabulary.__name__}; {meant(text, vocabulary)}"
        raise Fault(RefusalRule.UNKNOWN_WORD, message) from None


def _day(value: object, window: Window | None) -> date:
    text = _exactly(str, "text (a day is written as YYYY-MM-DD)", value)
    try:
        day = parse_day(text)
    except InvalidValueError as error:
        raise Fault(RefusalRule.INVALID_VALUE, str(error)) from None
    if window is not None and not window[0] <= day <= window[1]:
        message = f"{day} is outside the declared window, {window[0]} to {window[1]}"
        raise Fault(RefusalRule.DATE_OUTSIDE_WINDOW, message)
    return day


def _dimensions_in(value: object, _: object) -> tuple[tuple[str, str], ...]:
    pairs = _object(value).items()
    for name, code in pairs:
        if type(code) is not str:
            message = f"{shortened(code)} is not text"
            raise Fault(RefusalRule.WRONG_TYPE, message, _step(name))
    return tuple((name, str(code)) for name, code in pairs)


def _faults(error: Exception, path: str, cls: type | None = None) -> Iterator[Fault]:
    """Flatten the groups of cattrs, whose notes say where each error arose; *cls* is what was being built.

    cattrs gathers whatever is raised; what no record can be blamed for is raised again.
    """
    match error:
        case BaseValidationError():
            for inner in error.exceptions:
                yield from _faults(inner, path + _place(inner), error.cl)
        case Fault():
            yield Fault(error.rule, error.message, path + error.path)
        case ForbiddenExtraKeysError():
            known = ", ".join(attribute.name for attribute in fields(error.cl))
            for name in sorted(error.extra_fields):
                message = f"{error.cl.__name__} has no such field; it has {known}"
                yield Fault(RefusalRule.UNKNOWN_FIELD, message, path + _step(name))
        case KeyError(args=(str(name),)) if _place(error) == _step(name):
            yield Fault(RefusalRule.MISSING_FIELD, "the field is missing", path)
        case InvalidValueError():
            yield Fault(RefusalRule.INVALID_VALUE, str(error), path + _named_field(cls, str(error)))
        case _:
            raise error


def _place(error: Exception) -> str:
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            return _step(note.name)
        if isinstance(note, IterableValidationNote):
            return f"[{note.index}]"
    return ""


def _named_field(cls: type | None, message: str) -> str:
    """Find the field that a constructor complains of: its sentence starts with ``Class.field``."""
    if cls is not None and has(cls):
        for name in fields_dict(cls):
            if message.startswith((f"{cls.__name__}.{name} ", f"{cls.__name__}.{name}:")):
                return _step(name)
    return ""


def _step(name: str) -> str:
    return f".{name}" if name.isidentifier() else f"[{json.dumps(name)}]"
