"""The bar: on a terminal when it takes a while, and nowhere else."""

import io
import sys
import time

import pytest

from corridors.progress import meter
from tests.small import small_network


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("progress", "stream", "seconds", "shown"),
    [
        (True, Terminal, 1.1, True),
        (True, Terminal, 0.0, False),
        (False, Terminal, 1.1, False),
        (True, io.StringIO, 1.1, False),
    ],
)
def test_bar(monkeypatch: pytest.MonkeyPatch, progress: bool, stream: type, seconds: float, shown: bool) -> None:
    monkeypatch.setattr(sys, "stderr", stream())
    with meter(progress, "sweep", 4, 1) as add:
        add(1)
        time.sleep(seconds)
        add(2)
    text = sys.stderr.getvalue()
    assert ("sweep: 100%" in text and "4/4" in text) == shown
    assert bool(text) == shown


def test_calls_count_their_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slow months, so that the bar of the twelve is seen."""
    monkeypatch.setattr(sys, "stderr", Terminal())
    net = small_network()
    from corridors.analysis import redundancy

    count = redundancy._counts
    monkeypatch.setattr(redundancy, "_counts", lambda *args: (time.sleep(1.1), count(*args))[1])
    net.redundancy("home", "town", year=2025, as_of="2025-01-02")
    assert "12/12" in sys.stderr.getvalue()
    sys.stderr.truncate(0)
    net.redundancy("home", "town", year=2025, as_of="2025-01-02", progress=False)
    assert not sys.stderr.getvalue()
