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

from tipline_outcomes.errors import MissingExtraError

try:
    from hypothesis import strategies as st
except ImportError as error:
    raise MissingExtraError(package="hypothesis", extra="testing") from error

from tipline_outcomes.model import (
    Administrative,
    Charge,
    Closed,
    Cohort,
    Event,
    Jurisdiction,
    Referral,
    Report,
    ReportLink,
    Source,
)
from tipline_outcomes.strategies.families import cohorts, referrals
from tipline_outcomes.strategies.histories import events
from tipline_outcomes.strategies.values import (
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
    st.register_type_strategy(Jurisdiction, jurisdictions())
    st.register_type_strategy(Source, sources())
    st.register_type_strategy(ReportLink, links())
    st.register_type_strategy(Report, reports())
    st.register_type_strategy(Charge, charges())
    st.register_type_strategy(Administrative, administratives())
    st.register_type_strategy(Closed, closeds())
    st.register_type_strategy(Event, events())
    st.register_type_strategy(Referral, referrals())
    st.register_type_strategy(Cohort, cohorts())
