"""Hypothesis strategies for the model: for the tests of projects that build on it, and for its own.

Lawful histories are made by walking the transition table, so they follow it when it changes. With
``lawful=False`` a record can break every rule that a constructor lets through, as real ones do.

>>> from hypothesis import given
>>> from tipline_outcomes.model import Referral
>>> @given(referrals())
... def test_that_a_lawful_referral_breaks_no_rule(referral: Referral) -> None:
...     assert referral.check() == ()
>>> test_that_a_lawful_referral_breaks_no_rule()

Hypothesis finds `register` by itself, so that ``from_type(Referral)`` works where this package is installed.
"""

from tipline_outcomes.errors import MissingExtraError

try:
    import hypothesis as _  # noqa: F401 - asked for once, here, so that the extra is named where it lacks
except ImportError as error:
    raise MissingExtraError(package="hypothesis", extra="testing") from error

from tipline_outcomes.strategies.families import cohorts, referrals
from tipline_outcomes.strategies.histories import events
from tipline_outcomes.strategies.life import ReferralLife
from tipline_outcomes.strategies.registering import register
from tipline_outcomes.strategies.values import (
    administratives,
    charges,
    closeds,
    days,
    dispositions,
    jurisdictions,
    reports,
    sources,
)

__all__ = [
    "ReferralLife",
    "administratives",
    "charges",
    "closeds",
    "cohorts",
    "days",
    "dispositions",
    "events",
    "jurisdictions",
    "referrals",
    "register",
    "reports",
    "sources",
]
