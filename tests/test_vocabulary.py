"""The words: each with a meaning and a source, and none in two vocabularies of reasons."""

import inspect
from collections import Counter

import pytest

from tipline_outcomes import model
from tipline_outcomes.model import (
    Administrative,
    AdministrativeReason,
    Charge,
    ChargeStatus,
    Closed,
    ClosedReason,
    Level,
    Milestone,
    Rule,
    is_final,
)
from tipline_outcomes.model.vocabulary import Word

VOCABULARIES = [cls for _, cls in inspect.getmembers(model, inspect.isclass) if issubclass(cls, Word)]


def test_the_vocabularies_are_found():
    assert {"Action", "ChargeStatus", "ClosedReason", "Level", "Place", "Rule", "Stage"} <= {
        cls.__name__ for cls in VOCABULARIES
    }


@pytest.mark.parametrize("word", [word for vocabulary in VOCABULARIES for word in vocabulary], ids=repr)
def test_every_word_has_a_meaning_and_a_source(word):
    assert word.meaning.strip() == word.meaning != ""
    assert word.source.strip() == word.source != ""
    assert word == word.value == word.name.lower()


def test_a_word_without_a_meaning_or_a_source_cannot_be_defined():
    with pytest.raises(TypeError, match="needs a meaning and a source"):

        class Mute(Word):
            SILENT = ("silent", "", "nowhere")


def test_no_reason_occurs_in_two_vocabularies():
    counts = Counter(
        word.value for words in (ChargeStatus, AdministrativeReason, ClosedReason) for word in words
    )
    assert set(counts.values()) == {1}


def test_the_reasons_are_as_many_as_the_taxonomy_has():
    assert (len(ChargeStatus), len(AdministrativeReason), len(ClosedReason)) == (16, 11, 24)


def test_the_reasons_that_end_for_good_are_those_of_the_taxonomy():
    assert {reason.value for reason in (*AdministrativeReason, *ClosedReason) if is_final(reason)} == {
        "out_of_court_disposal",
        "duplicate",
        "merged",
        "data_retention_expired",
        "suspect_deceased",
        "suspect_under_age",
        "time_barred",
        "prosecuted_elsewhere",
        "transferred",
        "opened_in_error",
    }


def test_a_measure_is_what_neither_ends_nor_is_final():
    measures = {reason for reason in AdministrativeReason if not reason.ends}
    assert {reason.value for reason in measures} == {
        "platform_account_action",
        "content_takedown",
        "preservation_request",
        "child_protection_referral",
        "victim_safeguarding",
        "civil_protective_measure",
    }
    assert not any(is_final(reason) for reason in measures)


def test_what_is_counted_elsewhere_is_final_and_mostly_has_a_survivor():
    elsewhere = {reason for reason in ClosedReason if reason.elsewhere}
    assert elsewhere == {
        ClosedReason.DUPLICATE,
        ClosedReason.MERGED,
        ClosedReason.OPENED_IN_ERROR,
        ClosedReason.PROSECUTED_ELSEWHERE,
    }
    assert all(is_final(reason) for reason in elsewhere)
    assert {reason for reason in ClosedReason if reason.has_survivor} == elsewhere - {
        ClosedReason.OPENED_IN_ERROR
    }


def test_charges_open_and_convict_by_their_status():
    assert {status.value for status in ChargeStatus if status.opens} == {
        "charge_pending",
        "charge_stayed",
        "charge_diverted",
        "conviction_vacated",
    }
    assert {status.value for status in ChargeStatus if status.convicts} == {
        "convicted_plea",
        "convicted_trial",
        "convicted_unspecified",
        "conviction_vacated",
    }


def test_dispositions_share_kind_and_reason():
    variants = [
        Charge(status=ChargeStatus.ACQUITTED, level=Level.LOCAL),
        Administrative(reason=AdministrativeReason.CONTENT_TAKEDOWN),
        Closed(reason=ClosedReason.MERGED),
    ]
    assert [(variant.kind, variant.reason.value) for variant in variants] == [
        ("charge", "acquitted"),
        ("administrative", "content_takedown"),
        ("closed", "merged"),
    ]


def test_milestones_are_a_ladder():
    assert [milestone.rung for milestone in Milestone] == [0, 1, 2, 3, 4, 5]


def test_every_rule_says_what_its_breach_means():
    assert {rule.value for rule in Rule if rule.breach.value == "leaves_open"} == {"incomplete"}
    assert {rule.value for rule in Rule if rule.breach.value == "undates"} == {
        "date_backwards",
        "child_before_parent",
    }
    assert {rule.value for rule in Rule if rule.breach.value == "told"} == {
        "report_missing",
        "unknown_jurisdiction",
    }
