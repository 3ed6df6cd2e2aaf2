"""What the record says of the United States, from the clearinghouse to the courts."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor
from typing import Final

from tipline_outcomes.evidence.answers.answer import Answer, Asking, Form, Step
from tipline_outcomes.evidence.assumptions import (
    AllSources,
    Coverage,
    Lag,
    Multiplicity,
    OneEach,
    PeriodRatio,
    SameCohort,
)
from tipline_outcomes.evidence.range import Range
from tipline_outcomes.evidence.ratio import stated
from tipline_outcomes.metrics import Bounds

__all__ = ["united_states"]

_YEARS: Final = (2020, 2021, 2022, 2023)
_RECIPIENTS: Final = {
    "us.icac": ("icac", "the task forces"),
    "us.local": ("local", "local agencies in the United States"),
    "us.federal": ("federal", "federal agencies of the United States"),
    "abroad": ("intl", "agencies outside the United States"),
}
# The source says 2021, and not whether it means the calendar year or the fiscal year from October 2020.
_YEAR_NOT_SAID: Final = Lag(days=92)
_NEXT_YEAR: Final = Lag(days=274)


def united_states(ask: Asking) -> Iterator[Answer]:
    """Give the answers on the United States."""
    yield from _two_counts(ask)
    yield from _recipients(ask)
    yield from _outcomes(ask)
    yield from _task_forces(ask)
    yield _guess(ask)
    yield from _states(ask)
    yield from _federal_courts(ask)
    yield from _south_carolina(ask)


def _two_counts(ask: Asking) -> Iterator[Answer]:
    for way, part in (("user", "ncmec-loc-us-2023"), ("upload", "ncmec-country-us-2023")):
        what = f"reports received whose {way} is placed in the United States"
        yield ask(f"us.2023.share_by_{way}", Step.COUNTED, what, part, "ncmec-reports-2023")


def _recipients(ask: Asking) -> Iterator[Answer]:
    for place, (key, who) in _RECIPIENTS.items():
        for year in _YEARS:
            whole, to = f"ncmec-sent-{key}-total-{year}", f"reports made available to {who}"
            for word, part in (("referral", "actionable"), ("informational", "informational")):
                yield ask(
                    f"{place}.{year}.{word}",
                    Step.CLASSIFIED,
                    f"{to} that were classed as {word}",
                    f"ncmec-sent-{key}-{part}-{year}",
                    whole,
                )
            covered = ask.ratio(f"ncmec-feedback-{key}-{year}", whole, Coverage())
            yield ask.of(f"{place}.{year}.feedback", Step.REPORTED_BACK, f"{to} with any feedback", covered)
            yield ask.of(
                f"{place}.{year}.not_known",
                Step.REPORTED_BACK,
                f"{to} without feedback: the width of the bounds of every rate by outcome",
                covered.rest(f"without feedback: {whole}"),
            )


def _outcomes(ask: Asking) -> Iterator[Answer]:
    """The question itself: feedback is published as one sum, so not even what is seen has a split."""
    covered = ask.ratio("ncmec-feedback-icac-2023", "ncmec-sent-icac-total-2023", Coverage())
    for label, led in (
        ("charged_by_a_local_prosecutor", "led to a charge by a local prosecutor"),
        ("other_outcome", "had an administrative or another outcome without a charge"),
    ):
        what = f"reports made available to the task forces in 2023 that {led}"
        seen = covered.at_face_value or Fraction(0)
        yield Answer(
            label=f"us.icac.{label}",
            step=Step.CHARGED,
            what=what,
            form=Form.SHARE,
            unit="share of referrals",
            bounds=Coverage.bounds(what, coverage=seen, observed=None),
            at_face_value=None,
            figures=covered.figures,
        )


def _task_forces(ask: Asking) -> Iterator[Answer]:
    arrests = "arrests by the task forces, from all sources, per"
    for year, invest in (("2021", "icac-us-invest-2021"), ("fy2024", "icac-us-invest-fy2024")):
        label, what = f"us.icac.{year}.arrests_per_investigation", f"{arrests} investigation"
        yield ask(label, Step.ARRESTED, what, f"icac-us-arrests-{year}", invest, PeriodRatio())
    for year, tips, lag in (("2021", "2021", _YEAR_NOT_SAID), ("fy2024", "2023", _NEXT_YEAR)):
        whole, part = f"ncmec-sent-icac-actionable-{tips}", f"icac-us-arrests-{year}"
        label, what = (
            f"us.icac.{year}.arrests_per_referral",
            f"{arrests} report classed as a referral in {tips}",
        )
        yield ask(label, Step.ARRESTED, what, part, whole, PeriodRatio(), lag)
        for most in (1, 3):
            bridges = (Multiplicity(most=most), AllSources(), lag)
            what = f"reports to the task forces of {tips}, classed as referrals, that are linked to an arrest"
            label = f"us.icac.{year}.linked_to_arrest.{most}_per_arrest"
            yield ask(label, Step.ARRESTED, what, part, whole, *bridges)
    for year in ("2009", "2012", "2013", "2015"):
        part, whole = (f"icac-us-{thing}-1998-{year}" for thing in ("arrests", "complaints"))
        label = f"us.icac.1998_{year}.arrests_per_complaint"
        yield ask(label, Step.ARRESTED, f"{arrests} complaint reviewed", part, whole, PeriodRatio())
    pleas = "arrests by the task forces that had ended in a plea agreement when the source was written"
    part, whole = "icac-us-pleas-fy2009q1q3", "icac-us-arrests-fy2009q1q3"
    yield ask("us.icac.fy2009.pleas", Step.CONVICTED, pleas, part, whole)
    part, whole = "icac-us-pleas-share-fy2013", "icac-us-arrests-fy2013"
    yield ask("us.icac.fy2013.pleas", Step.CONVICTED, pleas, part, whole)


def _guess(ask: Asking) -> Answer:
    """Give what interviewees guessed: of which whole, and how well, is not said."""
    low, high = (ask.catalogue[f"stanford-arrest-share-{end}"] for end in ("low", "high"))
    what = "reports that led to an arrest, as interviewees guessed; of which reports is not said"
    return Answer(
        label="us.2023.arrests_guessed",
        step=Step.ARRESTED,
        what=what,
        form=Form.SHARE,
        unit="share of reports",
        bounds=Bounds(what=what, lower=low.range.lower, upper=high.range.upper),
        at_face_value=Range(lower=Fraction(low.value), upper=Fraction(high.value)),
        figures=(low, high),
    )


def _states(ask: Asking) -> Iterator[Answer]:
    for year in ("2010-11", "2011-12"):
        label, what = (
            f"wisconsin.{year.replace('-', '_')}.cases",
            "tips on which the state agency opened a case",
        )
        yield ask(label, Step.INVESTIGATED, what, f"wi-cases-{year}", f"wi-tips-{year}", OneEach())
    for year in ("2017", "2021", "2022"):
        of = "part of the year" if year == "2017" else "the year"
        label, what = f"wisconsin.{year}.arrests_per_tip", f"arrests, from all sources, per tip of {of}"
        yield ask(label, Step.ARRESTED, what, f"wi-arrests-{year}", f"wi-tips-{year}", PeriodRatio())
    for year in ("2021", "2024"):
        label, what = (
            f"vermont.{year}.prosecutions_per_tip",
            "prosecutions, from all sources, per tip of the year",
        )
        yield ask(label, Step.CHARGED, what, f"vt-prosecutions-{year}", f"vt-tips-{year}", PeriodRatio())
    label, what = "vermont.2024.prosecutions_per_investigation", "prosecutions per investigation completed"
    yield ask(label, Step.CHARGED, what, "vt-prosecutions-2024", "vt-invest-2024", PeriodRatio())
    label, what = "vermont.2024.investigations_per_tip", "investigations completed, per tip of the year"
    yield ask(label, Step.INVESTIGATED, what, "vt-invest-2024", "vt-tips-2024", PeriodRatio())
    arrested = "investigations that led to an arrest"
    for state, key, years in (("idaho", "id", ("2020-21",)), ("nebraska", "ne", ("2011", "2012"))):
        for year in years:
            part, whole = f"{key}-arrests-{year}", f"{key}-invest-{year}"
            label = f"{state}.{year.replace('-', '_')}.arrests_of_investigations"
            yield ask(label, Step.ARRESTED, arrested, part, whole, OneEach())
    label, what = "arizona.2005_07.transferred", "incidents that were handed to another agency"
    yield ask(label, Step.FORWARDED, what, "az-transferred-2005-07", "az-incidents-2005-07")


def _federal_courts(ask: Asking) -> Iterator[Answer]:
    whole = "bjs-concluded-2004-13"
    of = "suspects in matters that United States attorneys concluded, from all sources,"
    for label, word, part in (
        ("prosecuted", "who were prosecuted", "bjs-prosecuted-share-2004-13"),
        ("declined", "whose matters were declined", "bjs-declined-share-2004-13"),
        ("magistrate", "whose matters a magistrate ended", "bjs-magistrate-share-2004-13"),
    ):
        yield ask(f"us.federal_courts.2004_13.{label}", Step.CHARGED, f"{of} {word}", part, whole)
    declined = ask.catalogue["bjs-declined-share-2004-13"]
    amount, face = declined.amount, declined.at_face_value
    if amount is not None and amount.upper is not None and face is not None:
        what = f"{of} whose matters were declined: how many"
        yield Answer(
            label="us.federal_courts.2004_13.declined_suspects",
            step=Step.CHARGED,
            what=what,
            form=Form.COUNT,
            unit="persons",
            # Suspects are whole.
            bounds=Bounds(what=what, lower=Fraction(ceil(amount.lower)), upper=Fraction(floor(amount.upper))),
            at_face_value=Range(lower=face, upper=face),
            figures=(declined, ask.catalogue[whole]),
        )
    label, what = "us.federal_courts.fy2006.convicted", "defendants in cases that ended who were convicted"
    yield ask.of(label, Step.CONVICTED, what, stated(ask.catalogue["bjs-convicted-share-fy2006"]))


def _south_carolina(ask: Asking) -> Iterator[Answer]:
    whole, of = "sc-arrests-2011-24", "persons arrested"
    convicted = ask.ratio("sc-convictions-2011-24", whole, OneEach(), SameCohort())
    pending = ask.ratio("sc-pending-2011-24", whole, OneEach(), SameCohort())
    yield ask.of("south_carolina.convicted", Step.CONVICTED, f"{of} who were convicted", convicted)
    yield ask.of("south_carolina.pending", Step.CONVICTED, f"{of} whose trial is pending", pending)
    done, open_ = convicted.at_face_value or Fraction(0), pending.at_face_value or Fraction(0)
    for label, words, ends in (
        ("other", "with another outcome", (1 - done - open_, 1 - done - open_)),
        ("eventually_convicted", "who are or will be convicted", (done, done + open_)),
    ):
        yield Answer(
            label=f"south_carolina.{label}",
            step=Step.CONVICTED,
            what=f"{of} {words}",
            form=Form.SHARE,
            unit="share of persons",
            bounds=Bounds(
                what=f"{of} {words}", lower=ends[0], upper=ends[1], assumptions=convicted.assumptions
            ),
            at_face_value=Range(lower=ends[0], upper=ends[1]),
            figures=tuple(dict.fromkeys((*convicted.figures, *pending.figures))),
        )
