"""Without what drives a browser there is nothing to collect here; `make browser` installs it."""

import shutil
from importlib.util import find_spec

import pytest

collect_ignore_glob = [] if find_spec("playwright") else ["test_*.py"]


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "these tests need Chromium, for example Debian's package chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def open_at(browser):
    """Give a function that opens an address in the size of a phone or a desktop, and listens."""
    sizes = {"phone": (390, 844), "desktop": (1280, 900)}
    tabs = []

    def opened(size, address):
        width, height = sizes[size]
        tab = browser.new_page(viewport={"width": width, "height": height})
        tabs.append(tab)
        said, asked = [], []
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(address)
        return tab, said, asked

    yield opened
    for tab in tabs:
        tab.close()
