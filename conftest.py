"""Runs every example in the README, the docs and the docstrings as a test."""

from collections.abc import Iterable
from doctest import ELLIPSIS

from hypothesis import settings
from sybil import Document, Region, Sybil
from sybil.evaluators.doctest import DocTestEvaluator
from sybil.parsers.abstract import DocTestStringParser
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser
from sybil.parsers.rest import DocTestParser
from sybil.sybil import SybilCollection

# A deadline measures the machine, not the code.
settings.register_profile("everyday", deadline=None)
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


pages = [PythonCodeBlockParser(doctest_optionflags=ELLIPSIS), PyconParser(ELLIPSIS), SkipParser()]

pytest_collect_file = SybilCollection(
    [
        Sybil(pages, pattern="README.md"),
        Sybil(pages, path="docs", pattern="*.md"),
        Sybil([DocTestParser(ELLIPSIS)], path="src", pattern="*.py"),
    ]
).pytest()
