"""The documentation in a real browser, as `make docs` has left it: charts are drawn, and all can read it."""

import shutil
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

pytestmark = pytest.mark.browser

SITE = Path(__file__).parent.parent.parent / "site"
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}
CHARTS = {"index.html": 1, "how-to/charts.html": 5, "known.html": 0}


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "these tests need Chromium, for example Debian's package chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(params=[(size, page) for size in SIZES for page in CHARTS], ids=" ".join)
def opened(request, browser, served) -> Iterator[tuple[Page, str, list[str], list[str]]]:
    size, page = request.param
    width, height = SIZES[size]
    tab = browser.new_page(viewport={"width": width, "height": height})
    said: list[str] = []
    asked: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(served + page)
    tab.wait_for_load_state("networkidle")
    yield tab, page, said, asked
    tab.close()


def test_a_page_is_drawn_complains_of_nothing_asks_nobody_else_and_all_can_read_it(opened, served):
    tab, page, said, asked = opened
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
