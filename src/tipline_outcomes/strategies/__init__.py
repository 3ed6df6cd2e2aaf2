"""Hypothesis strategies for the model: for the tests of projects that build on it, and for its own.

Lawful histories are made by walking the transition table, so they follow it when it changes. With
``lawful=False`` a record can break every rule that a constructor lets through, as real ones do.

>>> from hypothesis import find, given
>>> @given(referrals())
... def test_that_a_lawful_referral_breaks_no_rule(referral: Referral) -> None:
...     assert referral.check() == ()
>>> test_that_a_lawful_referral_breaks_no_rule()

Hypothesis finds `register` by itself, so that ``from_type(Referral)`` works where this package is installed.
"""

from collections.abc import Mapping
from typing import Any

from tipline_outcomes.errors import MissingExtraError

try:
    from hypothesis import strategies as st
except ImportError as error:
    raise MissingExtraError(package="hypothesis", extra="testing") from error

from tipline_outcomes.model import (
    Administrative,
    AgencyId,
    Charge,
    ChargeId,
    Closed,
    Cohort,
    Event,
    Jurisdiction,
    Referral,
    ReferralId,
    Report,
    ReportId,
    ReportLink,
    Source,
    SubjectId,
)
from tipline_outcomes.strategies.families import cohorts, referrals
from tipline_outcomes.strategies.histories import events
from tipline_outcomes.strategies.life import ReferralLife
from tipline_outcomes.strategies.values import (
    AGENCIES,
    PSEUDONYMS,
    administratives,
    charges,
    closeds,
    days,
    dispositions,
    jurisdictions,
    links,
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


def register() -> None:
    """Register the strategies, so that ``hypothesis.strategies.from_type`` draws what a constructor accepts.

    Hypothesis calls this by itself, through an entry point.

    >>> register()
    >>> find(st.from_type(Referral), lambda _: True).check()
    ()
    """
    kinds: Mapping[Any, st.SearchStrategy[object]] = {
        ReportId: PSEUDONYMS,
        ReferralId: PSEUDONYMS,
        SubjectId: PSEUDONYMS,
        ChargeId: PSEUDONYMS,
        AgencyId: AGENCIES,
        Jurisdiction: jurisdictions(),
        Source: sources(),
        ReportLink: links(),
        Report: reports(),
        Charge: charges(),
        Administrative: administratives(),
        Closed: closeds(),
        Event: events(),
        Referral: referrals(),
        Cohort: cohorts(),
    }
    for kind, strategy in kinds.items():
        st.register_type_strategy(kind, strategy)
