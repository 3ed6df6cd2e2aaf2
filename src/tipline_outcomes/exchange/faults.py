"""What is wrong with a value, and where: a converter's errors as rules, sentences and paths."""

import json
from collections.abc import Iterator

from attrs import fields, fields_dict, has
from cattrs import (
    AttributeValidationNote,
    BaseValidationError,
    ForbiddenExtraKeysError,
    IterableValidationNote,
)

from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.exchange.refusals import RefusalRule

__all__ = ["Fault", "first_fault", "step"]


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


def first_fault(error: Exception, path: str) -> Fault:
    """Give the first fault that an error of a converter tells of, with the number of the others.

    Args:
        error: A `Fault`, or what cattrs gathered. What no record can be blamed for is raised again.
        path: Where the value stands that was being built.
    """
    first, *more = _faults(error, path)
    if more:
        plural = "s" if len(more) > 1 else ""
        first.message += f" (and {len(more)} more problem{plural} in this record)"
    return Fault(first.rule, first.message, first.path)


def step(name: str) -> str:
    """Write one step of a path, down to a field.

    >>> step("on"), step("two words")
    ('.on', '["two words"]')
    """
    return f".{name}" if name.isidentifier() else f"[{json.dumps(name)}]"


def _faults(error: Exception, path: str, cls: type | None = None) -> Iterator[Fault]:
    """Flatten the groups of cattrs, whose notes say where each error arose; *cls* is what was being built."""
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
                yield Fault(RefusalRule.UNKNOWN_FIELD, message, path + step(name))
        case KeyError(args=(str(name),)) if _place(error) == step(name):
            yield Fault(RefusalRule.MISSING_FIELD, "the field is missing", path)
        case InvalidValueError():
            yield Fault(RefusalRule.INVALID_VALUE, str(error), path + _named_field(cls, str(error)))
        case _:
            raise error


def _place(error: Exception) -> str:
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            return step(note.name)
        if isinstance(note, IterableValidationNote):
            return f"[{note.index}]"
    return ""


def _named_field(cls: type | None, message: str) -> str:
    """Find the field that a constructor complains of: its sentence starts with ``Class.field``."""
    if cls is not None and has(cls):
        for name in fields_dict(cls):
            if message.startswith((f"{cls.__name__}.{name} ", f"{cls.__name__}.{name}:")):
                return step(name)
    return ""
