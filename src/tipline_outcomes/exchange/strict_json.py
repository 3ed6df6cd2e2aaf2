"""JSON without the liberties that `json` takes: one object, in UTF-8, that every reader reads alike."""

import json
from typing import Final, NoReturn, cast

from tipline_outcomes.exchange.faults import Fault
from tipline_outcomes.exchange.refusals import RefusalRule

__all__ = ["parse_object"]


def parse_object(raw: bytes) -> dict[str, object]:
    """Read the one object that a text is.

    Raises:
        Fault: If the bytes are no UTF-8, no JSON or no object; if an object names a field twice; or if an
            escape stands for half a character.

    >>> parse_object(b'{"id": 1}')
    {'id': 1}
    >>> parse_object(b'{"id": 1, "id": 2}')
    Traceback (most recent call last):
        ...
    tipline_outcomes.exchange.faults.Fault: an object has the field 'id' twice
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"byte {error.start + 1} of it is not UTF-8"
        raise Fault(RefusalRule.NOT_UTF8, message, "$") from None
    try:
        value: object = _STRICT.decode(text)
        whole = "\\u" not in text or _is_unicode(json.dumps(value, ensure_ascii=False))
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if "\n" in text.strip() else ""
        message = f"{error.msg}, at {line}column {error.colno}"
        raise Fault(RefusalRule.NOT_JSON, message, "$") from None
    except (ValueError, RecursionError) as error:
        # Numbers of thousands of digits, and objects nested thousands deep.
        raise Fault(RefusalRule.NOT_JSON, str(error), "$") from None
    if not whole:
        message = "an escape stands for half a character (a lone surrogate)"
        raise Fault(RefusalRule.NOT_UTF8, message, "$")
    if not isinstance(value, dict):
        message = "it is JSON, but no object in braces"
        raise Fault(RefusalRule.NOT_AN_OBJECT, message, "$")
    return cast("dict[str, object]", value)


def _no_key_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        message = f"an object has the field {twice!r} twice"
        raise Fault(RefusalRule.DUPLICATE_KEY, message, "$")
    return value


def _no_constant(name: str) -> NoReturn:
    message = f"{name} is not JSON; leave an unknown value out"
    raise Fault(RefusalRule.NOT_JSON, message, "$")


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


_STRICT: Final = json.JSONDecoder(object_pairs_hook=_no_key_twice, parse_constant=_no_constant)
