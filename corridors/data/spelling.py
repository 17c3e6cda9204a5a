"""Names as people spell them: compared in any script, and what is no name at all."""

from __future__ import annotations

import re
import unicodedata

POINT = re.compile(r"\W*-?\d+(\.\d+)?\W+-?\d+(\.\d+)?\W*")
"""Two numbers as text, such as "69.2, 41.3"."""

_FOLDED = str.maketrans(
    # letters that Unicode does not decompose; Kazakh and Tajik letters as Russian writes them; Arabic letters as in
    # Persian; traditional characters of place names as simplified ones
    "ıəøđłқғңүұөһәіҳҷӣӯўکىيہھةەۀٱۇ"
    "亞傑則區國圖孫庫張樂溫漢澤濟烏爾瑪盧礦納維羅萊薩蘇蘭蓋謝貝買費賈達連鄉鄭錫鐵開關陽韋馬魯齊齋萬葉設倫門頓額雲",
    "ieodlкгнууохаихчиууکییهههههاو"
    "亚杰则区国图孙库张乐温汉泽济乌尔玛卢矿纳维罗莱萨苏兰盖谢贝买费贾达连乡郑锡铁开关阳韦马鲁齐斋万叶设伦门顿额云",
) | {ord("ك"): "ک", ord("ß"): "ss"}


_NOT_SPELLED = {code: None for code in range(128) if not chr(code).isalnum()}
"""Blanks and punctuation of ASCII."""


def key(text: str) -> str:
    """Name without case, accents, blanks and punctuation, for comparing spellings in any script."""
    text = str(text)
    if text.isascii():
        return text.casefold().translate(_NOT_SPELLED)
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text).casefold().translate(_FOLDED))
    kept = (c for c in plain if not unicodedata.combining(c) and unicodedata.category(c) != "Lm")
    return re.sub(r"[^\w\u0900-\u0e7f]+|_", "", "".join(kept)).translate(_FOLDED)
