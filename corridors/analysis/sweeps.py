"""Many questions at once: pairs x scenarios x departures, on any executor, resumable, the same bytes however run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import fields, is_dataclass, replace
from datetime import date
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Unpack

import numpy as np
import pandas as pd

from corridors.analysis.workers import Data as Data
from corridors.analysis.workers import check_executor, crew
from corridors.analysis.workers import digest as digest
from corridors.arguments import as_day_or_moment, as_flag, as_list, as_pairs, as_path
from corridors.data.schema import Row, records
from corridors.data.versions import installed
from corridors.data.writing import whole_file
from corridors.errors import BadRequest, BadScenario, MissingExtra, NoRoute
from corridors.model.facts import HasFacts, facts_of
from corridors.model.scenario import Scenario
from corridors.routing.answers import find_routes
from corridors.routing.caveats import rests_on
from corridors.routing.request import Day, Place, RankedTrip, Request
from corridors.routing.routes import Routes
from corridors.routing.tables import doubt

if TYPE_CHECKING:
    from corridors.model.facts import Facts


BASELINE = "baseline"
"""Name under which the world without a scenario stands in tables."""
NUMBERS = (
    *("km", "hours", "days", "days_p10", "days_p50", "days_p90", "usd", "usd_p10", "usd_p50", "usd_p90"),
    *("kgco2e", "risk"),
)
COLUMNS = ("origin", "destination", "scenario", "depart", "route", *NUMBERS, "crossings", "rests_on", "note")
PART = 25
"""Most questions in one part: what an interruption can cost each worker."""


class Part(NamedTuple):
    """Questions that are answered, and stored, together."""

    origin: Place
    destination: Place
    scenario: Scenario | None
    departures: tuple[Day, ...]


def sweep(
    network: HasFacts,
    pairs: Sequence[tuple[Place, Place]],
    scenarios: Sequence[Scenario | None],
    departures: Sequence[Day],
    executor: Executor | None = None,
    progress: bool = True,
    folder: str | Path | None = None,
    **ask: Unpack[RankedTrip],
) -> pd.DataFrame:
    """Best route of every pair in every scenario for every date of departure.

    Parameters
    ----------
    network : Network
    pairs : sequence of (origin, destination)
    scenarios : sequence of Scenario or None
        ``None`` is the world as it is, called ``baseline``.
    departures : sequence of date or datetime
    executor : concurrent.futures.Executor, optional
        Threads, processes, or a cluster (``client.get_executor()`` of Dask). Default: one question after another. Each
        worker process loads the network once.
    progress : bool
        Show a progress bar, on a terminal or in a notebook with ipywidgets, if the call takes longer than a second.
    folder : path, optional
        Keep every finished part there as a Parquet file, and reuse the parts that are already there. A part is
        identified by its questions, the data and the versions that answers depend on (``Routes.versions``), so a sweep
        continues where it was interrupted, and one with more pairs or scenarios reuses what is there. Damaged parts are
        computed again. Needs pyarrow (``pip install 'corridors[sweep]'``).
    **ask
        Arguments of `Network.routes` for all questions, except ``depart``, ``scenario`` and ``k``.

    Returns
    -------
    DataFrame
        One row per question, in the order of pairs, scenarios and departures, however it was run: ``origin,
        destination, scenario, depart`` (as given), ``route`` (name), ``km, hours, days, days_p10, days_p50, days_p90,
        usd, usd_p10, usd_p50, usd_p90, kgco2e, risk, crossings, rests_on`` from the first row of ``Routes.table`` and
        ``details``, and ``note``: why there is no route (in which case the numbers are NaN), or how likely perishables
        are to arrive saleable if that is not certain.

    Raises
    ------
    BadRequest, BadScenario, UnknownPlace
        If an argument is invalid; parts finished before that stay in `folder`.
    MissingExtra
        If `folder` is given and pyarrow is not installed.
    """
    return sweep_facts(facts_of(network), pairs, scenarios, departures, executor, progress, folder, ask)


def sweep_facts(
    facts: Facts,
    pairs: Sequence[tuple[Place, Place]],
    scenarios: Sequence[Scenario | None],
    departures: Sequence[Day],
    executor: Executor | None,
    progress: bool,
    folder: str | Path | None,
    ask: Mapping[str, object],
) -> pd.DataFrame:
    """Work behind `sweep`."""
    worlds, days = as_scenarios(scenarios), as_list(departures, "departures", "'2026-01-15'")
    days = [str(day) if isinstance(day, str) else as_day_or_moment(day, "departures, each") for day in days]
    check_executor(executor)
    as_flag(progress, "progress")
    for day in days:  # refuses invalid arguments before anything is asked
        common = Request.common(day, ask, "scenario", "k")
        ask = {name: getattr(common, name) for name in ask}
    parts = [
        Part(origin, destination, scenario, tuple(days[i : i + PART]))
        for origin, destination in as_pairs(pairs)
        for scenario in worlds
        for i in range(0, len(days), PART)
    ]
    if not parts:
        raise BadRequest(
            "nothing to sweep: give at least one pair, one scenario (None for the world as it is) and one departure."
        )
    store = None if folder is None else Store(as_path(folder, "folder"), facts, ask, as_frame)
    frames = store.kept(parts) if store else {}
    todo = [i for i in range(len(parts)) if i not in frames]
    total, kept = (sum(len(parts[i].departures) for i in some) for some in (range(len(parts)), frames))
    with crew(facts, executor, progress, "sweep", total, kept) as workers:
        asked, size = [parts[i] for i in todo], lambda part: len(part.departures)
        if store is None:
            rows = workers.all(partial(answer, ask=dict(ask)), asked, size)
            return as_frame([row for of_part in rows for row in of_part])
        for n, (frame, packed) in workers.each(partial(answer_packed, ask=dict(ask), store=store), asked, size):
            store.put(asked[n], packed)
            frames[todo[n]] = frame
    return pd.concat([frames[i] for i in range(len(parts))], ignore_index=True)


def as_scenarios(scenarios: object) -> list[Scenario | None]:
    """A list of scenarios that a table can tell apart."""
    found = as_list(scenarios, "scenarios", "scenario")
    names = [scenario_name(scenario) for scenario in found]
    if twice := [name for name in names if names.count(name) > 1]:
        raise BadScenario(f"two scenarios are called {twice[0]!r}; give each its own name.")
    return found


def scenario_name(scenario: Scenario | None) -> str:
    """Name of a scenario in tables."""
    if scenario is None:
        return BASELINE
    if not isinstance(scenario, Scenario):
        raise BadRequest(f"scenario={scenario!r} is not a Scenario; make one with corridors.Scenario(name).")
    if scenario.name == BASELINE:
        raise BadScenario(f"a scenario must not be called {BASELINE!r}: that is the world without a scenario.")
    return scenario.name


def answer(facts: Facts, part: Part, ask: Mapping[str, object]) -> list[Row]:
    """Rows of `sweep` for one part."""
    rows = []
    for depart in part.departures:
        row: Row = (
            dict.fromkeys(COLUMNS, "")
            | dict.fromkeys(NUMBERS, np.nan)
            | {
                "origin": text(part.origin),
                "destination": text(part.destination),
                "scenario": scenario_name(part.scenario),
                "depart": text(depart),
            }
        )
        try:
            request = Request.common(depart, ask, "scenario", "k")
            best = find_routes(
                facts,
                replace(request, origin=part.origin, destination=part.destination, scenario=part.scenario, k=1),
            )
        except NoRoute as error:
            rows.append(row | {"note": str(error)})
            continue
        rows.append(row | told(best))
    return rows


def answer_packed(facts: Facts, part: Part, ask: Mapping[str, object], store: Store) -> tuple[pd.DataFrame, bytes]:
    """The same as a table and as its file, which whoever asks then only has to put down."""
    frame = as_frame(answer(facts, part, ask))
    return frame, store.packed(part, frame)


def told(best: Routes) -> Row:
    """What `sweep` tells of the first route: as the first row of ``Routes.table`` and ``details``, and no more."""
    result = best.results[0]
    if len(best) > 1:  # what several have in common is not said of each
        first = best.full.iloc[0]
        same = {name: first[name] for name in (*NUMBERS, "crossings", "rests_on")}
        return {"route": first["name"], **same, "note": doubt(result)}
    hours, usd, kgco2e, _ = result.figures
    return {
        "route": result.name,
        "km": result.km,
        "hours": hours,
        "days": hours / 24,
        "usd": usd,
        "kgco2e": kgco2e,
        "risk": result.risk,
        **result.ranges("days", "usd"),
        "crossings": " > ".join(result.crossings),
        "rests_on": "; ".join(rests_on(result)),
        "note": doubt(result),
    }


def as_frame(rows: Sequence[Row]) -> pd.DataFrame:
    """Rows with the columns and types that every part has."""
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({name: "float64" if name in NUMBERS else "str" for name in COLUMNS})


def text(value: Place | Day) -> str:
    """A place or day as tables show it: as it was asked."""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str) else ", ".join(str(x) for x in value)


class Store:
    """Finished parts as Parquet files, each named by what it answers."""

    def __init__(
        self,
        folder: Path,
        facts: Facts,
        ask: Mapping[str, object],
        as_frame: Callable[[Sequence[Row]], pd.DataFrame],
    ) -> None:
        if find_spec("pyarrow") is None:
            raise MissingExtra("folder= keeps parts as Parquet, which needs pyarrow: pip install 'corridors[sweep]'.")
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._what, self._as_frame = folder, [installed(), digest(facts), dict(ask)], as_frame

    def _key(self, part: Sequence[object]) -> str:
        """What tells a part from all others."""
        text = json.dumps([*self._what, part], default=_plain, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def path(self, part: Sequence[object]) -> Path:
        """File of a part."""
        return self._folder / f"part-{self._key(part)[:32]}.parquet"

    def packed(self, part: Sequence[object], frame: pd.DataFrame) -> bytes:
        """The file of a part, which says what it answers."""
        kept = frame.copy()
        kept.attrs = {"part": self._key(part), "rows": _checksum(frame)}
        return kept.to_parquet(engine="pyarrow", index=False)

    def put(self, part: Sequence[object], packed: bytes) -> None:
        """Keep the file of a part, written atomically."""
        with whole_file(self.path(part), flush=False) as unfinished:
            unfinished.write_bytes(packed)

    def kept(self, parts: Sequence[Sequence[object]]) -> dict[int, pd.DataFrame]:
        """The parts that were kept, by their number."""
        found = ((i, self.read(part)) for i, part in enumerate(parts))
        return {i: frame for i, frame in found if frame is not None}

    def read(self, part: Sequence[object]) -> pd.DataFrame | None:
        """A part that was kept; nothing if there is none, or if it is damaged or answers something else."""
        from pyarrow.lib import ArrowException

        try:
            found = pd.read_parquet(self.path(part), engine="pyarrow")
            kept = self._as_frame(records(found))
        except (ArrowException, OSError, ValueError, TypeError, KeyError):
            return None
        return kept if found.attrs == {"part": self._key(part), "rows": _checksum(kept)} else None


def _checksum(frame: pd.DataFrame) -> str:
    return hashlib.sha256(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes()).hexdigest()


def _plain(value: object) -> object:
    """What the argument of a question is made of, in an order that does not depend on the process."""
    if is_dataclass(value) and not isinstance(value, type):
        return {"class": type(value).__name__, **{field.name: getattr(value, field.name) for field in fields(value)}}
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, np.generic):
        return value.item()
    raise BadRequest(f"{value!r}: a sweep kept in a folder takes only plain values, dates, scenarios and cargo.")
