"""Laws of the record: what may be divided, over all pairs; and bounds that hold whatever the figures mean."""

import csv
from fractions import Fraction
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipline_outcomes import NotComparableError
from tipline_outcomes.evidence import Range, catalogue, mismatches, ratio

pytestmark = pytest.mark.property

FIELDS = ("unit", "population", "start", "end", "period")


def lines():
    """The lines of the packaged file, as text."""
    text = (files("tipline_outcomes.evidence") / "data" / "figures.csv").read_text(encoding="utf-8")
    return {row["id"]: row for row in csv.DictReader(text.splitlines())}


def chain(rows, name):
    """A line and all that it is a part of, upward."""
    names = []
    while name:
        names.append(name)
        name = rows[name]["part_of"]
    return names


def may_divide(rows, part, whole):
    """Said again, of the text alone: one chain, the same fields, a place within the place, a known number."""
    above, below = rows[part], rows[whole]
    alike = all(above[field] == below[field] for field in FIELDS) and above["unit"] != "unstated"
    place = below["territory"] == "ZZ" or above["territory"][: len(below["territory"])] == below["territory"]
    ends = (rows[chain(rows, name)[-1]]["kind"] for name in (part, whole))
    return alike and place and whole in chain(rows, part) and all(kind == "count" for kind in ends)


def test_a_pair_is_free_of_mismatches_only_where_the_fields_agree():
    rows, known = lines(), catalogue()
    wrong = [
        (part.id, whole.id)
        for part in known
        for whole in known
        if may_divide(rows, part.id, whole.id) is bool(mismatches(part, whole))
    ]
    assert wrong == []
    # Each with itself, and every part with its wholes.
    assert sum(may_divide(rows, part.id, whole.id) for part in known for whole in part.wholes) > 250


@pytest.mark.slow
def test_a_pair_is_divided_only_where_the_fields_agree():
    rows, known = lines(), catalogue()
    for part in known:
        for whole in known:
            expected = may_divide(rows, part.id, whole.id)
            try:
                quotient = ratio(part, whole)
            except NotComparableError:
                quotient = None
            assert (quotient is not None) is expected, f"{part.id} / {whole.id}"
            assert quotient is None or (quotient.assumptions == () and quotient.is_share)


NUMBERS = st.fractions(min_value=0, max_value=50)
RANGES = st.builds(
    lambda lower, more: Range(lower=lower, upper=None if more is None else lower + more),
    NUMBERS,
    st.none() | NUMBERS,
)


@st.composite
def ranges_with_a_number(draw):
    """A range and a number that lies in it."""
    drawn = draw(RANGES)
    most = drawn.lower + 50 if drawn.upper is None else drawn.upper
    return drawn, draw(st.fractions(min_value=drawn.lower, max_value=most))


def holds(drawn, number):
    return drawn.lower <= number and (drawn.upper is None or number <= drawn.upper)


@given(ranges_with_a_number(), ranges_with_a_number())
def test_arithmetic_on_ranges_holds_every_number_that_may_be_meant(one, other):
    (first, a), (second, b) = one, other
    assert holds(first * second, a * b)
    assert holds(Range.sum((first, second)), a + b)
    if b:
        quotient = first / second
        assert quotient is not None
        assert holds(quotient, a / b)


@given(RANGES, RANGES)
def test_the_ends_of_a_quotient_are_reached(first, second):
    quotient = first / second
    if quotient is None:
        assert second.upper == 0
        return
    if second.upper is not None:
        assert quotient.lower == first.lower / second.upper
    if quotient.upper is not None:
        assert quotient.upper == first.upper / second.lower


@given(RANGES, NUMBERS)
def test_what_is_cut_off_is_only_what_is_above(drawn, most):
    cut = drawn.at_most(most)
    assert cut.upper is not None
    assert cut.upper <= most
    assert holds(cut, min(drawn.lower, most))
    assert drawn.at_most(None) == drawn


def test_the_quoted_number_of_an_allowed_pair_is_within_its_bounds():
    known = catalogue()
    for part in known:
        for whole in part.wholes:
            if part.unit is whole.unit and part.amount is not None and part.amount.upper is not None:
                quotient = ratio(part, whole)
                assert quotient.at_face_value is None or quotient.contain(quotient.at_face_value), part.id
                assert quotient.lower is None or 0 <= quotient.lower <= Fraction(1)
