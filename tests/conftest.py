import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

import corridors as cr
from tests.pages import ASK

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that needs a browser, or a search compiled by numba, is slow."""
    for item in items:
        if item.get_closest_marker("chromium") or "compiled" in getattr(getattr(item, "callspec", None), "id", ""):
            item.add_marker(pytest.mark.slow)


def installed(program: str, package: str, in_ci: bool = True) -> str:
    """Path of a program of others; where it is absent the test is skipped, and fails in CI if that installs it."""
    found = shutil.which(program)
    if found is None:
        if in_ci and os.environ.get("CORRIDORS_REQUIRE_PROGRAMS"):
            pytest.fail(f"{program} is required here and not installed: apt-get install {package}")
        pytest.skip(f"not run: {program} is not installed (apt-get install {package})")
    return found


@pytest.fixture(scope="session")
def net() -> cr.Network:
    return cr.load()


@pytest.fixture(scope="session")
def routes(net: cr.Network) -> cr.Routes:
    """The answer that pictures and files are made of."""
    return net.routes("Almaty", "Karachi", **ASK)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Debian's headless Chromium; tests that need it report themselves as not run where it is absent."""
    return installed("chromium", "chromium")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """The same, running."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def show(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a file without a network; a request, script error or dialog fails the test."""
    wrong: list[str] = []
    contexts = []

    def open_(path: Path, width: int = 1400, height: int = 900, drawn: bool = True) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"script error: {error}"))
        page.on("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on(
            "request", lambda r: None if r.url.startswith(("file:", "data:")) else wrong.append(f"request: {r.url}")
        )
        page.goto(path.as_uri())
        if drawn:
            page.wait_for_selector(".cr-title")
        page.wait_for_timeout(300)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert wrong == []
