"""How the figures on closures are made, with the test of the forecasts: prints docs/closures.md.

Run ``python docs/closures.py > docs/closures.md`` after a change of ``episodes``, ``events`` or ``coverage``.
"""

from __future__ import annotations

from datetime import date

import numpy as np

import corridors as cr
from corridors.analysis.walk_forward import walk_forward
from corridors.model.closures import ALL, PRIOR_SPELLS

DAYS = (3, 7, 14, 30, 90)
SHOWN = (("all", ALL), ("AF-PK", ("group", "AF-PK")), ("Torkham", ("element", "AF-PK", "torkham")))
TEXT = """# Closures: how long, how often, will it be open

`net.outlook("Torkham", on=["2026-03-01"], as_of="2025-11-20")` says how likely freight can pass on a day, from what
was known on another. It uses the tables `episodes` (spells of closure with class of cause), `events` (what was known
when) and `coverage` (where somebody looked). Nothing known after `as_of` counts.

## How long a closure lasts

Kaplan and Meier's estimate, day by day: of the spells that were closed on day *t* of their life and seen on day *t* +
1, the share that had opened,

    h(t) = ended(t) / at risk(t),    S(t) = product over u < t of (1 - h(u)).

A closure ends on the day on which it does in `events`, so that routes, `risk` and forecasts count the same days: where
nobody found the end, that is the day on which it was last seen closed, the least that it can have lasted. What has no
end there either, because it was in force when last looked at, is followed to the day on which it was last seen closed,
and no further: that is not "opened on the last day of the data". (`episodes` tells the two apart: `end_precision` is
"last seen closed" of the first, `end_status` "still closed" of the second.) Rows of one common cause share a weight of
1, so that the war that closed five crossings counts once. Of what may begin, closures of two years or more are left
out, as they are of `risk`: they are how things are, and one of these in force stands in every answer. Planned closures
(holidays, elections) are not in it: they are announced. Nor are stoppages of less than half a day, of one direction, or
of passengers.

Few spells are drawn towards more: those of the element towards those of the class of cause at the border, these
towards the class anywhere, these towards all; closures that may begin, whose cause is open, towards those of the border
or, off the borders, of elements of its mode and kind, such as road sections. Each level counts as {prior:g} spells of
the one below it:

    h(t) = (prior h_above(t) + ended(t)) / (prior + at risk(t)),

the mean of a beta process (Hjort, Annals of Statistics 18, 1990, 1259-1294). The interval `low` to `high` holds 80 %
of the draws of that process. The strength of {prior:g} is an assumption; with 2 or 8 the scores below change by less
than 0.01. Over all elements looked at for five years or more, frequency times length says about as many days shut a
year as the record has; where an element had only short closures, more than its own record, for a long one may come.

Share still closed, as known on {day}:

{survival}

## How often

New closures over the years in which the element was open and `coverage` says that somebody looked, thoroughly or
lightly; drawn towards border and network as if each were one element-year more (gamma and Poisson). Where nobody
looked, no chance is given: "not known"; of less than a year `net.expected_loss` tells nothing either, and an outlook
says how little it is.

Snow, floods and landslides have their months. Of the closures of an element the share that weather or a hazard caused
begins in each month as often as those on record did, the rest in any; months of few closures are drawn towards those
of the border and of all as if each level were {prior:g} closures more. Verkhny Lars is closed more often in January
than in July.

## Will it be open

What is closed with a known end, by its hours or for holidays stands as it is. Otherwise day *h* from now is open unless
the closure in force still lasts, S(age + h) / S(age), or one that began on a day *u* since then does:

    open(h) = 1 - still(h) - sum over u of rate open(u - 1) S(h - u).

The **base rate** of a border is the share of the days looked at on which its crossings were open. It is the answer
where fewer than five independent closures were followed so long, and where the test below, run on what was known by
`as_of`, found forecasts of that kind no better than it; the row says so.

The same closures stand behind `routes.reliability()` where a route rests on a closure without known end, behind `risk`,
`net.availability` and `net.break_even`, and behind `net.expected_loss`.

## After it opens

`net.backlog("Torkham", "Karachi", shut_days=26)`: what was on the road when it closed gathers there, as many days'
traffic as the route from the origin takes; what knows of the closure stays at home. It opens and passes the queue at
its published capacity, or the most that was counted there, until those that had stayed arrive. Nothing is fitted: 800
to 1,000 trucks a day were counted in June 2024, and Karachi is about five days off, so that 4,000 to 5,000 wait at
Torkham, after 6 days of closure as after 26. About 5,000 were counted in February 2023 and in March 2025. With the
traffic of 2021 alone, which is what one knew in February 2023, it would have been half as many.

## Would it have been right?

Each closure since 2015 is forecast on days 0, 1, 3, 7, 14, 30, 60, 90 and 180 of its life, and what is open on the
first of each month, with what was known by then. Brier's score is the mean square of the chance minus what came (0 is
perfect, 0.25 a coin). *Persist*: it stays as it is. *Lapse*: what has no known end has ended. Spells lost from sight
are made up for by weights (Graf and others, Statistics in Medicine 18, 1999, 2529-2545). A row of five independent
spells proves little.

{scores}
"""


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def page() -> str:
    net = cr.load()
    known = date(2026, 3, 31)
    model = net.facts.closures(known)
    rows = []
    for name, level in SHOWN:
        counts = model.counts(level)
        hazard = np.divide(counts.ended, counts.at_risk, out=np.zeros_like(counts.ended), where=counts.at_risk > 0)
        closed = np.cumprod(1 - hazard)
        rows.append([name, str(counts.causes), *(f"{100 * closed[day - 1]:.0f} %" for day in DAYS)])
    survival = table(["closures", "independent", *(f"{day} days" for day in DAYS)], rows)
    scores = walk_forward(net)
    figures = ["open_share", "outlook", "persist", "lapse", "base_rate"]
    lines = [
        [row["what"], row["state"], str(row["horizon_days"]), str(row["spells"])]
        + ["" if row[name] != row[name] else f"{row[name]:.3f}" for name in figures]
        + [row["verdict"]]
        for row in scores.to_dict("records")
    ]
    head = ["what", "state", "days ahead", "spells", "opened", "outlook", "persist", "lapse", "base rate", "verdict"]
    return TEXT.format(prior=PRIOR_SPELLS, day=known, survival=survival, scores=table(head, lines))


if __name__ == "__main__":
    print(page(), end="")
