"""Sizes and times of maps, notebook cells and reports: `python benchmarks/pages.py [FOLDER]`.

FOLDER holds the code of another version (`git archive 8d522ed | tar -x -C FOLDER`), which is measured first and set
beside this one in a table. Times are CPU seconds, of programs called too, so that other work on the machine counts
less.
"""

import json
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
from corridors.maps import side_by_side
from corridors.report import compare_report


def measure(make: Callable[[], int]) -> str:
    """Size and time, the first and the second time round; a dash for what the version does not have."""
    took = []
    for _ in range(2):
        start = sum(os.times()[:4])
        try:
            size = make()
        except (AttributeError, ImportError):
            return "-"
        took.append(sum(os.times()[:4]) - start)
    return f"{size / 1000:,.0f} kB; {took[0]:.1f} s, then {took[1]:.1f} s"


def living(page: Path) -> str:
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
    return (
        f"ready in {statistics.median(ready):.2f} s (worst {max(ready):.2f} s); a change in "
        f"{statistics.median(took):.0f} ms (worst of {len(took)}: {max(took):.0f} ms)"
    )


def measured() -> dict[str, str]:
    """Every page and file of the installed version, measured."""
    found: dict[str, str] = {}
    net = cr.load()
    routes = net.routes("Almaty", "Karachi", depart="2026-01-15", as_of="2026-02-15", k=4)
    with tempfile.TemporaryDirectory() as folder:

        def saved(name: str, write: Callable[[Path], object]) -> Callable[[], int]:
            def make() -> int:
                write(Path(folder, name))
                return Path(folder, name).stat().st_size

            return make

        found["route map"] = measure(saved("map.html", lambda path: routes.explore().save(path)))
        found["network map"] = measure(saved("net.html", lambda path: net.explore().save(path)))
        found["notebook cell"] = measure(lambda: len(routes.explore()._repr_html_().encode()))
        found["report"] = measure(saved("report.html", routes.report))
        other = routes.again(scenario=cr.Scenario("Torkham open").reopen("Torkham", "2026-01-01"))
        found["two maps"] = measure(saved("pair.html", lambda path: side_by_side(routes, other).save(path)))
        found["report of two scenarios"] = measure(saved("two.html", lambda path: compare_report(routes, other, path)))
        found["living map"] = measure(saved("explorer.html", lambda path: routes.explorer(path)))
        if shutil.which("chromium") and Path(folder, "explorer.html").exists():
            found["living map in Chromium"] = living(Path(folder, "explorer.html"))
        found["Excel"] = measure(saved("x.xlsx", routes.to_excel))
        found["Word"] = measure(saved("x.docx", routes.to_word))
        found["still map, PDF"] = measure(saved("map.pdf", lambda path: routes.plot().figure.savefig(path)))
        found["diagram, PDF"] = measure(saved("tcd.pdf", lambda path: routes.tcd()[0, 0].figure.savefig(path)))
        found["map through Chromium, PNG"] = measure(saved("map.png", lambda path: routes.explore().to_png(path)))
    return found


def main() -> None:
    """Measure and print."""
    mpl.use("agg")
    if "--json" in sys.argv:
        print(json.dumps(measured()))
        return
    columns = {}
    for folder in [*sys.argv[1:2], str(Path(__file__).parent.parent)]:
        run = [sys.executable, __file__, "--json"]
        done = subprocess.run(
            run, env=os.environ | {"PYTHONPATH": folder}, check=True, stdout=subprocess.PIPE, text=True
        )
        columns[folder] = json.loads(done.stdout.splitlines()[-1])
    print(platform.platform(), platform.python_version())
    print(f"\n| file | {' | '.join(columns)} |\n| --- |{' --- |' * len(columns)}")
    for what in dict.fromkeys(what for column in columns.values() for what in column):
        print(f"| {what} | {' | '.join(column.get(what, '-') for column in columns.values())} |")


if __name__ == "__main__":
    main()
