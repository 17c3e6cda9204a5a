"""A workbook of 200 shipments as it comes from people: 180 rows that can be answered and 20 that are spoiled."""

from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl

HEADER = [
    *("Номер", "Откуда", "Куда", "Дата отгрузки", "Груз", "Вес, т", "Containers", "Deadline", "Flag", "Avoid"),
    *("Best by", "Remarks"),
]
PAIRS = [
    ("Almaty", "Karachi"),
    ("Алматы", "Карачи"),
    ("Tashkent", "Gwadar"),
    ("Ташкент", "Bandar Abbas"),
    ("Bishkek", "Lahore"),
    ("Душанбе", "Islamabad"),
    ("Osh", "Kashgar"),
    ("Aktau", "Baku"),
    ("Samarkand", "Poti"),
    ("Ashgabat", "Mersin"),
]
FIRST = 4
"""Row of the first shipment: a merged title, an empty row and the header stand above it."""

SPOILED: dict[int, tuple[dict[str, object], str, str]] = {
    7: ({"B": "Allmatty Citty"}, "B7", "nearest"),
    15: ({"C": "Karatchi Port Qasim"}, "C15", "No place"),
    23: ({"D": "03/04/2026"}, "D23", "2026-03-04 or 2026-04-03"),
    31: ({"D": "31.04.2026"}, "D31", "not a day of the calendar"),
    39: ({"D": None}, "D39", "is empty"),
    47: ({"B": None}, "B47", "is empty"),
    55: ({"C": None}, "C55", "is empty"),
    63: ({"D": "=TODAY()+30"}, "D63", "holds no result"),
    71: ({"F": "=F70*2"}, "F71", "holds no result"),
    79: ({"F": "about twenty"}, "F79", "not a number"),
    87: ({"F": "20 lb"}, "F87", "unit"),
    95: ({"F": -5}, "F95", "above 0"),
    103: ({"G": 1.5}, "G103", "whole number"),
    111: ({"F": 90, "G": 1}, "F111, G111", "do not go into"),
    119: ({"E": "conteiner40"}, "E119", "container40"),
    127: ({"H": date(2026, 1, 2)}, "H127", "before the departure"),
    135: ({"I": "Mars"}, "I135", "not a country"),
    143: ({"J": "Atlantis"}, "J143", "Atlantis"),
    151: ({"C": "Almaty", "B": "Алматы"}, "B151, C151", "nothing to route"),
    159: ({"merge": "April, second half"}, "B159:K159", "merged"),
}
"""By row: what is put into it, the cell that must be blamed, and words of the reason."""


def workbook(path: Path) -> dict[int, dict[str, object]]:
    """Write it; the good rows by number, with what `net.routes` is asked for each."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Апрель"
    sheet["A1"] = "Shipments of the spring, as received"
    sheet.merge_cells("A1:L1")
    for j, name in enumerate(HEADER, 1):
        sheet.cell(3, j, name)
    good: dict[int, dict[str, object]] = {}
    for i in range(200):
        row, (origin, destination) = FIRST + i, PAIRS[i % len(PAIRS)]
        day = date(2026, 4, 1) + timedelta(days=i % 7)
        day_cell: object = day
        if i % 5 == 1:
            day_cell = day.isoformat()
        if i % 5 == 2:
            day_cell = datetime(day.year, day.month, day.day)
        if i % 5 == 3:
            day_cell = f"{day:%d.%m.%Y}"
        cargo = ["container40", "40-foot container, general cargo", None, "textiles"][i % 4]
        tonnes = [20, "20 t", "35,5 тонн", 7.25, None, "24000 kg"][i % 6]
        wish = ["fastest", "cheapest", None, "usd"][i % 4]
        cells = {
            "A": i + 1,
            "B": origin,
            "C": destination,
            "D": day_cell,
            "E": cargo,
            "F": tonnes,
            "G": 1 if tonnes is None else None,
            "H": day + timedelta(days=30) if i % 3 == 0 else None,
            "I": "KZ" if i % 25 == 3 else "-",
            "J": "IR; AF" if i % 20 == 10 else None,
            "K": wish,
            "L": "=1+1" if i % 50 == 0 else "by phone",
        }
        if spoil := SPOILED.get(row):
            cells |= {name: value for name, value in spoil[0].items() if name != "merge"}
            if "merge" in spoil[0]:
                cells = {"B": spoil[0]["merge"]}
                sheet.merge_cells(spoil[1])
        else:
            good[row] = {
                "origin": origin,
                "destination": destination,
                "depart": day,
                "cargo": "textiles" if cargo == "textiles" else "container40",
                "by": {"fastest": "hours", None: "hours", "cheapest": "usd", "usd": "usd"}[wish],
                "carrier": "KZ" if i % 25 == 3 else None,
                "avoid": ["IR", "AF"] if i % 20 == 10 else None,
                "tonnes": [20.0, 20.0, 35.5, 7.25, None, 24.0][i % 6],
                "deadline": cells["H"],
            }
        for letter, value in cells.items():
            if value is not None:
                sheet[f"{letter}{row}"] = value
    book.save(path)
    return good
