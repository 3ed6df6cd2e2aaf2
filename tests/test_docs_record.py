"""The pages on the record: every number is made from the answers, and has its source beside it."""

import re
from pathlib import Path
from typing import Final

import pytest

import evidence_pages as record
from tipline_outcomes.evidence import catalogue

DOCS: Final = Path(__file__).parent.parent / "docs"
PAGES: Final = ("known", "gap")
GENERATED: Final = re.compile(r"<!-- generated: ([\w-]+) -->\n(.*?)<!-- end of generated -->", re.DOTALL)
NUMBER: Final = re.compile(
    r"\d[\d,.]*\d*\s?%|\b\d{1,3}(?:,\d{3})+\b|\b\d+ (?:tips|reports|arrests|cases|persons)\b"
)
# How to read a number, by made-up ones; and what lies between nothing and everything.
EXAMPLES: Final = {"4,000", "3,500", "4,500", "9,000", "100 %"}
LINK: Final = re.compile(r"\[[^\]]+\]\(https?://[^)]+\)")


def parts(page):
    return GENERATED.findall((DOCS / f"{page}.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES)
def test_no_number_stands_outside_of_what_is_computed(page):
    text = GENERATED.sub("", (DOCS / f"{page}.md").read_text(encoding="utf-8"))
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    assert set(NUMBER.findall(text)) <= EXAMPLES


@pytest.mark.parametrize("page", PAGES)
def test_every_line_with_a_number_has_its_source_beside_it(page):
    for name, content in parts(page):
        if name == "known-assumptions":
            continue
        lines = [line for line in content.strip().splitlines() if not line.startswith("| ---")]
        rows = lines[1:] if lines[0].startswith("|") else lines
        assert rows, name
        for line in rows:
            assert LINK.search(line), f"{name}: {line}"


def test_every_source_is_listed_with_whom_it_is_owed_to():
    (listed,) = [content for name, content in parts("known") if name == "known-sources"]
    for source in catalogue().sources:
        assert source.url in listed
    assert "Robert Grimm, Diaphanous" in listed
    assert "CC BY 4.0" in listed


def test_every_answer_of_the_further_questions_is_on_the_page():
    shown = {content for _, content in parts("known")}
    labels = re.findall(r"^\| `([\w.]+)` \|", "\n".join(shown), re.MULTILINE)
    tables = {answer.label for answer in record.ANSWERS.answers} - set(labels)
    assert all(re.search(r"\.(referral|informational|feedback|not_known)$", label) for label in tables)


@pytest.mark.parametrize("name", record.CHARTS)
def test_a_chart_is_on_a_page_and_loads_nothing(name):
    assert any(f"({name})" in (DOCS / f"{page}.md").read_text(encoding="utf-8") for page in PAGES)
    drawn = (DOCS / name).read_text(encoding="utf-8")
    assert "<title>" in drawn
    assert re.findall(r"<(?:script|image|use|foreignObject)|href|url\(", drawn) == []
