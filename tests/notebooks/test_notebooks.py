"""Every notebook runs from top to bottom, and its two forms say the same."""

from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))

pytestmark = [
    pytest.mark.notebooks,
    # The client of notebooks warns of its own loop.
    pytest.mark.filterwarnings("default"),
]


def test_there_are_notebooks():
    assert [path.stem for path in NOTEBOOKS] == ["a_first_table", "what_is_known"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_and_shows_its_results(path):
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert any(cell.outputs for cell in code)
    for cell in code:
        for output in cell.outputs:
            # Not a warning either: whoever opens it should see results alone.
            assert output.get("name") != "stderr", output["text"]
    if path.stem == "a_first_table":
        shown = {kind for cell in code for output in cell.outputs for kind in output.get("data", {})}
        assert {"text/html", "application/vnd.plotly.v1+json"} <= shown


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_both_forms_say_the_same(path):
    one, other = (jupytext.read(path.with_suffix(suffix)) for suffix in (".ipynb", ".py"))
    cells = [[(cell.cell_type, cell.source) for cell in form.cells] for form in (one, other)]
    assert cells[0] == cells[1]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_output_is_kept(path):
    kept = [cell for cell in nbformat.read(path, as_version=4).cells if cell.get("outputs")]
    assert kept == [], "outputs grow old; whoever opens a notebook runs it"
