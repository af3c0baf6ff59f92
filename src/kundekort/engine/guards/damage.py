"""What spreadsheets, programs and encodings have made of a value, told by what stands on the card.

Each kind of damage is recognised by the stored value having become exactly what such a program makes of it, so that
whoever mends or changes a value by hand is left alone.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from kundekort.engine import damage, escapes, finding, frames
from kundekort.engine.frames import CHANGED, OLD, ROW
from kundekort.engine.guards import encodings
from kundekort.engine.guards.block import Block
from kundekort.engine.schema import Kind

_VALUE, _OLD, _KIND = pl.col("value"), pl.col("old"), pl.col("kind")

_MONTH: Final = (
    "(?:jan|feb|mar|mär|mrt|apr|mai|maj|maí|may|mei|jun|jún|jul|júl|aug|ágú|sep|sept|okt|oct|nov|nóv|des|dec|dez|"
    "tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu)"
)
_DAY_OF_MONTH: Final = rf"(?i)^(?:[0-9]{{1,2}}[-. /]{{1,2}}{_MONTH}|{_MONTH}[-. /]{{1,2}}[0-9]{{2,4}})\.?$"
_DAY: Final = r"^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T]00:00:00)?|[0-9]{1,2}[./-][0-9]{1,2}[./-](?:[0-9]{2}|[0-9]{4}))$"
_SERIAL: Final = "^[2-5][0-9]{4}$"
_NO_DAY: Final = rf"(?i)^(?:[0-9]{{1,2}}[-./][0-9]{{1,4}}|{_MONTH}[0-9]{{1,2}})$"
_MONTH_NUMBERS: Final = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "tam"),
            ("feb", "hel"),
            ("mar", "mär", "mrt", "maa"),
            ("apr", "huh"),
            ("mai", "maj", "maí", "may", "mei", "tou"),
            ("jun", "jún", "kes"),
            ("jul", "júl", "hei"),
            ("aug", "ágú", "elo"),
            ("sep", "syy"),
            ("okt", "oct", "lok"),
            ("nov", "nóv"),
            ("dec", "des", "dez", "jou"),
        ),
        start=1,
    )
    for name in names
}
_NAMED_DAY: Final = (
    rf"(?i)^(?P<day>[0-9]{{1,2}})[. ]{{1,2}}(?P<month>{_MONTH})\pL*\.?$",
    rf"(?i)^(?P<month>{_MONTH})\pL*\.? (?P<day>[0-9]{{1,2}})$",
)
"""A day and the name of its month, in either order."""
_CUT: Final = (255, 256)
_ALMOST: Final = 15
"""Digits of a number that a spreadsheet keeps."""


def evidence(block: Block) -> pl.DataFrame:
    """Cells that are damaged, of those whose value differs from that on the card."""
    found = [pl.DataFrame(schema=frames.EVIDENCE)]
    cells = _damaged(_cells(block))
    for field in (f for f in block.fields if f.key in set(cells["field"].unique())):
        there = cells.filter(pl.col("field") == field.key)
        found.append(finding.evidence(there, field=field, code=pl.col("code"), value=_VALUE, old=_OLD))
    return pl.concat(found)


def _cells(block: Block) -> pl.DataFrame:
    """All changed cells of all fields in one frame, because what is asked of them costs the same for one as for many.

    `words` says whether people, too, write there that there is nothing, `unique` whether it is a number or the like of
    one card only.
    """
    types = {ROW: pl.UInt32, "field": pl.String, "kind": pl.String, "words": pl.Boolean, "unique": pl.Boolean}
    cells = [pl.DataFrame(schema=types | {"value": pl.String, "old": pl.String})]
    for field in block.changed(block.fields):
        cells.append(
            block.rows.filter(CHANGED + field.key, pl.col(field.key) != "").select(
                ROW,
                pl.lit(field.key).alias("field"),
                pl.lit(field.kind.value).alias("kind"),
                pl.lit(damage.people_write(field)).alias("words"),
                pl.lit(field.unique).alias("unique"),
                pl.col(field.key).alias("value"),
                pl.col(OLD + field.key).fill_null("").alias("old"),
            )
        )
    return pl.concat(cells, rechunk=True)  # each chunk would cost as much as all of them


def _damaged(cells: pl.DataFrame) -> pl.DataFrame:
    """Those of the cells that are damaged, each with the code of what has happened to it first in the order of signs.

    Only cells that could show a sign are looked at more closely: hardly any can, and some signs are dear.
    """
    found = [cells.clear().with_columns(pl.lit(None, dtype=pl.String).alias("code"))]
    if cells.height:
        possible = cells.select(first.alias(code) for code, (first, *_) in _SIGNS.items())
        for code in (c for c in possible.columns if possible[c].any()):
            there = cells.filter(possible[code])
            for sign in _SIGNS[code][1:]:
                there = there.filter(sign) if there.height else there
            found.append(there.with_columns(pl.lit(code).alias("code")))
    return pl.concat(found).unique([ROW, "field"], keep="first", maintain_order=True)


def _no_value() -> pl.Expr:
    word = damage.no_value(_VALUE, spoken=~pl.col("words"))
    spelt_anew = _VALUE.str.to_lowercase() == _OLD.str.to_lowercase()  # there are people called Null
    day = damage.zero_day(_VALUE) & (Kind.DATE.value == _KIND)
    return day | (word & ~spelt_anew & (Kind.CHOICE.value != _KIND))


def _entities() -> pl.Expr:
    """Codes of pages, mails, addresses or programs for letters that the stored value lacks; notes may have some."""
    of_page = escapes.entities(_VALUE) & ~escapes.entities(_OLD)
    of_address = escapes.percent(_VALUE) & ~escapes.percent(_OLD)
    of_source = escapes.letter_codes(_VALUE) & ~escapes.letter_codes(_OLD)
    of_mail = escapes.mail_words(_VALUE) & ~escapes.mail_words(_OLD)
    return encodings.escaped(_VALUE, _OLD) | ((of_page | of_address | of_source) & (Kind.NOTE.value != _KIND)) | of_mail


def _rounded() -> pl.Expr:
    """As 4,79E+09, with a decimal that it never had, with zeros after the fifteenth digit, or 100000 for 1E5."""
    number = _OLD.str.replace(r"^\+?0*([0-9])", "${1}")
    point = number.str.contains("^[0-9]{3,}$") & _VALUE.str.contains("[.,]0$")
    point &= _VALUE.str.replace("[.,]0$", "") == number
    digits = _OLD.str.contains("^[0-9]{16,}$") & _VALUE.str.contains("^[0-9]{16,}$")
    same_length = _OLD.str.len_bytes() == _VALUE.str.len_bytes()
    heads = [text.str.slice(0, _ALMOST).cast(pl.Int64, strict=False) for text in (_VALUE, _OLD)]
    zeros = _VALUE.str.slice(_ALMOST).str.contains("^0+$")
    rounded_up = _OLD.str.slice(_ALMOST, 1) >= "5"
    near = (heads[0] == heads[1]) | ((heads[0] == heads[1] + 1) & rounded_up)
    power = _OLD.str.contains("^[0-9]{1,15}[eE][0-9]{1,2}$") & _VALUE.str.contains("^[0-9]+$")
    power &= _OLD.cast(pl.Float64, strict=False) == _VALUE.cast(pl.Float64, strict=False)
    made = pl.col("unique") & damage.decimal(_VALUE) & ~damage.decimal(_OLD)
    return damage.exponent(_VALUE) | point | made | (digits & same_length & zeros & near) | power


def _date() -> pl.Expr:
    """A day where something like 1/2 stood. A whole day in a note may be what somebody has looked up."""
    day = _VALUE.str.contains(_DAY_OF_MONTH)
    day |= _VALUE.str.contains(_DAY) & (Kind.NOTE.value != _KIND)
    day |= _VALUE.str.contains(_SERIAL) & ~_KIND.is_in([Kind.NOTE.value, Kind.NUMBER.value])
    named = _VALUE.str.contains(_DAY) & pl.any_horizontal(_same_day(form) for form in _NAMED_DAY)
    return ((day & _OLD.str.contains(_NO_DAY)) | named) & (Kind.DATE.value != _KIND)


def _same_day(form: str) -> pl.Expr:
    """Whether the stored value is a day of a month by its name, and the file has the numbers of both."""
    parts = _OLD.str.extract_groups(form).struct
    word = parts.field("month").str.to_lowercase()
    month = word.str.head(3).replace_strict(_MONTH_NUMBERS, default=None, return_dtype=pl.Int64)
    month = pl.when(word.str.starts_with("marras")).then(11).otherwise(month)
    numbers = _VALUE.str.extract_all("[0-9]+").list.eval(pl.element().cast(pl.Int64))
    day = parts.field("day").cast(pl.Int64)
    return (numbers.list.contains(day) & numbers.list.contains(month)).fill_null(False)


def _zeros() -> pl.Expr:
    return _OLD.str.contains("^0[0-9]+$") & (_OLD.str.replace("^0+([0-9])", "${1}") == _VALUE)


def _plus() -> pl.Expr:
    """A number without its plus: as it is, or taken for one of the register's country."""
    digits = _OLD.str.replace_all("[^0-9]", "")
    longer = _VALUE.str.replace_all("[^0-9]", "").str.len_bytes() - digits.str.len_bytes()
    phone = (Kind.PHONE.value == _KIND) & _VALUE.str.ends_with(digits) & (longer <= 3)
    return _OLD.str.contains(r"^\+[0-9 ]{6,}$") & (phone | (digits == _VALUE))


def _cut() -> pl.Expr:
    """The beginning of a text, as long as a cell of old could be; in bytes too, and trimmed since."""
    lengths = [_OLD.str.slice(0, most).str.strip_chars() == _VALUE for most in _CUT]
    lengths.append(_VALUE.str.len_bytes().is_in(_CUT) & _OLD.str.starts_with(_VALUE))
    return pl.any_horizontal(lengths) & (_OLD.str.len_chars() > _VALUE.str.len_chars())


_FOREIGN: Final = _OLD.str.len_bytes() > _OLD.str.len_chars()  # letters that some encoding lacks; dear to look for
_ODD: Final = _VALUE.str.len_bytes() > _VALUE.str.len_chars()
_MISREAD: Final = escapes.misread(_VALUE) & ~escapes.misread(_OLD)
_LOST: Final = escapes.lost(_VALUE) & ~escapes.lost(_OLD)
_ALIKE: Final = (_VALUE.str.head(1) == _OLD.str.head(1)) | _OLD.str.contains("^[^!-~]")
"""Whether two texts begin alike, as they do if only foreign letters differ: what it costs to see that is saved."""
_DAY_LIKE: Final = _VALUE.str.contains(f"(?i)^(?:[0-9]|{_MONTH})")
_SHORT_NUMBER: Final = _OLD.str.contains("^.{3,16}$") & _OLD.str.contains("[0-9]") & _VALUE.str.contains("[0-9]")
_SIGNS: Final = {
    "hashes": (_VALUE.str.starts_with("##"), damage.hashes(_VALUE)),
    "excel_error": (_VALUE.str.contains("^#|:[0-9]{3}$"), damage.error(_VALUE)),
    "null_word": (damage.no_value(_VALUE) | damage.zero_day(_VALUE), _no_value()),
    "number_rounded": (_VALUE.str.contains("^[+-]?[0-9][0-9.,eE+]+$"), _rounded()),
    "date_made": (_DAY_LIKE, _SHORT_NUMBER, _date()),
    "zeros_lost": (_OLD.str.starts_with("0"), _zeros()),
    "plus_lost": (_OLD.str.starts_with("+"), _plus()),
    "entities": (_VALUE.str.contains(escapes.POSSIBLE), _entities()),
    "mojibake": (
        _FOREIGN | _ODD,
        _ALIKE | _MISREAD,
        encodings.else_alike(_VALUE, _OLD) | _MISREAD,
        encodings.read_wrongly(_VALUE, _OLD) | _MISREAD,
    ),
    "letters_lost": (
        _FOREIGN | _ODD,
        _VALUE.str.contains(encodings.MARKS),
        encodings.replaced(_VALUE, _OLD) | _LOST,
    ),
    "letters_dropped": (
        _FOREIGN & (_VALUE.str.len_bytes() < _OLD.str.len_bytes()),
        _ALIKE,
        encodings.dropped(_VALUE, _OLD),
    ),
    "text_cut": (_OLD.str.len_bytes() > _CUT[0], _cut()),
}
"""Whether a cell could show a kind of damage, and whether it does, by the code of the finding; all have to hold."""
CODES: Final = frozenset(_SIGNS)
"""The codes of findings whose stored values are the right ones, as spreadsheets or programs have done the change."""
