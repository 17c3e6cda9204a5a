"""Many questions at once: pairs x scenarios x departures, on any executor, resumable, the same bytes however run."""

from __future__ import annotations

import hashlib
import json
import pickle
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Literal, NamedTuple, Unpack, cast

import numpy as np
import pandas as pd

from corridors.arguments import as_day_or_moment, as_flag, as_list, as_pairs, as_path, shown
from corridors.data.schema import Row, data_folder, records
from corridors.data.versions import installed
from corridors.data.writing import whole_file
from corridors.engine.arrays import use_compiled
from corridors.errors import BadRequest, BadScenario, DataError, MissingExtra, NoRoute
from corridors.model.facts import Facts, HasFacts
from corridors.model.scenario import Scenario
from corridors.progress import meter
from corridors.routing.request import Day, Place, RankedTrip, Request
from corridors.routing.search import find_routes

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
    """Best route of every pair in every scenario on every day of departure.

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
        Show a bar, on a terminal or in a notebook with ipywidgets, when it takes longer than a second.
    folder : path, optional
        Keep every finished part there as a Parquet file, and take parts that are there already. A part is known by
        its questions, the data and the versions that answers depend on (``Routes.versions``), so a sweep goes on where
        it was interrupted, and one with more pairs or scenarios reuses what is there. What is damaged is asked again.
        Needs pyarrow (``pip install 'corridors[sweep]'``).
    **ask
        Arguments of `Network.routes` for all questions, but ``depart``, ``scenario`` and ``k``.

    Returns
    -------
    DataFrame
        One row a question, in the order of pairs, scenarios, departures, however it was run: ``origin, destination,
        scenario, depart`` (as asked), ``route`` (name), ``km, hours, days, days_p10, days_p50, days_p90, usd,
        usd_p10, usd_p50,
        usd_p90, kgco2e, risk, crossings, rests_on`` of the first row of ``Routes.table`` and ``details``, and
        ``note``: why there is
        no route; the numbers are NaN then.

    Raises
    ------
    BadRequest, BadScenario, UnknownPlace
        If an argument is invalid; parts finished before that stay in `folder`.
    """
    if not hasattr(network, "facts"):
        raise BadRequest(f"network={shown(network)} is no Network; corridors.load() gives one.")
    return sweep_facts(network.facts, pairs, scenarios, departures, executor, progress, folder, ask)


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
    frames: dict[int, pd.DataFrame] = {}
    todo = []
    for i, part in enumerate(parts):
        kept_part = store.read(part) if store else None
        if kept_part is None:
            todo.append(i)
        else:
            frames[i] = kept_part
    total = sum(len(part.departures) for part in parts)
    kept = total - sum(len(parts[i].departures) for i in todo)
    with meter(progress, "sweep", total, kept) as add:
        for i, rows in _run(facts, parts, todo, executor, ask):
            frames[i] = as_frame(rows)
            if store:
                store.write(parts[i], frames[i])
            add(len(rows))
    return pd.concat([frames[i] for i in range(len(parts))], ignore_index=True)


def as_scenarios(scenarios: object) -> list[Scenario | None]:
    """A list of scenarios that a table can tell apart."""
    found = as_list(scenarios, "scenarios", "scenario")
    names = [scenario_name(scenario) for scenario in found]
    if twice := [name for name in names if names.count(name) > 1]:
        raise BadScenario(f"two scenarios are called {twice[0]!r}; give each its own name.")
    return found


def check_executor(executor: object) -> None:
    """Refuse what hands no work on."""
    if not isinstance(executor, Executor | None):
        raise BadRequest(f"executor={shown(executor)} is no concurrent.futures.Executor.")


def scenario_name(scenario: Scenario | None) -> str:
    """Name of a scenario in tables."""
    if scenario is None:
        return BASELINE
    if not isinstance(scenario, Scenario):
        raise BadRequest(f"scenario={scenario!r} is not a Scenario; make one with corridors.Scenario(name).")
    if scenario.name == BASELINE:
        raise BadScenario(f"a scenario may not be called {BASELINE!r}: that is the world without one.")
    return scenario.name


def answer(facts: Facts, part: Part, ask: Mapping[str, object]) -> list[Row]:
    """Rows of `sweep` for one part."""
    use_compiled()
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
        first = best.full.iloc[0]
        rows.append(
            row | {"route": first["name"]} | {name: first[name] for name in (*NUMBERS, "crossings", "rests_on")}
        )
    return rows


def as_frame(rows: Sequence[Row]) -> pd.DataFrame:
    """Rows with the columns and types that every part has."""
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({name: "float64" if name in NUMBERS else "str" for name in COLUMNS})


def text(value: Place | Day) -> str:
    """A place or day as tables show it: as it was asked."""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str) else ", ".join(str(x) for x in value)


def _run(
    facts: Facts, parts: Sequence[Part], todo: Sequence[int], executor: Executor | None, ask: Mapping[str, object]
) -> Iterator[tuple[int, list[Row]]]:
    """Answers of the parts as they are finished."""
    if executor is None or not todo:
        for i in todo:
            yield i, answer(facts, parts[i], ask)
        return
    data = Data.of(facts)
    futures = {executor.submit(_work, data, parts[i], dict(ask)): i for i in todo}
    try:
        for future in as_completed(list(futures)):
            yield futures.pop(future), future.result()  # let go of what is done: sweeps can be long
    finally:
        for future in futures:
            future.cancel()


@dataclass(frozen=True)
class Data:
    """What a worker needs to have the same network: a folder that holds it, else the network itself, packed."""

    digest: str
    folder: str | None
    """Path; empty: the shipped data; None: see `packed`."""
    detail: Literal["backbone", "full"]
    packed: bytes

    @classmethod
    def of(cls, facts: Facts) -> Data:
        """The lightest form in which `network` can be handed on."""
        found = digest(facts)
        detail: Literal["backbone", "full"] = "full" if facts.version.endswith("+full") else "backbone"
        folder = "" if facts.folder == data_folder() else str(facts.folder.resolve())
        on_disk = cls(found, folder, detail, b"")
        if (facts.folder / "datapackage.json").exists() and digest(on_disk.load()) == found:
            return on_disk
        bare = Facts(facts.tables, facts.data_date, facts.version, facts.folder)
        return cls(found, None, detail, zlib.compress(pickle.dumps(bare)))

    def load(self) -> Facts:
        """The facts, read anew."""
        if self.folder is None:
            return cast(Facts, pickle.loads(zlib.decompress(self.packed)))
        return Facts.load(self.folder or None, self.detail)


_LOADING = Lock()


@lru_cache(maxsize=2)
def _network(data: Data) -> Facts:
    """The network of this process: the same contents, whoever asks."""
    facts = data.load()
    if digest(facts) != data.digest:
        raise DataError(
            f"the worker's data in {facts.folder} (version {facts.version}) are not those of the "
            "sweep; install the same version of corridors, or give it the same folder."
        )
    return facts


def _work(data: Data, part: Part, ask: Mapping[str, object]) -> list[Row]:
    with _LOADING:  # threads of one process would each load their own
        facts = _network(data)
    return answer(facts, part, ask)


def digest(facts: Facts) -> str:
    """Hash of all tables."""
    found = hashlib.sha256(f"{facts.data_date} {facts.version}".encode())
    for name, table in sorted(facts.tables.items()):
        found.update(f"{name} {list(table.columns)} {len(table)}".encode())
        found.update(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes())
    return found.hexdigest()


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

    def write(self, part: Sequence[object], frame: pd.DataFrame) -> None:
        """Keep a part; its file is written atomically and says what it answers."""
        kept = frame.copy()
        kept.attrs = {"part": self._key(part), "rows": _checksum(frame)}
        with whole_file(self.path(part)) as unfinished:
            kept.to_parquet(unfinished, engine="pyarrow", index=False)

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
