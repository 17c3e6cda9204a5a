"""Places as users write them: each name is the right place, or is refused with the right word."""

from __future__ import annotations

import pytest

import corridors as cr

RIGHT = {
    "almaty": "Alma-Ata Алматы Алма-Ата 阿拉木图 Almatı",
    "astana": "Astana Nur-Sultan Nursultan Нур-Султан Akmola Целиноград Tselinograd",
    "shymkent": "Chymkent Chimkent Чимкент Шымкент",
    "taraz": "Джамбул Жамбыл Dzhambul Djambul",
    "atyrau": "Гурьев Gur'yev",
    "kyzylorda": "Kyzyl-Orda Кызыл-Орда",
    "osh": "Osh Ош Ўш 奥什",
    "bishkek": "Бишкек Фрунзе Frunze Bischkek Bişkek 比什凯克",
    "tashkent": "Ташкент Toshkent Тошкент Taşkent Taschkent 塔什干",
    "khujand": "Leninabad Ленинабад Khodjent Хуҷанд",
    "mary": "Mary Merv Мары",
    "tejen": "Tedjen Tedzhen Теджен",
    "ashgabat": "Ashkhabad Ашхабад Aşkabat",
    "turkmenbashi": "Krasnovodsk Красноводск Türkmenbaşy",
    "kandahar": "Kandagar Qandahar Кандагар قندهار کندهار",
    "herat": "Герат هرات",
    "peshawar": "Peshawer پشاور Пешавар",
    "port_qasim": "Port_Bin_Qasim Port_Qasim",
    "karachi": "Карачи کراچی 卡拉奇",
    "mashhad": "Meshed Мешхед مشهد Meşhed",
    "bandar_abbas": "بندر_عباس Бендер-Аббас Bander_Abbas",
    "urumqi": "Urumchi 乌鲁木齐 烏魯木齊",
    "yining": "Gulja Kuldja",
    "jebel_ali": "Dubai دبي Дубай",
    "mumbai": "Mumbai Bombay",
    "moscow": "Москва Moskva",
    "baku": "Bakü Bakı Баку Bakou",
}
"""Names by place, ``_`` for blanks."""
NEAREST = {
    "Gwader": "gwadar",
    "Karatchi": "karachi",
    "Chamman": "chaman",
    "Turkham": "torkham",
    "Hairaton": "hairatan",
    "Heart": "herat",
    "Bukara": "bukhara",
    "Samarkant": "samarkand",
}
BEYOND = {
    "Duisburg": ["moscow", "istanbul"],
    "Гамбург": ["moscow"],
    "Rotterdam": ["moscow", "istanbul"],
    "Małaszewicze": ["moscow"],
    "بغداد": ["jebel_ali"],
    "Umm Qasr": ["jebel_ali"],
    "Calcutta": ["delhi"],
    "Singapore": ["colombo"],
    "Kuwait": ["jebel_ali"],
    "天津": ["lianyungang"],
    "Bandar-e Imam": ["bandar_e_mahshahr"],
}


@pytest.mark.parametrize(
    ("name", "place"), [(name.replace("_", " "), place) for place, names in RIGHT.items() for name in names.split()]
)
def test_spellings_in_any_script(net: cr.Network, name: str, place: str) -> None:
    assert net.place_id(name) == place


@pytest.mark.parametrize(("name", "place"), NEAREST.items())
def test_a_misspelt_name_gets_the_right_one_first(net: cr.Network, name: str, place: str) -> None:
    with pytest.raises(cr.UnknownPlace, match=rf"The nearest are [^(]*(\([A-Z]+\) )?\({place}, "):
        net.place_id(name)


@pytest.mark.parametrize(("name", "gateways"), BEYOND.items())
def test_the_network_ends_before_some_places(net: cr.Network, name: str, gateways: list[str]) -> None:
    with pytest.raises(cr.UnknownPlace, match="the network, which ends towards it at ") as error:
        net.routes("Almaty", name, depart="2026-04-15")
    assert all(f"({gateway}, " in str(error.value) for gateway in gateways)


@pytest.mark.parametrize("name", ["Reykjavik", "Springfield", "xqzzt", "Timbuktu"])
def test_no_wrong_guess(net: cr.Network, name: str) -> None:
    with pytest.raises(cr.UnknownPlace, match=r"none is spelt nearly so\. The network has places in AE, AF, "):
        net.place_id(name)


def test_names_of_two_places_are_told_with_their_ids(net: cr.Network) -> None:
    for name, ids in {"Karchi": ("karachi", "karshi"), "Julfa": ("jolfa", "julfa_az")}.items():
        with pytest.raises(cr.UnknownPlace, match="give the place_id") as error:
            net.place_id(name)
        assert all(f"({one}, " in str(error.value) for one in ids)


def test_no_name_beyond_is_one_inside_and_gateways_exist(net: cr.Network) -> None:
    import pandas as pd

    table = pd.read_csv(net.folder / "beyond.csv", keep_default_na=False)
    for row in table.itertuples():
        assert set(row.gateways.split(";")) <= set(net.places["place_id"])
        for name in filter(None, (row.name, *row.names.split(";"))):
            with pytest.raises(cr.UnknownPlace):
                net.place_id(name)


def test_countries_outside_the_network(net: cr.Network) -> None:
    with pytest.raises(cr.UnknownPlace, match=r"it is a country \(IS\), and the network has no place in it"):
        net.place_id("Iceland")
    with pytest.raises(cr.UnknownPlace, match=r"it is a country \(CN\): name a place in it"):
        net.place_id("China")
