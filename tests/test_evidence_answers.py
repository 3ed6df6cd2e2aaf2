"""The answers: the worked examples with their printed numbers, by label; and that every one can be traced."""

from fractions import Fraction
from math import ceil, floor

import pytest

from tipline_outcomes import InvalidValueError
from tipline_outcomes.evidence import (
    Coverage,
    Form,
    Step,
    Topic,
    catalogue,
    closing,
    question,
    states_needed,
)


@pytest.fixture(scope="module")
def answers():
    return question()


def quoted(answers, label):
    """The number at face value in per cent, unrounded."""
    face = answers[label].at_face_value
    assert face.lower == face.upper
    return face.lower * 100


# The numbers as they are printed in the ten worked examples, by label, in per cent.
PRINTED = {
    # 1 Norway
    "norway.2022.relevant": "44",
    "norway.2022.forwarded": "22.2",
    "norway.2022.agder.cases": "2.3",
    "norway.2022.oslo.cases": "38.9",
    "norway.2022.finnmark.cases": "84.2",
    "norway.2022.three_districts.cases": "29.5",
    # 2 Germany; 65.850 and 34.150 per cent are printed as 65.8 and 34.2, see below
    "germany.2022.lost_for_want_of_data": "6.2",
    "germany.2023.relevant": "49.6",
    "germany.received_growth": "132",
    # 3 Switzerland
    "switzerland.2017.forwarded": "7.9",
    "switzerland.2018.forwarded": "6.7",
    "switzerland.2019.forwarded": "8.6",
    "switzerland.2020.forwarded": "14.8",
    "switzerland.2021.forwarded": "19.5",
    "switzerland.2022.forwarded": "16.1",
    "switzerland.2023.forwarded": "13.1",
    "switzerland.2024.forwarded": "13.0",
    "switzerland.2017_24.forwarded": "12.8",
    "switzerland.2022.peer_to_peer.proceedings": "77.9",
    "switzerland.2022.peer_to_peer.abuse_found": "4.5",
    # 4 Sweden
    "sweden.2018.investigated": "2",
    "sweden.dalarna.2011_18.convicted": "34.5",
    "sweden.illustration.convicted_of_tips": "0.7",
    # 5 the task forces
    "us.icac.2021.arrests_per_investigation": "7.6",
    "us.icac.fy2024.arrests_per_investigation": "6.2",
    "us.icac.2021.arrests_per_referral": "2.6",
    "us.icac.fy2024.arrests_per_referral": "1.9",
    "us.icac.fy2024.linked_to_arrest.1_per_arrest": "1.9",
    "us.icac.fy2024.linked_to_arrest.3_per_arrest": "5.6",
    "us.icac.1998_2009.arrests_per_complaint": "9.4",
    "us.icac.1998_2015.arrests_per_complaint": "10.5",
    # 6 feedback
    "us.icac.2020.feedback": "65.3",
    "us.icac.2021.feedback": "55.7",
    "us.icac.2022.feedback": "22.9",
    "us.icac.2023.feedback": "34.4",
    "us.federal.2023.feedback": "0.02",
    "abroad.2023.feedback": "0.23",
    "us.icac.2023.not_known": "65.6",
    "abroad.2023.not_known": "99.8",
    # 7 Vermont and Wisconsin
    "vermont.2021.prosecutions_per_tip": "9.3",
    "vermont.2024.prosecutions_per_tip": "3.8",
    "vermont.2024.prosecutions_per_investigation": "14.0",
    "wisconsin.2021.arrests_per_tip": "10.3",
    "wisconsin.2022.arrests_per_tip": "4.4",
    "wisconsin.2017.arrests_per_tip": "29",
    # 8 South Carolina
    "south_carolina.convicted": "52.3",
    "south_carolina.pending": "32.9",
    "south_carolina.other": "14.8",
    # 9 Canada
    "canada.2014_21.not_cleared": "77",
    "canada.2014_21.no_completed_court_case": "92",
    "canada.2014_21.completed_court_case": "8",
    "canada.2014_21.guilty_per_court_case": "72",
    "canada.2014_21.guilty_of_incidents": "5.8",
    "canada.2014_22.guilty_per_charge": "34",
    # 10 Australia, New Zealand, the federal courts of the United States
    "australia.2018_23.referred": "1.9",
    "new_zealand.2024.assigned": "17.4",
    "new_zealand.2024.prosecuted_per_assigned": "0.5",
    "us.federal_courts.2004_13.prosecuted": "60",
    "us.federal_courts.2004_13.declined": "36",
    "us.federal_courts.2004_13.magistrate": "4",
    # sender and receiver
    "switzerland.2021.received_per_sent": "99.9",
    "switzerland.2022.received_per_sent": "91.4",
    "switzerland.2023.received_per_sent": "105.0",
    "germany.2022.received_per_sent": "98.7",
    "germany.2023.received_per_sent": "103.9",
    "netherlands.2021.received_per_sent": "97.9",
    "austria.2021.received_per_sent": "77.4",
    "austria.2022.received_per_sent": "54.8",
    "ireland.2020.received_per_sent": "60.2",
    "sweden.2022.received_per_sent": "40.9",
}


@pytest.mark.parametrize(("label", "printed"), PRINTED.items(), ids=PRINTED)
def test_a_worked_example_has_the_printed_number(answers, label, printed):
    whole, _, decimals = printed.partition(".")
    assert round(quoted(answers, label), len(decimals)) == Fraction(printed), whole


def test_norway_by_all_its_districts(answers):
    cases, share = (answers[f"norway.2022.{name}"].at_face_value for name in ("cases", "cases_of_tips"))
    assert (round(cases.lower), round(cases.upper)) == (153, 1457)
    assert (round(share.lower * 100, 1), round(share.upper * 100, 1)) == (Fraction("1.7"), Fraction("16.2"))
    assert round(answers["norway.2022.districts_apart"].value) == 36
    assert answers["norway.2022.three_districts.cases"].value == Fraction(121, 410)
    # "Barely 2,000", "about 2 %" and "about 84 %" leave more than that open.
    bounds = answers["norway.2022.cases"].bounds
    assert (bounds.lower, floor(bounds.upper)) == (121, floor(121 + Fraction("0.845") * 1590))
    assert answers["norway.2022.relevant"].known == "at most 50.0 %"


def test_germany_to_the_last_digit(answers):
    # 65.8502 per cent: cut off it is 65.8, rounded 65.9; and what it leaves is 34.1, not 34.2.
    assert answers["germany.2022.relevant"].value == Fraction(89_844, 136_437)
    assert (answers["germany.2022.relevant"].known, answers["germany.2022.not_relevant"].known) == (
        "65.9 %",
        "34.1 %",
    )
    assert floor(quoted(answers, "germany.2022.relevant") * 10) == 658
    assert ceil(quoted(answers, "germany.2022.not_relevant") * 10) == 342
    assert round(quoted(answers, "germany.relevant_growth")) == 99
    assert round(quoted(answers, "germany.2017.cleared")) == 90
    assert 39 <= quoted(answers, "germany.2017.cleared_of_all") <= 40


def test_switzerland_is_bounded_from_below_only(answers):
    pooled = answers["switzerland.2017_24.forwarded"]
    assert pooled.bounds.lower == Fraction(10_286, 80_520)
    assert pooled.known == "at least 12.8 %"
    assert pooled.bounds.upper == 1


def test_arrests_that_are_at_least_so_many_leave_no_upper_end(answers):
    linked = answers["us.icac.fy2024.linked_to_arrest.3_per_arrest"]
    assert (linked.bounds.lower, linked.bounds.upper, linked.known) == (0, 1, "not known")
    assert linked.at_face_value.upper == 3 * Fraction(12_600, 670_491)
    assert [type(a).__name__ for a in linked.bounds.assumptions] == ["Multiplicity", "AllSources", "Lag"]


def test_feedback_leaves_a_width_that_no_rate_can_beat(answers):
    for place, year in (("us.icac", 2023), ("abroad", 2023)):
        seen = answers[f"{place}.{year}.feedback"].at_face_value.lower
        left = answers[f"{place}.{year}.not_known"]
        assert left.bounds.lower == 1 - seen
        for observed in (Fraction(0), Fraction(1, 10), Fraction(1)):
            bounds = Coverage.bounds("", coverage=seen, observed=observed)
            assert (bounds.lower, bounds.upper) == (observed * seen, observed * seen + 1 - seen)
            assert bounds.width == left.bounds.lower


def test_the_question_itself_has_no_answer(answers):
    for label in ("us.icac.charged_by_a_local_prosecutor", "us.icac.other_outcome"):
        answer = answers[label]
        assert (answer.bounds.lower, answer.bounds.upper, answer.at_face_value) == (0, 1, None)
        assert (answer.known, answer.quoted) == ("not known", "none")


def test_south_carolina_is_bounded_by_what_is_pending(answers):
    bounds = answers["south_carolina.eventually_convicted"].bounds
    assert (bounds.lower, bounds.upper) == (Fraction(1271, 2430), Fraction(2071, 2430))
    assert [round(end * 100, 1) for end in (bounds.lower, bounds.upper)] == [
        Fraction("52.3"),
        Fraction("85.2"),
    ]
    parts = ("convicted", "pending", "other")
    assert sum(answers[f"south_carolina.{part}"].value for part in parts) == 1


def test_canada_by_rounding_and_by_what_is_counted(answers):
    bounds = answers["canada.2014_21.guilty_of_incidents"].bounds
    assert [round(end * 100, 1) for end in (bounds.lower, bounds.upper)] == [Fraction("5.4"), Fraction("6.2")]
    assert [each.name for each in answers["canada.2014_21.guilty_of_incidents"].bounds.assumptions] == [
        "one each",
        "one cohort",
        "young people as adults",
    ]
    # 72 and 34 per cent are rounded to whole ones.
    apart = answers["canada.case_and_charge_apart"]
    assert (apart.bounds.lower, apart.bounds.upper) == (Fraction(715, 345), Fraction(725, 335))
    assert (apart.known, apart.quoted) == ("2.07-2.17", "2.1")


def test_nearly_800_investigations_are_no_more(answers):
    bounds = answers["idaho.2020_21.arrests_of_investigations"].bounds
    assert (bounds.lower, bounds.upper) == (Fraction(51, 800), 1)


def test_a_guess_is_quoted_and_not_known(answers):
    guess = answers["us.2023.arrests_guessed"]
    assert (guess.step, guess.form, guess.unit) == (Step.ARRESTED, Form.SHARE, "share of reports")
    assert (guess.known, guess.quoted) == ("not known", "5.0-8.0 %")
    assert (guess.bounds.lower, guess.bounds.upper) == (0, 1)
    assert (guess.at_face_value.lower, guess.at_face_value.upper) == (Fraction(1, 20), Fraction(2, 25))


def test_federal_prosecutors_end_every_matter_in_one_of_three_ways(answers):
    ends = ("prosecuted", "declined", "magistrate")
    assert sum(quoted(answers, f"us.federal_courts.2004_13.{end}") for end in ends) == 100
    declined = answers["us.federal_courts.2004_13.declined_suspects"]
    assert (declined.bounds.lower, declined.bounds.upper) == (12_809, 13_169)
    assert declined.form is Form.COUNT


def test_every_answer_can_be_traced_to_its_figures_and_sources(answers):
    known = catalogue()
    assert len(answers) > 150
    for label, answer in answers.items():
        assert label == answer.label
        assert answer.what
        assert answer.unit
        assert answer.sources
        for figure in answer.figures:
            assert known[figure.id] is figure
        for assumption in answer.bounds.assumptions:
            assert assumption.statement
            assert assumption.formula


def test_bounds_hold_the_quoted_number(answers):
    for answer in answers.values():
        face, bounds = answer.at_face_value, answer.bounds
        assert face is None or (bounds.contain(face.lower) and bounds.contain(face.upper)), answer.label


def test_no_share_leaves_0_to_1(answers):
    for answer in answers.values():
        if answer.form is Form.SHARE:
            assert 0 <= answer.bounds.lower <= answer.bounds.upper <= 1, answer.label


def test_the_further_questions_are_parts_of_the_whole(answers):
    for topic in Topic:
        part = question(topic)
        assert {answer.label for answer in part.answers} <= set(answers)
        assert {answer.step for answer in part.answers} <= set(topic.steps)
        assert len(part) > 10
    assert {step for topic in Topic for step in topic.steps} == {answer.step for answer in answers.values()}
    with pytest.raises(InvalidValueError, match="topic is 'conviction'; did you mean 'convictions'"):
        question("conviction")


def test_the_two_classes_of_each_recipient_are_all(answers):
    for place in ("us.icac", "us.local", "us.federal", "abroad"):
        for year in range(2020, 2024):
            pair = (answers[f"{place}.{year}.{kind}"].value for kind in ("referral", "informational"))
            assert sum(pair) == 1


def test_printed_answers_say_their_assumptions(answers):
    text, page = str(answers), answers._repr_html_()
    for step in Step:
        assert step.meaning in text
        assert step.meaning in page
    lines = {" ".join(line.split()) for line in text.splitlines()}
    assert "us.federal.2023.feedback 1 at most 0.02 % 0.02 %" in lines
    assert "us.federal.2023.not_known 1 at least 99.98 % 99.98 %" in lines
    assert "us.local.2020.referral 100.0 % 100.0 %" in lines
    assert "packages merge tips: Each package holds at least one of the tips" in text
    assert repr(answers) == "167 answers to: how often does a tip lead to a charge, or to another outcome?"
    with pytest.raises(KeyError):
        answers["nowhere"]


def test_what_would_close_the_gap():
    gaps = {gap.label: gap for gap in closing().gaps}
    seen = Fraction(312_343, 908_762)
    assert (gaps["feedback_by_outcome"].narrows.lower, gaps["feedback_by_outcome"].narrows.upper) == (0, seen)
    assert gaps["classification"].narrows.width == 0
    assert gaps["classification"].at_face_value == Fraction(238_271, 908_762)
    assert gaps["every_end"].narrows.lower == 1 - seen
    assert gaps["charges_3_per_arrest"].at_face_value == 3 * Fraction(12_600, 908_762)
    # A register that leaves nothing out tells all; what rests on arrests rests on two beliefs more.
    register = gaps["register_of_charges"]
    assert (register.narrows.lower, register.narrows.upper, register.points) == (1, 1, "100.0 points")
    assert [each.name for each in register.narrows.assumptions] == ["a complete register"]
    for most in (1, 3):
        names = [each.name for each in gaps[f"charges_{most}_per_arrest"].narrows.assumptions]
        assert names[-2:] == ["no charge without an arrest", "a silence tells nothing"]
    assert all(gap.fields and gap.figures and gap.narrows.assumptions for gap in gaps.values())
    assert {gap.party for gap in gaps.values()} == {"clearinghouse", "task forces", "prosecutors"}
    assert "every_end" in str(closing())
    assert "every_end" in closing()._repr_html_()


def test_few_states_hold_much():
    states = catalogue().search(measure="reports_attributed_to_state")
    total = sum(state.value for state in states)
    for share in (Fraction(1, 10), Fraction(1, 2), Fraction(9, 10), Fraction(1)):
        chosen = states_needed(share)
        assert sum(state.value for state in chosen) >= share * total
        assert sum(state.value for state in chosen[:-1]) < share * total
        assert max((s.value for s in states if s not in chosen), default=0) <= min(s.value for s in chosen)
    largest = max(state.value for state in states)
    assert len(states_needed(Fraction(largest, total))) == 1
    with pytest.raises(InvalidValueError, match="share is 0; give one above 0"):
        states_needed(Fraction(0))
