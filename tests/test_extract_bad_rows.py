"""A row that the file spoils is never a "no": whom it is about is incomplete, wherever that can be told."""

from datetime import date

import pytest

from tipline_outcomes import Ledger, Profile, read_extract

PROFILE = """
version = 1
fill_gaps = true

[referral]
table = "tips.csv"
id = ["no", "old_no"]
received_on = "day"
observed_through = 2024-12-31
dimensions = { kind = "kind" }
constants = { territory = "US-CA", level = "local" }

[[event]]
table = "court.csv"
referral = "tip"
code = "what"
on = "day"

[codes.what]
"filed" = "file_charge"
"no case" = "close not_criminal"
"""
TIPS = b"no,old_no,day,kind,note\nA,,2024-01-08,image,x\nB,,2024-01-09,chat,x\n"
COURT = b"tip,day,note,what\nA,2024-02-01,x,no case\n"
COURT_JSON = b'{"tip": "A", "day": "2024-02-01", "note": "x", "what": "no case"}\n'


@pytest.fixture
def counted(tmp_path):
    """Read an extract, with rows added to its tables; give it, and the kind and place of each referral."""

    def count(tips=b"", court=b"", kind="csv"):
        tmp_path.joinpath("tips.csv").write_bytes(TIPS + tips)
        whole = COURT if kind == "csv" else COURT_JSON
        tmp_path.joinpath(f"court.{kind}").write_bytes(whole + court)
        extract = read_extract(tmp_path, Profile.loads(PROFILE.replace("court.csv", f"court.{kind}")))
        ledger = Ledger.of(extract.log, as_of=date(2024, 12, 31), by=("kind",))
        standing = sorted(
            (row["kind"] or "-", row["place"])
            for row in ledger.standing.iter_rows(named=True)
            for _ in range(row["n"])
        )
        return extract, standing

    return count


WHOLE = [("chat", "pending"), ("image", "closed")]
B_UNKNOWN = [("chat", "unknown"), ("image", "closed")]


def rules(extract):
    return {rule.value: n for rule, n in extract.summary.refused.items()}


def test_without_a_spoilt_row_all_is_told(counted):
    for kind in ("csv", "jsonl"):
        extract, places = counted(kind=kind)
        assert (places, rules(extract)) == (WHOLE, {})


@pytest.mark.parametrize("row", [b"B,2024-03-01,said, no,filed", b"B", b'B,"2024\n-03"'])
def test_a_ragged_row_of_the_court_makes_its_referral_incomplete(counted, row):
    extract, places = counted(court=row)
    assert (places, rules(extract)) == (B_UNKNOWN, {"wrong_field_count": 1})


def test_a_bad_byte_in_a_column_that_is_read_makes_its_referral_incomplete(counted):
    extract, places = counted(court=b"B,2024-03-01,x,fil\xffed\n")
    assert (places, rules(extract)) == (B_UNKNOWN, {"undecodable": 1})
    row = b'{"tip": "B", "what": "f\xff", "day": "2024-03-01"}'
    extract, places = counted(court=row, kind="jsonl")
    assert (places, rules(extract)) == (B_UNKNOWN, {"undecodable": 1})


def test_a_bad_byte_in_a_column_that_nobody_reads_spoils_nothing(counted):
    charged = [("chat", "charge"), ("image", "closed")]
    extract, places = counted(court=b"B,2024-03-01,\xff,filed\n")
    assert (places, rules(extract)) == (charged, {})
    row = b'{"tip": "B", "note": "\xff", "what": "filed", "day": "2024-03-01"}'
    extract, places = counted(court=row, kind="jsonl")
    assert (places, rules(extract)) == (charged, {})
    extract, places = counted(tips=b"C,,2024-01-09,image,\xff\n")
    assert (places, rules(extract)) == ([*WHOLE, ("image", "pending")], {})


def test_a_nested_value_in_a_column_that_is_read_makes_its_referral_incomplete(counted):
    row = b'{"tip": "B", "what": ["filed"], "day": "2024-03-01"}'
    extract, places = counted(court=row, kind="jsonl")
    assert (places, rules(extract)) == (B_UNKNOWN, {"not_json": 1})


def test_a_nested_value_in_a_column_that_nobody_reads_spoils_nothing(counted):
    row = b'{"tip": "B", "what": "filed", "day": "2024-03-01", "note": {"by": ["x"]}}'
    extract, places = counted(court=row, kind="jsonl")
    assert (places, rules(extract)) == ([("chat", "charge"), ("image", "closed")], {})


@pytest.mark.parametrize("row", [b"", b"{", b"[1]"])
def test_a_line_that_is_no_object_is_about_nobody(counted, row):
    extract, places = counted(court=row, kind="jsonl")
    assert (places, rules(extract)) == (WHOLE, {"not_json": 1} if row else {})


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (b"C,,2024-01-10,image,x,y\n", "wrong_field_count"),
        (b",C\n", "wrong_field_count"),
        (b"C,,2024\xff,image,x\n", "undecodable"),
        (b"\xff,C,2024-01-10,image,x\n", "undecodable"),
    ],
)
def test_a_referral_of_which_only_the_id_can_be_read_came_in(counted, row, rule):
    extract, places = counted(tips=row, court=b"C,2024-03-01,x,no case\n")
    assert (places, rules(extract)) == ([("-", "unknown"), *WHOLE], {rule: 1})
    assert extract.summary.not_counted == 0
    (came_in,) = extract.log.referrals.filter(referral_id="C").to_dicts()
    assert (came_in["incomplete"], came_in["territory"], came_in["level"]) == (True, "US-CA", "local")
    # Told twice, it came in once; and without a first day, what came of it is unknown.
    extract, places = counted(tips=row + row, court=b"C,2024-03-01,x,filed\n")
    assert (places, rules(extract)) == ([("-", "unknown"), *WHOLE], {rule: 2})


def test_a_spoilt_row_with_the_id_of_a_whole_one_makes_it_incomplete(counted):
    for row in (b"B,,2024-01-09\n", b"B,,2024-01-09,\xff,x\n"):
        extract, places = counted(tips=row)
        assert (places, extract.summary.not_counted) == (B_UNKNOWN, 0)


def test_only_a_row_whose_id_cannot_be_told_is_not_counted(counted):
    extract, places = counted(tips=b"\xff,,2024-01-10,image,x\n,\n,,2024-01-10,image,x\n")
    assert (places, extract.summary.not_counted) == (WHOLE, 3)
    assert "Not counted: 3 rows of tips.csv, whose referral cannot be told" in str(extract.summary)


def test_referrals_stand_in_the_order_of_their_table(counted):
    extract, _ = counted(tips=b"C\nD,,2024-01-10,image,x\n")
    assert extract.log.referrals["referral_id"].to_list() == ["A", "B", "C", "D"]
