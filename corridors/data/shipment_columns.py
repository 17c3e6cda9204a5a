"""Names of columns in a list of shipments, in English and Russian, and which one a header means."""

from __future__ import annotations

import re
from difflib import get_close_matches

from corridors.data.spelling import key

NAMES: dict[str, tuple[str, ...]] = {
    "shipment": (
        *("id", "shipment", "shipment id", "shipment no", "ref", "reference", "number", "no", "nr", "order"),
        *("order no", "order id", "booking", "номер", "номер заказа", "заказ", "заявка", "номер заявки", "п/п"),
    ),
    "origin": (
        *("origin", "from", "from place", "from city", "origin city", "place of origin", "loading place"),
        *("place of loading", "place of receipt", "pol", "port of loading", "start", "откуда", "пункт отправления"),
        *("город отправления", "место отправления", "станция отправления", "место погрузки", "пункт погрузки"),
    ),
    "destination": (
        *("destination", "to", "to place", "to city", "destination city", "place of delivery", "delivery place"),
        *("unloading place", "place of unloading", "pod", "port of discharge", "end", "куда", "пункт назначения"),
        *("город назначения", "место назначения", "станция назначения", "место выгрузки", "место доставки"),
        "назначение",
    ),
    "depart": (
        *("date", "depart", "departs", "departure", "departure date", "date of departure", "leaves", "leaving"),
        *("shipping date", "ship date", "shipment date", "loading date", "date of loading", "pickup date", "etd"),
        *("дата", "дата отправления", "дата отгрузки", "дата погрузки", "дата отправки", "отгрузка"),
    ),
    "cargo": (
        *("cargo", "goods", "commodity", "product", "load", "cargo type", "type of cargo", "description of goods"),
        *("груз", "товар", "вид груза", "тип груза", "наименование груза", "продукция"),
    ),
    "tonnes": (
        *("tonnes", "tons", "t", "metric tons", "mt", "weight", "weight t", "weight tonnes", "gross weight"),
        *("net weight", "cargo weight", "kg", "weight kg", "gross weight kg", "масса", "вес", "тонн", "тонны", "вес т"),
        *("масса т", "вес груза", "масса груза", "вес кг", "масса кг", "вес брутто", "вес нетто", "кг"),
    ),
    "boxes": (
        *("boxes", "box", "containers", "units", "wagons", "trucks", "number of boxes", "number of containers"),
        *(
            "no of containers",
            "no of boxes",
            "container count",
            "feu",
            "контейнеры",
            "контейнеров",
            "вагоны",
            "вагонов",
        ),
        *("количество контейнеров", "число контейнеров", "кол-во контейнеров", "количество вагонов", "машин"),
    ),
    "deadline": (
        *("deadline", "due", "due date", "arrive by", "latest arrival", "needed by", "required by", "delivery date"),
        *("delivery deadline", "required delivery date", "срок", "срок доставки", "крайний срок", "дата доставки"),
        "доставить до",
    ),
    "carrier": (
        *("carrier", "carrier flag", "carrier country", "flag", "truck flag", "перевозчик", "флаг"),
        *("страна перевозчика", "флаг перевозчика"),
    ),
    "avoid": (
        *("avoid", "avoiding", "not via", "not through", "exclude", "without", "избегать", "не через", "исключить"),
        *("кроме", "обходить"),
    ),
    "by": (
        *("by", "wish", "priority", "prefer", "preference", "objective", "optimise", "optimize", "best by"),
        *("приоритет", "критерий", "цель", "предпочтение"),
    ),
}
"""Usual names of each column; the first is that of the template, but for ``depart``, which is called ``date`` there."""
NEEDED = ("origin", "destination", "depart")
WISHES: dict[str, tuple[str, ...]] = {
    "hours": ("hours", "time", "days", "fast", "fastest", "quick", "quickest", "speed", "быстро", "быстрее", "время"),
    "usd": ("usd", "us$", "cost", "price", "money", "cheap", "cheapest", "дешево", "дешевле", "цена", "стоимость"),
    "kgco2e": ("kgco2e", "co2", "co2e", "carbon", "green", "greenest", "emissions", "выбросы", "экологично"),
    "risk": ("risk", "safe", "safest", "safety", "безопасно", "риск", "надежно"),
    "generalised": ("generalised", "generalized", "generalised cost", "balanced", "both", "баланс"),
    "km": ("km", "distance", "shortest", "short", "расстояние", "короче"),
}
"""Words for what a shipment should be best in, by the argument ``by`` of `corridors.Network.routes`."""
WISH_WORDS = "fastest, cheapest, greenest, safest, shortest or balanced"
KILOGRAMS = re.compile(r"(?<![^\W_])(kg|kgs|kilograms?|кг|килограмм\w*)(?![^\W_])", re.IGNORECASE)
NEAR = 0.8


def _key(text: str) -> str:
    return key(text.replace("№", "no")).casefold()


_FIELDS = {_key(name): field for field, names in NAMES.items() for name in names}
_WISHES = {_key(word): by for by, words in WISHES.items() for word in words}


def field_of(header: object) -> str:
    """The field that a header means, empty if none; text in brackets or after a comma may be ignored."""
    text = str(header) if isinstance(header, str) else ""
    bare = re.sub(r"\(.*?\)|\[.*?\]", " ", text)
    for one in (text, bare, bare.split(",")[0], bare.replace("*", "")):
        if field := _FIELDS.get(_key(one)):
            return field
    return ""


def near_field(header: object) -> str:
    """The field with the most similar name; empty if there is none."""
    found = get_close_matches(_key(str(header)), _FIELDS, n=1, cutoff=NEAR) if isinstance(header, str) else []
    return _FIELDS[found[0]] if found else ""


def in_kilograms(header: object) -> bool:
    """Whether a header says that its numbers are kilograms."""
    return bool(KILOGRAMS.search(str(header)))


def wish_of(word: str) -> str:
    """What to minimise for a wish in words; empty if it is not known."""
    return _WISHES.get(_key(word), "")
