"""Referrals in JSON Lines, read with cattrs as its documentation shows: detailed errors, strict hooks.

It shares the model's classes with the package, so that the same constructors check, and no other code.
"""

import json
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import NoReturn, TypeVar, get_args, get_origin

from attrs import fields
from cattrs import Converter, transform_error

from tipline_outcomes import Administrative, Charge, Closed, Disposition, Referral, parse_day

T = TypeVar("T")
VARIANTS = {"charge": Charge, "administrative": Administrative, "closed": Closed}


def reader() -> Callable[[bytes], Referral | str]:
    """Give a function that reads a line: the referral, or the path of the first thing that is wrong."""
    converter = Converter(forbid_extra_keys=True)
    pairs = fields(Referral).dimensions.type

    def several(value: object, cls: object) -> object:
        return tuple(converter.structure(exactly(list, value), list[get_args(cls)[0]]))

    def disposition(value: object, _: object) -> object:
        if value is None:
            return None
        rest = dict(exactly(dict, value))
        return converter.structure(rest, VARIANTS[rest.pop("kind")])

    def dimensions(value: object, _: object) -> object:
        return {name: exactly(str, code) for name, code in exactly(dict, value).items()}

    converter.register_structure_hook_func(lambda cls: get_origin(cls) is tuple, several)
    converter.register_structure_hook_func(lambda cls: cls == pairs, dimensions)
    converter.register_structure_hook(Disposition | None, disposition)
    converter.register_structure_hook(StrEnum, lambda value, words: words(exactly(str, value)))
    converter.register_structure_hook(date, lambda value, _: parse_day(exactly(str, value)))
    for kind in (bool, int, str):
        converter.register_structure_hook(kind, lambda value, _, kind=kind: exactly(kind, value))

    def read(line: bytes) -> Referral | str:
        try:
            value = exactly(dict, DECODER.decode(line.decode()))
            if value.pop("record") != "referral":
                return "$.record"
            return converter.structure(value, Referral)
        except Exception as error:  # noqa: BLE001 - whatever it is, it refuses the record
            return transform_error(error)[0].rpartition(" @ ")[2]

    return read


def exactly(kind: type[T], value: object) -> T:
    """Refuse what is not of the very type."""
    if type(value) is not kind:
        message = f"{value!r} is no {kind.__name__}"
        raise TypeError(message)
    return value


def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse an object that names a field twice."""
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError
    return value


def no_constant(name: str) -> NoReturn:
    """Refuse NaN and Infinity."""
    raise ValueError(name)


DECODER = json.JSONDecoder(object_pairs_hook=once, parse_constant=no_constant)
