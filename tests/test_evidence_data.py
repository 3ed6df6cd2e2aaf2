"""The packaged record: what it says of every figure, what adds up in it, and how a bad line is refused."""

import csv
import shutil
from collections import Counter
from fractions import Fraction
from importlib.resources import files
from pathlib import Path

import pytest

from tipline_outcomes import InvalidValueError, NotComparableError
from tipline_outcomes.evidence import (
    Catalogue,
    Figure,
    Measure,
    Population,
    Qualifier,
    Range,
    SpanKind,
    catalogue,
    ratio,
)
from tipline_outcomes.evidence.reading import FIELDS, read_figures

DATA = files("tipline_outcomes.evidence") / "data"
SHARED = Path(__file__).parents[2] / "shared" / "evidence"
RECIPIENTS = ("icac", "local", "federal", "intl")
YEARS = (2020, 2021, 2022, 2023)
# A good line, to be spoilt one field at a time.
GOOD = {
    "id": "vt-tips-2025",
    "measure": "referrals_received",
    "unit": "referral",
    "value": "1000",
    "kind": "count",
    "qualifier": "exact",
    "part_of": "",
    "population": "icac-vt",
    "territory": "US-VT",
    "start": "2025-01-01",
    "end": "2025-12-31",
    "period": "calendar_year",
    "counted_by": "Vermont Attorney General",
    "source": "vt-ag-2025",
    "verification": "page",
    "contradicts": "",
    "note": "",
}


@pytest.fixture(scope="module")
def known():
    return catalogue()


def value(known, name):
    return known[name].value


@pytest.mark.parametrize("year", YEARS)
def test_public_and_provider_reports_are_all_reports(known, year):
    parts = (f"ncmec-reports-{who}-{year}" for who in ("public", "esp"))
    assert sum(value(known, part) for part in parts) == value(known, f"ncmec-reports-{year}")


@pytest.mark.parametrize("year", YEARS)
def test_reports_by_place_are_all_reports(known, year):
    parts = (f"ncmec-loc-{where}-{year}" for where in ("us", "intl", "unknown"))
    assert sum(value(known, part) for part in parts) == value(known, f"ncmec-reports-{year}")


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("who", RECIPIENTS)
def test_the_two_classes_are_all_that_is_made_available(known, who, year):
    parts = (f"ncmec-sent-{who}-{kind}-{year}" for kind in ("actionable", "informational"))
    assert sum(value(known, part) for part in parts) == value(known, f"ncmec-sent-{who}-total-{year}")


def test_the_recipients_add_up_to_more_than_the_reports(known):
    # 36,521,898 pairs of report and recipient, and 36,210,368 reports: so they are never divided.
    pairs = sum(value(known, f"ncmec-sent-{who}-total-2023") for who in RECIPIENTS)
    assert (pairs, value(known, "ncmec-reports-2023")) == (36_521_898, 36_210_368)


def test_the_states_and_the_reports_without_one_are_all_of_the_list(known):
    states = known.search(measure=Measure.REPORTS_ATTRIBUTED_TO_STATE)
    assert len(states) == 50
    listed = sum(figure.value for figure in states) + value(known, "ncmec-state-unspecified-2023")
    assert listed == value(known, "ncmec-us-referrals-2023") == value(known, "ncmec-country-us-2023")


def test_what_federal_prosecutors_concluded_is_a_clean_partition(known):
    parts = (f"bjs-{end}-share-2004-13" for end in ("prosecuted", "declined", "magistrate"))
    assert sum(value(known, part) for part in parts) == 1


def test_a_part_is_not_more_than_its_whole(known):
    alike = [f for f in known if f.part_of is not None and f.unit is f.part_of.unit and not f.is_share]
    assert len(alike) > 250
    assert all(f.value <= f.part_of.value for f in alike)


def test_every_figure_says_where_it_was_found_and_how_it_is_known(known):
    for figure in known:
        assert figure.source.url.startswith(("http://", "https://"))
        assert all((figure.unit, figure.span, figure.verification, figure.counted_by)), figure.id


def test_what_came_from_somebody_s_transcription_names_its_author_and_licence(known):
    listed = known.search(measure="reports_attributed_to_country", territory="CH", year=2023)
    ((figure,)) = tuple(listed)
    assert "Robert Grimm" in figure.source.attribution
    assert "CC BY 4.0" in figure.source.attribution


def test_sources_that_contradict_themselves_keep_both_numbers(known):
    both = {(one.id, other.id) for one, other in known.contradictions}
    assert ("ncmec-reports-1998-narrative", "ncmec-reports-1998") in both
    assert ("nc-tips-2019-first", "nc-tips-2019") in both
    assert ("nz-ncmec-2023-second", "nz-ncmec-2023") in both
    assert ("gb-referrals-2021-pf", "gb-disseminated-2021") in both
    assert all(
        one.value != other.value or one.qualifier != other.qualifier for one, other in known.contradictions
    )


def test_no_fiscal_year_passes_for_a_calendar_year(known):
    for figure in known:
        january = (figure.span.start.month, figure.span.start.day) == (1, 1)
        assert january or figure.span.kind not in {SpanKind.CALENDAR_YEAR, SpanKind.CALENDAR_YEARS}, figure.id
        if "-fy20" in figure.id and "q" not in figure.id:
            assert figure.span.kind is SpanKind.US_FISCAL_YEAR, figure.id


def test_every_word_of_the_lists_is_used_or_the_list_is_too_long(known):
    assert {figure.population for figure in known} == set(Population)
    assert {figure.measure for figure in known} == set(Measure)
    assert {figure.span.kind for figure in known} == set(SpanKind)
    assert {figure.qualifier for figure in known} == set(Qualifier)


def test_a_search_finds_by_population_measure_territory_and_year(known):
    found = known.search(population="ch-fedpol", measure="packages_forwarded", year=2021)
    assert [figure.id for figure in found] == ["ch-forwarded-2021"]
    assert {figure.territory[:2] for figure in known.search(territory="US")} == {"US"}
    assert "icac-us-arrests-fy2024" in {f.id for f in known.search(territory="US", year=2023)}
    assert len(known.search()) == len(known)
    with pytest.raises(InvalidValueError, match="population is 'fedpol'; did you mean 'ch-fedpol'"):
        known.search(population="fedpol")


def test_the_frame_has_a_row_a_figure_and_the_ends_of_each(known):
    frame = known.to_frame()
    assert frame.height == len(known)
    (row,) = frame.filter(id="no-tips-2022").to_dicts()
    assert (row["count"], row["share"], row["lower"], row["upper"]) == (9000, None, 9000.0, None)
    assert frame["count"].is_null().sum() == sum(figure.is_share for figure in known)
    assert Catalogue(()).to_frame().columns == frame.columns


@pytest.mark.parametrize(
    ("told", "kind", "qualifier", "ends"),
    [
        ("4000", "count", "exact", ("4000", "4000")),
        ("4000", "count", "at_least", ("4000", None)),
        ("4000", "count", "at_most", ("0", "4000")),
        ("4000", "count", "approximate", ("3500", "4500")),
        ("180300", "count", "approximate", ("180250", "180350")),
        ("203467", "count", "approximate", ("203466.5", "203467.5")),
        ("0", "count", "approximate", ("0", "0.5")),
        ("1713", "count", "estimate", ("0", None)),
        ("0.36", "share", "approximate", ("0.355", "0.365")),
        ("0.9", "share", "approximate", ("0.85", "0.95")),
        ("0.038", "share", "approximate", ("0.0375", "0.0385")),
        ("0.97", "share", "at_least", ("0.97", "1")),
        ("0.97", "share", "at_most", ("0", "0.97")),
        ("0.05", "share", "estimate", ("0", "1")),
    ],
)
def test_a_qualifier_says_which_numbers_may_be_meant(tmp_path, told, kind, qualifier, ends):
    figure = added(tmp_path, value=told, kind=kind, qualifier=qualifier)
    lower, upper = ends
    assert figure.range == Range(lower=Fraction(lower), upper=None if upper is None else Fraction(upper))


def folder_with(tmp_path, *lines):
    for name in ("figures.csv", "sources.toml"):
        shutil.copy(str(DATA / name), tmp_path / name)
    with (tmp_path / "figures.csv").open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, FIELDS, lineterminator="\n").writerows(lines)
    return tmp_path


def added(tmp_path, **changed) -> Figure:
    return read_figures(folder_with(tmp_path, GOOD | changed))[-1]


def test_a_new_figure_is_one_line(tmp_path):
    assert str(added(tmp_path)) == "referrals received: 1,000 referrals (icac-vt, US-VT, 2025)"


LINE = len((DATA / "figures.csv").read_text(encoding="utf-8").splitlines()) + 1


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"source": ""}, "vt-tips-2025 has no source"),
        ({"unit": ""}, "vt-tips-2025 has no unit"),
        ({"period": ""}, "vt-tips-2025 has no period"),
        ({"start": "", "end": ""}, "vt-tips-2025 has no start and no end"),
        ({"verification": ""}, "vt-tips-2025 has no verification"),
        ({"counted_by": " "}, "vt-tips-2025 has no counted_by"),
        ({"id": "", "value": ""}, "a figure has no id and no value"),
        ({"unit": "tips"}, "unit is 'tips'"),
        (
            {"measure": "referral_received"},
            "measure is 'referral_received'; did you mean 'referrals_received'",
        ),
        ({"verification": "memory"}, "verification is 'memory'; use one of page, repository, secondary"),
        ({"source": "vt-ag-2026"}, "source is 'vt-ag-2026'; sources.toml has no [source.vt-ag-2026]"),
        ({"value": "1,000"}, "value is '1,000'; a count is a whole number such as 1082"),
        ({"value": "half", "kind": "share"}, "value is 'half'; a share is a decimal such as 0.36"),
        ({"value": "1.2", "kind": "share"}, "value is 6/5; a count is 0 or more, and a share lies between"),
        ({"value": "-1"}, "value is -1; a count is 0 or more"),
        ({"kind": "rate"}, "kind is 'rate'; write count or share"),
        ({"qualifier": "about"}, "qualifier is 'about'"),
        ({"territory": "Vermont"}, "territory is 'Vermont'; write a code of ISO 3166"),
        ({"start": "2025"}, "'2025' is not a day"),
        ({"end": "2024-12-31"}, "the period ends on 2024-12-31, before it starts on 2025-01-01"),
        ({"period": "us_fiscal_year"}, "2025-01-01 to 2025-12-31 is no us_fiscal_year: October to September"),
        (
            {"start": "2024-07-01", "end": "2025-06-30", "period": "us_fiscal_year"},
            "2024-07-01 to 2025-06-30 is no us_fiscal_year",
        ),
        (
            {"start": "2023-10-01", "end": "2025-09-30", "period": "us_fiscal_year"},
            "2023-10-01 to 2025-09-30 is no us_fiscal_year",
        ),
        ({"period": "calendar_years"}, "2025-01-01 to 2025-12-31 is no calendar_years"),
        ({"period": "part_of_year"}, "2025-01-01 to 2025-12-31 is no part_of_year"),
        ({"period": "fiscal_year"}, "2025-01-01 to 2025-12-31 is no fiscal_year"),
        ({"period": "one_week"}, "2025-01-01 to 2025-12-31 is no one_week"),
        ({"start": "2024-10-01", "end": "2025-09-30"}, "2024-10-01 to 2025-09-30 is no calendar_year"),
        ({"part_of": "vt-tips"}, "part_of is 'vt-tips', and no figure above has that id"),
        ({"part_of": "vt-tips-2025"}, "part_of is 'vt-tips-2025', and no figure above has that id"),
        ({"id": "vt-tips-2024"}, "there is a figure 'vt-tips-2024' already"),
    ],
)
def test_a_bad_line_is_refused_with_its_number_and_the_field(tmp_path, changed, told):
    with pytest.raises(InvalidValueError) as caught:
        added(tmp_path, **changed)
    assert str(caught.value).startswith(f"figures.csv, line {LINE}: ")
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"contradicts": "vt-tips"}, "vt-tips-2025 contradicts 'vt-tips', and no figure has that id"),
        ({"part_of": "vt-tips-2024"}, "vt-tips-2025 is part of vt-tips-2024, and of another period: 2025"),
        (
            {"part_of": "ncmec-reports-2024", "start": "2024-01-01", "end": "2024-12-31"},
            "vt-tips-2025 is part of ncmec-reports-2024, and of another population: icac-vt",
        ),
        (
            {"part_of": "vt-tips-2024", "start": "2024-01-01", "end": "2024-12-31", "value": "1083"},
            "vt-tips-2025 is part of vt-tips-2024, and more than it",
        ),
        (
            {"start": "2024-01-01", "end": "2024-12-31"},
            "vt-tips-2024 and vt-tips-2025 are figures of the same thing; leave one out, or let one",
        ),
    ],
)
def test_lines_that_do_not_go_together_are_refused_by_their_ids(tmp_path, changed, told):
    with pytest.raises(InvalidValueError) as caught:
        added(tmp_path, **changed)
    assert told in str(caught.value)


def test_all_bad_lines_are_told_at_once(tmp_path):
    folder = folder_with(tmp_path, GOOD | {"unit": ""}, GOOD | {"id": "b", "source": ""}, GOOD)
    with pytest.raises(InvalidValueError) as caught:
        read_figures(folder)
    assert str(caught.value).splitlines() == [
        f"figures.csv, line {LINE}: vt-tips-2025 has no unit",
        f"figures.csv, line {LINE + 1}: b has no source",
    ]


def test_a_line_that_is_too_short_lacks_its_last_fields(tmp_path):
    folder = folder_with(tmp_path)
    with (folder / "figures.csv").open("a", encoding="utf-8") as file:
        file.write("vt-tips-2025,referrals_received\n")
    with pytest.raises(InvalidValueError, match="has no unit and no value and no kind"):
        read_figures(folder)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[source.new]\ntitle = "A"\npublisher = "B"\npublished = "2025"\n', "source.new: url is missing"),
        ('[source.new]\ntitle = "A"\npublisher = "B"\nurl = "c"\n', "source.new: published is missing"),
        (
            '[source.new]\ntitle = "A"\npublisher = "B"\nurl = "c"\npublished = "2025"\nvia = "d"\n',
            "via is 'd', and there is no [via.d]",
        ),
        (
            '[source.new]\ntitle = "A"\npublisher = "B"\nurl = "c"\npublished = "2025"\nlicense = "d"\n',
            "license is no field",
        ),
    ],
)
def test_a_source_that_nobody_could_find_again_is_refused(tmp_path, text, told):
    folder = folder_with(tmp_path)
    with (folder / "sources.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n{text}")
    with pytest.raises(InvalidValueError) as caught:
        read_figures(folder)
    assert told in str(caught.value)


def test_columns_are_refused_by_name(tmp_path):
    (tmp_path / "figures.csv").write_text("id,measure\n", encoding="utf-8")
    shutil.copy(str(DATA / "sources.toml"), tmp_path / "sources.toml")
    with pytest.raises(
        InvalidValueError, match=r"figures\.csv, line 1: the columns are id, measure; write id,"
    ):
        read_figures(tmp_path)


def test_every_source_is_one_of_a_figure(known):
    text = (DATA / "sources.toml").read_text(encoding="utf-8")
    listed = [line[8:-1] for line in text.splitlines() if line.startswith("[source.")]
    assert listed == sorted(set(listed), key=listed.index)
    assert {source.key for source in known.sources} == set(listed)


def test_a_division_by_nought_is_not_defined(known):
    nothing = known["ncmec-sent-local-informational-2020"]
    quotient = ratio(nothing, nothing)
    assert (nothing.value, quotient.lower, quotient.upper, quotient.at_face_value) == (0, None, None, None)


@pytest.fixture(scope="module")
def collected():
    if not SHARED.is_dir():
        pytest.skip("the collected figures are not here: ../shared/evidence")
    with (SHARED / "figures.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


# What the collection calls one thing, and says in a comment to be another.
UNITS = {
    ("incident", "feedback"),
    ("incident", "tip_incident"),
    ("report", "complaint"),
    ("referral", "referral_per_day"),
    ("referral", "unstated"),
    ("person", "unstated"),
    ("investigation", "proceeding"),
    *(
        ("case", unit)
        for unit in ("package", "package_per_week", "charge", "search", "offence", "proceeding")
    ),
    *(("case", unit) for unit in ("court_case", "referral")),
}


# The collection reads "nearly 800" as about 800.
QUALIFIERS = {"id-invest-2020-21": "at_most"}


def test_every_figure_is_the_one_that_was_collected(known, collected):
    assert set(collected) <= {figure.id for figure in known}
    corrected = Counter()
    for name, row in collected.items():
        figure = known[name]
        assert Fraction(figure.value) == Fraction(row["value"]), name
        assert figure.is_share == (row["value_kind"] == "share"), name
        assert figure.qualifier == QUALIFIERS.get(name, row["qualifier"]), name
        assert figure.territory == row["jurisdiction"], name
        assert (str(figure.span.start), str(figure.span.end)) == (row["period_start"], row["period_end"]), (
            name
        )
        assert (figure.source.url, figure.source.published) == (row["source_url"], row["published"]), name
        assert figure.verification == row["verified_how"], name
        if row["of_id"]:
            assert figure.part_of is not None
            assert figure.part_of.id == row["of_id"]
        if figure.unit != row["unit"]:
            corrected[row["unit"], figure.unit.value] += 1
        district = figure.population.startswith("no-district-")
        assert figure.population == row["pipeline_population"] or district, name
    assert set(corrected) <= UNITS, corrected


def test_what_nobody_read_is_left_out(known, collected):
    assert collected
    with (SHARED / "unverified.csv").open(encoding="utf-8", newline="") as file:
        left_out = list(csv.DictReader(file))
    held = {(figure.territory, str(figure.span.start), Fraction(figure.value)) for figure in known}
    twice = {
        row["id"]
        for row in left_out
        if (row["jurisdiction"], row["period_start"], Fraction(row["value"])) in held
    }
    # These two were also found in print.
    assert twice == {"unv-stanford-low", "unv-ncmec-enticement-2024"}
    assert len(left_out) == 20


def test_a_share_of_something_unknown_cannot_be_divided(known):
    with pytest.raises(NotComparableError, match="of what ca-case-guilty-share-2014-21 is a share is not in"):
        ratio(known["ca-case-guilty-share-2014-21"], known["ca-ocse-2023"])
