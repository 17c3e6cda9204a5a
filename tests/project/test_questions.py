"""Every call of docs/questions.md runs and gives something."""

import re
from pathlib import Path

import pandas as pd
import pytest

import corridors as cr

PAGE = (Path(__file__).parents[2] / "docs" / "questions.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if re.match(r"\| \d+ \|", line)
]
CALLS = [
    (f"{row[0]}: {call}", call)
    for row in ROWS
    for call in re.findall(r"`([^`]+)`", row[2])
    if call.startswith(("net.", "routes.", "cr."))
]


@pytest.fixture(scope="module")
def names(net: cr.Network) -> dict:
    code = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert code
    found: dict = {}
    exec(code.group(1).replace("net = cr.load()", ""), {"cr": cr, "net": net}, found)
    return {"cr": cr, "net": net, "pd": pd} | found


def test_there_are_thirty() -> None:
    assert [int(row[0]) for row in ROWS] == list(range(1, 31))
    assert {int(name.split(":")[0]) for name, _ in CALLS} == set(range(1, 31))


@pytest.mark.parametrize("call", [call for _, call in CALLS], ids=[name for name, _ in CALLS])
def test_call(call: str, names: dict) -> None:
    found = eval(call, names)
    assert found is not None
    assert len(found) or "diff" in call
