"""Runs every example in the README, the docs and the docstrings as a test."""

import os
from collections.abc import Iterable
from doctest import ELLIPSIS
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from sybil import Document, Example, Region, Sybil
from sybil.evaluators.doctest import DocTestEvaluator
from sybil.parsers.abstract import DocTestStringParser
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser
from sybil.parsers.rest import DocTestParser
from sybil.sybil import SybilCollection

from page_files import files_of

# A deadline measures the machine, not the code.
# Many laws draw worlds, and the slow tests draw ten thousand: everyday, a few for each will do.
settings.register_profile("everyday", deadline=None, max_examples=50)
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile("everyday")


class PyconParser:
    """Runs the sessions inside ```pycon fences, which Sybil leaves alone."""

    def __init__(self, optionflags: int = 0) -> None:
        self._fences = CodeBlockParser(language="pycon")
        self._sessions = DocTestStringParser(DocTestEvaluator(optionflags))

    def __call__(self, document: Document) -> Iterable[Region]:
        """Yield one region for each prompt."""
        for fence in self._fences(document):
            for region in self._sessions(fence.parsed, document.path):
                region.adjust(fence, fence.parsed)
                yield region


class FilesParser:
    """Writes the files that a page shows, where the page's examples are run."""

    def __call__(self, document: Document) -> Iterable[Region]:
        """Yield one region, before all others, if the page shows files."""
        if files_of(document.text):
            yield Region(0, 0, "files", self.write)

    def write(self, example: Example) -> None:
        """Write the files into the current folder."""
        for name, content in files_of(example.document.text).items():
            path = Path(name)
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8")


_home = Path.cwd()
_folders: list[TemporaryDirectory[str]] = []


def enter_folder(_: dict[str, object]) -> None:
    """Run a page in a folder of its own."""
    _folders.append(TemporaryDirectory())
    os.chdir(_folders[-1].name)


def leave_folder(_: dict[str, object]) -> None:
    """Go back, and take the folder away."""
    os.chdir(_home)
    _folders.pop().cleanup()


parsers = (PythonCodeBlockParser(doctest_optionflags=ELLIPSIS), PyconParser(ELLIPSIS), SkipParser())
pages = [FilesParser(), *parsers]

pytest_collect_file = SybilCollection(
    [
        Sybil(pages, pattern="README.md", setup=enter_folder, teardown=leave_folder),
        Sybil(pages, path="docs", pattern="*.md", setup=enter_folder, teardown=leave_folder),
        Sybil([DocTestParser(ELLIPSIS)], path="src", pattern="*.py"),
    ]
).pytest()
