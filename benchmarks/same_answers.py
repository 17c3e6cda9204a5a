"""Whether another checkout of the library answers seeded questions as this one does.

    python benchmarks/same_answers.py write answers.json            # in the old checkout
    python benchmarks/same_answers.py compare answers.json          # in the new one

`--detail full` asks the detail network, `--compiled` the compiled searches, `--n` another number of questions.
The data must be the same; tables, legs, rejected corridors and errors are compared, figures to 1e-9 of their size.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import corridors as cr

CARGOES = ("container40", "container40", "container40", "container20", "grain_bulk", "reefer40", "mango", "steel")
WISHES: tuple[dict[str, Any], ...] = (
    {},
    {},
    {},
    {"by": "usd"},
    {"by": "generalised"},
    {"avoid": ["IR"]},
    {"avoid": ["AF"]},
    {"modes": ["road"]},
    {"modes": ["rail", "sea"]},
    {"carrier": "UZ"},
    {"unknown": "lapse"},
    {"method": "disjoint"},
    {"scenario": True},
)


def questions(net: cr.Network, n: int) -> list[dict[str, Any]]:
    """Seeded pairs of towns and ports with days, loads and wishes."""
    places = net.places
    towns = sorted(places.loc[places["kind"].isin(["city", "seaport", "dry_port"]), "place_id"])
    cargoes = [c for c in CARGOES if c in set(net.cargo["cargo_id"])]
    days = pd.date_range("2023-01-15", "2026-06-15").strftime("%Y-%m-%d")
    winter = cr.Scenario("Winter").close("Khunjerab", "2022-12-01", "2026-12-31").delay("Torugart", hours=24)
    random = np.random.default_rng(20261128)
    asked = []
    for _ in range(n):
        a, b = random.choice(towns, 2, replace=False)
        wish = dict(WISHES[random.integers(len(WISHES))])
        if wish.pop("scenario", False):
            wish["scenario"] = winter
        asked.append(
            {
                "origin": str(a),
                "destination": str(b),
                "depart": str(random.choice(days)),
                "cargo": str(random.choice(cargoes)),
                "k": int(random.integers(1, 5)),
                **wish,
            }
        )
    return asked


def plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON values; geometries as a hash of their bytes."""
    rows = []
    for row in frame.to_dict("records"):
        for column, value in row.items():
            if hasattr(value, "wkb"):
                row[column] = hashlib.sha256(value.wkb).hexdigest()[:12]
            elif isinstance(value, float):
                row[column] = None if np.isnan(value) else value
            elif not isinstance(value, str | int | bool | None):
                row[column] = str(value)
        rows.append({str(k): v for k, v in row.items()})
    return rows


def answer(net: cr.Network, asked: dict[str, Any]) -> Any:
    """What the library says, errors included."""
    try:
        routes = net.routes(**asked)
        return {"table": plain(routes.table), "legs": plain(routes.legs), "rejected": plain(routes.rejected)}
    except cr.CorridorsError as error:
        return f"{type(error).__name__}: {error}"


def differences(old: Any, new: Any, at: str = "") -> list[str]:
    """Where two answers differ."""
    if isinstance(old, float) and isinstance(new, float):
        return [] if old == new or abs(old - new) <= 1e-9 * max(abs(old), abs(new)) else [f"{at}: {old!r} != {new!r}"]
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        return [found for key in old for found in differences(old[key], new[key], f"{at}.{key}")]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = enumerate(zip(old, new, strict=True))
        return [found for i, pair in pairs for found in differences(*pair, f"{at}[{i}]")]
    return [] if old == new else [f"{at}: {str(old)[:120]!r} != {str(new)[:120]!r}"]


def main() -> None:
    """Write or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["write", "compare"])
    parser.add_argument("file", type=Path)
    parser.add_argument("--detail", choices=["backbone", "full"], default="backbone")
    parser.add_argument("--compiled", action="store_true")
    parser.add_argument("--n", type=int, default=300)
    options = parser.parse_args()
    if options.compiled:
        cr.compile_searches()
    net = cr.load(detail=options.detail)
    answers = json.loads(json.dumps([answer(net, asked) for asked in questions(net, options.n)]))
    if options.what == "write":
        options.file.write_text(json.dumps(answers))
        print(f"{len(answers)} answers, {sum(isinstance(a, str) for a in answers)} of them errors")
        return
    found = {
        i: more
        for i, pair in enumerate(zip(json.loads(options.file.read_text()), answers, strict=True))
        if (more := differences(*pair))
    }
    for i, more in list(found.items())[:20]:
        print(i, questions(net, options.n)[i], *more[:5], sep="\n  ")
    print(f"{len(answers) - len(found)} of {len(answers)} answers equal")
    raise SystemExit(bool(found))


if __name__ == "__main__":
    main()
