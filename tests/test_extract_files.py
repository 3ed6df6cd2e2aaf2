"""Every record of an agency's file is read or refused by name, however the file is written."""

import codecs
import csv
import json
from datetime import date, datetime
from io import StringIO
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tipline_outcomes import _engine
from tipline_outcomes.errors import ExtractError, InvalidValueError
from tipline_outcomes.exchange.extracts.files import Rows, column_names, located, read_rows
from tipline_outcomes.exchange.extracts.parts import TableForm

PLAIN = TableForm()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("extract")


def put(folder, content, name="t.csv"):
    folder.joinpath(name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def read(folder, content, columns=("id",), form=PLAIN, name="t.csv"):
    return read_rows(put(folder, content, name), name, form, columns)


def refused(rows):
    return rows.bad.select("row", "rule").rows()


def error(folder, content, columns=("id",), form=PLAIN, name="t.csv"):
    with pytest.raises(ExtractError) as caught:
        read(folder, content, columns, form, name)
    return str(caught.value)


# Against the csv module.


def by_csv_module(text, separator):
    """The records of a text as (line, raw, fields), the header first; None where a quote stays open."""
    lines = text.splitlines(keepends=True)
    reader = csv.reader(iter(lines), delimiter=separator)
    records, before = [], 0
    for fields in reader:
        raw = "".join(lines[before : reader.line_num]).removesuffix("\n").removesuffix("\r")
        if fields:
            records.append((before + 1, raw, fields))
        before = reader.line_num
    # A record more, which an open quote would swallow.
    more = StringIO(text.removesuffix("\n") + "\nend", newline="")
    *_, last = csv.reader(more, delimiter=separator)
    return records if last == ["end"] else None


def expected(records, places, blank=()):
    header = records[0][2]
    good, bad = [], []
    for row, (_, _, fields) in enumerate(records[1:]):
        if len(fields) == len(header):
            texts = [fields[place].strip() for place in places]
            good.append((row, *(None if text in ("", *blank) else text for text in texts)))
        else:
            some = "1 field" if len(fields) == 1 else f"{len(fields)} fields"
            bad.append((row, "wrong_field_count", f"{some}, the header has {len(header)}"))
    return good, bad


def agrees(folder, text, content, form, width):
    """The file is read as the csv module reads it: rows, refusals, lines and raw text."""
    columns = [f"c{place}" for place in range(width)]
    records = by_csv_module(text, form.separator)
    if records is None:
        assert "does not close" in error(folder, content, columns, form)
        return
    asked = columns[::2]
    rows = read(folder, content, asked, form)
    good, bad = expected(records, range(0, width, 2), form.blank)
    assert rows.frame.columns == ["row", *asked]
    assert rows.frame.rows() == good
    assert rows.bad.rows() == bad
    assert rows.read == len(records) - 1
    found = located(folder, "t.csv", form, range(rows.read))
    assert found.rows() == [(row, line, raw) for row, (line, raw, _) in enumerate(records[1:])]
    assert column_names(folder, "t.csv", form) == tuple(columns)


WIDTHS = st.integers(1, 4)
SEPARATORS = st.sampled_from([",", ";", "\t", "|", " ", "§"])
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1", "mac-roman"])
ENDS = st.sampled_from(["\n", "\r\n", "\r"])
WORDS = st.sampled_from(["", "", "a", "BFW ", " x", "NULL", "é", "007", "Plea Of Guilty", "\ufffd", "\0"])
NASTY = st.sampled_from(["\n", "\r\n", "\r", '"', "sep", "a\nb", '"\n', ',";\t| §', '""'])


@st.composite
def written(draw, ragged=True):
    """A lawful file: its text and how it is written."""
    separator, end, width = draw(SEPARATORS), draw(ENDS), draw(WIDTHS)
    form = TableForm(
        separator=separator, encoding=draw(ENCODINGS), blank=draw(st.sampled_from([(), ("NULL",)]))
    )

    def encodes(text):
        return text.encode(form.encoding, "ignore").decode(form.encoding).removeprefix("\ufeff") == text

    nasty = draw(st.booleans())
    texts = (WORDS | NASTY).map(lambda text: text.replace("sep", separator)) if nasty else WORDS
    quotes = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])) if nasty else csv.QUOTE_MINIMAL
    sizes = st.integers(1, width + 2) if ragged else st.just(width)
    file = StringIO(newline="")
    writer = csv.writer(file, delimiter=separator, lineterminator=end, quoting=quotes)
    writer.writerow([f"c{place}" for place in range(width)])
    for size in draw(st.lists(sizes, max_size=6)):
        if draw(st.integers(0, 5)) == 0:
            file.write(end)
        writer.writerow(draw(st.lists(texts.filter(encodes), min_size=size, max_size=size)))
    text = file.getvalue()
    return (text.removesuffix(end) if draw(st.booleans()) else text), form, width


@pytest.mark.property
@given(written())
def test_lawful_files_are_read_as_by_the_csv_module(folder, made):
    text, form, width = made
    agrees(folder, text, text.encode(form.encoding), form, width)


PIECES = ["a", "é", " ", "b c", ",", ",", ",", ",", "\n", "\n", "\r\n", "a,b\n"]


@pytest.mark.property
@given(st.lists(st.sampled_from([*PIECES, '"', '""', '"q,"', '"q"', "\r"]), max_size=12).map("".join), WIDTHS)
@example(text='"', width=1)
@example(text='""\n\n""', width=1)
@example(text='""\n\n""', width=2)
@example(text='a,"b"c\n"d" ,e\n', width=2)
@example(text='"a""b"\n', width=1)
def test_whatever_stands_in_a_file_is_read_as_by_the_csv_module(folder, text, width):
    text = ",".join(f"c{place}" for place in range(width)) + "\n" + text
    agrees(folder, text, text.encode(), PLAIN, width)


@pytest.mark.property
@given(st.lists(st.sampled_from(PIECES), max_size=15).map("".join), WIDTHS, st.booleans())
def test_files_without_quotes_take_the_fast_road_and_are_read_the_same(folder, text, width, leading):
    text = "\n" * leading + ",".join(f"c{place}" for place in range(width)) + "\n" + text
    agrees(folder, text, text.encode(), PLAIN, width)
    places = {f"c{place}": place for place in range(width)}
    assert leading or _engine.csv_lines(text.encode(), ",", width, places) is not None


@pytest.mark.property
@given(written(ragged=False), st.integers(0, 10), st.sampled_from(["utf-8", "cp1252", "shift_jis"]))
def test_bytes_that_are_not_of_the_encoding_refuse_their_record_and_no_other(folder, made, at, encoding):
    text, form, width = made
    form = TableForm(separator=form.separator, blank=form.blank, encoding=encoding)
    text = "".join(character for character in text if character.isascii() or character == form.separator)
    bad = {"utf-8": b"\xff", "cp1252": b"\x81", "shift_jis": b"\xa0"}[encoding]
    records = by_csv_module(text, form.separator)
    where = at % len(records)
    if where == 0:
        return
    line, raw, _ = records[where]
    lines = text.splitlines(keepends=True)
    # Before a quote that opens, it would take away its meaning.
    inside = raw.startswith('"')
    before = "".join(lines[: line - 1]) + '"' * inside
    content = before.encode(encoding) + bad + text[len(before) :].encode(encoding)
    rows = read(folder, content, [f"c{place}" for place in range(width)], form)
    good, others = expected(records, range(width), form.blank)
    assert rows.frame.rows() == [one for one in good if one[0] != where - 1]
    assert refused(rows) == sorted(
        [(where - 1, "undecodable"), *(other[:2] for other in others if other[0] != where - 1)]
    )
    shown = f"{raw[:inside]}\\x{bad.hex()}{raw[inside:]}"
    assert located(folder, "t.csv", form, [where - 1]).rows() == [(where - 1, line, shown)]


@pytest.mark.property
@given(written())
def test_both_roads_agree(folder, made):
    text, form, width = made
    content, columns = text.encode(form.encoding), [f"c{place}" for place in range(width)]
    with pytest.MonkeyPatch.context() as patch:
        fast = read(folder, content, columns, form)
        patch.setattr(_engine, "csv_lines", lambda *_: None)
        exact = read(folder, content, columns, form)
    assert fast.frame.equals(exact.frame)
    assert fast.bad.equals(exact.bad)
    assert fast.frame.schema == exact.frame.schema
    assert fast.bad.schema == exact.bad.schema
    assert fast.legible.equals(exact.legible)
    assert fast.legible.schema == exact.legible.schema == fast.frame.schema


# The traps of CSV, by name.


def test_short_and_long_records_are_refused_with_both_numbers(folder):
    rows = read(folder, "id,day,code\n1,2\n1,2,3,4\n1,2,3\n7\n")
    assert rows.bad.rows() == [
        (0, "wrong_field_count", "2 fields, the header has 3"),
        (1, "wrong_field_count", "4 fields, the header has 3"),
        (3, "wrong_field_count", "1 field, the header has 3"),
    ]
    assert (rows.frame.rows(), rows.read) == ([(2, "1")], 4)


@pytest.mark.parametrize("end", ["\n", '\n\'"\'""\n'], ids=["fast", "exact"])
def test_of_a_short_or_long_record_the_fields_are_told_as_far_as_they_go(folder, end):
    content = "id,day,code,n\n1, 2 ,n/a\n1,2,3,4,5\n7" + end
    rows = read(folder, content, ["code", "id", "day"], TableForm(blank=("n/a",)))
    assert rows.legible.rows()[:3] == [(0, None, "1", "2"), (1, "3", "1", "2"), (2, None, "7", None)]
    assert rows.legible.schema == rows.frame.schema


def test_bad_bytes_refuse_a_record_only_where_they_are_read(folder):
    content = b"id,city,day\n1,Z\xfcrich,2\n\xff3,Bern,4\n"
    assert read(folder, content, ["day"]).frame.rows() == [(0, "2"), (1, "4")]
    rows = read(folder, content, ["id", "day"])
    assert (rows.frame.rows(), refused(rows)) == ([(0, "1", "2")], [(1, "undecodable")])
    assert rows.legible.rows() == [(1, None, "4")]
    # That a record is ragged is its least fault.
    rows = read(folder, content + b"\xff,5\n6\n", ["id", "city"])
    assert refused(rows)[2:] == [(2, "undecodable"), (3, "wrong_field_count")]
    assert rows.legible.rows()[2:] == [(2, None, "5"), (3, "6", None)]


def test_blank_lines_are_no_records_and_blank_records_are(folder):
    rows = read(folder, "id,day\n\n1,2\n\n,\n\r\n", ["id", "day"])
    assert (rows.frame.rows(), rows.read) == ([(0, "1", "2"), (1, None, None)], 2)
    assert located(folder, "t.csv", PLAIN, [1, 0]).rows() == [(0, 3, "1,2"), (1, 5, ",")]


def test_a_number_in_text_keeps_its_zeros_and_white_space_goes(folder):
    assert read(folder, "id\n 007\t\n").frame.rows() == [(0, "007")]


def test_a_header_that_names_a_column_twice_is_refused_only_if_it_is_needed(folder):
    assert "names the column 'id' twice" in error(folder, "id,day,id\n1,2,3\n")
    assert read(folder, "id,day,day,\n1,2,3,4\n").frame.rows() == [(0, "1")]


def test_a_quote_that_nothing_closes_is_an_error_with_its_line(folder):
    assert "a quote opens on line 3 and does not close" in error(folder, 'id,day\n1,2\n2,"3\n4,5\n')
    assert "a quote opens on line 3" in error(folder, 'id,day\n1,2\n2,"3\n' + "4,5\n" * 50_000)


def test_an_empty_file_is_an_error_and_a_header_alone_is_not(folder):
    assert "is empty" in error(folder, "")
    assert "is empty" in error(folder, "\n\n")
    assert "is empty" in error(folder, codecs.BOM_UTF8)
    rows = read(folder, "id,day")
    assert (rows.frame.rows(), rows.read) == ([], 0)
    assert rows.frame.schema == {"row": pl.Int64, "id": pl.String}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("declared", ["utf-8", "cp1252"])
def test_a_byte_order_mark_is_understood_whatever_is_declared(folder, encoding, declared):
    rows = read(folder, "id,n\nZoë,1\n".encode(encoding), form=TableForm(encoding=declared))
    assert rows.frame.rows() == [(0, "Zoë")]
    big = codecs.BOM_UTF16_BE + "id\nZoë\n".encode("utf-16-be")
    assert read(folder, big, form=TableForm(encoding=declared)).frame.rows() == [(0, "Zoë")]


def test_another_encoding_is_decoded_when_it_is_named_and_asked_for_when_not(folder):
    content = "id,city\n1,Zürich\n2,Bern\n".encode("cp1252")
    rows = read(folder, content, ["id", "city"])
    assert rows.frame.rows() == [(1, "2", "Bern")]
    assert rows.legible.rows() == [(0, "1", None)]
    assert rows.bad.rows() == [(0, "undecodable", 'not utf-8; name its encoding in [tables."t.csv"]')]
    assert located(folder, "t.csv", PLAIN, [0]).rows() == [(0, 2, "1,Z\\xfcrich")]
    named = read(folder, content, ["city"], TableForm(encoding="cp1252"))
    assert named.frame.rows() == [(0, "Zürich"), (1, "Bern")]


def test_a_replacement_character_that_is_in_the_file_is_text(folder):
    assert read(folder, "id\n\ufffd\n").frame.rows() == [(0, "\ufffd")]


def test_a_header_in_another_encoding_is_an_error(folder):
    assert "name its encoding" in error(folder, "id,größe\n1,2\n".encode("cp1252"))
    assert "name its encoding" in error(folder, "id,n\n1,2\n".encode("utf-16-le"))


def test_windows_unix_and_old_mac_line_ends(folder):
    for end in ("\n", "\r\n", "\r"):
        rows = read(folder, end.join(["id,n", "1,2", "3,4", ""]), ["n"])
        assert rows.frame.rows() == [(0, "2"), (1, "4")]
        assert located(folder, "t.csv", PLAIN, [1]).rows() == [(1, 3, "3,4")]


def test_line_breaks_in_fields_count_as_lines(folder):
    content = 'id,note\r\n1,"two\r\nlines"\r\n2,one\r\n3\r\n'
    rows = read(folder, content, ["note"])
    assert rows.frame.rows() == [(0, "two\r\nlines"), (1, "one")]
    assert located(folder, "t.csv", PLAIN, [2, 0]).rows() == [(0, 2, '1,"two\r\nlines"'), (2, 5, "3")]


def test_many_columns_and_none(folder):
    names = [f"c{n}" for n in range(1500)]
    content = ",".join(names) + "\n" + ",".join('"x"' for _ in names) + "\n"
    assert read(folder, content, [names[-1]]).frame.rows() == [(0, "x")]
    assert read(folder, "id,n\n1,2\n3,4\n", []).frame.rows() == [(0,), (1,)]


def test_many_records_on_the_exact_road(folder):
    content = 'id,n\n1,"2\n3"\n' + "7,8\n" * 25_000 + "9\n"
    rows = read(folder, content, ["n"])
    assert (rows.read, rows.frame.height, refused(rows)) == (25_002, 25_001, [(25_001, "wrong_field_count")])
    assert rows.frame["row"].to_list() == list(range(25_001))
    assert located(folder, "t.csv", PLAIN, [25_001]).rows() == [(25_001, 25_004, "9")]


def test_a_file_name_is_a_name_and_no_pattern(folder):
    put(folder, "id\n1\n", "t[1].csv")
    put(folder, "id\n2\n", "t1.csv")
    assert read_rows(folder, "t[1].csv", PLAIN, ["id"]).frame.rows() == [(0, "1")]


def test_quotes_that_stand_where_they_should_keep_the_fast_road():
    content = b'id,n\n"1","a ""b"", c"\n2,\n'
    good, odd, _ = _engine.csv_lines(content, ",", 2, {"n": 1})
    assert (good.rows(), odd.height) == ([(0, 'a "b", c'), (1, None)], 0)


def test_names_and_blank_texts_are_compared_without_white_space(folder):
    rows = read(folder, "id , day\n1,n/a\n-,x\n", ["day", "id", "day"], TableForm(blank=(" n/a ", "-")))
    assert rows.frame.columns == ["row", "day", "id"]
    assert rows.frame.rows() == [(0, None, "1"), (1, "x", None)]


# What is not there, or not possible.


def test_a_missing_column_names_the_nearest_and_what_is_there(folder):
    said = error(folder, "Case_ID,day\n1,2\n", ["case_id"])
    assert said == "'t.csv' has no column 'case_id'; did you mean 'Case_ID'? there is 'Case_ID', 'day'"
    assert 'separator = ";"' in error(folder, "id;day\n1;2\n")
    many = error(folder, ",".join(f"c{n}" for n in range(30)) + "\n", ["id"])
    assert "'c9' and 20 more" in many


def test_a_missing_file_names_the_nearest_and_what_is_there(tmp_path):
    put(tmp_path, "id\n", "intake.csv")
    with pytest.raises(ExtractError, match=r"no file 'intakes.csv' in .*; did you mean 'intake.csv'\?"):
        read_rows(tmp_path, "intakes.csv", PLAIN, ["id"])
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ExtractError, match="there is nothing"):
        read_rows(empty, "intake.csv", PLAIN, ["id"])
    with pytest.raises(ExtractError, match="no folder"):
        located(tmp_path / "nowhere", "t.csv", PLAIN, [0])


def test_packed_and_unknown_files_are_refused_with_what_to_do(folder):
    assert "unpack it" in error(folder, b"\x1f\x8b", name="t.csv.gz")
    assert "save it as one of .csv" in error(folder, b"PK", name="t.xlsx")


def test_what_cannot_be_opened_is_an_error(folder, monkeypatch):
    folder.joinpath("folder.csv").mkdir()
    with pytest.raises(ExtractError, match=r"no file 'folder.csv'"):
        read_rows(folder, "folder.csv", PLAIN, ["id"])

    def denied(*_, **__):
        raise PermissionError(13, "Permission denied")

    put(folder, "id\n1\n")
    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(ExtractError, match=r"t.csv' cannot be read: Permission denied"):
        read_rows(folder, "t.csv", PLAIN, ["id"])


@pytest.mark.parametrize("encoding", ["utf-9", "hex", "", "undefined", "\0", "idna", "punycode", "zlib"])
def test_an_unknown_encoding_is_an_error_that_names_some(folder, encoding):
    told = error(folder, "id\n1\n", form=TableForm(encoding=encoding))
    assert f"{encoding!r} is no encoding of text; " in told
    assert "did you mean 'utf_8'?" in told if encoding == "utf-9" else '"cp1252"' in told


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
@pytest.mark.parametrize("name", ["t.csv", "t.jsonl"])
def test_text_without_the_mark_that_its_encoding_needs_is_an_error(folder, encoding, name):
    content = b"id,n\n1,2\n" if name == "t.csv" else b'{"id": 1}\n'
    said = error(folder, content, form=TableForm(encoding=encoding), name=name)
    assert said == (
        f"{name!r} is not {encoding}: it does not begin with the byte order mark of that encoding; name the"
        f' encoding without it in [tables."{name}"], for example encoding = "{encoding}-le" or "utf-8"'
    )


@pytest.mark.parametrize("name", ["*", "^.*$", "^i$"])
def test_a_column_named_like_a_pattern_is_refused_where_it_is_read(folder, name):
    put(folder, f"id,{name}\n1,2\n")
    assert "reads as a pattern; rename it" in error(folder, f"id,{name}\n1,2\n", [name])
    assert read(folder, f"id,{name}\n1,2\n").frame.rows() == [(0, "1")]
    pl.DataFrame({"id": ["1"], name: ["2"]}).write_parquet(folder / "t.parquet")
    assert read_rows(folder, "t.parquet", PLAIN, ["id"]).frame.rows() == [(0, "1")]
    with pytest.raises(ExtractError, match="reads as a pattern"):
        read_rows(folder, "t.parquet", PLAIN, ["id", name])


@pytest.mark.parametrize("separator", ["", "::", '"', "\n"])
def test_an_impossible_separator_is_an_error(folder, separator):
    assert "give one character" in error(folder, "id\n1\n", form=TableForm(separator=separator))


def test_a_column_called_row_cannot_be_read_and_does_not_disturb(folder):
    assert "rename it" in error(folder, "id,row\n1,2\n", ["row"])
    assert read(folder, "row,id\n1,2\n").frame.rows() == [(0, "2")]


def test_rows_that_do_not_add_up_cannot_be_made():
    one = pl.DataFrame({"row": [1]})
    with pytest.raises(InvalidValueError, match="are not the 3 read"):
        Rows(frame=one, read=3, bad=one, legible=one)


# JSON Lines.


def lines(folder, *values, columns=("id", "day"), form=PLAIN):
    content = "\n".join(value if isinstance(value, str) else json.dumps(value) for value in values)
    return read(folder, content, columns, form, "t.jsonl")


def test_an_object_a_line_and_its_values_are_texts(folder):
    rows = lines(
        folder,
        {"id": 7, "day": "2019-03-01"},
        "",
        {"id": True, "day": None},
        '{"id": 1.50, "more": [1], "day": "  n/a"}',
        '{"id":\r12345678901234567890, "late": 1}',
        form=TableForm(blank=("n/a",)),
    )
    assert rows.frame.rows() == [
        (0, "7", "2019-03-01"),
        (1, "true", None),
        (2, "1.50", None),
        (3, "12345678901234567890", None),
    ]
    assert (rows.read, rows.bad.height) == (4, 0)
    assert column_names(folder, "t.jsonl", PLAIN) == ("id", "day", "more", "late")
    late = read_rows(folder, "t.jsonl", PLAIN, ["late"])
    assert late.frame["late"].to_list() == [None, None, None, "1"]


@pytest.mark.parametrize(
    "bad",
    [
        "[1]",
        "7",
        "{",
        '{"id": NaN}',
        '{"id": 1, "id": 2}',
        '{"id": {"no": 1}}',
        '{"id": [1]}',
        '{"a":' * 100_000,
    ],
    ids=lambda text: text[:20],
)
def test_a_line_that_is_no_plain_object_is_refused(folder, bad):
    rows = lines(folder, {"id": 1, "day": 2}, "", bad, {"id": 3})
    assert refused(rows) == [(1, "not_json")]
    assert (rows.frame["row"].to_list(), rows.read) == ([0, 2], 3)
    assert located(folder, "t.jsonl", PLAIN, [1]).rows() == [(1, 3, bad)]


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ('{"id": {"no": 1}, "day": 5}', (None, "5")),
        ('{"id": 4, "day": [5]}', ("4", None)),
        ('{"id": 4, "day": NaN}', ("4", None)),
        ('{"id": 4, "day": 5, "day": 6}', ("4", None)),
        ('{"id": 4, "day": 5', (None, None)),
        ('[{"id": 4}]', (None, None)),
    ],
)
def test_of_an_object_that_is_refused_the_other_columns_are_told(folder, bad, told):
    rows = lines(folder, {"id": 1, "day": 2}, bad)
    assert (refused(rows), rows.legible.rows()) == ([(1, "not_json")], [(1, *told)])


@pytest.mark.parametrize("value", ["[1]", '{"a": {}}', "NaN", '"\\ud800"', '1, "x": 2', '{"a": 1, "a": 2}'])
def test_what_a_column_holds_that_is_not_read_refuses_nothing(folder, value):
    rows = lines(folder, f'{{"id": 1, "x": {value}, "day": 2}}')
    assert (rows.frame.rows(), rows.bad.height) == ([(0, "1", "2")], 0)


def test_bad_bytes_refuse_an_object_only_where_they_are_read(folder):
    content = b'{"id": 1, "x": "Z\xfcrich"}\n{"id": "\xff", "x": 2}\n{"id": 3, "\xff": 4}\n{"id": 5\xff}\n'
    rows = read(folder, content, ["id", "x"], name="t.jsonl")
    assert refused(rows) == [(n, "undecodable") for n in range(4)]
    assert rows.legible.rows() == [(0, "1", None), (1, None, "2"), (2, "3", None), (3, None, None)]
    # A key that cannot be decoded may be that of a column that is read.
    assert read(folder, content, name="t.jsonl").frame.rows() == [(0, "1")]
    assert column_names(folder, "t.jsonl", PLAIN) == ("id", "x")


def test_half_characters_are_undecodable(folder):
    content = b'{"id": "\\ud800"}\r\n{"id": "Z\xfcrich"}\n{"id": "Bern", "x": "\\udfff"}\n'
    rows = read(folder, content, ["id"], name="t.jsonl")
    assert refused(rows) == [(0, "undecodable"), (1, "undecodable")]
    assert rows.frame.rows() == [(2, "Bern")]
    assert located(folder, "t.jsonl", PLAIN, [0, 1]).rows() == [
        (0, 1, '{"id": "\\ud800"}'),
        (1, 2, '{"id": "Z\\xfcrich"}'),
    ]
    named = read(folder, content, ["id"], TableForm(encoding="latin-1"), "t.jsonl")
    assert named.frame["id"].to_list() == ["Zürich", "Bern"]


def test_a_key_that_no_object_has_is_a_missing_column(folder):
    with pytest.raises(ExtractError, match="did you mean 'day'"):
        lines(folder, {"id": 1, "day": 2}, columns=["dya"])
    assert lines(folder, columns=["id"]).read == 0
    assert refused(lines(folder, "x", columns=["id"])) == [(0, "not_json")]


def test_a_byte_order_mark_before_json(folder):
    assert read(folder, '{"id": "ü"}\n'.encode("utf-16"), name="t.ndjson").frame.rows() == [(0, "ü")]
    assert read(folder, '{"id": "ü"}\n'.encode("utf-8-sig"), name="t.ndjson").frame.rows() == [(0, "ü")]


# Parquet and Arrow.


KINDS = {"t.parquet": "write_parquet", "t.arrow": "write_ipc", "t.feather": "write_ipc", "t.ipc": "write_ipc"}


@pytest.mark.parametrize("name", KINDS)
def test_columns_are_texts_and_days(folder, name):
    frame = pl.DataFrame(
        {
            "id": [7, None],
            "row": ["x", "y"],
            "code": pl.Series([" BFW ", "NULL"], dtype=pl.Categorical),
            "day": [date(2019, 3, 1), None],
            "at": [datetime(2019, 3, 1, 23, 59), None],  # noqa: DTZ001
            "zoned": pl.Series([None, None], dtype=pl.Datetime("us", "UTC")),
            "parts": [[1], [2]],
            "ok": [True, False],
            "x": [1.5, 2.0],
        }
    )
    getattr(frame, KINDS[name])(folder / name)
    form = TableForm(blank=("NULL",))
    rows = read_rows(folder, name, form, ["code", "id", "day", "at", "ok", "x"])
    assert rows.frame.rows() == [
        (0, "BFW", "7", date(2019, 3, 1), date(2019, 3, 1), "true", "1.5"),
        (1, None, None, None, None, "false", "2"),
    ]
    assert (rows.read, rows.bad.height) == (2, 0)
    assert rows.frame.schema["day"] == rows.frame.schema["at"] == pl.Date
    assert read_rows(folder, name, form, []).frame.rows() == [(0,), (1,)]
    assert column_names(folder, name, form) == tuple(frame.columns)
    ((row, line, raw),) = located(folder, name, form, [1]).rows()
    assert (row, line, json.loads(raw)["parts"]) == (1, 2, [2])
    with pytest.raises(ExtractError, match="in the agency's own zone"):
        read_rows(folder, name, form, ["zoned"])
    with pytest.raises(ExtractError, match="write texts, days or numbers"):
        read_rows(folder, name, form, ["parts"])
    with pytest.raises(ExtractError, match="did you mean 'code'"):
        read_rows(folder, name, form, ["codes"])


def test_a_parquet_file_that_is_none_is_an_error(folder):
    for name in KINDS:
        assert f"'{name}' cannot be read" in error(folder, "id\n1\n", name=name)


def test_nothing_to_locate_reads_nothing(folder):
    put(folder, 'id\n"')
    assert located(folder, "t.csv", PLAIN, []).rows() == []
