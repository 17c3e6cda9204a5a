"""Constants of the choice of routes from published totals of corridors."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import date, datetime
from math import log
from typing import TYPE_CHECKING, Unpack

import pandas as pd

from corridors.analysis.assignment import OWN, Study, check_demand, marked
from corridors.analysis.choice import NEST
from corridors.arguments import as_flag, as_number, as_text, shown
from corridors.data.schema import records
from corridors.errors import BadRequest
from corridors.routing.request import ChosenTrip, Request, one_world

if TYPE_CHECKING:
    from corridors.model.facts import Facts

ROUNDS, CLOSE = 200, 1e-3


@dataclass(frozen=True, eq=False)
class Calibration:
    """Result of `Network.calibrate`.

    Attributes
    ----------
    constants : dict of str to float
        For `Network.assign`: added to the logarithm of the odds of routes by each mode, country, element or corridor. A
        large constant means that the model lacks something that makes shippers choose: 0.7 doubles the odds.
    table : DataFrame
        One row per total: ``what, tonnes_year`` as published, ``before`` and ``after`` (tonnes a year as modelled
        without and with the constants) and ``constant``.
    """

    constants: dict[str, float]
    table: pd.DataFrame = field(repr=False)


def calibrate(
    facts: Facts,
    /,
    demand: pd.DataFrame,
    totals: pd.DataFrame,
    *,
    depart: str | date | datetime,
    k: int = 24,
    mu: float | None = None,
    beta: float = 1.0,
    nest: float = NEST,
    executor: Executor | None = None,
    progress: bool = True,
    **ask: Unpack[ChosenTrip],
) -> Calibration:
    """Constants with which `assign` reproduces published totals, such as 670,000 t a year through Afghanistan.

    Each constant is adjusted by the logarithm of the missing odds until all totals are met to within 0.1 % (Train,
    Discrete choice methods with simulation, 2009, section 2.8). Test them on a total, or a closure, that was not used.

    Parameters
    ----------
    demand : DataFrame
        As for `assign`; it must be larger than the totals.
    totals : DataFrame
        Columns ``what`` (mode, ISO code of a country that is passed, element, or named corridor of ``net.corridors``)
        and ``tonnes_year``.
    depart, k, mu, beta, nest, executor, progress, **ask
        As for `assign`.

    Returns
    -------
    Calibration

    Raises
    ------
    BadRequest
        If a total is not smaller than all demand that could go that way, or no route of any demand goes there.
    UnknownPlace
        If `what` is not known.
    """
    check_demand(demand, mu, beta, nest)
    wanted = _wanted(facts, totals)
    request = one_world(Request.common(depart, {**ask, "k": k}, *OWN))
    study = Study.ask(facts, demand, request, executor, as_flag(progress, "progress"), frozenset(wanted))

    def tonnes(constants: Mapping[str, float]) -> dict[str, float]:
        found = dict.fromkeys(wanted, 0.0)
        for way in study.ways(mu=mu, beta=beta, nest=nest, constants=constants):
            for what in wanted:
                if what in way.option.marks:
                    found[what] += way.share * way.units_year * way.option.payload
        return found

    most = {
        what: sum(
            max(amount * one.payload for one, amount in zip(options, units, strict=True))
            for options, units in zip(study.options, study.units_year, strict=True)
            if any(what in one.marks for one in options)
        )
        for what in wanted
    }
    for what, published in wanted.items():
        if not 0 < published < most[what]:
            raise BadRequest(
                f"totals, {what}: {published:g} t a year cannot be met: the demand that has a route by {what} is "
                f"{most[what]:g} t. Give demand that is larger than the total."
            )
    constants = dict.fromkeys(wanted, 0.0)
    before = after = tonnes(constants)
    for _ in range(ROUNDS):
        if all(abs(after[what] / published - 1) < CLOSE for what, published in wanted.items()):
            break
        for what, published in wanted.items():
            share, aim = (max(min(one / most[what], 1 - 1e-9), 1e-9) for one in (after[what], published))
            constants[what] += log(aim / (1 - aim)) - log(share / (1 - share))
        after = tonnes(constants)
    else:
        missed = [what for what, published in wanted.items() if abs(after[what] / published - 1) >= CLOSE]
        raise BadRequest(f"totals: {', '.join(missed)} contradict the others, or all routes of their demand go there.")
    rows = [
        {"what": w, "tonnes_year": t, "before": before[w], "after": after[w], "constant": constants[w]}
        for w, t in wanted.items()
    ]
    return Calibration(constants, pd.DataFrame(rows))


def _wanted(facts: Facts, totals: object) -> dict[str, float]:
    if not isinstance(totals, pd.DataFrame) or not {"what", "tonnes_year"} <= set(totals) or not len(totals):
        raise BadRequest(f"totals={shown(totals)} must be a DataFrame with columns what and tonnes_year.")
    found: dict[str, float] = {}
    for at, row in enumerate(records(totals)):
        what = as_text(row["what"], f"totals, row {at}: what")
        mark = marked(facts, what)
        if mark in found:
            raise BadRequest(f"totals, row {at}: {what} is given twice.")
        found[mark] = as_number(row["tonnes_year"], f"totals, row {at}: tonnes_year", above=0.0)
    return found
