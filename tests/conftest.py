import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

import corridors as cr

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="session")
def net() -> cr.Network:
    return cr.load()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's headless Chromium; tests that need it report themselves as not run where it is absent."""
    chromium = shutil.which("chromium")
    if chromium is None:
        if os.environ.get("CORRIDORS_REQUIRE_CHROMIUM"):
            pytest.fail("Chromium is required here and not installed: apt-get install chromium")
        pytest.skip("not run: Chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield running
        running.close()
