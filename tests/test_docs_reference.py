"""Every public name is on a page of the reference, and there is an example of it that runs.

That the builders show it there, `make docs` finds out from the pages that they built.
"""

import inspect
import pkgutil
import re
from importlib import import_module
from pathlib import Path
from typing import Final

import pytest

import tipline_outcomes

DOCS: Final = Path(__file__).parent.parent / "docs"
REFERENCE: Final = "\n".join(p.read_text(encoding="utf-8") for p in sorted((DOCS / "reference").glob("*.md")))
FENCE: Final = re.compile(r"^```(?:pycon|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PROMPT: Final = re.compile(r"^(?:>>>|\.\.\.) .*", re.MULTILINE)
SOURCE: Final = Path(tipline_outcomes.__file__).parent
EXAMPLES: Final = "\n".join(
    [f for page in sorted(DOCS.rglob("*.md")) for f in FENCE.findall(page.read_text(encoding="utf-8"))]
    # Of what is no class and no function, the docstring stands below it in the source.
    + [e for file in sorted(SOURCE.rglob("*.py")) for e in PROMPT.findall(file.read_text(encoding="utf-8"))]
)
# The command line is no library: its page shows the help of its commands.
ROOMS: Final = (
    *(
        f.name
        for f in pkgutil.iter_modules(tipline_outcomes.__path__)
        if f.name[0] != "_" and f.name != "cli"
    ),
    "present.charts",
)
NAMES: Final = [
    (room, name)
    for room in ROOMS
    for name in import_module(f"tipline_outcomes.{room}").__all__
    if not inspect.ismodule(getattr(import_module(f"tipline_outcomes.{room}"), name))
]


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_a_place_in_the_reference(room):
    assert f"\n::: tipline_outcomes.{room}\n" in f"{REFERENCE}\n"


@pytest.mark.parametrize(("room", "name"), NAMES)
def test_every_public_name_has_an_example_that_runs(room, name):
    value = getattr(import_module(f"tipline_outcomes.{room}"), name)
    docs = [inspect.getdoc(value) or ""] if inspect.isclass(value) or inspect.isfunction(value) else []
    if inspect.isclass(value):
        docs += [inspect.getdoc(member) or "" for key, member in vars(value).items() if key[0] != "_"]
    assert any(">>>" in doc for doc in docs) or re.search(rf"\b{name}\b", EXAMPLES)
