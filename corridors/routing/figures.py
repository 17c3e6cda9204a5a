"""How networks and answers are shown as text: letters of routes, months, rounded figures, tables in HTML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import escape
from math import floor, isfinite, isnan, log10
from typing import TYPE_CHECKING

import pandas as pd

from corridors.model.events import event_rows, events_known, in_force

if TYPE_CHECKING:
    from corridors.model.facts import Facts
    from corridors.routing.routes import Routes

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def by_month(months: Iterable[int], words: Iterable[str]) -> str:
    """What is said of some months, the empty left out: "Jun, Jul: by Kaplanbek-Navoi; Aug: closed"."""
    said = dict[str, list[str]]()
    for month, word in zip(months, words, strict=True):
        if word:
            said.setdefault(word, []).append(MONTHS[month - 1])
    return "; ".join(f"{', '.join(some)}: {word}" for word, some in said.items())


def letter(number: int) -> str:
    """Label of a route by its number from 0: A to Z, then R27 and on."""
    return chr(ord("A") + number) if number < 26 else f"R{number + 1}"


def two(value: float) -> str:
    """Number with two significant figures and thousands separated."""
    return _significant(value, 2)


def rounded(value: float) -> str:
    """Number with three significant figures and thousands separated."""
    return _significant(value, 3)


def whole(value: float) -> str:
    """Number without decimals."""
    return f"{value:,.0f}" if isfinite(value) else _significant(value, 1)


def _significant(value: float, figures: int) -> str:
    if not isfinite(value):
        return "no end" if value > 0 else f"{value:g}"
    if abs(value) < 1e-9:
        return "0"
    shown = float(f"{value:.{figures}g}")
    return f"{shown:,.{max(0, min(3, figures - 1 - floor(log10(abs(shown)))))}f}"


def risk_words(risk: float) -> str:
    """Risk with two decimals: "0.23"; "not recorded" where nobody looked."""
    return "not recorded" if isnan(risk) else f"{risk:.2f}"


def tonnes(kg: float) -> str:
    """Tonnes of CO2e with two significant figures: "8.0", "0.63", "12"."""
    return two(kg / 1000)


def counted(number: int) -> str:
    """Number to begin a sentence with: "Four", "12"."""
    words = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
    return words[number] if number < len(words) else str(number)


def sentence(words: str) -> str:
    """Words as a sentence: "clashes in Pakistan" as "Clashes in Pakistan."."""
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


UNITS = {"TEU": "20-foot container", "FEU": "40-foot container", "wagon": "wagon", "truck": "truck"}


def one_load(routes: Routes) -> str:
    """The load, as words before a verb: "one 20-foot container of rice", "one 40-foot container, general cargo,"."""
    cargo = routes.world.question.cargo
    name, unit = routes.facts.cargo_name(cargo.cargo_id), UNITS.get(cargo.unit, "")
    name = name[:1].lower() + name[1:]
    of = "" if not unit or name.startswith(unit.split()[0]) else f"{unit} of "
    return f"one {of}{name}" + ("," if "," in name else "")


def routes_html(routes: Routes) -> str:
    """The question, its answers, and what is not possible, for a notebook."""
    table = routes.table
    shown = pd.DataFrame(
        {
            "": table["label"],
            "route": table["name"],
            "modes": table["modes"],
            "km": [f"{x:,.0f}" for x in table["km"]],
            "days": _ranges(table, "days", rounded),
            "US$": _ranges(table, "usd", rounded),
            "kg CO2e": [rounded(x) for x in table["kgco2e"]],
            "risk": [risk_words(x) for x in table["risk"]],
            "best in": table["best_in"],
            "dominated by": table["dominated_by"],
            "flags": table["flags"],
        }
    )
    head = (
        f"<p><b>{escape(routes.title)}</b>, {escape(one_load(routes))} leaving {routes.depart:%Y-%m-%d}, as known "
        f"on {routes.as_of}{', scenario ' + escape(repr(routes.scenario)) if routes.scenario else ''}; data "
        f"version {escape(routes.facts.version)}. Door to door, one way, US$ of 2024: expected value, and p10 to "
        "p90 of journeys in brackets.</p>"
    )
    rejected, tail = routes.rejected, ""
    if len(rejected):
        tail = "<p><b>Not possible on this date</b></p>" + html_table(
            rejected[["name", "reason", "gates", "source_id"]].rename(
                columns={"gates": "closes", "source_id": "source"}
            )
        )
    said = "".join(f"<li>{escape(note)}</li>" for note in routes.notes)
    return head + html_table(shown) + (f"<ul>{said}</ul>" if said else "") + tail


def network_html(facts: Facts) -> str:
    """What a network holds, and what is closed on the day of its data, for a notebook."""
    legs, crossings = facts.tables["legs"], facts.tables["crossings"]
    lines = legs[legs["status"] == "operating"].groupby("mode")["km"].agg(["size", "sum"])
    rows = [(f"{mode} legs", f"{int(row['size']):,} ({row['sum']:,.0f} km)") for mode, row in lines.iterrows()]
    rows.append(("planned legs", f"{int((legs['status'] != 'operating').sum()):,}"))
    rows += [
        (f"{mode} crossings", f"{n:,}")
        for mode, n in crossings.drop_duplicates("element_id").groupby("mode").size().items()
    ]
    known = in_force(events_known(event_rows(facts.tables["events"]), facts.data_date), facts.data_date)
    closed = {event["element_id"] for event in known if event["effect"] == "close"}
    names = sorted(facts.element_names.get(element, element) for element in closed)
    rows.append((f"closed on {facts.data_date}", ", ".join(names) or "nothing"))
    body = "".join(f"<tr><th style='text-align:left'>{escape(a)}</th><td>{escape(b)}</td></tr>" for a, b in rows)
    return (
        f"<table><caption><b>corridors network</b>, data version {escape(facts.version)}, current to "
        f"{facts.data_date}</caption>{body}</table>"
    )


def _ranges(table: pd.DataFrame, what: str, show: Callable[[float], str]) -> list[str]:
    columns = [table[name] for name in (what, f"{what}_p10", f"{what}_p90")]
    return [f"{show(mid)} ({show(low)} to {show(high)})" for mid, low, high in zip(*columns, strict=True)]


def html_table(table: pd.DataFrame) -> str:
    """A table with text aligned left and top; every cell is escaped."""
    cell = "text-align:left;vertical-align:top;padding:3px 8px"
    head = "".join(f'<th scope="col" style="{cell}">{escape(str(name))}</th>' for name in table.columns)
    texts = ([escape(re.sub(r";(?=\S)", "; ", str(value))) for value in row] for row in table.itertuples(index=False))
    rows = ("".join(f'<td style="{cell}">{text}</td>' for text in row) for row in texts)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table>"
