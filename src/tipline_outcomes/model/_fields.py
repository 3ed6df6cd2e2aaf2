"""The attrs validators and converters that the entities share. They refuse; they never coerce."""

from collections.abc import Callable
from datetime import date
from typing import Any, cast

from attrs import Attribute

from tipline_outcomes._dates import plain_day
from tipline_outcomes.errors import InvalidValueError

__all__ = ["check_text", "optional_day", "strictly", "strictly_or_none", "tuple_of"]


def strictly(*types: type) -> "Callable[[object, Attribute[Any], object], None]":
    """Make a validator that wants exactly one of *types*; a bool is not an int, and "false" is not a bool."""
    names = " or ".join(t.__name__ for t in types)

    def check(instance: object, attribute: "Attribute[Any]", value: object) -> None:
        # The first question settles it, as a rule; the others are about subclasses.
        if type(value) not in types and (not isinstance(value, types) or isinstance(value, bool)):
            message = f"{type(instance).__name__}.{attribute.name} is {value!r}; it must be of type {names}"
            raise InvalidValueError(message)

    return check


def strictly_or_none(*types: type) -> "Callable[[object, Attribute[Any], object], None]":
    """Do as `strictly` does, and let None pass."""
    return strictly(*types, type(None))


def tuple_of(member: type) -> "Callable[[object, Attribute[Any], object], None]":
    """Make a validator that wants a tuple of *member*: lists could change under a frozen record."""

    def check(instance: object, attribute: "Attribute[Any]", value: object) -> None:
        members = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (None,)
        for each in members:  # a loop, not all(...): this is run for every record that is read
            if not isinstance(each, member):
                message = f"{type(instance).__name__}.{attribute.name} must be a tuple of {member.__name__}"
                raise InvalidValueError(message)

    return check


_LONGEST = 200


def check_text(instance: object, attribute: "Attribute[Any]", value: object) -> None:
    """Refuse what is no short printable text: codes and names of providers are, stories are not.

    Raises:
        InvalidValueError: If the value is not printable text of 1 to 200 characters.
    """
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST or not value.isprintable():
        where = f"{type(instance).__name__}.{attribute.name}"
        message = f"{where} holds {value!r}; use printable text of 1 to {_LONGEST} characters"
        raise InvalidValueError(message)


def optional_day(value: object) -> date | None:
    """Take a day or None; see `tipline_outcomes._dates.plain_day`."""
    return None if value is None else plain_day(value)
