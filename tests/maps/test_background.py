"""Lines of maps as text."""

from __future__ import annotations

import numpy as np
import pytest

from corridors.maps.background import encode, polylines

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def _decoded(text: str, decimals: int) -> list[tuple[float, ...]]:
    """Points of one line, letter by letter, as the script in the page reads them."""
    numbers, value, shift = [], 0, 0
    for letter in text:
        five = LETTERS.index(letter)
        value |= (five & 31) << shift
        shift += 5
        if five < 32:
            numbers.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    moves = np.array(numbers).reshape(-1, 2)
    return [tuple(point) for point in (moves.cumsum(axis=0) / 10**decimals).tolist()]


@pytest.mark.parametrize("decimals", [1, 2, 4])
def test_every_line_reads_back_as_its_points_without_those_that_stand_still(decimals: int) -> None:
    rng = np.random.default_rng(decimals)
    sizes = rng.integers(1, 9, 60)
    points = np.concatenate([rng.normal(0, spread, (n, 2)) for n, spread in zip(sizes, [60, 0.02] * 30, strict=True)])
    texts = encode(points, sizes, decimals)
    assert len(texts) == len(sizes)
    for text, line in zip(texts, np.split(points, np.cumsum(sizes)[:-1]), strict=True):
        rounded = np.rint(line * 10**decimals)
        kept = [i for i in range(len(line)) if i == 0 or (rounded[i] != rounded[i - 1]).any()]
        np.testing.assert_allclose(_decoded(text, decimals), rounded[kept] / 10**decimals, atol=1e-9)


def test_no_lines_are_no_texts() -> None:
    assert polylines([], 2) == []
