"""Side tables of an answer: where the money goes, published indices, and where a question exceeds the record."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from corridors.arguments import as_text
from corridors.data.schema import Row, records, worst
from corridors.errors import BadRequest
from corridors.model.costs import PRICE_YEAR, Rate
from corridors.routing.corridor_status import status_in
from corridors.routing.cost_lines import BESIDE, WAR_SURCHARGES
from corridors.routing.ranges import quantiles
from corridors.routing.result import Result

if TYPE_CHECKING:
    from corridors.model.facts import Facts
    from corridors.routing.routes import Routes


RESTS_ON = {
    "detention": ("detention_free_days", "detention_usd_day"),
    "demurrage": ("demurrage_free_days", "demurrage_usd_day"),
    "empty return": ("empty_return_share", "empty_cost_factor"),
    "war surcharge": tuple(WAR_SURCHARGES.values()),
    "insurance": ("insurance_share", "war_risk_share"),
}
"""Quantities of ``rates`` under the lines that are no price of a passage."""


def corridors(routes: Routes) -> pd.DataFrame:
    """See `corridors.routing.routes.Routes.corridors`."""
    found = status_in(routes.facts, routes.world)
    followed = [(row["label"], result.corridors) for row, result in routes.labelled()]
    found["routes"] = [", ".join(label for label, names in followed if name in names) for name in found["name"]]
    return found


def costs(routes: Routes) -> pd.DataFrame:
    """See `corridors.routing.routes.Routes.costs`."""
    of = _Origins(routes.facts)
    return pd.DataFrame(
        [
            row
            | {"line": line, "usd": value, **quantiles(samples, "usd"), "one_way": line not in BESIDE}
            | of.line(result, line)
            for row, result in routes.labelled()
            for line, (value, samples) in result.lines.items()
        ]
    )


def costs_in(routes: Routes, currency: str, year: int) -> pd.DataFrame:
    """See `corridors.routing.routes.Routes.costs_in`."""
    rates = routes.facts.rates
    exchange = _exchange_rate(routes.facts, as_text(currency, "currency").strip().upper(), year)
    _check_year(routes.facts, year)
    table = costs(routes)
    factors = []
    for _, result in routes.labelled():
        for line, (value, _) in result.lines.items():
            parts = [(one.part.expected, rates.level(one.mode, year)) for one in result.priced if one.part.line == line]
            known = sum(usd for usd, _ in parts)
            raised = sum(usd * level for usd, level in parts) / known if known else rates.level("", year)
            factors.append((raised if value else rates.level("", year)) * exchange.mode)
    shown = {"usd": "amount", **{f"usd_{q}": f"amount_{q}" for q in ("p10", "p50", "p90")}}
    amounts = table[list(shown)].mul(factors, axis=0).rename(columns=shown)
    rest = table[["one_way", "source_id", "rate_years", "quality"]]
    of = pd.DataFrame({"currency": currency.strip().upper(), "year": year}, index=table.index)
    found = pd.concat([table[["label", "name", "line"]], of, amounts, rest], axis=1)
    if exchange.source_id:
        found["source_id"] = [";".join(filter(None, (ids, exchange.source_id))) for ids in found["source_id"]]
        found["quality"] = [worst(grade, exchange.quality) for grade in found["quality"]]
    return found


def _exchange_rate(facts: Facts, currency: str, year: int) -> Rate:
    """Units of a currency for US$ 1, mean of a year."""
    if currency == "USD":
        return Rate(1.0, 1.0, 1.0, "", "", "", "")
    known = facts.rates.yearly("exchange_rate", currency)
    if not known:
        rows = facts.tables["rates"].query("quantity == 'exchange_rate'")["by_vehicle"]
        raise BadRequest(
            f"currency={currency!r} has no exchange rate; choose one of {', '.join(sorted({'USD', *rows}))}, or add a "
            "row exchange_rate to rates."
        )
    if year not in known:
        raise BadRequest(f"no exchange rate of {currency} for {year}; there is one for {min(known)} to {max(known)}.")
    return known[year]


def _check_year(facts: Facts, year: int) -> None:
    known = facts.rates.yearly("us_cpi")
    if year != PRICE_YEAR and year not in known:
        years = f"one of {min(known)} to {max(known)}" if known else str(PRICE_YEAR)
        raise BadRequest(f"year={year!r} has no price index; choose {years}, or add a row us_cpi to rates.")


class _Origins:
    """What the lines of a price rest on: sources, years of the rates, and the weakest grade."""

    def __init__(self, facts: Facts) -> None:
        rows = records(facts.tables["rates"])
        self._rates = {row["rate_id"]: row for row in rows}
        self._of: dict[str, list[Row]] = {}
        for row in rows:
            self._of.setdefault(row["quantity"], []).append(row)

    def line(self, result: Result, line: str) -> Row:
        """Columns ``source_id, rate_years, oldest`` and ``quality`` of one line."""
        rows: dict[str, Row] = {
            row["rate_id"]: row for name in RESTS_ON.get(line, ()) for row in self._of.get(name, ())
        }
        ids: list[str] = []
        for one in result.priced:
            if one.part.line == line:
                used = {
                    d.driver_id: self._rates[d.driver_id] for d, _ in one.part.drivers if d.driver_id in self._rates
                }
                rows |= used
                ids += [] if used else one.source_id.split(";")
        ids = [*(part for row in rows.values() for part in row["source_id"].split(";")), *ids]
        return {
            "source_id": ";".join(dict.fromkeys(filter(None, ids))),
            "rate_years": ", ".join(sorted({row["year"] for row in rows.values()})),
            "oldest": min((row["as_of"] for row in rows.values()), default=""),
            "quality": worst(*(row["quality"] for row in rows.values())),
        }


def indices(routes: Routes) -> pd.DataFrame:
    """See `corridors.routing.routes.Routes.indices`."""
    rows = []
    for row, result in routes.labelled():
        km: dict[str, float] = {}
        for edge in result.edges:
            if edge.kind == "leg" and edge.mode in ("road", "rail"):
                km[edge.countries[0]] = km.get(edge.countries[0], 0.0) + edge.km
        for country, length in km.items():
            found = {name: routes.facts.rates.optional(name, "", country) for name in ("gpi", "lpi")}
            known = [one for one in found.values() if one]
            rows.append(
                row
                | {
                    "country": country,
                    "km": length,
                    **{name: one.mode if one else np.nan for name, one in found.items()},
                    "source_id": ";".join(dict.fromkeys(one.source_id for one in known)),
                    "quality": worst(*(one.quality for one in known)) if known else "",
                }
            )
    return pd.DataFrame(rows, columns=["label", "name", "country", "km", "gpi", "lpi", "source_id", "quality"])


def outside_record(routes: Routes) -> list[str]:
    """Words where the question lies outside the record."""
    return outside_record_on(routes.facts, routes.as_of, routes.depart.date())


def outside_record_on(facts: Facts, as_of: date, depart: date) -> list[str]:
    """The same for a day of departure."""
    known, events = facts.data_date, facts.tables["events"]
    found, first = [], min(as_of, depart)
    if max(as_of, depart) > known:
        found.append(f"the data ends on {known}: nothing later is known")
    by_then = int((events["start"] <= first.isoformat()).sum())
    if by_then < len(events) / 10:
        found.append(
            f"only {by_then} of {len(events)} events of the data had begun by {first}: closures of that "
            "time are hardly recorded"
        )
    return found
