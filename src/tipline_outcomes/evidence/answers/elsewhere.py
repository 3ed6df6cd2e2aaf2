"""What the record says of other countries."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from attrs import evolve

from tipline_outcomes.evidence.answers.answer import Answer, Asking, Form, Step
from tipline_outcomes.evidence.assumptions import (
    Bundling,
    OneEach,
    PeriodRatio,
    SameCohort,
    SameRule,
    Transport,
    TwoCounts,
)
from tipline_outcomes.evidence.figure import Figure
from tipline_outcomes.evidence.range import Range
from tipline_outcomes.evidence.ratio import Ratio, stated
from tipline_outcomes.metrics import Assumption, Bounds

__all__ = ["elsewhere"]

_DISTRICTS: Final = ("agder", "oslo", "finnmark")
_BETWEEN: Final = Assumption(
    name="between the known districts",
    statement="The other districts opened cases on a share between the known extremes.",
    formula="C + 0.02 R <= cases <= C + 0.84 R; C cases of the known districts, R tips of the others",
)
_ADDED: Final = Assumption(
    name="not recorded, not cleared",
    statement="What was never entered into police statistics is added to what was, as not cleared.",
    formula="cleared / (recorded + never recorded)",
)
_YOUTH: Final = Assumption(
    name="young people as adults",
    statement="Court cases against young people, which the share leaves out, end as those of adults do.",
    formula="guilty of all court cases = guilty of adult court cases",
)


def elsewhere(ask: Asking) -> Iterator[Answer]:
    """Give the answers on other countries."""
    yield from _two_counts(ask)
    yield from _norway(ask)
    yield from _germany(ask)
    yield from _switzerland(ask)
    yield from _sweden(ask)
    yield from _canada(ask)
    yield from _australia_and_new_zealand(ask)
    yield from _others(ask)


def _two_counts(ask: Asking) -> Iterator[Answer]:
    for country, part in (
        ("austria", "at-reports-2021"),
        ("austria", "at-reports-2022"),
        ("germany", "de-reports-2022"),
        ("germany", "de-reports-2023"),
        ("ireland", "ie-referrals-2020"),
        ("netherlands", "nl-reports-2021"),
        ("sweden", "se-tips-2022"),
        ("switzerland", "ch-reports-2021"),
        ("switzerland", "ch-reports-2022"),
        ("switzerland", "ch-reports-2023"),
    ):
        year = part[-4:]
        what = "reports that the country's police count as received, per report that NCMEC lists for it"
        whole = f"ncmec-country-{part[:2]}-{year}"
        yield ask(f"{country}.{year}.received_per_sent", Step.COUNTED, what, part, whole, TwoCounts())


def _norway(ask: Asking) -> Iterator[Answer]:
    tips, country = "no-tips-2022", "norway.2022"
    yield ask(
        f"{country}.relevant",
        Step.TRIAGED,
        "NCMEC tips held to be possible offences",
        "no-relevant-2022",
        tips,
    )
    what = "NCMEC tips sent on to police districts"
    yield ask(f"{country}.forwarded", Step.FORWARDED, what, "no-forwarded-2022", tips)
    opened = "tips sent on to {} on which a criminal case was opened"
    pairs = [(f"no-{name}-cases-2022", f"no-{name}-tips-2022") for name in _DISTRICTS]
    shares = {name: ask.ratio(*pair, OneEach()) for name, pair in zip(_DISTRICTS, pairs, strict=True)}
    for name, share in shares.items():
        words = opened.format(f"the district {name.capitalize()}")
        yield ask.of(f"{country}.{name}.cases", Step.INVESTIGATED, words, share)
    three = ask.pooled(pairs, OneEach())
    words = opened.format("three districts")
    yield ask.of(f"{country}.three_districts.cases", Step.INVESTIGATED, words, three)
    most, least = (shares[name].at_face_value or Fraction(0) for name in ("finnmark", "agder"))
    yield _made(
        f"{country}.districts_apart",
        "the highest share of a district as a multiple of the lowest: one country, one triage",
        Range(lower=most / least, upper=most / least),
        (shares["finnmark"], shares["agder"]),
    )
    yield from _all_districts(ask, three)


def _all_districts(ask: Asking, three: Ratio) -> Iterator[Answer]:
    """Bound the cases of the whole country by the lowest and the highest share of a district."""
    known = ask.catalogue
    sent, tips = known["no-forwarded-2022"], known["no-tips-2022"]
    lowest, highest = known["no-district-share-min-2022"], known["no-district-share-max-2022"]
    cases, of = (
        sum(int(known[f"no-{name}-{thing}-2022"].value) for name in _DISTRICTS) for thing in ("cases", "tips")
    )
    left = Fraction(sent.value) - of
    face = Range(lower=cases + lowest.value * left, upper=cases + highest.value * left)
    # "Barely 2,000" were sent on: the others can be fewer, and their lowest share is then of none.
    most = highest.range.upper or Fraction(1)
    bounds = Range(lower=Fraction(cases), upper=cases + most * left)
    figures = (*three.figures, sent, lowest, highest)
    believed = (*three.assumptions, _BETWEEN)
    label, what = "norway.2022.cases", "criminal cases opened on the tips of the year, in all districts"
    yield _answer(label, what, "cases", (bounds, face), figures, *believed)
    every = Range(lower=Fraction(tips.value), upper=None)
    share = bounds / every
    if share is not None:
        label, what = (
            "norway.2022.cases_of_tips",
            "NCMEC tips on which a criminal case was opened, in all districts",
        )
        told = Range(lower=face.lower / tips.value, upper=(face.upper or Fraction(0)) / tips.value)
        yield _answer(label, what, "share of referrals", (share, told), (*figures, tips), *believed)


def _germany(ask: Asking) -> Iterator[Answer]:
    for year in (2022, 2023):
        relevant = ask.ratio(f"de-relevant-{year}", f"de-reports-{year}")
        words = "NCMEC reports received that may be an offence under German law"
        yield ask.of(f"germany.{year}.relevant", Step.TRIAGED, words, relevant)
        words = "NCMEC reports received that were not counted as relevant"
        rest = relevant.rest(words)
        yield ask.of(f"germany.{year}.not_relevant", Step.TRIAGED, words, rest)
    words = "relevant reports given up because the connection data were no longer stored"
    yield ask(
        "germany.2022.lost_for_want_of_data",
        Step.INVESTIGATED,
        words,
        "de-unpursuable-2022",
        "de-relevant-2022",
        OneEach(),
    )
    for label, key, words in (
        ("received", "de-reports", "reports received in 2023 per report received in 2022"),
        ("relevant", "de-relevant", "relevant reports in 2023 per relevant report in 2022"),
    ):
        yield ask(f"germany.{label}_growth", Step.TRIAGED, words, f"{key}-2023", f"{key}-2022", SameRule())
    recorded, lost = ask.catalogue["de-pks-cases-2017"], ask.catalogue["de-closed-noip-2017"]
    cleared = ask.catalogue["de-pks-clearance-2017"]
    inside = ask.ratio(cleared.id, recorded.id)
    yield ask.of(
        "germany.2017.cleared", Step.INVESTIGATED, "offences in police statistics that were cleared", inside
    )
    matters = Range.sum((recorded.range, lost.range))
    both = inside.at_face_value
    counted = cleared.amount
    if counted is not None and both is not None and (share := counted / matters) is not None:
        told = both * recorded.value / (Fraction(recorded.value) + Fraction(lost.value))
        yield _answer(
            "germany.2017.cleared_of_all",
            "offences in police statistics, and matters that never entered them, that were cleared",
            "share of offences and cases",
            (share, Range(lower=told, upper=told)),
            (cleared, recorded, lost),
            _ADDED,
        )


def _switzerland(ask: Asking) -> Iterator[Answer]:
    words = "NCMEC reports received that went into a package for the cantons"
    pairs = {year: (f"ch-forwarded-{year}", f"ch-reports-{year}") for year in range(2017, 2025)}
    for year, pair in pairs.items():
        yield ask(f"switzerland.{year}.forwarded", Step.FORWARDED, words, *pair, Bundling())
    pooled = ask.pooled(pairs.values(), Bundling())
    yield ask.of("switzerland.2017_24.forwarded", Step.FORWARDED, words, pooled)
    leads, of = "ch-p2p-reports-2022", "leads from the police's own peer-to-peer monitoring (not tips)"
    for label, part, words in (
        ("proceedings", "ch-p2p-proceedings-2022", "that led to criminal proceedings"),
        ("abuse_found", "ch-p2p-abuse-found-2022", "by which abuse came to light"),
    ):
        name = f"switzerland.2022.peer_to_peer.{label}"
        yield ask(name, Step.INVESTIGATED, f"{of} {words}", part, leads, OneEach())


def _sweden(ask: Asking) -> Iterator[Answer]:
    opened = ask.ratio("se-invest-2018", "se-tips-2018", OneEach())
    words = "tips of which a preliminary investigation came"
    yield ask.of("sweden.2018.investigated", Step.INVESTIGATED, words, opened)
    convicted = ask.ratio("se-dalarna-convictions-2011-18", "se-dalarna-invest-2011-18")
    words = "preliminary investigations of one office, from all sources, that ended in a conviction"
    yield ask.of("sweden.dalarna.2011_18.convicted", Step.CONVICTED, words, convicted)
    words = "tips that ended in a conviction; an illustration only, of two places and times"
    both = opened.then(convicted, what=words, assuming=[Transport()])
    yield ask.of("sweden.illustration.convicted_of_tips", Step.CONVICTED, words, both)


def _canada(ask: Asking) -> Iterator[Answer]:
    known, country = ask.catalogue, "canada.2014_21"
    of = "incidents recorded by police (not tips)"
    no_court, guilty = (
        stated(known["ca-nocourt-share-2014-21"]),
        stated(known["ca-case-guilty-share-2014-21"]),
    )
    not_cleared = stated(known["ca-notcleared-share-2014-21"])
    yield ask.of(f"{country}.not_cleared", Step.INVESTIGATED, f"{of} that were not cleared", not_cleared)
    words = f"{of} without a completed court case by 2022/23"
    yield ask.of(f"{country}.no_completed_court_case", Step.CHARGED, words, no_court)
    words = f"{of} with a completed court case by 2022/23"
    completed = no_court.rest(words)
    yield ask.of(f"{country}.completed_court_case", Step.CHARGED, words, completed)
    words = "adult court cases linked to an incident in which the accused was found guilty"
    yield ask.of(f"{country}.guilty_per_court_case", Step.CONVICTED, words, guilty)
    words = f"{of} in which somebody was found guilty"
    both = completed.then(guilty, what=words, assuming=[OneEach(), SameCohort()])
    # The share of guilty cases is of adults only; the completed cases are of young people, too.
    both = evolve(both, assumptions=(*both.assumptions, _YOUTH))
    yield ask.of(f"{country}.guilty_of_incidents", Step.CONVICTED, words, both)
    per_charge = known["ca-adult-charges-guilty-2014-22"]
    words = "charges against adults that ended in guilt"
    yield ask.of("canada.2014_22.guilty_per_charge", Step.CONVICTED, words, stated(per_charge))
    charged, whole = "ca-osoac-charged-share-2014-22", "ca-osoac-2014-22"
    words = "incidents with an identified child (not tips) cleared by a charge laid or recommended"
    yield ask("canada.2014_22.charged_of_incidents", Step.CHARGED, words, charged, whole)
    share = known["ca-case-guilty-share-2014-21"]
    apart, face = share.range / per_charge.range, Fraction(share.value) / Fraction(per_charge.value)
    if apart is not None:
        words = "the share of guilty court cases as a multiple of the share of guilty charges"
        of_both, told = (guilty, stated(per_charge)), Range(lower=face, upper=face)
        label = "canada.case_and_charge_apart"
        yield _made(label, words, apart, of_both, step=Step.CONVICTED, face=told)


def _australia_and_new_zealand(ask: Asking) -> Iterator[Answer]:
    words = "reports triaged that went into a referral to Australian police"
    for years in ("2018-22", "2018-23"):
        label = f"australia.{years.replace('-', '_')}.referred"
        yield ask(label, Step.FORWARDED, words, f"au-referred-{years}", f"au-triaged-{years}", Bundling())
    label, words = "australia.2018_23.charges_per_person", "charges laid, per person charged"
    yield ask(label, Step.CHARGED, words, "au-offences-2018-23", "au-charged-2018-23", PeriodRatio())
    label, words = "new_zealand.2024.assigned", "referrals to three agencies that were given to one of them"
    yield ask(label, Step.TRIAGED, words, "nz-assigned-2024", "nz-ncmec-2024")
    label = "new_zealand.2024.prosecuted_per_assigned"
    words = "persons successfully prosecuted in the year, mostly on older referrals, per referral assigned"
    yield ask(label, Step.CONVICTED, words, "nz-prosecuted-2024", "nz-assigned-2024", PeriodRatio())
    label, words = (
        "new_zealand.2023.prosecuted",
        "investigations in which a person was successfully prosecuted so far",
    )
    yield ask(label, Step.CONVICTED, words, "nz-prosecuted-2023", "nz-invest-2023", OneEach())


def _others(ask: Asking) -> Iterator[Answer]:
    label, words = "ireland.2020.not_relevant", "NCMEC referrals verified not to be abuse material"
    yield ask(label, Step.TRIAGED, words, "ie-not-relevant-2020", "ie-referrals-2020")
    label, words = (
        "united_kingdom.2017.packages_per_referral",
        "packages to forces, from all sources, per referral",
    )
    yield ask(
        label, Step.FORWARDED, words, "gb-disseminated-2017", "gb-industry-referrals-2017", PeriodRatio()
    )
    label, words = (
        "france.2023.dealt_with",
        "reports received that are dealt with, as the head of the office says",
    )
    yield ask.of(label, Step.TRIAGED, words, stated(ask.catalogue["fr-processed-share-2023"]))
    label, words = (
        "austria.2022.suspects",
        "NCMEC reports by which a suspect was found so far: suspects, not arrests",
    )
    yield ask(label, Step.ARRESTED, words, "at-suspects-2022", "at-reports-2022", OneEach())
    label, words = "austria.2021.cleared", "recorded offences (not tips) that were cleared"
    yield ask(label, Step.INVESTIGATED, words, "at-cleared-2021", "at-offences-2021")
    label = "denmark.2022.closed_without_charge"
    words = "digital sex crime cases sent to districts (not only tips) that were closed without a charge"
    yield ask.of(label, Step.INVESTIGATED, words, stated(ask.catalogue["dk-closed-share-2022"]))


def _made(
    label: str,
    what: str,
    ends: Range,
    of: tuple[Ratio, ...],
    *,
    step: Step = Step.INVESTIGATED,
    face: Range | None = None,
) -> Answer:
    figures = tuple(dict.fromkeys(figure for each in of for figure in each.figures))
    believed = tuple(dict.fromkeys(assumption for each in of for assumption in each.assumptions))
    bounds = Bounds(what=what, lower=ends.lower, upper=ends.upper, assumptions=believed)
    return Answer(
        label=label,
        step=step,
        what=what,
        form=Form.PER,
        unit="times",
        bounds=bounds,
        at_face_value=face or ends,
        figures=figures,
    )


def _answer(
    label: str,
    what: str,
    unit: str,
    ends: tuple[Range, Range],
    figures: tuple[Figure, ...],
    *believed: Assumption,
) -> Answer:
    """Give an answer that is no ratio of two figures: its ends, and its ends at face value."""
    bounds, face = ends
    return Answer(
        label=label,
        step=Step.INVESTIGATED,
        what=what,
        form=Form.SHARE if unit.startswith("share") else Form.COUNT,
        unit=unit,
        bounds=Bounds(what=what, lower=bounds.lower, upper=bounds.upper, assumptions=believed),
        at_face_value=face,
        figures=figures,
    )
