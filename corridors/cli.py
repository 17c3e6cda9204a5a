"""The command ``corridors``: routes as files, and the data gate."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from corridors.data.schema import records
from corridors.errors import BadRequest, CorridorsError
from corridors.routing.figures import rounded


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="corridors", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    route = commands.add_parser("route", help="alternatives between two places, as a map and tables")
    route.add_argument("origin")
    route.add_argument("destination")
    route.add_argument("--depart", required=True, help="date, for example 2026-01-15")
    route.add_argument("--as-of", help="use events as known on this date (default: date of the data)")
    route.add_argument("-k", type=int, default=4, help="how many alternatives at most (default 4)")
    route.add_argument("--by", default="hours", help="hours, km, usd, kgco2e, risk or generalised")
    route.add_argument("--via", nargs="*", default=[], help="places to pass, in order")
    route.add_argument("--avoid", nargs="*", default=[], help="countries (AF), places or crossings not to touch")
    route.add_argument("--modes", nargs="*", help="out of road rail ferry sea air")
    route.add_argument("--cargo", default="container40", help="cargo preset (default container40)")
    route.add_argument("--carrier", help="flag of the trucks, ISO code (default: any)")
    route.add_argument("--unknown", default="persist", help="closures without a known end: persist, lapse or both")
    route.add_argument("--extra", type=Path, help="folder with your own rows (see new-data)")
    route.add_argument("--seed", type=int, default=1, help="of the simulation behind the ranges (default 1)")
    route.add_argument("--out", type=Path, default=Path("out"), help="folder for the files (default out)")
    route.add_argument("--report", type=Path, help="also write a report, one HTML file, to this path")
    explore = commands.add_parser(
        "explore",
        help="the living map: one page that searches by itself, without Python and internet",
        epilog="corridors explore Almaty Karachi --depart 2026-01-15 --out almaty_karachi.html; without places the "
        "reader of the page chooses them",
    )
    explore.add_argument("origin", nargs="?")
    explore.add_argument("destination", nargs="?")
    explore.add_argument("--depart", help="date (default: date of the data)")
    explore.add_argument("--as-of", help="use events as known on this date (default: date of the data)")
    explore.add_argument("-k", type=int, default=4, help="how many alternatives the published answer has (default 4)")
    explore.add_argument("--cargo", default="container40", help="cargo preset (default container40)")
    explore.add_argument("--carrier", help="flag of the lorries, ISO code (default: any)")
    explore.add_argument("--extra", type=Path, help="folder with your own rows (see new-data)")
    explore.add_argument("--out", type=Path, default=Path("explorer.html"), help="the page (default explorer.html)")
    outlook = commands.add_parser(
        "outlook",
        help="will a crossing, pass or border be open?",
        epilog="corridors outlook Torkham --on 2026-03-01 --as-of 2025-11-20",
    )
    outlook.add_argument("element", help="crossing, pass, strait, ferry, or a border such as AF-PK")
    outlook.add_argument("--on", nargs="+", required=True, help="dates, for example 2026-03-01")
    outlook.add_argument("--as-of", help="use what was known on this date (default: date of the data)")
    outlook.add_argument("--extra", type=Path, help="folder with your own rows (see new-data)")
    check = commands.add_parser("check", help="check the data tables")
    check.add_argument("folder", nargs="?", help="data folder (default: the shipped one)")
    check.add_argument("--extra", type=Path, help="folder with your own rows, checked with them")
    new = commands.add_parser("new-data", help="templates for your own rows: closures, rates, legs")
    new.add_argument("folder", type=Path, help="a new folder")
    commands.add_parser("validate", help="hold the network against published lengths and times (about 20 s)")
    return parser


def _say(text: str, started: float) -> None:
    print(f"[{time.perf_counter() - started:5.1f} s] {text}", file=sys.stderr, flush=True)


def _route(args: argparse.Namespace) -> int:
    started = time.perf_counter()
    _say("reading the network", started)
    from corridors.data.writing import write_csv
    from corridors.network import load

    net = load(extra=args.extra)
    _say(f"{net!r}", started)
    _say(f"searching {args.origin} to {args.destination}, leaving {args.depart}", started)
    routes = net.routes(
        args.origin,
        args.destination,
        depart=args.depart,
        as_of=args.as_of,
        k=args.k,
        by=args.by,
        via=args.via,
        avoid=args.avoid,
        modes=args.modes,
        cargo=args.cargo,
        carrier=args.carrier,
        unknown=args.unknown,
        seed=args.seed,
    )
    args.out.mkdir(parents=True, exist_ok=True)
    stem = args.out / "_".join(
        "".join(c if c.isalnum() else "-" for c in name.lower()) for name in (routes.origin, routes.destination)
    )
    _say(f"{len(routes)} routes; looking for what blocks the others", started)
    write_csv(f"{stem}_table.csv", routes.full)
    write_csv(f"{stem}_legs.csv", routes.legs.drop(columns="geometry"))
    write_csv(f"{stem}_rejected.csv", routes.rejected)
    write_csv(f"{stem}_costs.csv", routes.costs)
    routes.to_html(f"{stem}_table.html")
    _say("drawing the map", started)
    routes.explore().save(f"{stem}_map.html")
    if args.report:
        _say("writing the report", started)
        routes.report(args.report)
    _say("done", started)
    for row in records(routes.full):
        print(
            f"{row['label']}  {row['name']}: {row['km']:,.0f} km, {rounded(row['days'])} days "
            f"({row['days_p10']:.0f} to {row['days_p90']:.0f}), US$ {rounded(row['usd'])}"
        )
        print(f"   crossings: {row['crossings']}")
        for words in filter(None, (row["flags"], row["rests_on"])):
            print(f"   rests on: {words}")
    for note in routes.notes:
        print(f"all: {note}")
    for failed in routes.rejected.itertuples():
        print(f"-  {failed.name}: not possible. {failed.reason} [{failed.source_id}]")
    print(
        "written: "
        + ", ".join(
            f"{stem}_{name}"
            for name in ("map.html", "table.html", "table.csv", "legs.csv", "costs.csv", "rejected.csv")
        )
        + (f", {args.report}" if args.report else "")
    )
    return 0


def _explore(args: argparse.Namespace) -> int:
    if args.origin and not args.destination:
        raise BadRequest(f"explore: {args.origin} is an origin without a destination; give both, or neither.")
    from corridors.network import load

    started = time.perf_counter()
    _say("reading the network", started)
    net = load(extra=args.extra)
    _say("compiling it for the page", started)
    page = net.explorer(
        [(args.origin, args.destination)] if args.origin else None,
        depart=args.depart,
        as_of=args.as_of,
        k=args.k,
        cargo=args.cargo,
        carrier=args.carrier,
    )
    page.save(args.out)
    _say("done", started)
    print(f"written: {args.out}")
    return 0


def _outlook(args: argparse.Namespace) -> int:
    from corridors.network import load

    print(load(extra=args.extra).outlook(args.element, on=args.on, as_of=args.as_of))
    return 0


def _check(args: argparse.Namespace) -> int:
    from corridors.network import load

    net = load(args.folder, extra=args.extra)
    problems = net.check()
    print(f"{net!r}: {len(problems)} problems")
    if len(problems):
        print(problems.to_string(index=False))
    return int(len(problems) > 0)


def _new_data(args: argparse.Namespace) -> int:
    from corridors.data.user_rows import write_templates

    for path in write_templates(args.folder):
        print(path)
    return 0


def _validate(args: argparse.Namespace) -> int:
    from corridors.analysis.validate import report
    from corridors.network import load

    print(report(load()), end="")
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; an error that is the user's to mend is printed as one sentence, with exit code 2."""
    args = _parser().parse_args(argv)
    try:
        return {
            "route": _route,
            "explore": _explore,
            "outlook": _outlook,
            "check": _check,
            "new-data": _new_data,
            "validate": _validate,
        }[args.command](args)
    except (CorridorsError, OSError) as error:
        print(f"corridors: {error}", file=sys.stderr)
        return 2
