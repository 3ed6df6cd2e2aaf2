"""Between plain JSON values and the model's records, strictly: nothing is coerced, guessed or ignored.

The classes of the model are the format: fields have their names, words their values, days are ``YYYY-MM-DD``.
Only three things are said here besides: a record is tagged by ``record``, a disposition by ``kind``, and a
referral's dimensions are an object.

A record is read by a quick converter first, which stops at whatever is not right without saying where. Then
the detailed one reads it again and explains, or accepts it: its verdict is the one that counts. Both are made
by the same function, and call the same constructors.
"""

import marshal
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from reprlib import repr as shortened
from types import GenericAlias, MappingProxyType
from typing import Final, TypeVar, cast, get_args, get_origin

from attrs import fields, frozen, has
from cattrs import BaseValidationError, Converter
from cattrs.gen import make_dict_structure_fn

from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.exchange.faults import Fault, first_fault, step
from tipline_outcomes.exchange.refusals import RefusalRule
from tipline_outcomes.model import Administrative, Charge, Closed, Disposition, Referral, Report, parse_day
from tipline_outcomes.model.vocabulary import meant

__all__ = [
    "HEADER",
    "RECORDS",
    "Codec",
    "Window",
    "check_header",
    "make_codec",
    "record_from",
    "record_to",
    "tagged_record_from",
]

Window = tuple[date, date]
"""The first and the last day that a record of this source can name."""

HEADER: Final[Mapping[str, object]] = MappingProxyType({"record": "cohort", "version": 1})
"""What a cohort begins with: the one version of the format that is written and read."""

RECORDS: Final[Mapping[str, type[Report] | type[Referral]]] = {"report": Report, "referral": Referral}
"""What ``record`` can say, besides the header."""

_DISPOSITIONS: Final[Mapping[str, type[Disposition]]] = {
    variant.kind: variant for variant in (Charge, Administrative, Closed)
}
_MOST_REMEMBERED: Final = 1 << 14
"""So many values of a class are kept for the next record that has the same: a few megabytes."""

_T = TypeVar("_T")
_Hook = Callable[[object, object], object]


@frozen
class Codec:
    """Two converters of the same form.

    Attributes:
        quick: Stops at the first thing that is wrong, and builds no value twice that many records share.
        detailed: Reads on to the end, and knows where each thing is that is wrong.
    """

    quick: Converter
    detailed: Converter


def make_codec(window: Window | None = None) -> Codec:
    """Make converters that refuse all that is not exactly in the form of the model.

    Args:
        window: Days outside it are refused; None for no window.
    """
    return Codec(quick=_converter(window, detailed=False), detailed=_converter(window, detailed=True))


def check_header(value: Mapping[str, object]) -> None:
    """Refuse a header that is not understood to the letter: what comes after it would not be, either.

    Raises:
        Fault: If the version is missing or another one, or if there is a field besides.
    """
    known, version = HEADER["version"], value.get("version")
    if type(version) is not int or version != known:
        message = f"version {version!r} of the format is not known; this package reads version {known}"
        raise Fault(RefusalRule.UNSUPPORTED_VERSION, message, "$.version")
    if extra := sorted(value.keys() - HEADER):
        message = f"version {known} of the format has no field {extra[0]!r} here"
        raise Fault(RefusalRule.UNSUPPORTED_VERSION, message, "$")


def tagged_record_from(value: Mapping[str, object], codec: Codec) -> Report | Referral:
    """Build the record that a JSON object stands for which says by its tag what it is.

    Raises:
        Fault: As `record_from` does; and if the tag is missing or not known.

    >>> tagged_record_from({"record": "report", "id": 7, "received": "2024-03-01"}, make_codec())
    Traceback (most recent call last):
        ...
    tipline_outcomes.exchange.faults.Fault: 7 is not text (and 4 more problems in this record)
    """
    try:
        kind, rest = _pick_tag(value, "record", RECORDS, RefusalRule.UNKNOWN_RECORD)
    except Fault as fault:
        raise first_fault(fault, "$") from None
    return record_from(rest, kind, codec)


def record_from(value: object, kind: type[Report] | type[Referral], codec: Codec) -> Report | Referral:
    """Build a record of a kind from the JSON value that stands for it.

    Raises:
        Fault: The first thing that is wrong with it, with its path from ``$``. Whatever else is raised on the
            way is no fault of the record, and passes.
    """
    try:
        return codec.quick.structure(value, kind)
    except Exception:  # noqa: BLE001 - whatever it is, the detailed converter meets it again and can say more
        try:
            return codec.detailed.structure(value, kind)
        except (Fault, BaseValidationError) as error:
            raise first_fault(error, "$") from None


def record_to(record: Report | Referral, codec: Codec) -> dict[str, object]:
    """Give the JSON object that stands for a record, tagged. Fields with their default value are left out.

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
    return {"record": tag, **codec.detailed.unstructure(record)}


def _converter(window: Window | None, *, detailed: bool) -> Converter:
    converter = Converter(forbid_extra_keys=True, omit_if_default=True, detailed_validation=detailed)

    def class_in(cls: type[object]) -> _Hook:
        build = make_dict_structure_fn(cls, converter)
        return lambda value, _: build(_object(value), cls)

    def tuple_in(cls: object) -> _Hook:
        members = GenericAlias(list, get_args(cls)[0])
        build = converter.get_structure_hook(members)
        return lambda value, _: tuple(build(_list(value), members))

    def disposition_in(value: object, _: object) -> Disposition | None:
        if value is None:
            return None
        variant, rest = _pick_tag(_object(value), "kind", _DISPOSITIONS, RefusalRule.UNKNOWN_WORD)
        return converter.structure(rest, variant)

    def disposition_out(value: Disposition | None) -> object:
        return None if value is None else {"kind": value.kind, **converter.unstructure(value)}

    converter.register_structure_hook_factory(has, class_in)
    converter.register_structure_hook_factory(_is_tuple, tuple_in)
    converter.register_structure_hook_func(_is_dimensions, _dimensions_in)
    converter.register_structure_hook(Disposition | None, disposition_in)
    converter.register_structure_hook(StrEnum, _word)
    converter.register_structure_hook(date, lambda value, _: _day(value, window))
    converter.register_structure_hook(bool, lambda value, _: _exactly(bool, "true or false", value))
    converter.register_structure_hook(int, lambda value, _: _exactly(int, "a whole number", value))
    converter.register_structure_hook(str, lambda value, _: _exactly(str, "text", value))
    if not detailed:
        _hurry(converter)

    converter.register_unstructure_hook_func(_is_dimensions, dict)
    converter.register_unstructure_hook(Disposition | None, disposition_out)
    converter.register_unstructure_hook(StrEnum, lambda word: word.value)
    converter.register_unstructure_hook(date, date.isoformat)
    return converter


def _hurry(converter: Converter) -> None:
    """Leave to the constructors what they check anyway, and build no part of a record twice."""

    def tuple_in(cls: object) -> _Hook:
        member = get_args(cls)[0]
        if getattr(member, "__supertype__", member) is str:
            return lambda value, _: tuple(_list(value))
        build = converter.get_structure_hook(member)
        return lambda value, _: tuple([build(each, member) for each in _list(value)])

    def part_in(cls: type[object]) -> _Hook:
        build = make_dict_structure_fn(cls, converter)
        return _remembering(lambda value: build(value, cls))

    converter.register_structure_hook_factory(_is_tuple, tuple_in)
    converter.register_structure_hook_factory(lambda cls: has(cls) and cls not in RECORDS.values(), part_in)
    converter.register_structure_hook_func(_is_dimensions, lambda value, _: _object(value))
    converter.register_structure_hook(str, lambda value, _: value)
    converter.register_structure_hook(StrEnum, _known_word)


def _remembering(build: Callable[[dict[str, object]], object]) -> _Hook:
    """Build what was built before from the same JSON once only: it is frozen, so records may share it."""
    known: dict[bytes, object] = {}

    def look_up(value: object, _: object) -> object:
        said = _object(value)
        # Not the values themselves, of which 1 and true are equal. Of the formats of marshal, only those
        # before 3 write equal values alike.
        key = marshal.dumps(said, 2)
        built = known.get(key)
        if built is None:
            if len(known) == _MOST_REMEMBERED:
                # Files are in the order of days, as a rule: what was met long ago is not met again.
                known.clear()
            built = known[key] = build(said)
        return built

    return look_up


def _pick_tag(
    value: Mapping[str, object], name: str, tags: Mapping[str, _T], rule: RefusalRule
) -> tuple[_T, dict[str, object]]:
    """Give what an object's tag stands for, and the object without it; refuse a tag that is not known."""
    tag = value.get(name)
    if not isinstance(tag, str) or tag not in tags:
        missing = name not in value
        found = "the tag is missing" if missing else f"{shortened(tag)} is not known"
        message = f"{found}; {name!r} is one of {', '.join(tags)}"
        raise Fault(RefusalRule.MISSING_FIELD if missing else rule, message, step(name))
    rest = dict(value)
    del rest[name]
    return tags[tag], rest


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


def _list(value: object) -> list[object]:
    return _exactly(cast("type[list[object]]", list), "a list", value)


def _word(value: object, vocabulary: type[StrEnum]) -> StrEnum:
    text = _exactly(str, f"text (a word of {vocabulary.__name__})", value)
    try:
        return vocabulary(text)
    except ValueError:
        message = f"{shortened(text)} is not a word of {vocabulary.__name__}; {meant(text, vocabulary)}"
        raise Fault(RefusalRule.UNKNOWN_WORD, message) from None


def _known_word(value: object, vocabulary: type[StrEnum]) -> StrEnum:
    return _words(vocabulary)[cast("str", value)]


@cache
def _words(vocabulary: type[StrEnum]) -> dict[str, StrEnum]:
    # To call the class with a value ends in a look-up, too, and takes several times as long.
    return {word.value: word for word in vocabulary}


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
            raise Fault(RefusalRule.WRONG_TYPE, message, step(name))
    return cast("tuple[tuple[str, str], ...]", tuple(pairs))
