"""Checks the site as it was built: no link leads nowhere, and the reference shows every public name.

    .venv/bin/python .ci/site.py

Links within the site only: pages, their anchors, pictures, scripts. What lies elsewhere is named as a source,
and not asked for; but no page may load anything from there.
"""
# ruff: noqa: INP001, T201 - a script of the documentation, not a package

import pkgutil
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final
from urllib.parse import unquote, urlsplit

import tipline_outcomes

SITE: Final = Path("site").resolve()
# What a browser fetches by itself; `link` may be a canonical address, which it does not.
LOADED: Final = {"img", "script", "iframe", "source", "video", "audio", "embed"}


class Page(HTMLParser):
    """The anchors of a page, and where it leads."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = {"", "top"}
        self.twice: set[str] = set()
        self.links: list[tuple[str, str]] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in one element."""
        for name, value in attrs:
            if name == "id" and value in self.anchors:
                self.twice.add(value)
            if name == "id" and value:
                self.anchors.add(value)
            elif name in {"href", "src"} and value:
                self.links.append((tag, value))


def public_names() -> Iterator[tuple[str, str]]:
    """Give every name that a room offers, and the name by which it was defined; of a room in a room, too."""
    rooms = [found.name for found in pkgutil.iter_modules(tipline_outcomes.__path__)]
    for room in (*(room for room in rooms if not room.startswith("_") and room != "cli"), "present.charts"):
        module = import_module(f"tipline_outcomes.{room}")
        for name in module.__all__:
            value = getattr(module, name)
            if not isinstance(value, ModuleType):
                yield f"{module.__name__}.{name}", f"{getattr(value, '__module__', '')}.{name}"


def broken(pages: dict[Path, Page]) -> Iterator[str]:
    """Tell of every link that leads nowhere, and of whatever is loaded from elsewhere."""
    for path, page in pages.items():
        where = path.relative_to(SITE)
        yield from (f"{where}: two elements are called {name}" for name in sorted(page.twice))
        for tag, link in page.links:
            parts = urlsplit(link)
            if parts.scheme in {"mailto", "data", "javascript"}:
                continue
            if parts.scheme or parts.netloc:
                if tag in LOADED:
                    yield f"{where}: loads {link}"
                continue
            # Only the page of errors, which may be shown for any address, names addresses from the root.
            start = SITE if parts.path.startswith("/") else path.parent
            target = (start / unquote(parts.path).lstrip("/")).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file():
                yield f"{where}: no such file: {link}"
            elif target in pages and unquote(parts.fragment) not in pages[target].anchors:
                yield f"{where}: no such place: {link}"


def main() -> None:
    """Check all of it."""
    pages = {path: Page(path) for path in sorted(SITE.rglob("*.html"))}
    faults = [*dict.fromkeys(broken(pages))]
    shown = {
        anchor
        for path, page in pages.items()
        if path.is_relative_to(SITE / "reference")
        for anchor in page.anchors
    }
    names = [*public_names()]
    faults += [
        # A function that is called as its module is, is shown by its own name.
        f"the reference lacks {name}"
        for name, defined in names
        if not {name, defined} & shown
    ]
    for fault in faults:
        print(fault)
    links = sum(len(page.links) for page in pages.values())
    print(f"{len(pages)} pages with {links:,} links; {len(names)} public names; {len(faults)} faults")
    sys.exit(bool(faults) or len(pages) < 2 or not names)  # noqa: PLR2004 - an empty site has no faults


main()
