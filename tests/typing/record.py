"""The record: a value is whole or exact, an end may not be known, and assumptions are objects.

Read by type checkers, never run: a line that must not pass has an ignore, which is an error if unused.
"""
# pyright: reportUnnecessaryTypeIgnoreComment=true

from fractions import Fraction
from typing import assert_type

from tipline_outcomes import Bounds
from tipline_outcomes.evidence import (
    Answer,
    Answers,
    Bundling,
    Catalogue,
    Figure,
    Lag,
    Multiplicity,
    Range,
    Ratio,
    catalogue,
    question,
    ratio,
)


def a_figure_is_a_count_or_an_exact_share(known: Catalogue) -> None:
    assert_type(catalogue(), Catalogue)
    assert_type(known["de-relevant-2022"], Figure)
    assert_type(known["de-relevant-2022"].value, int | Fraction)
    assert_type(known["de-relevant-2022"].part_of, Figure | None)
    assert_type(known["de-relevant-2022"].amount, Range | None)
    known.search(year="2023")  # type: ignore[arg-type]
    known["de-relevant-2022"].value = 3  # type: ignore[misc]


def a_ratio_is_bounds_whose_ends_have_to_be_asked(part: Figure, whole: Figure) -> None:
    quotient = ratio(part, whole, assuming=[Bundling(), Lag(days=3)])
    assert_type(quotient, Ratio)
    bounds: Bounds = quotient
    assert_type(bounds.lower, Fraction | None)
    assert_type(quotient.at_face_value, Fraction | None)
    quotient.upper * 2  # type: ignore[operator]
    ratio(part, 3)  # type: ignore[arg-type]
    ratio(part, whole, assuming=["bundling"])  # type: ignore[list-item]
    Multiplicity()  # type: ignore[call-arg]
    Bundling(name="mine")  # type: ignore[call-arg]


def an_answer_is_found_by_its_label(answers: Answers) -> None:
    assert_type(question(), Answers)
    assert_type(question("triage"), Answers)
    assert_type(answers["germany.2022.relevant"], Answer)
    assert_type(answers["germany.2022.relevant"].value, Fraction | None)
