"""Sizes and times of maps, notebook cells and reports: `python benchmarks/pages.py [FOLDER]`.

FOLDER holds the code of another version (`git archive 8d522ed | tar -x -C FOLDER`), which is measured first.
"""

import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl

import corridors as cr
from corridors.maps.interactive import side_by_side
from corridors.report.html import compare_report


def measure(what: str, make: Callable[[], int]) -> None:
    """Print size and time, the first and the second time round."""
    took = []
    for _ in range(2):
        start = time.perf_counter()
        try:
            size = make()
        except (AttributeError, ImportError) as error:
            print(f"{what}: not in this version ({error})")
            return
        took.append(time.perf_counter() - start)
    print(f"{what}: {size / 1000:,.0f} kB; first {took[0]:.1f} s, then {took[1]:.1f} s")


def living(page: Path) -> None:
    """Open the living map in Chromium: how soon it is ready, and how long a change takes, as the page measures it."""
    from playwright.sync_api import sync_playwright

    days = [f"2026-{month:02d}-{day:02d}" for month in range(1, 13) for day in (3, 17)]
    change = """day => {
      const input = document.querySelector("input[type=date]");
      input.value = day;
      input.dispatchEvent(new Event("change"));
      return +document.querySelector(".crx").dataset.answered;
    }"""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        ready = []
        for _ in range(5):
            tab = browser.new_page(viewport={"width": 1400, "height": 900})
            start = time.perf_counter()
            tab.goto(page.as_uri())
            tab.wait_for_selector(".crx[data-ready]")
            ready.append(time.perf_counter() - start)
        took = [tab.evaluate(change, day) for day in days]
        browser.close()
    print(
        f"living map in Chromium: ready in {statistics.median(ready):.2f} s (worst {max(ready):.2f} s); a change "
        f"answered and drawn in {statistics.median(took):.0f} ms (worst of {len(took)}: {max(took):.0f} ms)"
    )


def main() -> None:
    """Measure and print."""
    mpl.use("agg")
    if sys.argv[1:]:
        subprocess.run([sys.executable, __file__], env=os.environ | {"PYTHONPATH": sys.argv[1]}, check=True)
    print(f"corridors {cr.__version__} in {Path(cr.__file__).parent.parent}")
    print(platform.platform(), platform.python_version())
    net = cr.load()
    routes = net.routes("Almaty", "Karachi", depart="2026-01-15", as_of="2026-02-15", k=4)
    with tempfile.TemporaryDirectory() as folder:

        def saved(name: str, write: Callable[[Path], object]) -> Callable[[], int]:
            def make() -> int:
                write(Path(folder, name))
                return Path(folder, name).stat().st_size

            return make

        measure("route map", saved("map.html", lambda path: routes.explore().save(path)))
        measure("network map", saved("net.html", lambda path: net.explore().save(path)))
        measure("notebook cell", lambda: len(routes.explore()._repr_html_().encode()))
        measure("report", saved("report.html", routes.report))
        other = routes.again(scenario=cr.Scenario("Torkham open").reopen("Torkham", "2026-01-01"))
        measure("two maps", saved("pair.html", lambda path: side_by_side(routes, other).save(path)))
        measure("report of two scenarios", saved("two.html", lambda path: compare_report(routes, other, path)))
        measure("living map", saved("explorer.html", lambda path: routes.explorer(path)))
        if shutil.which("chromium") and Path(folder, "explorer.html").exists():
            living(Path(folder, "explorer.html"))
        measure("Excel", saved("x.xlsx", routes.to_excel))
        measure("Word", saved("x.docx", routes.to_word))
        measure("still map, PDF", saved("map.pdf", lambda path: routes.plot().figure.savefig(path)))
        measure("diagram, PDF", saved("tcd.pdf", lambda path: routes.tcd()[0, 0].figure.savefig(path)))
        measure("map through Chromium, PNG", saved("map.png", lambda path: routes.explore().to_png(path)))


if __name__ == "__main__":
    main()
