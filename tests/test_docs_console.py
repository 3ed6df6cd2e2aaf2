"""What the README and the docs show of the command line, and of files, is what it does and reads."""

import re
import shlex
from doctest import ELLIPSIS, OutputChecker
from pathlib import Path
from typing import Final

import pytest

from page_files import files_of
from tipline_outcomes.cli import app
from tipline_outcomes.exchange import read_jsonl

ROOT: Final = Path(__file__).parent.parent
PAGES: Final = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
CONSOLE: Final = re.compile(r"```console\n(.*?)```", re.DOTALL)
COMMAND: Final = re.compile(r"^\$ tipline-outcomes (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
SHELL: Final = re.compile(r"```sh\n(.*?)```", re.DOTALL)
JSON: Final = re.compile(r"```json\n(.*?)```", re.DOTALL)


def those_with(pattern):
    return pytest.mark.parametrize(
        "page",
        [p for p in PAGES if pattern.search(p.read_text(encoding="utf-8"))],
        ids=lambda page: page.stem,
    )


@those_with(CONSOLE)
def test_a_command_prints_what_the_page_shows(page, tmp_path, monkeypatch, capsys):
    text = page.read_text(encoding="utf-8")
    (tmp_path / "extract").mkdir()
    for name, content in files_of(text).items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for block in CONSOLE.findall(text):
        for command, shown in COMMAND.findall(block):
            # As in a shell: a command that is let fail is one that finds something.
            plain = command.removesuffix(" || true")
            assert app(plain.split()) == (0 if plain == command else 1)
            printed = capsys.readouterr().out
            assert OutputChecker().check_output(shown, printed, ELLIPSIS), printed


@those_with(JSON)
def test_the_json_lines_of_a_page_are_read_without_a_refusal(page):
    for lines in JSON.findall(page.read_text(encoding="utf-8")):
        assert read_jsonl(lines.splitlines()).refused == ()


def test_the_commands_of_the_readme_lead_from_a_table_to_a_report(tmp_path, monkeypatch):
    text = PAGES[0].read_text(encoding="utf-8")
    (tmp_path / "extract").mkdir()
    for name, content in files_of(text).items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    commands = [line for block in SHELL.findall(text) for line in block.splitlines()]
    program = [words for words in map(shlex.split, commands) if words[0] == "tipline-outcomes"]
    assert [app(words) for _, *words in program] == [0, 0, 0]
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_extract_of_the_readme_is_whole():
    shown = files_of(PAGES[0].read_text(encoding="utf-8"))
    assert {"extract/events.csv", "extract/referrals.csv"} <= set(shown)
