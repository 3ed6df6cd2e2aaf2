"""The door: what is refused, where and why, and that nothing is lost on the way in or out."""

import json
from datetime import date
from io import BytesIO, StringIO

import pytest
from attrs import evolve

from tipline_outcomes.errors import ExtractError, InvalidValueError
from tipline_outcomes.exchange import Loaded, RefusalRule, read_jsonl, write_jsonl
from tipline_outcomes.model import (
    Administrative,
    AdministrativeReason,
    Charge,
    ChargeStatus,
    Classification,
    Closed,
    ClosedReason,
    Cohort,
    IncidentType,
    Jurisdiction,
    Level,
    LinkKind,
    Report,
    ReportLink,
    Source,
    SourceKind,
)
from written_by_hand import HEADER, REFERRAL, REPORT, line

CHARGED = [
    {"on": "2024-01-05", "action": "made_available"},
    {"on": "2024-03-01", "action": "file_charge", "disposition": {"kind": "charge", "level": "local"}},
]


# What is read


def test_records_are_read_as_they_are_written_by_hand():
    loaded = read_jsonl([line(HEADER), line(REPORT), line(REFERRAL)])
    assert loaded.refused == ()
    assert (loaded.read, loaded.accepted) == (2, 2)
    (report,), (referral,) = loaded.cohort.reports, loaded.cohort.referrals
    assert report == Report(
        id="r-1",
        received_on=date(2024, 1, 2),
        source=Source(kind=SourceKind.PROVIDER, provider="example-photos"),
        classification=Classification.REFERRAL,
        incident_type=IncidentType.ENTICEMENT,
        incident_count=3,
        batched=True,
        links=(ReportLink(kind=LinkKind.RELATED, report_id="r-0"),),
    )
    assert referral.jurisdiction == Jurisdiction(territory="US-CA", level=Level.LOCAL, agency="CA0194200")
    assert referral.history[2].disposition == Closed(reason=ClosedReason.DUPLICATE)
    assert referral.history[2].other_id == "f-0"
    assert referral.dimensions == (("source", "provider"),)
    assert type(referral.observed_through) is date


def test_every_kind_of_disposition_is_read():
    taken = [
        {"on": "2024-01-05", "action": "made_available"},
        {
            "on": "2024-01-05",
            "action": "administrative_action",
            "disposition": {"kind": "administrative", "reason": "content_takedown"},
        },
        {
            "on": "2024-03-01",
            "action": "charge_result",
            "disposition": {"kind": "charge", "status": "acquitted", "charge_id": "c-1", "subject_id": "s-1"},
        },
        {"on": "2024-03-01", "action": "transfer", "disposition": None},
    ]
    (referral,) = read_jsonl([line(REFERRAL, history=taken)]).cohort.referrals
    assert [e.disposition for e in referral.history] == [
        None,
        Administrative(reason=AdministrativeReason.CONTENT_TAKEDOWN),
        Charge(status=ChargeStatus.ACQUITTED, charge_id="c-1", subject_id="s-1"),
        None,
    ]


def test_a_record_that_breaks_a_rule_of_the_pipeline_is_accepted():
    backwards = list(reversed(REFERRAL["history"]))
    loaded = read_jsonl([line(REFERRAL, history=backwards)])
    assert loaded.accepted == 1
    assert loaded.cohort.check() != ()


@pytest.mark.parametrize("end", ["\n", "\r\n", "", " \t\r\n"])
def test_line_ends_and_blanks_around_a_record_do_not_matter(end):
    assert read_jsonl([line(REFERRAL) + end, end, line(REPORT) + end]).accepted == 2


def test_a_byte_order_mark_is_passed_over_once():
    assert read_jsonl(["\ufeff" + line(HEADER), line(REFERRAL)]).read == 1
    assert read_jsonl(BytesIO(b"\xef\xbb\xbf" + line(REFERRAL).encode())).accepted == 1
    assert read_jsonl([line(REPORT), "\ufeff" + line(REFERRAL)]).accepted == 1


def test_nothing_at_all_is_an_empty_cohort():
    assert read_jsonl([]) == Loaded(cohort=Cohort(), refused=(), read=0)
    assert read_jsonl(["", "\n", "  "]).read == 0


def test_a_path_a_text_file_a_binary_file_and_lines_give_the_same(tmp_path):
    text = "\n".join([line(HEADER), line(REPORT), "nonsense", line(REFERRAL)])
    path = tmp_path / "cohort.jsonl"
    path.write_bytes(text.encode())
    expected = read_jsonl(text.split("\n"))
    assert expected.read == 3
    with path.open() as as_text, path.open("rb") as as_bytes:
        assert (
            read_jsonl(path)
            == read_jsonl(str(path))
            == read_jsonl(as_text)
            == read_jsonl(as_bytes)
            == expected
        )
    assert read_jsonl(StringIO(text)) == expected


def test_a_line_is_ended_by_a_line_feed_and_nothing_else(tmp_path):
    path = tmp_path / "cohort.jsonl"
    odd = json.dumps({**REFERRAL, "id": "next\u2028line\x85and\u2029more"}, ensure_ascii=False)
    path.write_bytes(f"{odd}\n{line(REPORT)}\x0b\n{line(REFERRAL)}".encode())
    loaded = read_jsonl(path)
    # White space is no part of an id, and JSON allows only some of it around a record.
    assert [(r.line, r.rule.value) for r in loaded.refused] == [(1, "invalid_value"), (2, "not_json")]
    assert loaded.refused[0].raw == odd
    assert (loaded.read, loaded.accepted) == (3, 1)


# Accounting


def test_refused_records_are_counted_by_rule_in_the_order_of_the_rules():
    loaded = read_jsonl([line(REPORT, id=1), "x", line(REPORT, id=2), line(REPORT)])
    assert loaded.refused_by_rule == {RefusalRule.NOT_JSON: 1, RefusalRule.WRONG_TYPE: 2}
    assert list(loaded.refused_by_rule) == [RefusalRule.NOT_JSON, RefusalRule.WRONG_TYPE]
    assert (loaded.read, loaded.accepted) == (4, 1)


@pytest.mark.parametrize("read", [0, 2, -1])
def test_an_account_that_does_not_add_up_cannot_be_made(read):
    loaded = read_jsonl([line(REPORT)])
    with pytest.raises(InvalidValueError, match="1 records accepted and 0 refused"):
        Loaded(cohort=loaded.cohort, refused=(), read=read)


def test_strict_stops_at_the_first_refused_record_and_says_where(tmp_path):
    path = tmp_path / "cohort.jsonl"
    path.write_text("\n".join([line(HEADER), line(REFERRAL), line(REPORT, received_on="now"), "x"]))
    with pytest.raises(ExtractError, match=r"line 3, \$\.received_on: 'now' is not a day") as caught:
        read_jsonl(path, strict=True)
    assert str(path) in str(caught.value)
    assert read_jsonl([line(REPORT)], strict=True).accepted == 1


def test_progress_is_told_now_and_then_and_at_the_end():
    told: list[int] = []
    read_jsonl([line(REPORT, id=f"r-{n}") for n in range(2500)], progress=told.append)
    assert told == [1000, 2000, 2500]


def test_a_planted_file_is_accounted_for_to_the_last_line(tmp_path):
    planted = [
        (line(HEADER), None),
        (line(REPORT), None),
        (line(REFERRAL), None),
        ("", None),
        (
            line(REFERRAL, id="f-2", history=CHARGED),
            None,
        ),  # breaks a rule of the pipeline, and is counted later
        (line(REFERRAL), "duplicate_id"),
        (line(REFERRAL, id="f-3", history=[]), "invalid_value"),
        (line(REFERRAL, id="f-4", suspect="Jo Smith"), "unknown_field"),
        (line(REPORT, id="r-2", batched="false"), "wrong_type"),
        (line(REPORT, id="r-3", received_on="2109-04-22"), "date_outside_window"),
        (line(REPORT, id="r-4", incident_type="grooming"), "unknown_word"),
        ('{"record": "report", "id": "r-5"', "not_json"),
        ("[1, 2]", "not_an_object"),
        (line({"record": "case", "id": "x"}), "unknown_record"),
        (line({"record": "referral", "id": "f-5"}), "missing_field"),
        ('{"record": "report", "record": "report"}', "duplicate_key"),
        (line(REPORT, id="r-6"), None),
    ]
    path = tmp_path / "planted.jsonl"
    path.write_bytes("\r\n".join(text for text, _ in planted).encode() + b"\r\n\xff\xff\r\n")
    loaded = read_jsonl(path, window=(date(2020, 1, 1), date(2025, 12, 31)))
    assert [(r.line, r.rule.value, r.raw) for r in loaded.refused] == [
        *((number, rule, text) for number, (text, rule) in enumerate(planted, start=1) if rule is not None),
        (len(planted) + 1, "not_utf8", "\\xff\\xff"),
    ]
    assert [record.id for record in (*loaded.cohort.reports, *loaded.cohort.referrals)] == [
        "r-1",
        "r-6",
        "f-1",
        "f-2",
    ]
    assert (loaded.read, loaded.accepted, len(loaded.refused)) == (16, 4, 12)
    assert sum(loaded.refused_by_rule.values()) == 12


# Files that are not there


def test_a_missing_file_is_told_its_nearest_neighbour(tmp_path):
    (tmp_path / "referrals-2024.jsonl").touch()
    (tmp_path / "reports.jsonl").touch()
    with pytest.raises(ExtractError, match=r"there is no file .*; did you mean .*referrals-2024\.jsonl"):
        read_jsonl(tmp_path / "referral-2024.jsonl")


def test_a_missing_file_without_neighbours_is_just_missing(tmp_path):
    for path in (tmp_path / "a.jsonl", tmp_path / "nowhere" / "a.jsonl"):
        with pytest.raises(ExtractError, match=r"there is no file .*a\.jsonl'$"):
            read_jsonl(path)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(ExtractError, match=r"cannot be read: [A-Z].*; give a file that you may read"):
        read_jsonl(tmp_path)


@pytest.mark.parametrize("why", [OSError(5, "Input/output error"), OSError("not a gzipped file")])
def test_a_file_that_fails_on_the_way_is_told_and_is_no_shorter_file(why):
    def lines():
        yield line(REPORT)
        raise why

    with pytest.raises(ExtractError, match=f"'input' cannot be read: {why.strerror or why}; give a file"):
        read_jsonl(lines())


def test_a_text_file_in_the_wrong_encoding_is_one_clear_error(tmp_path):
    path = tmp_path / "latin.jsonl"
    path.write_bytes(line(REPORT).encode() + b"\n\xe9\n")
    with path.open(encoding="utf-8") as file, pytest.raises(ExtractError, match="open it as 'rb'"):
        read_jsonl(file)
    assert read_jsonl(path).accepted == 1


# What is written


def test_the_bytes_are_these(tmp_path):
    cohort = read_jsonl([line(REFERRAL), line(REPORT)]).cohort
    path = tmp_path / "cohort.jsonl"
    write_jsonl(cohort, path)
    assert path.read_bytes() == (
        b'{"record": "cohort", "version": 1}\n'
        b'{"record": "report", "id": "r-1", "received_on": "2024-01-02",'
        b' "source": {"kind": "provider", "provider": "example-photos"}, "incident_type": "enticement",'
        b' "classification": "referral", "incident_count": 3, "batched": true,'
        b' "links": [{"kind": "related", "report_id": "r-0"}]}\n'
        b'{"record": "referral", "id": "f-1",'
        b' "jurisdiction": {"territory": "US-CA", "level": "local", "agency": "CA0194200"},'
        b' "history": [{"on": "2024-01-05", "action": "made_available"},'
        b' {"on": "2024-01-09", "action": "accept"}, {"on": "2024-02-01", "action": "close",'
        b' "disposition": {"kind": "closed", "reason": "duplicate"}, "other_id": "f-0"}],'
        b' "report_ids": ["r-1"], "observed_through": "2024-12-31",'
        b' "dimensions": {"source": "provider"}}\n'
    )
    file = StringIO()
    write_jsonl(cohort, file)
    assert file.getvalue().encode() == path.read_bytes()


def test_letters_of_every_script_are_written_as_they_are(tmp_path):
    path = tmp_path / "cohort.jsonl"
    cohort = read_jsonl([line(REFERRAL, id="überfall-案件")]).cohort
    write_jsonl(cohort, str(path))
    assert "überfall-案件" in path.read_text(encoding="utf-8")
    assert read_jsonl(path).cohort == cohort


def test_a_file_is_replaced(tmp_path):
    path = tmp_path / "cohort.jsonl"
    path.write_text("x" * 10_000)
    write_jsonl(Cohort(), path)
    assert read_jsonl(path) == Loaded(cohort=Cohort(), refused=(), read=0)


def test_every_character_that_an_id_can_hold_survives_on_one_line(tmp_path):
    every = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))
    allowed = "".join(every.split())
    most = 200
    ids = [allowed[start : start + most] for start in range(0, len(allowed), most)]
    (referral,) = read_jsonl([line(REFERRAL)]).cohort.referrals
    cohort = Cohort(referrals=tuple(evolve(referral, id=name) for name in ids))
    path = tmp_path / "cohort.jsonl"
    write_jsonl(cohort, path)
    assert read_jsonl(path, strict=True).cohort == cohort
    # Readers with another notion of a line find the same ones.
    assert len(path.read_text(encoding="utf-8").splitlines()) == 1 + len(ids)


@pytest.mark.parametrize("place", ["nowhere/a.jsonl", "."])
def test_a_place_that_takes_no_file_is_told_with_a_way_out(tmp_path, place):
    with pytest.raises(
        ExtractError, match=r"cannot be written: [A-Z].*; name a file in a folder that takes it"
    ):
        write_jsonl(Cohort(), tmp_path / place)
