"""The page on performance shows what was measured, and the plot is drawn from the same numbers."""

import importlib
import json
import re
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
MEASURED = DOCS / "performance.json"


@pytest.fixture
def bench(monkeypatch):
    """The scripts of the benchmark, as they find each other."""
    monkeypatch.syspath_prepend(str(ROOT / "bench"))
    names = ("all", "growth_plot", "turns", "year", "extract")
    for name in names:
        monkeypatch.delitem(sys.modules, name, raising=False)
    yield importlib.import_module("all")
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture
def found():
    return json.loads(MEASURED.read_text(encoding="utf-8"))


def test_the_page_shows_what_was_measured(bench, found):
    text = (DOCS / "performance.md").read_text(encoding="utf-8")
    assert text == bench.page(text, found), "stale: run python bench/all.py --page"
    assert (DOCS / "performance.svg").read_text(encoding="utf-8") == bench.plot(found)


def test_the_package_is_in_every_table_with_ratios_of_one(bench, found):
    assert found["roads"]
    for road in bench.tables(found).split("### ")[1 : len(found["roads"]) + 1]:
        (ours,) = (line for line in road.splitlines() if line.startswith("| tipline_outcomes "))
        assert ours.endswith("| 1.00 | 1.00 | 1.00 |")


def test_powers_are_those_of_the_numbers(bench):
    sizes = [
        {"events": 10**n, "referrals": 1, "seconds": 7.0 * 10 ** (n - 6), "cpu": 100.0 ** (n - 6)}
        for n in (4, 6, 7, 8)
    ]
    grown = bench.powers(sizes)
    assert (round(grown.time, 9), round(grown.cpu, 9), grown.least) == (1.0, 2.0, 10**6)


def test_the_plot_is_one_file_that_needs_nothing_else(bench, found):
    text = bench.plot(found)
    root = ET.fromstring(text)  # noqa: S314 - our own
    circles = root.findall(".//{http://www.w3.org/2000/svg}circle/{http://www.w3.org/2000/svg}title")
    assert len(circles) == 2 * len(found["growth"])
    assert not re.search(r"href|url\(|<script|@import", text)
    for circle in root.iter("{http://www.w3.org/2000/svg}circle"):
        assert 0 <= float(circle.get("cx")) <= 640
        assert 0 <= float(circle.get("cy")) <= 400
