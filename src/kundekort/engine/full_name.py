"""A column of full names becomes first names, last names and companies. Works on texts; knows no register.

`Kari Anne Nordmann` is split before its last word, or before a particle (`Kari von der Lippe`); `Nordmann, Kari` at its
comma. What sounds like a company is none of both and stays whole. A text says nothing (null) of the parts it has no
word for: one word is no last name, a person has no company.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from kundekort.engine.values.text import clean

_PARTICLES: Final = (
    "von|van|vom|vander|zu|zum|zur|de|del|della|der|den|des|di|da|do|dos|das|du|la|le|las|los|lo|el|al|av|af|ap|ab|"
    "bin|ibn|ben|ter|ten|te|'t|op|st\\.|y"
)
_SUFFIX: Final = r"(?:jr|sr|jun|sen|junior|senior|ii|iii|iv|md|m\.d|phd|ph\.d|dr|msc|bsc|esq)\.?"
_ENDINGS: Final = (
    "AS|ASA|A/S|ANS|DA|ENK|NUF|SA|BA|KF|IKS|HF|SF|AB|HB|KB|ApS|K/S|I/S|Oy|Oyj|Ab|GmbH|AG|KG|OHG|UG|BV|B\\.V\\.|NV|N\\.V\\.|"
    "Ltd\\.?|Limited|LLC|Inc\\.?|Corp\\.?|PLC|Plc|ehf\\.?|hf\\.?|e\\.V\\.|S\\.A\\.|SARL|SpA"
)
"""What stands at the end of a company's name, written so."""
_WORDS: Final = (
    "kommune|fylkeskommune|kommun|universitet|universitetet|høgskole|høgskolen|högskolan|skole|skolen|skola|skolan|"
    "barneskole|ungdomsskole|videregående|barnehage|stiftelse|stiftelsen|forening|foreningen|förening|föreningen|forbund|"
    "forbundet|lag|idrettslag|teater|teatret|teateret|museum|museet|kirke|kirken|menighet|sykehus|sykehuset|hotell|hotel|"
    "bank|bokhandel|bibliotek|klubb|klubben|klub|korps|kor|orkester|senter|senteret|bedrift|firma|gruppen|group|company|"
    "co\\.?|corporation|foundation|university|school|church|society|association|club|sønn|sønner|søner|söner|sons|"
    "partnere|partners|advokatfirma|regnskap|consulting|holding|eiendom|invest|service|services"
)
"""Words of which a company's name has one, in whatever case; the first word may be a person's."""
_COMPANY: Final = rf"[0-9@]|^.+ (?:{_ENDINGS})$|^.+ (?i:{_WORDS})(?: |$)|^(?i:stiftelsen|foreningen|advokatfirmaet) "
_COMMA: Final = r"^([^,]+), ?([^,]+)$"
_TITLE: Final = rf"^[^,]+, ?(?i:{_SUFFIX})$"
_NAME: Final = rf"^(\S+(?: \S+)*?) ((?i:{_PARTICLES}) .+|\S+(?:,? (?i:{_SUFFIX}))?)$"


def split(texts: pl.Series) -> pl.DataFrame:
    """The columns `first_name`, `last_name` and `company` of full names; null where a text says nothing of it."""
    text = pl.col("text")
    company = text.str.contains(_COMPANY) | (text.str.count_matches(",", literal=True) > 1)
    comma = text.str.contains(_COMMA) & ~text.str.contains(_TITLE)
    first = pl.when(comma).then(text.str.extract(_COMMA, 2)).otherwise(text.str.extract(_NAME, 1)).str.strip_chars()
    last = pl.when(comma).then(text.str.extract(_COMMA, 1)).otherwise(text.str.extract(_NAME, 2)).str.strip_chars()
    words = clean(texts).rename("text").to_frame().with_columns(text.str.replace_all(r"\s+", " "))
    return words.select(
        pl.when(text == "").then(text).when(~company).then(pl.coalesce(first, text)).alias("first_name"),
        pl.when(text == "").then(text).when(~company).then(last).alias("last_name"),
        pl.when(company).then(text).alias("company"),
    )
