"""One JSON document for a whole cohort: what is read and refused, and what leaves nothing to read."""

import json
from datetime import date
from io import BytesIO, StringIO

import pytest

from tipline_outcomes.errors import ExtractError, InvalidValueError
from tipline_outcomes.exchange import Loaded, RefusalRule, dumps_cohort, read_json, read_jsonl
from tipline_outcomes.model import Cohort

REPORT = {
    "id": "r-1",
    "received_on": "2024-01-02",
    "source": {"kind": "provider", "provider": "example-photos"},
    "incident_type": "enticement",
}
REFERRAL = {
    "id": "f-1",
    "jurisdiction": {"territory": "US-CA", "level": "local"},
    "history": [{"on": "2024-01-05", "action": "made_available"}, {"on": "2024-01-09", "action": "accept"}],
    "report_ids": ["r-1"],
}


def document(reports=(REPORT,), referrals=(REFERRAL,), **more: object) -> dict[str, object]:
    head = {"record": "cohort", "version": 1}
    return {**head, "reports": list(reports), "referrals": list(referrals), **more}


def read(value: object, **options: object) -> Loaded:
    return read_json([value if isinstance(value, str | bytes) else json.dumps(value)], **options)


# What is read


def test_a_document_gives_the_cohort_that_lines_give():
    loaded = read(document())
    lines = [{"record": "report", **REPORT}, {"record": "referral", **REFERRAL}]
    assert loaded == read_jsonl(map(json.dumps, lines))
    assert (loaded.read, loaded.accepted) == (2, 2)


def test_a_path_a_text_file_a_binary_file_and_pieces_give_the_same(tmp_path):
    text = json.dumps(document(), indent=2)
    path = tmp_path / "cohort.json"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    expected = read(document())
    with path.open("rb") as file:
        assert read_json(path) == read_json(str(path)) == read_json(file) == expected
    assert read_json(StringIO(text)) == read_json(BytesIO(text.encode())) == expected
    assert read_json(text[at : at + 7] for at in range(0, len(text), 7)) == expected


@pytest.mark.parametrize("fields", [("reports",), ("referrals",), ()])
def test_what_is_not_there_is_empty(fields):
    value = {key: value for key, value in document().items() if key in (*fields, "record", "version")}
    assert read(value).accepted == len(fields)


def test_brackets_quotes_and_commas_inside_a_text_are_text():
    odd = '],"}\\[{:'
    referral = {**REFERRAL, "dimensions": {"x": odd, odd: "\\"}}
    (read_one,) = read(document(referrals=[referral])).cohort.referrals
    assert dict(read_one.dimensions) == referral["dimensions"]


def test_the_text_is_this():
    cohort = read(document()).cohort
    assert dumps_cohort(cohort) == (
        '{"record": "cohort", "version": 1,\n'
        '"reports": [\n'
        '{"id": "r-1", "received_on": "2024-01-02", "source": {"kind": "provider", "provider":'
        ' "example-photos"}, "incident_type": "enticement"}\n'
        "],\n"
        '"referrals": [\n'
        '{"id": "f-1", "jurisdiction": {"territory": "US-CA", "level": "local"}, "history":'
        ' [{"on": "2024-01-05", "action": "made_available"}, {"on": "2024-01-09", "action": "accept"}],'
        ' "report_ids": ["r-1"]}\n'
        "]}\n"
    )


def test_letters_of_every_script_are_written_as_they_are(tmp_path):
    cohort = read(document(referrals=[{**REFERRAL, "id": "überfall-案件"}])).cohort
    path = tmp_path / "cohort.json"
    path.write_text(dumps_cohort(cohort), encoding="utf-8")
    assert "überfall-案件" in path.read_text(encoding="utf-8")
    assert read_json(path).cohort == cohort


# What is refused


def test_a_planted_document_is_accounted_for_to_the_last_record():
    planted = [
        ("$", None, json.dumps(REFERRAL)),
        (".history[1].on", "invalid_value", json.dumps({**REFERRAL, "id": "f-2"}).replace("01-09", "02-30")),
        (
            ".history[0].on",
            "date_outside_window",
            json.dumps({**REFERRAL, "id": "f-3"}).replace("2024", "2109"),
        ),
        (".suspect", "unknown_field", json.dumps({**REFERRAL, "suspect": "Jo Smith"})),
        (".record", "unknown_field", json.dumps({"record": "referral", **REFERRAL})),
        (".id", "duplicate_id", json.dumps(REFERRAL)),
        ("", "duplicate_key", '{"id": "f-4", "id": "f-5"}'),
        ("", "not_json", '{"id": NaN}'),
        ("", "not_json", '{"id": "f-6",}'),
        ("", "not_json", "{'id': [1, 2]}"),
        ("", "not_json", '{"id": 1} {"id": 2}'),
        ("", "not_json", ""),
        ("", "not_utf8", '{"id": "\\ud800"}'),
        ("", "not_an_object", "[1, [2, 3]]"),
        ("", "not_an_object", "7"),
        ("", "not_json", "nonsense"),
        ("", "not_json", "[" * 2000 + "]" * 2000),
    ]
    records = ",\n".join(f"  {text}" for _, _, text in planted)
    text = f'{{"record": "cohort", "version": 1, "referrals": [\n{records}\n]}}'
    loaded = read(text, window=(date(2020, 1, 1), date(2025, 12, 31)))
    assert [(r.line, r.path, r.rule.value, r.raw) for r in loaded.refused] == [
        (number + 2, f"$.referrals[{number}]{path}", rule, raw)
        for number, (path, rule, raw) in enumerate(planted)
        if rule is not None
    ]
    assert (loaded.read, loaded.accepted, len(loaded.refused)) == (len(planted), 1, len(planted) - 1)
    assert sum(loaded.refused_by_rule.values()) == len(loaded.refused)


@pytest.mark.parametrize("text", [f"{json.dumps(REFERRAL)} , ", f",{json.dumps(REFERRAL)}"])
def test_a_comma_too_many_between_records_costs_none_of_them(text):
    loaded = read(f'{{"record": "cohort", "version": 1, "referrals": [{text}]}}')
    assert (loaded.read, loaded.accepted, loaded.refused_by_rule) == (2, 1, {RefusalRule.NOT_JSON: 1})


def test_a_byte_that_is_no_text_costs_one_record():
    text = json.dumps(document(referrals=[REFERRAL, {**REFERRAL, "id": "f-2"}])).encode()
    loaded = read(text.replace(b"f-1", b"\xff"))
    (refusal,) = loaded.refused
    assert (refusal.rule, refusal.path) == (RefusalRule.NOT_UTF8, "$.referrals[0]")
    assert '"\\xff"' in refusal.raw
    assert loaded.accepted == 2


def test_a_mistake_in_a_record_of_several_lines_is_told_by_line_and_column():
    text = json.dumps(document(), indent=1).replace('"r-1"\n', '"r-1" nonsense\n')
    (refusal,) = read(text).refused
    assert refusal.message == "Expecting ',' delimiter, at line 18, column 11"
    assert text.split("\n")[refusal.line - 1 :][17][10:] == "nonsense"


def test_strict_stops_at_the_first_refused_record_and_says_where(tmp_path):
    path = tmp_path / "cohort.json"
    bad = {**REFERRAL, "parent_id": 7}
    path.write_text(json.dumps(document(referrals=[bad, {}]), indent=2))
    with pytest.raises(
        ExtractError, match=r"line 16, \$\.referrals\[0\]\.parent_id: 7 is not text"
    ) as caught:
        read_json(path, strict=True)
    assert str(path) in str(caught.value)


def test_progress_is_told_now_and_then_and_at_the_end():
    told: list[int] = []
    read(
        document(reports=[{**REPORT, "id": f"r-{n}"} for n in range(2500)], referrals=[]),
        progress=told.append,
    )
    assert told == [1000, 2000, 2500]


def test_a_window_that_ends_before_it_begins_is_refused():
    with pytest.raises(InvalidValueError, match="ends before it begins"):
        read(document(), window=(date(2024, 2, 1), date(2024, 1, 1)))


# What leaves nothing to read

LINES = "it is JSON Lines (.jsonl, read_jsonl)"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Expecting value, at line 1, column 1"),
        ("nonsense", "Expecting value"),
        ("[]", "no object in braces"),
        (json.dumps([REFERRAL]), "no object in braces"),
        (json.dumps(document())[:-1], "Expecting ',' delimiter"),
        (json.dumps(document())[:-3], "Expecting ',' delimiter, at line 1, column 398"),
        (json.dumps(document())[:-8], "Unterminated string starting at"),
        (json.dumps(document()).replace("}]", "}", 1), "Expecting ',' delimiter"),
        (b'{"record": "cohort", "version": 1, "reports": ["\xff', "a text in it has no end"),
        (b'{"record": "cohort", "version": 1, "reports": [\xff', "it ends inside a list"),
        ('{"record": "cohort", "version": 1, "reports": ' + "[" * 2000, "it ends inside a list"),
        (json.dumps(document()).replace("]}", "}}"), "Expecting ',' delimiter"),
        (json.dumps(document()) + "}", "Extra data"),
        (json.dumps({"record": "referral", **REFERRAL}), "its 'record' is not 'cohort'"),
        (json.dumps({"version": 1}), "its 'record' is not 'cohort'"),
        (json.dumps(document(version=2)), "version 2 of the format is not known"),
        (json.dumps(document(version="1")), "version '1' of the format is not known"),
        (json.dumps({"record": "cohort"}), "version None of the format is not known"),
        (json.dumps(document(referals=[])), "version 1 of the format has no field 'referals'"),
        (json.dumps(document(made={"by": [1]})), "version 1 of the format has no field 'made'"),
        (json.dumps({**document(), "reports": {}}), "'reports' is no list of records"),
        (json.dumps({**document(), "reports": 0}), "'reports' is no list of records"),
        (json.dumps({**document(), "referrals": None}), "'referrals' is no list of records"),
        ('{"record": "cohort", "version": 1, "reports": [], "reports": []}', "the field 'reports' twice"),
        (b'{"record": "cohort", "\xff": 1}', "is not UTF-8"),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_what_is_no_document_is_an_error_and_never_an_empty_cohort(text, why):
    with pytest.raises(ExtractError, match="'input' is no document of a cohort: ") as caught:
        read(text)
    assert why in str(caught.value)


def test_json_lines_are_told_from_a_document():
    header = json.dumps({"record": "cohort", "version": 1})
    for lines in ([header, json.dumps({"record": "report", **REPORT})], [json.dumps({"record": "report"})]):
        with pytest.raises(ExtractError) as caught:
            read("\n".join(lines))
        assert LINES in str(caught.value)
    with pytest.raises(ExtractError) as caught:
        read(document(version=2))
    assert LINES not in str(caught.value)


def test_a_document_is_told_from_json_lines():
    (refusal,) = read_jsonl([json.dumps(document())]).refused
    assert refusal.rule is RefusalRule.UNSUPPORTED_VERSION
    assert "has no field 'referrals' here" in refusal.message


def test_an_empty_cohort_is_a_document():
    assert read(dumps_cohort(Cohort())) == Loaded(cohort=Cohort(), refused=(), read=0)
    assert read(' {"record": "cohort", "version": 1, "reports": [ \n ]} ').read == 0


def test_a_missing_file_is_told_its_nearest_neighbour(tmp_path):
    (tmp_path / "year-2024.json").touch()
    with pytest.raises(ExtractError, match=r"there is no file .*; did you mean .*year-2024\.json"):
        read_json(tmp_path / "year-2023.json")
