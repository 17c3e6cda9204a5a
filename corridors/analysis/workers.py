"""How a call of many questions is spread: over threads, processes or a cluster, each process with the network once."""

from __future__ import annotations

import hashlib
import pickle
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from queue import SimpleQueue
from threading import Lock
from typing import Literal, TypeVar, cast
from weakref import WeakKeyDictionary, WeakValueDictionary

from corridors.arguments import as_flag, shown
from corridors.data import index
from corridors.data.schema import data_folder
from corridors.engine.arrays import use_compiled
from corridors.errors import BadRequest, DataError
from corridors.model.facts import Facts
from corridors.progress import meter

Item = TypeVar("Item")
Found = TypeVar("Found")
AT_ONCE = 2_000
"""Most items that are handed on and not yet done: a million would fill the memory of a scheduler."""
_LOADING = Lock()
_digests: WeakKeyDictionary[Facts, str] = WeakKeyDictionary()
_here: WeakValueDictionary[str, Facts] = WeakValueDictionary()
"""Networks that were handed on from this process: threads, and processes forked from it, have them without loading."""


def check_executor(executor: object) -> None:
    """Refuse what hands no work on."""
    if not isinstance(executor, Executor | None):
        raise BadRequest(f"executor={shown(executor)} is not a concurrent.futures.Executor.")


@dataclass(frozen=True)
class Crew:
    """Who answers the questions of a call, and where those answered are counted; see `crew`."""

    facts: Facts
    executor: Executor | None
    add: Callable[[int], object]

    def each(
        self, work: Callable[[Facts, Item], Found], items: Sequence[Item], size: Callable[[Item], int] = lambda _: 1
    ) -> Iterator[tuple[int, Found]]:
        """Number of each item and what `work` makes of it, as they are finished; in order without an executor.

        `work` is a function of a module (or a partial of one) and like the items can be pickled; `size` tells how many
        questions an item holds.
        """
        if self.executor is None or not items:
            use_compiled()
            found: Iterator[tuple[int, Found]] = ((i, work(self.facts, item)) for i, item in enumerate(items))
        else:
            found = self._handed_out(work, items, self.executor)
        for i, one in found:
            yield i, one
            self.add(size(items[i]))

    def all(
        self, work: Callable[[Facts, Item], Found], items: Sequence[Item], size: Callable[[Item], int] = lambda _: 1
    ) -> list[Found]:
        """What `work` makes of the items, in their order."""
        found = dict(self.each(work, items, size))
        return [found[i] for i in range(len(items))]

    @cached_property
    def _data(self) -> Data:
        """The network as it is handed on, once a call."""
        data = Data.of(self.facts)
        _here[data.digest] = self.facts
        return data

    def _handed_out(
        self, work: Callable[[Facts, Item], Found], items: Sequence[Item], executor: Executor
    ) -> Iterator[tuple[int, Found]]:
        done: SimpleQueue[Future[Found]] = SimpleQueue()
        waiting, futures = iter(enumerate(items)), dict[Future[Found], int]()

        def submit(most: int) -> None:
            for i, item in islice(waiting, most):
                future = executor.submit(_work, self._data, work, item)
                futures[future] = i
                future.add_done_callback(done.put)

        try:
            submit(AT_ONCE)
            while futures:
                future = done.get()
                submit(1)
                yield futures.pop(future), future.result()
        finally:
            for future in futures:
                future.cancel()


@contextmanager
def crew(
    facts: Facts, executor: Executor | None, progress: bool, what: str, total: int | None = None, done: int = 0
) -> Iterator[Crew]:
    """Those who answer the questions of one call: an executor, or this process, with a bar of that name."""
    check_executor(executor)
    with meter(as_flag(progress, "progress"), what, total, done) as add:
        yield Crew(facts, executor, add)


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


def _work(data: Data, work: Callable[[Facts, Item], Found], item: Item) -> Found:
    facts = _here.get(data.digest)
    if facts is None:
        with _LOADING:  # threads of one process would each load their own
            facts = _network(data)
    use_compiled()
    found = work(facts, item)
    index.forget(facts.tables)
    return found


def digest(facts: Facts) -> str:
    """Hash of all tables."""
    if facts not in _digests:
        found = hashlib.sha256(f"{facts.data_date} {facts.version}".encode())
        for name in sorted(facts.tables):
            found.update(f"{name} {index.digest(facts.tables, name)}".encode())
        _digests[facts] = found.hexdigest()
    return _digests[facts]
