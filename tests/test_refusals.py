"""What the door refuses: with its line, its path, its rule and its raw text."""

import json
from datetime import UTC, date, datetime

import pytest

from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.exchange import RefusalRule, read_jsonl
from tipline_outcomes.exchange.codec import make_codec, tagged_record_from
from tipline_outcomes.model import IncidentType
from written_by_hand import HEADER, REFERRAL, REPORT, line


def refused(*lines: str | bytes, **options):
    """The one refusal among lines of which the last is the bad one."""
    loaded = read_jsonl(lines, **options)
    (refusal,) = loaded.refused
    assert loaded.read == loaded.accepted + 1
    assert refusal.line == len(lines)
    last = lines[-1]
    if isinstance(last, str):
        assert refusal.raw == last
    return refusal.rule.value, refusal.path


def event(**fields: object) -> str:
    return line(REFERRAL, history=[REFERRAL["history"][0], fields])


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "{",
        '{"record": "report",}',
        "{'record': 'report'}",
        '{"record": NaN}',
        '{"record": Infinity}',
        '{"record": -Infinity}',
        '{"record": "report"} {"record": "report"}',
        '{"record": "a\tb"}',
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"record": ' + "9" * 10_000 + "}",
        "\x00",
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_json_is_refused(text):
    assert refused(line(REPORT), text) == ("not_json", "$")


@pytest.mark.parametrize(
    "text",
    ['{"record": "report", "record": "report"}', '{"record": "report", "source": {"kind": 1, "kind": 1}}'],
)
def test_an_object_with_a_field_twice_is_refused(text):
    assert refused(text) == ("duplicate_key", "$")


@pytest.mark.parametrize("text", ["[]", "null", "7", '"report"', "true", "[" * 900 + "]" * 900])
def test_json_that_is_no_object_is_refused(text):
    assert refused(text) == ("not_an_object", "$")


@pytest.mark.parametrize("raw", [b"\xff\xfe{\x00}\x00", b'{"record": "\xe9"}', b'{"a": "\xed\xa0\x80"}'])
def test_bytes_that_are_no_utf8_are_refused_and_kept_readable(raw):
    (refusal,) = read_jsonl([raw, line(REPORT).encode()]).refused
    assert (refusal.rule, refusal.path, refusal.line) == (RefusalRule.NOT_UTF8, "$", 1)
    assert "\\x" in refusal.raw
    assert refusal.raw.encode()


@pytest.mark.parametrize(
    "text", [line(REFERRAL, id="\ud800"), line(REFERRAL, **{"\udfff": 1}), '{"a": "\ud800"}']
)
def test_half_a_character_is_refused(text):
    (refusal,) = read_jsonl([text]).refused
    assert (refusal.rule, refusal.path) == (RefusalRule.NOT_UTF8, "$")
    assert refusal.raw.encode()
    assert refusal.message.encode()


def test_a_whole_character_in_two_escapes_is_read():
    assert read_jsonl([line(REFERRAL, id="\U0001f600")]).cohort.referrals[0].id == "\U0001f600"


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"id": "r-1"}, ("missing_field", "$.record")),
        ({"record": "tip"}, ("unknown_record", "$.record")),
        ({"record": "Report"}, ("unknown_record", "$.record")),
        ({"record": None}, ("unknown_record", "$.record")),
        ({"record": ["report"]}, ("unknown_record", "$.record")),
        ({}, ("missing_field", "$.record")),
    ],
)
def test_a_record_says_what_it_is(record, expected):
    assert refused(line(record)) == expected


def test_an_unknown_record_is_told_which_there_are():
    (refusal,) = read_jsonl([line({"record": "tip"})]).refused
    assert refusal.message == "'tip' is not known; 'record' is one of report, referral"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (line(REPORT, name="Jo Smith"), "$.name"),
        (line(REPORT, **{"two words": 1}), '$["two words"]'),
        (line(REPORT, source={"kind": "public", "ip": "127.0.0.1"}), "$.source.ip"),
        (
            line(REFERRAL, jurisdiction={"territory": "US", "level": "local", "city": "X"}),
            "$.jurisdiction.city",
        ),
        (event(on="2024-01-09", action="accept", note="seen"), "$.history[1].note"),
        (
            event(
                on="2024-01-09", action="close", disposition={"kind": "closed", "reason": "merged", "why": ""}
            ),
            "$.history[1].disposition.why",
        ),
        (line(REFERRAL, received_on="2024-01-05"), "$.received_on"),
    ],
)
def test_an_unknown_field_is_refused(text, path):
    assert refused(text) == ("unknown_field", path)


def test_the_value_of_an_unknown_field_is_not_repeated():
    (refusal,) = read_jsonl([line(REPORT, name="Jo Smith")]).refused
    assert "Smith" not in refusal.message
    assert "Smith" not in repr(refusal)
    assert "Smith" in refusal.raw


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (json.dumps({key: value for key, value in REPORT.items() if key != "received_on"}), "$.received_on"),
        (json.dumps({key: value for key, value in REFERRAL.items() if key != "history"}), "$.history"),
        (line(REFERRAL, jurisdiction={"territory": "US"}), "$.jurisdiction.level"),
        (event(action="accept"), "$.history[1].on"),
        (
            event(on="2024-01-09", action="close", disposition={"reason": "merged"}),
            "$.history[1].disposition.kind",
        ),
        (
            event(on="2024-01-09", action="close", disposition={"kind": "closed"}),
            "$.history[1].disposition.reason",
        ),
    ],
)
def test_a_missing_field_is_refused(text, path):
    assert refused(text) == ("missing_field", path)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (line(REPORT, batched="false"), "$.batched"),
        (line(REPORT, batched=0), "$.batched"),
        (line(REPORT, batched=None), "$.batched"),
        (line(REPORT, incident_count=5.7), "$.incident_count"),
        (line(REPORT, incident_count=5.0), "$.incident_count"),
        (line(REPORT, incident_count="5"), "$.incident_count"),
        (line(REPORT, incident_count=True), "$.incident_count"),
        (line(REPORT, id=5), "$.id"),
        (line(REPORT, id=None), "$.id"),
        (line(REPORT, received_on=20240102), "$.received_on"),
        (line(REPORT, received_on=None), "$.received_on"),
        (line(REPORT, source="public"), "$.source"),
        (line(REPORT, source=[]), "$.source"),
        (line(REPORT, incident_type=None), "$.incident_type"),
        (line(REPORT, links={}), "$.links"),
        (line(REPORT, links="r-0"), "$.links"),
        (line(REPORT, links=["r-0"]), "$.links[0]"),
        (line(REPORT, territory=["US"]), "$.territory"),
        (line(REFERRAL, jurisdiction="US-CA/local"), "$.jurisdiction"),
        (line(REFERRAL, history={}), "$.history"),
        (line(REFERRAL, history=None), "$.history"),
        (line(REFERRAL, history=[None]), "$.history[0]"),
        (line(REFERRAL, report_ids="r-1"), "$.report_ids"),
        (line(REFERRAL, report_ids=["r-1", 2]), "$.report_ids[1]"),
        (line(REFERRAL, dimensions=[["source", "x"]]), "$.dimensions"),
        (line(REFERRAL, dimensions={"source": 5}), "$.dimensions.source"),
        (event(on="2024-01-09", action="accept", implied="no"), "$.history[1].implied"),
        (event(on="2024-01-09", action="close", disposition="duplicate"), "$.history[1].disposition"),
        (event(on=1.5, action="accept"), "$.history[1].on"),
    ],
)
def test_a_value_of_another_type_is_refused_and_never_converted(text, path):
    assert refused(text) == ("wrong_type", path)


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        (
            line(REPORT, incident_type="Enticement"),
            "$.incident_type",
            f"IncidentType; did you mean 'enticement'? Use one of {', '.join(IncidentType)}",
        ),
        (
            line(REPORT, source={"kind": "police"}),
            "$.source.kind",
            "'police' is not a word of SourceKind; use one of provider, public",
        ),
        (
            line(REFERRAL, jurisdiction={"territory": "US", "level": "county"}),
            "$.jurisdiction.level",
            "local",
        ),
        (
            event(on="2024-01-09", action="cleared"),
            "$.history[1].action",
            "'cleared' is not a word of Action; its 17 words stand in the docs, on the page Vocabulary",
        ),
        (
            event(on="2024-01-09", action="Closed"),
            "$.history[1].action",
            "Action; did you mean 'close'? Its 17 words stand in the docs, on the page Vocabulary",
        ),
        (
            event(on="2024-01-09", action="close", disposition={"kind": "dropped", "reason": "merged"}),
            "$.history[1].disposition.kind",
            "'kind' is one of charge, administrative, closed",
        ),
        (
            event(on="2024-01-09", action="close", disposition={"kind": "closed", "reason": "acquitted"}),
            "$.history[1].disposition.reason",
            "'acquitted' is not a word of ClosedReason; its 24 words stand in the docs",
        ),
        (event(on="2024-01-09", action=""), "$.history[1].action", "'' is not a word of Action; its 17"),
    ],
)
def test_an_unknown_word_is_refused_with_the_words_there_are(text, path, allowed):
    assert refused(text) == ("unknown_word", path)
    assert allowed in read_jsonl([text]).refused[0].message


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (line(REPORT, received_on="2024-01-02T10:00:00"), "$.received_on"),
        (line(REPORT, received_on="2024-01-02T10:00:00Z"), "$.received_on"),
        (line(REPORT, received_on="2024-02-30"), "$.received_on"),
        (line(REPORT, received_on="02.01.2024"), "$.received_on"),
        (line(REPORT, received_on=""), "$.received_on"),
        (line(REPORT, incident_count=0), "$.incident_count"),
        (line(REPORT, id="two words"), "$.id"),
        (line(REPORT, territory="California"), "$.territory"),
        (line(REPORT, source={"kind": "public", "provider": "Jo"}), "$.source"),
        (line(REPORT, source={"kind": "provider", "provider": "a\u2028b"}), "$.source.provider"),
        (line(REPORT, id="a\u0085b"), "$.id"),
        (line(REFERRAL, history=[]), "$"),
        (line(REFERRAL, dimensions={"": "x"}), "$.dimensions"),
        (line(REFERRAL, dimensions={"source": ""}), "$.dimensions"),
        (line(REFERRAL, dimensions={"source": "a\x1b[2J"}), "$.dimensions"),
        (line(REFERRAL, jurisdiction={"territory": "usa", "level": "local"}), "$.jurisdiction.territory"),
        (line(REFERRAL, parent_id=""), "$.parent_id"),
        (event(on="2024-01-09", action="close"), "$.history[1]"),
        (event(on="2024-01-09", action="accept", subject_id="two words"), "$.history[1].subject_id"),
        (event(on="2024-01-09", action="accept", superseded_on="now"), "$.history[1].superseded_on"),
        (
            event(on="2024-01-09", action="close", disposition={"kind": "closed", "reason": "transferred"}),
            "$.history[1]",
        ),
    ],
)
def test_a_value_that_can_never_be_right_is_refused(text, path):
    assert refused(text) == ("invalid_value", path)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (line(REPORT, received_on="2109-04-22"), "$.received_on"),
        (event(on="2109-04-22", action="accept"), "$.history[1].on"),
        (line(REFERRAL, observed_through="1999-12-31"), "$.observed_through"),
        (event(on="2024-01-09", action="accept", superseded_on="2025-01-01"), "$.history[1].superseded_on"),
    ],
)
def test_a_date_outside_the_declared_window_is_refused(text, path):
    window = (date(2024, 1, 1), date(2024, 12, 31))
    assert refused(text, window=window) == ("date_outside_window", path)
    assert read_jsonl([text]).accepted == 1


def test_the_window_includes_both_its_ends():
    window = (date(2024, 1, 5), date(2024, 12, 31))
    assert read_jsonl([line(REFERRAL)], window=window).accepted == 1


def test_a_window_that_ends_before_it_begins_is_refused():
    with pytest.raises(InvalidValueError, match="ends before it begins"):
        read_jsonl([], window=(date(2024, 2, 1), date(2024, 1, 1)))


@pytest.mark.parametrize(
    "window",
    [
        ("2024-01-01", "2024-12-31"),
        (datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 12, 31, tzinfo=UTC)),
        (date(2024, 1, 1),),
        (date(2024, 1, 1), None),
        date(2024, 1, 1),
        (),
    ],
    ids=str,
)
def test_a_window_is_two_days(window):
    with pytest.raises(InvalidValueError, match="give its first and its last day"):
        read_jsonl([], window=window)


@pytest.mark.parametrize("why", [RuntimeError("out of order"), KeyError("elsewhere"), TypeError("no text")])
def test_a_record_is_not_blamed_for_what_it_did_not_do(why):
    def fail(*_):
        raise why

    codec = make_codec()
    for converter in (codec.quick, codec.detailed):
        converter.register_structure_hook(date, fail)
    with pytest.raises(type(why)) as caught:
        tagged_record_from(REFERRAL, codec)
    assert caught.value is why


def test_the_first_record_of_an_id_is_kept():
    loaded = read_jsonl(
        [line(REFERRAL), line(REFERRAL, parent_id="f-9"), line(REPORT, id="f-1"), line(REFERRAL)]
    )
    assert [(r.line, r.rule.value, r.path) for r in loaded.refused] == [
        (2, "duplicate_id", "$.id"),
        (4, "duplicate_id", "$.id"),
    ]
    assert "line 1" in loaded.refused[1].message
    assert loaded.cohort.referrals[0].parent_id is None
    assert len(loaded.cohort.reports) == 1


def test_an_id_of_a_refused_record_is_still_free():
    assert read_jsonl([line(REFERRAL, history=[]), line(REFERRAL)]).accepted == 1


def test_of_several_problems_the_first_is_named_and_the_others_counted():
    (refusal,) = read_jsonl([line(REPORT, batched="no", incident_count="5", id=7)]).refused
    assert refusal.path == "$.id"
    assert refusal.message == "7 is not text (and 2 more problems in this record)"


# The header


@pytest.mark.parametrize(
    ("header", "path"),
    [
        ({"record": "cohort", "version": 2}, "$.version"),
        ({"record": "cohort", "version": "1"}, "$.version"),
        ({"record": "cohort", "version": True}, "$.version"),
        ({"record": "cohort", "version": 1.0}, "$.version"),
        ({"record": "cohort"}, "$.version"),
        ({"record": "cohort", "version": 1, "made": "today"}, "$"),
    ],
)
def test_a_header_of_another_version_refuses_all_that_follows(header, path):
    loaded = read_jsonl([line(header), line(REFERRAL), "", line(REPORT)])
    assert loaded.accepted == 0
    assert loaded.read == 3
    assert [(r.line, r.rule.value) for r in loaded.refused] == [
        (1, "unsupported_version"),
        (2, "unsupported_version"),
        (4, "unsupported_version"),
    ]
    assert loaded.refused[0].path == path
    assert "version" in loaded.refused[0].message


def test_a_header_further_down_is_refused():
    assert refused(line(HEADER), line(REPORT), line(HEADER)) == ("unknown_record", "$.record")
    assert refused(line(HEADER), line(HEADER)) == ("unknown_record", "$.record")


def test_a_header_may_come_after_blank_lines():
    assert read_jsonl(["", line(HEADER), line(REFERRAL)]).read == 1
