"""What Hypothesis finds by itself. A module of its own: it is loaded while Hypothesis still is."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

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
from tipline_outcomes.strategies.values import (
    AGENCIES,
    PSEUDONYMS,
    administratives,
    charges,
    closeds,
    jurisdictions,
    links,
    reports,
    sources,
)

__all__ = ["register"]


def register() -> None:
    """Register the strategies, so that ``hypothesis.strategies.from_type`` draws what a constructor accepts.

    Hypothesis calls this by itself, through an entry point.

    >>> from hypothesis import find
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
