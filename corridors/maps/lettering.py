"""Lines of text as wide as they will be: what every drawing measures before it places its labels."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from pathlib import Path

from corridors.data.schema import Row

FONT = "DejaVu Sans"
EM = 2048
"""Parts of an em in which the file of widths counts."""
OTHER, EAST_ASIAN = 1300, 2048
"""Widths of characters that are not in the file."""


class Lettering:
    """Measures and wraps lines of text; lengths are points."""

    def measure(self, text: str, size: float, weight: str = "normal") -> float:
        """Width of a line of text, including what hinting adds at screen resolution."""
        return _wide(text, weight) * size / EM * (1.04 if size >= 6.5 else 1.09)

    def wrap(self, text: str, size: float, width: float, weight: str = "normal") -> list[str]:
        """Lines of at most `width` points; a word longer than that is cut."""
        lines, line, width = [], "", max(width, 2 * size)
        for whole in text.split():
            word = whole
            while (long := self.measure(word, size, weight)) > width:
                cut = max(1, int(len(word) * width / long) - 1)
                lines += [part for part in (line, word[:cut]) if part]
                line, word = "", word[cut:]
            longer = f"{line} {word}".strip()
            if line and self.measure(longer, size, weight) > width:
                lines.append(line)
                line = word
            else:
                line = longer
        return [*lines, line] if line else lines


@lru_cache(maxsize=8192)
def _wide(text: str, weight: str) -> int:
    known = _widths()[weight]
    return sum(known.get(letter) or (OTHER if letter < "\u2e80" else EAST_ASIAN) for letter in text)


@cache
def _widths() -> dict[str, dict[str, int]]:
    """Width of each character by weight, of the font that matplotlib ships (DejaVu Sans 2.37), by first of a block."""
    told: dict[str, Row] = json.loads((Path(__file__).parent / "widths.json").read_text(encoding="ascii"))
    return {
        weight: {chr(int(first) + i): width for first, row in blocks.items() for i, width in enumerate(row)}
        for weight, blocks in told.items()
    }
