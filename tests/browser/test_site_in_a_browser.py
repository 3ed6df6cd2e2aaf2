"""The documentation in a real browser, as `make docs` has left it: charts are drawn, and all can read it."""

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

SITE = Path(__file__).parent.parent.parent / "site"
CHARTS = {"index.html": 1, "how-to/charts.html": 6, "known.html": 0}


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and says nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    assert (SITE / "index.html").is_file(), "there is no site to open: make docs first"
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(SITE))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("size", ["phone", "desktop"])
@pytest.mark.parametrize("page", CHARTS)
def test_a_page_is_drawn_complains_of_nothing_asks_nobody_else_and_all_can_read_it(
    size, page, served, open_at
):
    tab, said, asked = open_at(size, served + page)
    tab.wait_for_load_state("networkidle")
    charts = tab.locator("figure.chart")
    assert charts.count() == CHARTS[page]
    for number in range(charts.count()):
        assert charts.nth(number).locator(".main-svg").first.bounding_box()["height"] > 100
    assert said == []
    assert [url for url in asked if not url.startswith((served, "data:", "blob:"))] == []
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    # What stands around the text is Material's own.
    violations = Axe().run(tab, context=".md-content").response["violations"]
    assert [
        (v["id"], v["nodes"][0]["html"][:200]) for v in violations if v["impact"] in {"serious", "critical"}
    ] == []
