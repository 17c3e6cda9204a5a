"""What a truck of a flag may do at each road crossing."""

from __future__ import annotations

from datetime import date

import pandas as pd

from corridors.arguments import as_date
from corridors.data.schema import records
from corridors.model.facts import Facts
from corridors.model.rights import LawOf, Trade
from corridors.routing.request import carrier_code


def may_pass(facts: Facts, /, carrier: str, on: str | date, goods_from: str = "", goods_to: str = "") -> pd.DataFrame:
    """What trucks of a given flag may do at each road crossing for which a rule is known.

    Parameters
    ----------
    carrier : str
        ISO code of the flag.
    on : date
    goods_from, goods_to : str
        ISO codes of the countries where the goods come from and where they go; empty if it does not matter.

    Returns
    -------
    DataFrame
        Columns ``element_id, name, countries, effect`` (allow, transload, forbid, not known), ``treaty, note,
        source_id``. The table does not say whether the crossing is open on that date.

    Raises
    ------
    BadRequest
        If an argument is invalid.
    """
    carrier, day, rows = carrier_code(facts, carrier), as_date(on, "on").isoformat(), []
    trade = Trade(
        *(
            country if country == "" else carrier_code(facts, country, argument)
            for country, argument in ((goods_from, "goods_from"), (goods_to, "goods_to"))
        )
    )
    for row in records(facts.tables["crossings"].drop_duplicates("element_id").sort_values("element_id")):
        if row["mode"] == "road" and row["status"] == "operating":
            sides = [facts.place[row[end]]["country"] for end in ("from_place", "to_place")]
            verdict = facts.rights.verdict(row["element_id"], sides, carrier, trade, LawOf(day, day))
            rows.append(
                {
                    "element_id": row["element_id"],
                    "name": row["name"],
                    "countries": "-".join(sides),
                    **verdict._asdict(),
                }
            )
    return pd.DataFrame(rows)
