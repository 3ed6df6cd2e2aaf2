"""What may be divided and what may not, by the fields of figures; and what each assumption leaves."""

from datetime import date
from fractions import Fraction

import pytest

from tipline_outcomes import InvalidValueError, NotComparableError
from tipline_outcomes.evidence import (
    AllSources,
    Bundling,
    Coverage,
    Figure,
    FigureUnit,
    FoundIn,
    Lag,
    Measure,
    Multiplicity,
    OneEach,
    PeriodRatio,
    Population,
    Qualifier,
    SameCohort,
    SameRule,
    Source,
    Span,
    SpanKind,
    Transport,
    TwoCounts,
    catalogue,
    pooled,
    ratio,
    stated,
)
from tipline_outcomes.evidence.assumptions import BRIDGES


@pytest.fixture(scope="module")
def known():
    return catalogue()


# What is wrong with each stands beside it, by the names of the fields.
WRONG = [
    ("ncmec-sent-intl-total-2023", "ncmec-reports-2023", {"unit", "population", "cohort"}),
    ("ncmec-sent-icac-total-2023", "ncmec-reports-2023", {"unit", "population", "cohort"}),
    ("ncmec-sent-federal-total-2023", "ncmec-loc-us-2023", {"unit", "population", "cohort"}),
    ("icac-us-arrests-fy2024", "ncmec-reports-2023", {"unit", "population", "period", "cohort"}),
    ("icac-us-arrests-2021", "ncmec-reports-2021", {"unit", "population", "period", "cohort"}),
    ("icac-us-arrests-fy2024", "ncmec-sent-icac-total-2023", {"unit", "period", "cohort"}),
    ("icac-us-arrests-fy2024", "icac-us-invest-fy2024", {"unit", "cohort"}),
    ("icac-us-arrests-fy2024", "icac-us-invest-2021", {"unit", "period", "cohort"}),
    ("ncmec-country-us-2023", "ncmec-loc-us-2023", {"siblings"}),
    ("ncmec-loc-us-2023", "ncmec-country-us-2023", {"siblings"}),
    ("ncmec-country-us-2023", "ncmec-us-referrals-2023", {"population", "cohort"}),
    ("vt-tips-2023", "ncmec-state-vt-2023", {"unit", "population", "cohort"}),
    ("id-tips-2023", "ncmec-state-id-2023", {"unit", "population", "period", "cohort"}),
    ("de-closed-unidentified-2023", "de-relevant-2023", {"unit", "cohort"}),
    ("de-closed-noip-2017", "de-pks-cases-2017", {"unit", "population", "cohort"}),
    ("de-reports-2022", "ncmec-country-de-2022", {"unit", "population", "cohort"}),
    ("bjs-prosecuted-fy2013", "bjs-referred-fy2013", {"cohort"}),
    ("bjs-concluded-2004-13", "bjs-referred-2004-13", {"cohort"}),
    ("bjs-prosecuted-share-fy2006", "bjs-referred-fy2006", {"cohort", "whole"}),
    ("vt-prosecutions-2024", "vt-tips-2024", {"unit", "cohort"}),
    ("vt-prosecutions-2024", "vt-invest-2024", {"unit", "cohort"}),
    ("vt-prosecutions-2024", "vt-tips-2023", {"unit", "period", "cohort"}),
    ("wi-arrests-2022", "wi-tips-2022", {"unit", "cohort"}),
    ("wi-arrests-2022", "wi-tips-2021", {"unit", "period", "cohort"}),
    ("wi-arrests-2022", "vt-tips-2020", {"unit", "population", "territory", "period", "cohort"}),
    ("au-charged-2018-23", "au-referred-2018-23", {"unit", "cohort"}),
    ("au-offences-2018-23", "au-triaged-2018-23", {"unit", "cohort"}),
    ("au-offences-2018-23", "au-charged-2018-23", {"unit", "cohort"}),
    ("au-arrests-2021-22", "au-reports-2022-23", {"unit", "period", "cohort"}),
    ("nz-prosecuted-2024", "nz-assigned-2024", {"unit", "cohort"}),
    ("nz-prosecuted-2024", "nz-ncmec-2024", {"unit", "cohort"}),
    ("ca-adult-charges-guilty-2014-22", "ca-osoac-2014-22", {"unit", "cohort", "whole"}),
    ("ca-case-guilty-share-2014-21", "ca-ocp-2014-22", {"unit", "period", "cohort", "whole"}),
    ("ca-reports-2023-24", "ncmec-country-ca-2023", {"unit", "population", "period", "cohort"}),
    ("ch-p2p-proceedings-2022", "ch-reports-2022", {"unit", "population", "cohort"}),
    ("ch-forwarded-2022", "ncmec-country-ch-2022", {"unit", "population", "cohort"}),
    ("ch-forwarded-2022", "ch-reports-2021", {"unit", "period", "cohort"}),
    ("gb-week-jan2026-persons-charged", "gb-week-jan2026-arrests", {"cohort"}),
    ("gb-week-jan2026-arrests", "gb-arrests-month-2026", {"period", "cohort"}),
    ("gb-arrests-month-2018", "gb-disseminated-2017", {"unit", "period", "cohort"}),
    ("gb-disseminated-2017", "gb-industry-referrals-2017", {"unit", "cohort"}),
    ("fr-reports-day-2023", "fr-reports-2022", {"unit", "period", "cohort"}),
    ("ie-investigated-2019", "ie-ncmec-flagged-2019", {"unit", "cohort"}),
    ("at-suspects-2022", "at-reports-2022", {"unit"}),
    ("se-invest-2018", "se-tips-2018", {"unit"}),
    ("se-dalarna-convictions-2011-18", "se-tips-2018", {"unit", "population", "period", "cohort"}),
    ("sc-convictions-2011-24", "sc-arrests-2011-24", {"unit", "cohort"}),
    ("ncmec-victims-identified-2023", "ncmec-reports-2023", {"unit", "population", "cohort"}),
    ("ncmec-files-2023", "ncmec-reports-2023", {"unit", "cohort"}),
    ("ncmec-feedback-icac-2023", "ncmec-sent-icac-total-2023", {"unit"}),
    ("ncmec-feedback-icac-2023", "ncmec-sent-intl-total-2023", {"unit", "population", "cohort"}),
    ("ncmec-reports-2024", "ncmec-reports-2023", {"period", "cohort"}),
    ("ncmec-sent-2025", "ncmec-reports-2025", {"unit", "cohort"}),
    ("de-reports-2022", "de-relevant-2022", {"order"}),
    ("ncmec-sent-icac-informational-2023", "ncmec-sent-icac-actionable-2023", {"siblings"}),
    ("stanford-arrest-share-high", "ncmec-us-referrals-2023", {"period", "cohort", "whole"}),
    ("njov-all-arrests-2006", "ncmec-reports-2006", {"unit", "population", "cohort"}),
]


@pytest.mark.parametrize(("part", "whole", "fields"), WRONG, ids=lambda v: v if isinstance(v, str) else "")
def test_a_wrong_division_is_refused_by_the_fields_that_do_not_agree(known, part, whole, fields):
    with pytest.raises(NotComparableError) as caught:
        ratio(known[part], known[whole])
    error = caught.value
    assert set(error.mismatches) == fields
    assert str(error).startswith(f"{part} cannot be divided by {whole}:\n")
    for field, how in error.mismatches.items():
        assert f"\n  {field}: {how}; " in str(error)


def test_there_are_enough_wrong_divisions():
    assert len(WRONG) == len({(part, whole) for part, whole, _ in WRONG}) >= 25


def test_a_refusal_says_what_would_bridge_it_and_that_does(known):
    part, whole = known["icac-us-arrests-fy2024"], known["ncmec-sent-icac-actionable-2023"]
    with pytest.raises(NotComparableError) as caught:
        ratio(part, whole)
    assert caught.value.bridges == {
        "unit": ("OneEach()", "Multiplicity(most=1)", "PeriodRatio()"),
        "period": ("Lag(days=274)",),
        "cohort": ("AllSources()", "SameCohort()", "PeriodRatio()"),
    }
    assert (
        "unit: persons, not referrals; OneEach(), Multiplicity(most=1), PeriodRatio() would bridge it"
        in str(caught.value)
    )
    assert ratio(part, whole, assuming=[OneEach(), Lag(days=274), SameCohort()])
    with pytest.raises(NotComparableError) as caught:
        ratio(part, whole, assuming=[OneEach(), SameCohort()])
    assert set(caught.value.mismatches) == {"period"}


def test_two_territories_are_bridged_by_nothing(known):
    for part in ("vt-tips-2021", "vt-prosecutions-2021"):
        with pytest.raises(
            NotComparableError, match="territory: US-VT is not within US-WI; nothing bridges it"
        ):
            ratio(known[part], known["wi-tips-2021"])


def test_transport_carries_a_share_over_and_divides_nothing(known):
    irish, german = known["ie-not-relevant-2020"], known["de-reports-2022"]
    for part, whole in ((irish, german), (known["wi-tips-2013"], known["wi-tips-2022"])):
        with pytest.raises(InvalidValueError, match=r"Transport\(\) carries a share over, in Ratio.then\(\)"):
            ratio(part, whole, assuming=[Transport()])
    with pytest.raises(NotComparableError) as caught:
        ratio(irish, german)
    assert not any("Transport()" in offers for offers in caught.value.bridges.values())
    relevant = ratio(known["no-relevant-2022"], known["no-tips-2022"])
    with pytest.raises(NotComparableError) as caught:
        relevant.then(ratio(known["de-relevant-2022"], known["de-reports-2022"]), what="")
    assert caught.value.bridges["territory"] == ("Transport()",)


def test_the_other_way_round_is_told_so(known):
    with pytest.raises(NotComparableError, match="is a part of the first; divide the other way round"):
        ratio(known["de-reports-2022"], known["de-relevant-2022"])


@pytest.mark.parametrize("bridge", [AllSources(), SameCohort(), PeriodRatio(), Transport()])
@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("de-reports-2022", "de-relevant-2022"),
        ("ncmec-sent-icac-informational-2023", "ncmec-sent-icac-actionable-2023"),
    ],
)
def test_no_belief_turns_a_whole_or_a_sibling_into_a_part(known, bridge, part, whole):
    with pytest.raises(InvalidValueError):
        ratio(known[part], known[whole], assuming=[bridge])
    with pytest.raises(NotComparableError, match="nothing bridges it"):
        ratio(known[part], known[whole])


def test_two_counts_are_of_what_came_in_on_both_sides(known):
    for part, whole in (
        ("de-relevant-2022", "ncmec-country-de-2022"),
        ("de-reports-2022", "ncmec-country-de-2023"),
    ):
        with pytest.raises((InvalidValueError, NotComparableError)):
            ratio(known[part], known[whole], assuming=[TwoCounts()])
    with pytest.raises(NotComparableError) as caught:
        ratio(known["de-relevant-2022"], known["ncmec-country-de-2022"])
    assert not any("TwoCounts()" in offers for offers in caught.value.bridges.values())


def test_growth_is_from_an_earlier_period_to_a_later_one(known):
    with pytest.raises(InvalidValueError, match=r"SameRule\(\) bridges nothing between de-reports-2022"):
        ratio(known["de-reports-2022"], known["de-reports-2023"], assuming=[SameRule()])


@pytest.mark.parametrize(
    ("part", "whole"),
    [("ncmec-reports-2024", "ncmec-reports-2023"), ("ca-reports-2020-21", "ca-reports-2019")],
)
def test_no_growth_is_told_over_a_break_of_the_series(known, part, whole):
    with pytest.raises(InvalidValueError, match=r"SameRule\(\) bridges nothing"):
        ratio(known[part], known[whole], assuming=[SameRule()])
    with pytest.raises(NotComparableError) as caught:
        ratio(known[part], known[whole])
    assert not any("SameRule()" in offers for offers in caught.value.bridges.values())
    assert ratio(known["ncmec-reports-2025"], known["ncmec-reports-2024"], assuming=[SameRule()])


def test_a_share_of_a_share_is_a_share_of_its_whole(known):
    share, whole = known["ca-osoac-charged-share-2014-22"], known["ca-osoac-2014-22"]
    quotient = ratio(share, whole)
    assert quotient.at_face_value == Fraction(74 * 41, 10_000)
    assert (quotient.lower, quotient.upper) == (
        Fraction("0.735") * Fraction("0.405"),
        Fraction("0.745") * Fraction("0.415"),
    )


# One example of each assumption, with the formula worked by hand.
BRIDGED = [
    (OneEach(), "no-agder-cases-2022", "no-agder-tips-2022", ("3/129", "3/129")),
    (Multiplicity(most=1), "at-suspects-2022", "at-reports-2022", ("0", "1")),
    (Multiplicity(most=3), "wi-cases-2010-11", "wi-tips-2010-11", ("0", "1")),
    (Multiplicity(most=2), "no-agder-cases-2022", "no-agder-tips-2022", ("0", "6/129")),
    (Bundling(), "ch-forwarded-2017", "ch-reports-2017", ("428/5404", "1")),
    (Coverage(), "ncmec-feedback-icac-2023", "ncmec-sent-icac-total-2023", ("0", "312343/908762")),
    (AllSources(), "bjs-prosecuted-fy2013", "bjs-referred-fy2013", ("0", "2776/4579")),
    (SameCohort(), "bjs-prosecuted-fy2013", "bjs-referred-fy2013", ("2776/4579", "2776/4579")),
    (PeriodRatio(), "au-offences-2018-23", "au-charged-2018-23", ("7029/877", "7029/877")),
    (SameRule(), "de-reports-2023", "de-reports-2022", ("180250/136437", "180350/136437")),
    (TwoCounts(), "ch-reports-2021", "ncmec-country-ch-2021", ("7176/7180", "7176/7180")),
]


@pytest.mark.parametrize(("bridge", "part", "whole", "ends"), BRIDGED, ids=lambda v: str(v)[:20])
def test_an_assumption_leaves_what_its_formula_says(known, bridge, part, whole, ends):
    quotient = ratio(known[part], known[whole], assuming=[bridge])
    assert (quotient.lower, quotient.upper) == tuple(map(Fraction, ends))
    assert quotient.assumptions == (bridge,)
    assert bridge.name in str(quotient)


def test_a_lag_alone_makes_no_cohort(known):
    part, whole, lag = known["ncmec-reports-public-2021"], known["ncmec-reports-public-2020"], Lag()
    with pytest.raises(NotComparableError) as caught:
        ratio(part, whole, assuming=[lag])
    assert set(caught.value.mismatches) == {"cohort"}
    quotient = ratio(part, whole, assuming=[lag, SameCohort()])
    assert (quotient.lower, quotient.upper) == (Fraction(240_598, 303_299),) * 2


def test_every_assumption_has_a_docstring_a_name_a_statement_and_a_formula(known):
    assert {Lag, Transport, *(type(bridge) for bridge, *_ in BRIDGED)} == set(BRIDGES)
    for kind in BRIDGES:
        bridge = kind.needed(known["de-relevant-2022"], known["de-reports-2022"])
        assert kind.__doc__
        assert len({bridge.name, bridge.statement, bridge.formula}) == 3
        assert bridge.name
        assert eval(bridge.call, {each.__name__: each for each in BRIDGES}) == bridge  # noqa: S307 - our own


def test_an_assumption_that_bridges_nothing_is_refused(known):
    with pytest.raises(InvalidValueError, match=r"OneEach\(\) bridges nothing between de-relevant-2022"):
        ratio(known["de-relevant-2022"], known["de-reports-2022"], assuming=[OneEach()])
    with pytest.raises(InvalidValueError, match=r"Coverage\(\) bridges nothing"):
        ratio(known["vt-prosecutions-2021"], known["vt-tips-2021"], assuming=[Coverage()])
    with pytest.raises(InvalidValueError, match=r"Lag\(days=273\) bridges nothing"):
        ratio(
            known["icac-us-arrests-fy2024"],
            known["ncmec-sent-icac-actionable-2023"],
            assuming=[OneEach(), SameCohort(), Lag(days=273)],
        )


def test_no_lag_makes_a_week_of_a_month(known):
    with pytest.raises(InvalidValueError, match=r"Lag\(days=366\) bridges nothing"):
        ratio(
            known["gb-week-jan2026-arrests"], known["gb-arrests-month-2026"], assuming=[Lag(), SameCohort()]
        )


def test_an_assumption_that_cannot_hold_is_refused(known):
    with pytest.raises(InvalidValueError, match="more than all of them, so an assumption cannot hold"):
        ratio(known["ncmec-files-2023"], known["ncmec-reports-2023"], assuming=[OneEach(), SameCohort()])
    with pytest.raises(InvalidValueError, match="most is 0; one arrest accounts for 1 tip or more"):
        Multiplicity(most=0)


def test_pooling_holds_every_pair_to_the_fields(known):
    pairs = [(known[f"no-{d}-cases-2022"], known[f"no-{d}-tips-2022"]) for d in ("agder", "oslo", "finnmark")]
    three = pooled(pairs, assuming=[OneEach()])
    assert (three.lower, three.upper, three.at_face_value) == (Fraction(121, 410),) * 3
    with pytest.raises(
        NotComparableError, match="no-oslo-cases-2022 cannot be divided by no-agder-tips-2022"
    ):
        pooled([pairs[0], (pairs[1][0], pairs[0][1])], assuming=[OneEach()])
    with pytest.raises(InvalidValueError, match="nothing to pool"):
        pooled([])


def test_only_shares_that_meet_are_multiplied(known):
    relevant = ratio(known["no-relevant-2022"], known["no-tips-2022"])
    forwarded = ratio(known["no-forwarded-2022"], known["no-relevant-2022"])
    both = relevant.then(forwarded, what="forwarded, of tips")
    assert both.at_face_value == Fraction(2000, 9000)
    assert both.assumptions == ()
    with pytest.raises(NotComparableError, match="population: de-bka, not no-kripos"):
        relevant.then(ratio(known["de-relevant-2022"], known["de-reports-2022"]), what="")
    with pytest.raises(
        NotComparableError, match="the first is what a share leaves, and no figure counts that"
    ):
        relevant.rest("not relevant").then(forwarded, what="")
    growth = ratio(known["de-reports-2023"], known["de-reports-2022"], assuming=[SameRule()])
    with pytest.raises(InvalidValueError, match="only shares of single figures can be multiplied"):
        growth.then(forwarded, what="")
    with pytest.raises(InvalidValueError, match="is no share, so that nothing is left of it"):
        growth.rest("")


def test_a_published_share_without_its_whole_meets_nothing_by_itself(known):
    court = stated(known["ca-nocourt-share-2014-21"]).rest("in court")
    guilty = stated(known["ca-case-guilty-share-2014-21"])
    with pytest.raises(NotComparableError) as caught:
        court.then(guilty, what="")
    assert set(caught.value.mismatches) == {"unit", "cohort"}
    both = court.then(guilty, what="guilty, of incidents", assuming=[OneEach(), SameCohort()])
    assert both.at_face_value == Fraction(8, 100) * Fraction(72, 100)
    with pytest.raises(InvalidValueError, match="vt-tips-2024 is a count"):
        stated(known["vt-tips-2024"])


@pytest.mark.parametrize("coverage", [Fraction(0), Fraction(1, 3), Fraction(1)])
@pytest.mark.parametrize("observed", [None, Fraction(0), Fraction(2, 5), Fraction(1)])
def test_what_is_seen_of_a_part_bounds_the_whole(coverage, observed):
    bounds = Coverage.bounds("charged", coverage=coverage, observed=observed)
    least, most = (0, 1) if observed is None else (observed, observed)
    assert (bounds.lower, bounds.upper) == (least * coverage, most * coverage + 1 - coverage)
    if observed is not None:
        assert bounds.width == 1 - coverage


def test_no_coverage_is_more_than_all():
    with pytest.raises(InvalidValueError, match="coverage is 2; a share lies between 0 and 1"):
        Coverage.bounds("", coverage=Fraction(2), observed=None)


def figure(name, value, **changed):
    """A figure of nobody's, to try one field at a time."""
    return Figure(
        **{
            "id": name,
            "measure": Measure.REFERRALS_RECEIVED,
            "unit": FigureUnit.REFERRAL,
            "value": value,
            "qualifier": Qualifier.EXACT,
            "population": Population.ICAC_VT,
            "territory": "US-VT",
            "span": Span(start=date(2025, 1, 1), end=date(2025, 12, 31), kind=SpanKind.CALENDAR_YEAR),
            "counted_by": "nobody",
            "source": Source(key="k", title="t", publisher="p", url="u", published="2026"),
            "verification": FoundIn.PAGE,
            **changed,
        }
    )


WHOLE = figure("whole", 100)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"unit": FigureUnit.CASE}, "unit"),
        ({"unit": FigureUnit.UNSTATED}, "unit"),
        ({"population": Population.ICAC_WI}, "population"),
        ({"territory": "US-WI"}, "territory"),
        ({"territory": "US"}, "territory"),
        (
            {"span": Span(start=date(2024, 10, 1), end=date(2025, 9, 30), kind=SpanKind.US_FISCAL_YEAR)},
            "period",
        ),
        ({"span": Span(start=date(2025, 1, 1), end=date(2025, 12, 31), kind=SpanKind.UNSURE)}, "period"),
        ({"part_of": None}, "cohort"),
    ],
)
def test_each_field_alone_refuses(changed, field):
    assert ratio(figure("part", 10, part_of=WHOLE), WHOLE).lower == Fraction(1, 10)
    with pytest.raises(NotComparableError) as caught:
        ratio(figure("part", 10, **{"part_of": WHOLE, **changed}), WHOLE)
    assert set(caught.value.mismatches) == {field}


def test_things_whose_unit_is_not_said_agree_with_nothing():
    one = figure("one", 100, unit=FigureUnit.UNSTATED)
    with pytest.raises(NotComparableError) as caught:
        ratio(figure("part", 10, unit=FigureUnit.UNSTATED, part_of=one), one)
    assert set(caught.value.mismatches) == {"unit"}


def test_a_share_of_a_rounded_number_is_as_exact_as_it_was_told():
    about = figure("about", 4000, qualifier=Qualifier.APPROXIMATE)
    quotient = ratio(figure("half", Fraction(1, 2), part_of=about), about)
    assert (quotient.lower, quotient.upper) == (Fraction(1, 2), Fraction(1, 2))


def test_what_is_not_of_one_place_may_hold_what_is():
    world = figure("world", 100, territory="ZZ")
    assert ratio(figure("part", 10, part_of=world), world).upper == Fraction(1, 10)
