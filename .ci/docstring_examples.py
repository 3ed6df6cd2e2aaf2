"""Shows the examples of docstrings as code on the reference pages.

Markdown takes a bare ``>>>`` for a quotation, and would read the brackets of a result as a link.
"""
# ruff: noqa: INP001 - a script of the documentation, not a package

import re
from typing import Final

from griffe import Extension, Object

_EXAMPLE: Final = re.compile(r"^>>> .*(?:\n.*\S.*)*", re.MULTILINE)
_FLAG: Final = re.compile(r"  # doctest: .*")


class DocstringExamples(Extension):
    """Puts every example of a docstring into a fence, up to the next blank line."""

    def on_object(self, *, obj: Object, **_: object) -> None:
        """Rewrite one docstring."""
        if obj.docstring is not None:
            text = _FLAG.sub("", obj.docstring.value)
            obj.docstring.value = _EXAMPLE.sub(r"```pycon\n\g<0>\n```", text)
