"""What the figures of a route depend on, in words: assumptions, contested claims, and what is not known of it."""

from __future__ import annotations

import itertools
from collections import defaultdict

from corridors.model.calendars import moment
from corridors.model.cargo import TONNES
from corridors.routing.after_closures import queues
from corridors.routing.explain import closure_words
from corridors.routing.figures import two
from corridors.routing.leg_rows import describe
from corridors.routing.result import Result

MATTERS = 0.05
"""A rate on which less of the hours, or of the US$, of a route rests is not named."""


def rests_on(result: Result) -> list[str]:
    """Assumptions and contested claims that the figures depend on, in words."""
    found: list[str] = [result.condition] if result.condition else []
    posts = result.facts.unknown_posts
    found += [posts[edge.element_id] for edge in result.edges if edge.element_id in posts]
    calendars, question = result.facts.calendars, result.world.question
    for step, edge in zip(result.steps, result.edges, strict=True):
        for element in filter(calendars.dated.__contains__, edge.elements):
            row = calendars.contested(element, step.start, question.knowledge)
            name = result.facts.element_names.get(element, element)
            if row is not None:
                found.append(f"contested: {name} {row['regime']} hours {row['rule']}")
            if countries := calendars.without_holidays(element, step.start, question.knowledge):
                found.append(f"public holidays of {countries} are not known for that year, none counted: {name}")
    if limited := restricted(result):
        found.append("restricted: " + ", ".join(limited))
    found += [f"taken to have ended: {closure_words(result.facts, closure)}" for closure in result.lapsed]
    found += queues(result)
    passed = [
        (edge.elements, moment(step.start).date())
        for step, edge in zip(result.steps, result.edges, strict=True)
        if edge.kind in ("crossing", "leg")
    ]
    found += result.facts.coverage.gaps(passed, result.facts.closable_names)
    found += _of_carrier(result)
    found += _rough(result)
    found += result.facts.oldest_hours(edge for edge in result.edges if edge.kind == "crossing")
    found += _oldest_rates(result)
    return list(dict.fromkeys(found))


def restricted(result: Result) -> dict[str, str]:
    """What was limited or slowed without being closed when the cargo came there: with the cause, and its name."""
    calendars, knowledge = result.facts.calendars, result.world.question.knowledge
    found = {}
    for step, edge in zip(result.steps, result.edges, strict=True):
        for element in filter(calendars.dated.__contains__, edge.elements):
            for limit in calendars.restrictions(element, step.start, knowledge):
                if limit.hits(result.world.traffic(edge)):
                    name = result.facts.element_names.get(element, element)
                    found[f"{name} ({limit.reason})"] = name
    return found


def general_words(result: Result) -> list[str]:
    """What the figures of all such routes depend on."""
    found = []
    if not result.world.question.carrier and any(e.kind == "crossing" and e.mode == "road" for e in result.edges):
        found.append(
            "any carrier: trucks are taken to pass, or loads to change trucks at no cost; fees by flag are left out"
        )
    if any(edge.kind == "leg" and edge.mode in ("road", "rail") for edge in result.edges):
        found.append("hours a day on the move, times of loading and unloading, and some fees are assumed or estimated")
    cargo = result.world.question.cargo
    if cargo.unit != "vehicle" and cargo.payload_t < TONNES / 2:
        found.append(
            f"CO2e is the part of {cargo.payload_t:g} t in vehicles with a mean load; of one that carries nothing else "
            f"all counts (ISO 14083), up to {two(TONNES / cargo.payload_t)} times as much"
        )
    if any(edge.kind == "leg" and edge.mode == "air" for edge in result.edges):
        legs = result.facts.tables["legs"]
        flights = len(legs[(legs["mode"] == "air") & (legs["status"] == "operating")])
        known = "one service is" if flights == 1 else f"{flights} services are"
        found.append(f"air is an example: {known} in the data, others and charters may well fly")
    return found


def _oldest_rates(result: Result) -> list[str]:
    """Words for the oldest rates among those on which a part of the hours or the US$ rests that matters."""
    rows = result.facts.rate_rows
    amounts = [result.world.amount(edge) for edge in result.edges]
    found: dict[str, list[str]] = {}
    for unit, lines in (("hours", [a.time for a in amounts]), ("US$", [a.money for a in amounts])):
        rest: dict[tuple[str, str], float] = defaultdict(float)
        for part in itertools.chain(*lines):
            rest[part.line, part.drivers[0][0].driver_id if part.drivers else ""] += part.expected
        whole = sum(some for some in rest.values() if some > 0)
        for (line, rate_id), some in sorted(rest.items(), key=lambda item: -item[1]):
            if rate_id in rows and some >= MATTERS * whole:
                row = rows[rate_id]
                by = f" by {row['by_mode']}" if row["by_mode"] else ""
                where = f" in {row['by_country']}" if row["by_country"] else ""
                found.setdefault(row["as_of"][:4], []).append(f"{line}{by}{where} ({some / whole:.0%} of {unit})")
    return [f"oldest figures behind rates are of {year}: {', '.join(found[year])}" for year in sorted(found)[:1]]


def _of_carrier(result: Result) -> list[str]:
    carrier = result.world.question.carrier
    crossings = [edge for edge in result.edges if edge.kind == "crossing" and edge.mode == "road"]
    if not carrier:
        return []
    found = []
    for effect, words in (("transload", "changes trucks"), ("not known", "not known whether they may pass")):
        names = [describe(result.facts, edge)[0] for edge in crossings if result.world.verdict(edge).effect == effect]
        if names:
            found.append(f"{carrier} trucks, {words}: {', '.join(names)}")
    if found and "changes trucks" in found[0]:
        found.append(f"after a change of trucks the flag {carrier} is still asked for at the next borders")
    return found


def _rough(result: Result) -> list[str]:
    found = []
    assumed = [
        describe(result.facts, edge)[0]
        for edge in result.edges
        if edge.kind in ("crossing", "transfer") and result.world.amount(edge).quality == "assumed"
    ]
    if assumed:
        found.append("assumed times: " + ", ".join(dict.fromkeys(assumed)))
    rough = result.access_km + sum(
        edge.km
        for edge in result.edges
        if edge.kind == "leg" and result.facts.leg_grade[edge.element_id] in ("estimate", "assumed")
    )
    if rough:
        km = result.access_km + sum(edge.km for edge in result.edges)
        found.append(f"estimated length: {100 * rough / km:.0f} % of the km")
    found += _missing(result)
    return found


def _missing(result: Result) -> list[str]:
    """What the tables do not know of this way."""
    found, legs = [], [edge for edge in result.edges if edge.kind == "leg"]
    dues = [
        describe(result.facts, e)[0]
        for e in result.edges
        if e.kind == "crossing" and e.mode == "sea" and not result.world.amount(e).money
    ]
    if dues:
        found.append(f"dues not known, none counted: {', '.join(dict.fromkeys(dues))}")
    tare = result.world.rates.find("tare_t", "road", "", result.world.question.cargo.vehicle).mode
    least = result.world.rates.find("gross_limit_t", "road")
    loose = dict.fromkeys(e.countries[0] for e in legs if e.mode == "road" and e.element_id in result.facts.unlimited)
    if loose and result.payload + tare > least.low:
        found.append(f"weight limit of trucks not known, {least.mode:g} t assumed: {', '.join(loose)}")
    found += [
        f"{describe(result.facts, e)[0]}: {result.facts.leg[e.element_id]['note']}"
        for e in legs
        if e.mode == "air" and result.facts.leg[e.element_id]["note"]
    ]
    measured = [result.facts.measured_otherwise(e) for e in result.edges if e.kind == "crossing"]
    return found + list(filter(None, measured))
