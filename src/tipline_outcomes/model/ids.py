"""Identifiers, one type each, so that a type checker refuses a report's id where a referral's is due.

Every id is a pseudonym: stable inside the data, free of white space, and nothing a person could be found by.
"""

import re
from typing import Any, NewType

from attrs import Attribute

from tipline_outcomes.errors import InvalidValueError

__all__ = ["AgencyId", "ChargeId", "ReferralId", "ReportId", "SubjectId"]

ReportId = NewType("ReportId", str)
"""Which report to the clearinghouse.

>>> ReportId("r-1")
'r-1'
"""
ReferralId = NewType("ReferralId", str)
"""Which referral: what one agency was sent.

>>> ReferralId("f-1")
'f-1'
"""
SubjectId = NewType("SubjectId", str)
"""Which person, by a pseudonym that means nothing outside the data.

>>> SubjectId("s-1")
's-1'
"""
ChargeId = NewType("ChargeId", str)
"""Which charge of a subject.

>>> ChargeId("count-1")
'count-1'
"""
AgencyId = NewType("AgencyId", str)
"""Which agency, by an official code or any other stable name.

>>> AgencyId("us-wa-001")
'us-wa-001'
"""

_MOST = 200
# Half of a surrogate pair is no text: no file could be written with it.
_ID = re.compile(rf"[^\s\ud800-\udfff]{{1,{_MOST}}}")


def check_id(instance: object, attribute: "Attribute[Any]", value: object) -> None:
    """Refuse what cannot be an id: an attrs validator.

    Raises:
        InvalidValueError: If the value is not text of 1 to 200 characters without white space.
    """
    if not isinstance(value, str) or _ID.fullmatch(value) is None:
        message = (
            f"{type(instance).__name__}.{attribute.name} is {value!r}; "
            f"an id is text of 1 to {_MOST} characters without white space"
        )
        raise InvalidValueError(message)


def check_optional_id(instance: object, attribute: "Attribute[Any]", value: object) -> None:
    """Do as `check_id` does, and let None pass."""
    if value is not None:
        check_id(instance, attribute, value)
