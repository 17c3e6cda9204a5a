"""Layers of the multimodal graph: cargo at a place is on the road, on rails of one gauge, on board, or at the door."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, Self

from corridors.errors import DataError

VESSEL = {"sea": "sea", "ferry": "sea", "air": "air"}
"""Modes whose cargo embarks and lands, with the layer that they share."""


class Layer(NamedTuple):
    """One layer of a place: ``road``, ``rail1520``, ``sea>`` (to embark), ``>sea`` (landed), ``door>`` and so on.

    Where loads change to or from a road or railway, it has a second layer to leave by: ``road>``.
    """

    mode: str
    gauge: int = 0  # mm, of rails
    side: Literal["", "leaving", "arriving", "home"] = ""

    @classmethod
    def of(cls, mode: str, gauge: int, place_id: str, leaving: bool) -> Self:
        """The layer in which a leg begins (`leaving`) or ends; on land one layer is both where no load changes.

        Raises
        ------
        DataError
            For rails without a gauge.
        """
        if mode == "rail" and not gauge:
            raise DataError("a rail leg without gauge_mm", "legs", place_id, "gauge_mm")
        if mode in VESSEL:
            return cls(VESSEL[mode], 0, "leaving" if leaving else "arriving")
        return cls(mode, gauge if mode == "rail" else 0, "leaving" if leaving else "")

    @classmethod
    def named(cls, name: str, leaving: bool) -> Self:
        """The layer that the table ``transfers`` names, for cargo that leaves the place by it or has arrived."""
        mode, gauge = re.fullmatch(r"(\D+)(\d*)", name).groups()  # type: ignore[union-attr]  # the schema sees to it
        if mode in VESSEL:
            return cls.of(mode, 0, "", leaving)
        return cls(mode, int(gauge or 0), "leaving" if leaving else "")

    @classmethod
    def door(cls, leaving: bool, home: bool = False) -> Self:
        """Where a journey begins or ends; at `home` ends one that needs no customs."""
        return cls("door", 0, "leaving" if leaving else "home" if home else "arriving")

    @property
    def on_land(self) -> bool:
        """Whether it is a road or railway."""
        return self.mode in ("road", "rail")

    @property
    def track(self) -> Self:
        """The road or railway of which it is a side."""
        return self._replace(side="")

    @property
    def onward(self) -> Self:
        """The layer by which the same road or railway is left where loads change."""
        return self._replace(side="leaving")

    def __str__(self) -> str:
        name = f"{self.mode}{self.gauge or ''}"
        return {"": name, "leaving": f"{name}>", "arriving": f">{name}", "home": f"{name} at home"}[self.side]


def modes_between(layers: tuple[str, str], by_ferry: bool) -> tuple[str, str]:
    """Modes between which a row of ``transfers`` changes a load; ships of ports that ferries call at are ferries."""
    before, after = (Layer.named(layer, leaving=True).mode for layer in layers)
    return ("ferry" if by_ferry and before == "sea" else before), ("ferry" if by_ferry and after == "sea" else after)
