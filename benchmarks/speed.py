"""Times of load and routes(), as a user meets them: `python benchmarks/speed.py`. Prints medians and the machine."""

import platform
import statistics
import subprocess
import sys
import time

FIRST = """
import time; t = time.perf_counter()
import corridors as cr; net = cr.load(); loaded = time.perf_counter() - t
routes = net.routes("Almaty", "Karachi", depart="2026-01-15", as_of="2026-02-15", k=4)
print(loaded, time.perf_counter() - t)
"""


def main() -> None:
    """Measure and print."""
    runs = [
        tuple(
            map(
                float,
                subprocess.run(
                    [sys.executable, "-c", FIRST], capture_output=True, text=True, check=True
                ).stdout.split(),
            )
        )
        for _ in range(5)
    ]
    print(platform.platform(), platform.python_version(), platform.processor())
    print(f"fresh process, import and load: {statistics.median(r[0] for r in runs):.2f} s")
    print(f"fresh process, import, load and first routes(): {statistics.median(r[1] for r in runs):.2f} s")

    import corridors as cr

    net = cr.load()
    pairs = [
        ("Almaty", "Karachi"),
        ("Tashkent", "Gwadar"),
        ("Moscow", "Karachi"),
        ("Urumqi", "Tehran"),
        ("Bishkek", "Karachi"),
        ("Lahore", "Almaty"),
        ("Kashgar", "Poti"),
        ("Dushanbe", "Port Qasim"),
    ]
    for what in ("routes", "routes and table", "routes, table, legs and rejected"):
        for _warm in range(2):
            took = []
            for origin, destination in pairs:
                for day in range(1, 20, 6):
                    t = time.perf_counter()
                    routes = net.routes(origin, destination, depart=f"2025-06-{day:02d}", as_of="2025-06-01", k=4)
                    if "table" in what:
                        routes.table  # noqa: B018
                    if "rejected" in what:
                        routes.rejected  # noqa: B018
                    took.append((time.perf_counter() - t) * 1000)
        print(f"{what}, later calls: median {statistics.median(took):.0f} ms, worst {max(took):.0f} ms ({len(took)})")


if __name__ == "__main__":
    main()
