"""Time of a long list of shipments: `python benchmarks/shipments.py [rows] [pairs] [processes]`.

Every row has a date of its own choice within a year, so that hardly two ask the same; half have a deadline. Prints the
seconds on the wall and of the processors, which is what counts on a machine that does other things too.
"""

import random
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from multiprocessing import get_context

import pandas as pd

import corridors as cr

CARGO = ("container40", "container40", "textiles", "rice")


def rows(net: cr.Network, number: int, pairs: int) -> pd.DataFrame:
    """Seeded shipments between cities and ports."""
    rng = random.Random(1)
    places = sorted(net.places.loc[net.places["kind"].isin(["city", "seaport"]), "place_id"])
    lanes = [tuple(rng.sample(places, 2)) for _ in range(pairs)]
    found = []
    for i in range(number):
        origin, destination = lanes[i % pairs]
        leaves = date(2026, 1, 1) + timedelta(days=rng.randrange(330))
        found.append(
            {
                "shipment": i,
                "origin": origin,
                "destination": destination,
                "date": leaves,
                "cargo": rng.choice(CARGO),
                "tonnes": rng.choice([5, 20, 60]),
                "deadline": leaves + timedelta(days=25) if rng.random() < 0.5 else None,
                "by": rng.choice(["cheapest", "fastest"]),
            }
        )
    return pd.DataFrame(found)


def seconds() -> float:
    """Processor time of this process and those that have ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def main(number: int = 10_000, pairs: int = 500, processes: int = 2) -> None:
    """Answer the list and print what it took."""
    net = cr.load()
    listed = rows(net, number, pairs)
    wall, before = time.perf_counter(), seconds()
    with ProcessPoolExecutor(processes, get_context("spawn")) as executor:
        found = net.shipments(listed, executor=executor)
    took, used = time.perf_counter() - wall, seconds() - before
    print(found)
    print(f"{took:.0f} s on the wall, {used:.0f} s of processors: {used / processes:.0f} s on {processes} free cores")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
