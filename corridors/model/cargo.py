"""What is carried: presets of the table ``cargo`` and a user's own loads."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from math import inf, isfinite

import pandas as pd

from corridors.arguments import as_names, as_number, as_text, is_number, shown
from corridors.data.schema import records
from corridors.data.words import VEHICLES
from corridors.errors import BadRequest
from corridors.model.scenario import MODES

TONNES = 20.0
"""Load to which prices per km, fees and handling refer."""
UNITS = ("TEU", "FEU", "wagon", "vehicle", "truck")
WAGON_MODES = frozenset({"rail", "ferry", "road"})
HANDLED_AS = {"TEU": "container", "FEU": "container", "wagon": "general", "vehicle": "vehicle", "truck": "general"}
"""How a unit changes mode or gauge if the load does not say."""
CARGO_UNITS = ("container", "general", "grain", "bulk", "liquid", "vehicle")
REFUSED_CLASSES = {"1": "explosives", "2": "gases", "7": "radioactive goods"}

ALIKE = 0.75
"""Ratio of `difflib` from which two words are taken for the same."""
MOST_TONNES = {"TEU": 34.0, "FEU": 32.5}
"""What one unit may hold at most, else 100. No box is rated for more than 36 t gross (ISO 668:2020; 30.48 t until 2016,
as many in use), and the lightest weigh about 2 and 3.5 t (an estimate). Roads allow less, by limits of their own."""

KEPT_LOADS = 256
"""Loads of another weight that are kept: each is checked when it is made."""
LEAST_SHARE = {"vehicle": 1.0, "wagon": 0.0}
"""Share of the load that a road must let one unit carry, else it is gone round; half but for these (an assumption). The
load of a wagon goes on in as many trucks as the law asks."""


@dataclass(frozen=True)
class Cargo:
    """One unit of a load, to pass to `Network.routes` as ``cargo``, which also takes the name of a preset.

    Parameters
    ----------
    cargo_id : str
        Name for tables and maps.
    payload_t : float
        Tonnes in one unit; a country on the route may allow less by road.
    unit : {"TEU", "FEU", "wagon", "vehicle", "truck"}
    vehicle : {"trailer20", "trailer40", "reefer40", "wagon1520", "lowbed", "truck"}
        Its empty weight counts towards limits of gross weight; rates may depend on it.
    modes : frozenset of str
        Modes that may carry it unless the call names others.
    value_usd : float
        Value of the load.
    value_of_time : float
        US$ per hour for one unit, used by ``by="generalised"``.
    shelf_life_days : float
        Routes on which it lasts in fewer than nine of ten journeys come last and are flagged; ``inf`` if it keeps.
    own_box : bool
        True if the box is the shipper's: no detention by the shipping line.
    goods : str
        Special goods or purpose, as named in ``scope_cargo`` of ``net.events`` (``"UN containers"``): dated exceptions
        to closures for such goods then apply. ``"transit"`` are goods that come from elsewhere: customs clear
        them at their end, inside a customs union too; a journey inside one country has none.
    un_class : str
        Class of dangerous goods, such as ``"9"`` or ``"4.1"``; empty if none. Classes 1, 2 and 7 are refused.
    refused : str
        Why it is not routed; empty if it is.
    handled_as : {"container", "general", "grain", "bulk", "liquid", "vehicle"}
        What a terminal must handle for the load to change mode or gauge there (column ``units`` of
        ``net.transfers``); default: depends on `unit`.

    Raises
    ------
    BadRequest
        If a value is invalid, or the goods are not routed.
    """

    cargo_id: str
    payload_t: float
    unit: str = "FEU"
    vehicle: str = "trailer40"
    modes: frozenset[str] = frozenset({"road", "rail", "ferry", "sea"})
    value_usd: float = 0.0
    value_of_time: float = 0.0
    shelf_life_days: float = inf
    own_box: bool = False
    goods: str = ""
    un_class: str = ""
    refused: str = ""
    handled_as: str = ""

    @property
    def least_payload(self) -> float:
        """Tonnes that every road must allow: all of a vehicle, which cannot be split, and half of other loads."""
        return self.payload_t * LEAST_SHARE.get(self.unit, 0.5)

    @property
    def perishable(self) -> bool:
        """Whether it has a shelf life."""
        return isfinite(self.shelf_life_days)

    @property
    def hired(self) -> bool:
        """Whether the box is the shipping line's where a ship carries it."""
        return not self.own_box and self.unit in ("TEU", "FEU")

    def __post_init__(self) -> None:
        """Refuse invalid values and goods that are not routed."""
        for name in ("cargo_id", "unit", "vehicle", "goods", "un_class", "refused"):
            if not isinstance(getattr(self, name), str):
                raise BadRequest(f"cargo {shown(self.cargo_id)}: {name}={shown(getattr(self, name))} must be text.")
        if not isinstance(self.own_box, bool):
            raise BadRequest(f"cargo {self.cargo_id!r}: own_box={shown(self.own_box)} must be True or False.")
        object.__setattr__(self, "modes", frozenset(as_names(self.modes, "modes", "modes as text", "'road'", False)))
        object.__setattr__(self, "handled_as", self.handled_as or HANDLED_AS.get(self.unit, "general"))
        for name, low in (("payload_t", 0.0), ("shelf_life_days", 0.0)):
            value = getattr(self, name)
            if not is_number(value) or not value > low:
                raise BadRequest(f"cargo {self.cargo_id!r}: {name}={value!r} must be a number above 0.")
            object.__setattr__(self, name, float(value))
        for name in ("value_usd", "value_of_time"):
            value = getattr(self, name)
            if not is_number(value) or not 0 <= value < inf:
                raise BadRequest(f"cargo {self.cargo_id!r}: {name}={value!r} must be a number, 0 or more.")
            object.__setattr__(self, name, float(value))
        if self.payload_t > MOST_TONNES.get(self.unit, 100.0):
            raise BadRequest(
                f"cargo {self.cargo_id!r}: {self.payload_t:g} t do not fit into one {self.unit}; give "
                "the load of one wagon, box or truck."
            )
        for name, known in (("unit", UNITS), ("vehicle", VEHICLES), ("handled_as", CARGO_UNITS)):
            if getattr(self, name) not in known:
                raise BadRequest(
                    f"cargo {self.cargo_id!r}: {name}={getattr(self, name)!r} is not one of {', '.join(known)}."
                )
        if not self.modes or not self.modes <= set(MODES):
            raise BadRequest(
                f"cargo {self.cargo_id!r}: modes are some of {', '.join(MODES)}, "
                f"not {', '.join(sorted(map(str, self.modes))) or 'none'}."
            )
        if not isinstance(self.un_class, str) or not re.fullmatch(r"([1-9](\.[1-6])?)?", self.un_class):
            raise BadRequest(
                f"cargo {self.cargo_id!r}: un_class={self.un_class!r} is not a class of dangerous goods; "
                "write it as '9' or '4.1'."
            )
        if self.unit == "wagon" and not self.modes <= WAGON_MODES:
            raise BadRequest(
                f"cargo {self.cargo_id!r}: the load of a wagon goes by {', '.join(sorted(WAGON_MODES))} only; give "
                "the load of a box or truck for other modes."
            )
        goods = REFUSED_CLASSES.get(self.un_class.split(".")[0])
        if self.refused or goods:
            raise BadRequest(
                f"cargo {self.cargo_id!r} is not routed: {self.refused or f'class {self.un_class}, {goods}'}."
            )

    def changes(self, units: str, layers: tuple[str, str]) -> bool:
        """Whether the load can change between two layers at a terminal, see `handled`.

        Parameters
        ----------
        units : str
            What the terminal handles, joined by ``;``.
        layers : tuple of str

        Returns
        -------
        bool
        """
        return self.handled_as in handled(units, layers)

    @property
    def trucks(self) -> float:
        """Number of truck loads of `TONNES` in the load of a wagon by road; any other unit is one load."""
        return self.payload_t / TONNES if self.unit == "wagon" else 1.0


def handled(units: str, layers: tuple[str, str]) -> frozenset[str]:
    """Cargo units that can change between two layers at a terminal that handles some units, joined by ``;``.

    Trucks drive on board with what they carry, and so do wagons where there is a train ferry or where bogies are
    changed.
    """
    named = frozenset(units.split(";"))
    carried = "wagon" in named if "road" not in layers else "sea" in layers and "vehicle" in named
    return named.union(CARGO_UNITS) if carried else named


def closest(table: pd.DataFrame, cargo_id: str) -> list[str]:
    """Presets whose id or name has a word of what was asked for, or one spelt nearly so."""
    words = {
        row["cargo_id"]: set(re.findall(r"[^\W\d_]+", f"{row['cargo_id']} {row['name']}".casefold()))
        for row in records(table)
        if not row["refused"]
    }
    every = sorted(set().union(*words.values()))
    asked = re.findall(r"[^\W\d_]{3,}", cargo_id.casefold())
    near = {word for one in asked for word in get_close_matches(one, every, cutoff=ALIKE)}
    return [name for name, some in words.items() if some & near]


def preset(table: pd.DataFrame, cargo_id: str) -> Cargo:
    """Read one preset; ``BadRequest`` names the known ones."""
    rows = table[table["cargo_id"] == as_text(cargo_id, "cargo", "the name of a load")]
    if rows.empty:
        near = closest(table, cargo_id)
        others = [name for name in table.loc[table["refused"] == "", "cargo_id"] if name not in near]
        which = f"the closest: {', '.join(near)}; others" if near else "choose one of these"
        raise BadRequest(
            f"cargo={shown(cargo_id)} is not known; {which}: {', '.join(others)}; or give a corridors.Cargo."
        )
    row = rows.iloc[0]
    value, time, life = row["value_usd"], row["value_of_time"], row["shelf_life_days"]
    return Cargo(
        cargo_id,
        float(row["payload_t"]),
        row["unit"],
        row["vehicle"],
        frozenset(filter(None, row["modes"].split(";"))),
        0.0 if pd.isna(value) else float(value),
        0.0 if pd.isna(time) else float(time),
        inf if pd.isna(life) else float(life),
        un_class=row["un_class"],
        refused=row["refused"],
        handled_as=row["handled_as"],
    )


@lru_cache(maxsize=KEPT_LOADS)
def carrying(cargo: Cargo, tonnes: float) -> Cargo:
    """The same cargo with so many tonnes in one unit."""
    return replace(cargo, payload_t=tonnes)


def with_value_of_time(cargo: Cargo, value: object) -> Cargo:
    """The same cargo with another value of time; ``BadRequest`` if that is not a number."""
    words = "a number of US$ per hour, 0 or more"
    return replace(cargo, value_of_time=as_number(value, "value_of_time", least=0.0, words=words))
