"""Makes what the pages of the docs take in when they are built: their charts, and the help of the commands.

    .venv/bin/python .ci/pictures.py

A page asks for the chart that its own examples call ``last_year`` by a line ``--8<-- "last-year.html"``. The
examples of the page are run, and the chart is drawn from what they gave it. No builder needs a hook for it.
"""
# ruff: noqa: INP001, T201 - a script of the documentation, not a package

import contextlib
import doctest
import io
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Final

from plotly.offline import get_plotlyjs

from tipline_outcomes.cli import app
from tipline_outcomes.present.charts import Chart

DOCS: Final = Path("docs").resolve()
MADE: Final = Path("build/docs").resolve()
SCRIPT: Final = "plotly.js"
PICTURE: Final = re.compile(r'^--8<-- "([\w-]+)\.html"$', re.MULTILINE)
FENCE: Final = re.compile(r"^```pycon\n(.*?)^```", re.MULTILINE | re.DOTALL)


def names_of(page: Path) -> dict[str, object]:
    """Run the examples of a page in an empty folder, and give what they named."""
    names: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        home = Path.cwd()
        os.chdir(folder)
        try:
            for fence in FENCE.findall(page.read_text(encoding="utf-8")):
                for example in doctest.DocTestParser().get_examples(fence):
                    exec(compile(example.source, str(page), "single"), names)  # noqa: S102 - our own pages
        finally:
            os.chdir(home)
    return names


def draw(page: Path) -> list[str]:
    """Write the charts that a page asks for, the first one with the script that draws them all."""
    asked = PICTURE.findall(page.read_text(encoding="utf-8"))
    names = names_of(page) if asked else {}
    up = "../" * (len(page.relative_to(DOCS).parts) - 1)
    script = f'<script src="{up}{SCRIPT}"></script>\n'
    for name in asked:
        chart = names[name.replace("-", "_")]
        if not isinstance(chart, Chart):
            sys.exit(f"{page.relative_to(DOCS)}: {name} is no chart of its examples")
        # A heading may be called as the chart below it is.
        html = chart.html(f"chart-{name}").replace("<figure>", f'<figure class="chart">{script}', 1)
        # Markdown ends an element of HTML at an empty line.
        (MADE / f"{name}.html").write_text(re.sub(r"\n\s*\n", "\n", html) + "\n", encoding="utf-8")
        script = ""
    return asked


def main() -> None:
    """Make all of it."""
    MADE.mkdir(parents=True, exist_ok=True)
    (DOCS / SCRIPT).write_text(get_plotlyjs(), encoding="utf-8")
    commands = app.generate_docs(output_format="markdown")
    # What stands above is the help of the program, and a table of contents; the site has its own.
    (MADE / "commands.md").write_text(commands[commands.index("**Commands**") :], encoding="utf-8")
    drawn = [name for page in sorted(DOCS.rglob("*.md")) for name in draw(page)]
    if len({*drawn}) < len(drawn):
        sys.exit(f"two charts have one name: {', '.join(sorted(drawn))}")
    print(f"Charts drawn: {', '.join(drawn)}")


main()
