"""Ranges of simulated journeys: their quantiles."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

import numpy as np
from numpy.typing import ArrayLike

from corridors.model.simulation import Samples

QUANTILES = {"p10": 0.1, "p50": 0.5, "p80": 0.8, "p90": 0.9, "p95": 0.95}


def quantile(samples: Samples, q: float) -> float:
    """Quantile that copes with samples that never arrive (``inf``)."""
    return float(at_shares(samples, [q])[0])


def quantiles(samples: Samples, what: str, which: Iterable[str] = ("p10", "p50", "p90")) -> dict[str, float]:
    """Several quantiles at once, by column: ``days_p10`` and so on."""
    found = at_shares(samples, [QUANTILES[q] for q in which])
    return {f"{what}_{q}": float(value) for q, value in zip(which, found, strict=True)}


def at_shares(samples: ArrayLike, shares: Iterable[float]) -> list[Samples]:
    """Samples below which shares of them lie, along the last axis (``method="inverted_cdf"`` of `numpy.quantile`)."""
    ordered = np.array(samples)
    ordered.sort(axis=-1)
    return [ordered[..., max(0, ceil(share * ordered.shape[-1] - 1))] for share in shares]
