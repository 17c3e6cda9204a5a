"""The command ``corridors``: answers as files for analysts without Python, the living map, and checks of the data."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from corridors.data.schema import records
from corridors.errors import BadRequest, CorridorsError
from corridors.routing.figures import rounded, whole

WORLD = ("as_of", "by", "avoid", "modes", "cargo", "carrier", "unknown")
TRIP = ("depart", "k", "via", "seed")
EXAMPLES = {
    "route": """
corridors route Almaty Karachi --depart 2026-01-15
corridors route Tashkent Gwadar --depart 2026-04-01 --by usd --avoid IR --cargo reefer40 --report gwadar.html
corridors route Osh Lahore --depart 2026-06-01 --carrier KG --modes road --out osh_lahore
""",
    "report": """
corridors report Almaty Karachi --depart 2026-01-15 --out almaty_karachi.html
corridors report Almaty Karachi --depart 2026-01-15 --out almaty_karachi.docx
corridors report Tashkent Gwadar --depart 2026-04-01 --by usd --out gwadar.xlsx
""",
    "shipments": """
corridors new-shipments shipments.xlsx            (a template to fill in)
corridors shipments shipments.xlsx answers.xlsx
corridors shipments orders.csv answers.csv --depart 2026-04-15 --by usd --avoid IR
corridors shipments year.xlsx answers.xlsx --report answers.html --map flows.html --jobs 2 --keep answered
""",
    "new-shipments": """
corridors new-shipments shipments.xlsx
corridors new-shipments shipments.csv
""",
    "explore": """
corridors explore Almaty Karachi --depart 2026-01-15 --out almaty_karachi.html
corridors explore --out anything.html             (the reader of the page chooses places)
""",
    "outlook": """
corridors outlook Torkham --on 2026-03-01 --as-of 2025-11-20
corridors outlook AF-PK --on 2026-12-01 2027-03-01
""",
    "check": """
corridors check
corridors check --extra my_rows                   (your own rows with the shipped data)
corridors check folder_of_tables
""",
    "new-data": """
corridors new-data my_rows
corridors route Almaty Karachi --depart 2026-01-15 --extra my_rows
""",
    "validate": """
corridors validate > validation.md
""",
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="corridors",
        description=__doc__,
        epilog="corridors COMMAND --help has examples of each.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, words: str) -> argparse.ArgumentParser:
        return commands.add_parser(
            name,
            help=words,
            description=words[:1].upper() + words[1:] + ("" if words.endswith("?") else "."),
            epilog=f"examples:\n{EXAMPLES[name]}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

    route = add("route", "alternatives between two places, as a map and tables")
    _trip(route)
    route.add_argument("--out", type=Path, default=Path("out"), help="folder for the files (default out)")
    route.add_argument("--report", type=Path, help="also write a report, one HTML file, to this path")
    report = add("report", "the same answer as one file: a page (.html), Word (.docx) or Excel (.xlsx)")
    _trip(report)
    report.add_argument("--out", type=Path, default=Path("report.html"), help="the file (default report.html)")
    shipments = add("shipments", "answers to every row of a list of shipments (.xlsx or .csv)")
    shipments.add_argument("list", type=Path, help="the list (see new-shipments)")
    shipments.add_argument("out", type=Path, help="file for the answers, .xlsx or .csv")
    shipments.add_argument("--sheet", help="sheet of the workbook (default: the first with such columns)")
    shipments.add_argument("--depart", help="date for rows without one")
    _world(shipments)
    shipments.add_argument("--report", type=Path, help="also write a report, one HTML file, to this path")
    shipments.add_argument("--map", type=Path, help="also write the map of the flows, one HTML file, to this path")
    shipments.add_argument("--jobs", type=int, default=1, help="number of worker processes (default 1)")
    shipments.add_argument("--keep", type=Path, help="folder that keeps answers, to resume from after an interruption")
    template = add("new-shipments", "a template for a list of shipments (.xlsx or .csv)")
    template.add_argument("path", type=Path, help="a new file")
    explore = add("explore", "the living map: one page that searches by itself, without Python and internet")
    explore.add_argument("origin", nargs="?")
    explore.add_argument("destination", nargs="?")
    explore.add_argument("--depart", help="date (default: date of the data)")
    explore.add_argument("--as-of", help="use events as known on this date (default: date of the data)")
    explore.add_argument("-k", type=int, default=4, help="how many alternatives the published answer has (default 4)")
    explore.add_argument("--cargo", default="container40", help="cargo preset (default container40)")
    explore.add_argument("--carrier", help="flag of the trucks, ISO code (default: any)")
    explore.add_argument("--extra", type=Path, help="folder with your own rows (see new-data)")
    explore.add_argument("--out", type=Path, default=Path("explorer.html"), help="the page (default explorer.html)")
    outlook = add("outlook", "will a crossing, pass or border be open?")
    outlook.add_argument("element", help="crossing, pass, strait, ferry, or a border such as AF-PK")
    outlook.add_argument("--on", nargs="+", required=True, help="dates, for example 2026-03-01")
    outlook.add_argument("--as-of", help="use what was known on this date (default: date of the data)")
    outlook.add_argument("--extra", type=Path, help="folder with your own rows (see new-data)")
    check = add("check", "check the data tables")
    check.add_argument("folder", nargs="?", help="data folder (default: the shipped one)")
    check.add_argument("--extra", type=Path, help="folder with your own rows, checked with them")
    new = add("new-data", "templates for your own rows: closures, rates, legs")
    new.add_argument("folder", type=Path, help="a new folder")
    add("validate", "compare the network with published lengths and times (about 20 s)")
    return parser


def _trip(command: argparse.ArgumentParser) -> None:
    """Arguments of one question."""
    command.add_argument("origin")
    command.add_argument("destination")
    command.add_argument("--depart", required=True, help="date, for example 2026-01-15")
    command.add_argument("-k", type=int, default=4, help="how many alternatives at most (default 4)")
    command.add_argument("--via", nargs="*", default=[], help="places to pass through, in order")
    command.add_argument("--seed", type=int, default=1, help="seed of the simulation behind the ranges (default 1)")
    _world(command)


def _world(command: argparse.ArgumentParser) -> None:
    """Arguments that one question or many can share."""
    command.add_argument("--as-of", help="use events as known on this date (default: date of the data)")
    command.add_argument("--by", default="hours", help="hours, km, usd, kgco2e, risk or generalised")
    command.add_argument("--avoid", nargs="*", default=[], help="countries (AF), places or crossings to avoid")
    command.add_argument("--modes", nargs="*", help="any of road rail ferry sea air")
    command.add_argument("--cargo", default="container40", help="cargo preset (default container40)")
    command.add_argument("--carrier", help="flag of the trucks, ISO code (default: any)")
    command.add_argument("--unknown", default="persist", help="closures without a known end: persist, lapse or both")
    command.add_argument("--extra", type=Path, help="folder with your own rows (see new-data)")


def _asked(args: argparse.Namespace, *names: str) -> dict[str, Any]:
    """Arguments of a question as `corridors.Network.routes` takes them."""
    return {name: getattr(args, name) for name in (*WORLD, *names)}


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
    routes = net.routes(args.origin, args.destination, **_asked(args, *TRIP))
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
            f"({whole(row['days_p10'])} to {whole(row['days_p90'])}), US$ {rounded(row['usd'])}"
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


def _report(args: argparse.Namespace) -> int:
    from corridors.network import load

    writers = {".html": "report", ".docx": "to_word", ".xlsx": "to_excel", ".csv": "to_file"}
    suffix = args.out.suffix.lower()
    if suffix not in writers:
        raise BadRequest(f"report: {args.out} has none of the suffixes {', '.join(writers)}.")
    started = time.perf_counter()
    _say("reading the network", started)
    net = load(extra=args.extra)
    _say(f"searching {args.origin} to {args.destination}, leaving {args.depart}", started)
    routes = net.routes(args.origin, args.destination, **_asked(args, *TRIP))
    _say("writing the report", started)
    getattr(routes, writers[suffix])(args.out)
    _say("done", started)
    print(f"written: {args.out}")
    return 0


def _shipments(args: argparse.Namespace) -> int:
    from corridors.network import load

    if args.out.suffix.lower() not in (".xlsx", ".csv"):
        raise BadRequest(f"shipments: {args.out} must be an .xlsx or .csv file.")
    if args.jobs < 1:
        raise BadRequest(f"shipments: --jobs {args.jobs} must be 1 or more.")
    started = time.perf_counter()
    _say("reading the network", started)
    net = load(extra=args.extra)
    _say(f"answering {args.list}", started)
    with ExitStack() as stack:
        executor = stack.enter_context(ProcessPoolExecutor(args.jobs, get_context("spawn"))) if args.jobs > 1 else None
        found = net.shipments(
            args.list, sheet=args.sheet, depart=args.depart, executor=executor, folder=args.keep, **_asked(args)
        )
    _say("writing", started)
    found.to_file(args.out)
    written = [args.out]
    if args.report:
        found.report(args.report)
        written.append(args.report)
    if args.map:
        found.explore().save(args.map)
        written.append(args.map)
    _say("done", started)
    print(found.said)
    for note in found.notes:
        print(f"note: {note}")
    for row in records(found.errors):
        print(f"row {row['row']}, {row['cell']}: {row['problem']}")
    for row in records(found.table[found.table["why_not"] != ""]):
        print(f"row {row['row']}, {row['origin']} to {row['destination']}: {row['why_not']}")
    print(f"written: {', '.join(map(str, written))}")
    return 0


def _new_shipments(args: argparse.Namespace) -> int:
    from corridors.report.shipments_excel import write_template

    write_template(args.path)
    print(args.path)
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
    """Run the command; an error that the user can fix is printed as one sentence, with exit code 2."""
    args = _parser().parse_args(argv)
    try:
        return {
            "route": _route,
            "report": _report,
            "shipments": _shipments,
            "new-shipments": _new_shipments,
            "explore": _explore,
            "outlook": _outlook,
            "check": _check,
            "new-data": _new_data,
            "validate": _validate,
        }[args.command](args)
    except (CorridorsError, OSError) as error:
        print(f"corridors: {error}", file=sys.stderr)
        return 2
