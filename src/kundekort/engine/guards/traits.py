"""What tells one person from another on a row and on a card: the traits that guards of identity compare."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import polars as pl

from kundekort.engine import keys
from kundekort.engine.guards.block import Block
from kundekort.engine.keys import UNIT
from kundekort.engine.schema import Field, Schema
from kundekort.engine.values import canonical

EXTERNAL_ID: Final = "external_id"
EMAIL: Final = "email"
MOBILE: Final = "mobile"
BIRTH: Final = "date_of_birth"
PERSON: Final = ("first_name", "last_name")
COMPANY: Final = "company"
REACHED: Final = (EMAIL, MOBILE, "phone")
"""By what somebody is reached."""
SHARED: Final = 20
"""More cards than these with one e-mail address or number, and it is nobody's in particular."""
LETTERS: Final = 2
"""Letters by which two first names have to differ at their beginning to be clearly those of two people."""
_SPELLINGS: Final[dict[str, str]] = {
    "aa": "a",
    "æ": "e",
    "ø": "o",
    "ch": "k",
    "c": "k",
    "ph": "f",
    "w": "v",
    "z": "s",
    "th": "t",
}


def text(key: str, prefix: str = "") -> pl.Expr:
    """A cell that says something; null where it does not."""
    cell = pl.col(prefix + key)
    return pl.when(cell != "").then(cell)


def name(given: Collection[str], prefix: str = "") -> pl.Expr | None:
    """The whole name of a person, or else of a company, in small letters; None where the columns are not `given`."""
    names = []
    if all(key in given for key in PERSON):
        names.append(pl.concat_str([text(key, prefix).str.to_lowercase() for key in PERSON], separator=UNIT))
    if COMPANY in given:
        nobody = [pl.col(prefix + key).fill_null("") == "" for key in PERSON if key in given]
        company = pl.all_horizontal(pl.lit(True), *nobody)
        names.append(pl.when(company).then(text(COMPANY, prefix).str.to_lowercase()))
    return pl.coalesce(names) if names else None


def of(given: Collection[str], schema: Schema, prefix: str = "") -> dict[str, pl.Expr]:
    """The traits that do not hang on each other, as comparable text, null where empty: those that are `given`."""
    found = {k: canonical.comparable(schema[k], text(k, prefix)) for k in (EMAIL, MOBILE, BIRTH) if k in given}
    whole = name(given, prefix)
    return found if whole is None else {"name": whole} | found


def person(schema: Schema) -> tuple[Field, ...]:
    """The fields by which a person is found without a number: first name, last name and date of birth together."""
    return tuple(schema[key] for key in (*PERSON, BIRTH))


def owned(block: Block, by: Sequence[Field], wanted: pl.DataFrame, fields: Sequence[Field]) -> pl.DataFrame:
    """The cards that have one of the values of `wanted` (column `key`): `key` and their fields, without shared ones."""
    cards = block.register.cards(by[0] if len(by) == 1 else by, wanted["key"], fields)
    if cards.is_empty():  # as nearly always
        return cards.with_columns(key=pl.lit(""))
    return cards.with_columns(keys.value(by).alias("key")).filter(pl.len().over("key") <= SHARED)


def at_home(block: Block, wanted: pl.DataFrame, fields: Sequence[Field]) -> pl.DataFrame:
    """The cards of those who live where `wanted` (column `key`, of `keys.home`) says: `key` and their fields."""
    cards = block.register.neighbours(wanted["key"], fields)
    return cards.with_columns(keys.home().alias("key")).filter(pl.len().over("key") <= SHARED)


def begins(first_name: pl.Expr) -> pl.Expr:
    """How a first name begins, whatever its accents and ways of spelling; null where there is none."""
    head = _sound(first_name.str.to_lowercase().str.normalize("NFKD").str.replace_all(r"[^a-zæø]", ""))
    head = head.str.head(LETTERS)
    return pl.when(head != "").then(head)


def called(first_name: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The first and the second of somebody's first names, whatever their accents and ways of spelling; null if none.

    An initial is no name.
    """
    plain = first_name.str.to_lowercase().str.normalize("NFKD").str.replace_all(r"[^a-zæø -]", "")
    plain = plain.str.replace_all("[ -]+", " ").str.strip_chars()
    return _sound(plain.str.extract("^([a-zæø]{2,})")), _sound(plain.str.extract("^[a-zæø]+ ([a-zæø]{2,})"))


def _sound(plain: pl.Expr) -> pl.Expr:
    return plain.str.replace_many(_SPELLINGS, leftmost=True)


def namesakes(one: str, other: str) -> pl.Expr:
    """Whether two of the same last name who live together are one person; names of columns by their prefixes.

    They are called the same (`called`, `second`), and nothing tells that they were born on different days.
    """
    differ = [(pl.col(one + k) != pl.col(other + k)).fill_null(False) for k in ("second", "birth")]
    called = (pl.col(one + "called") == pl.col(other + "called")).fill_null(False)
    return called & ~pl.any_horizontal(differ)


def family(one: str, other: str) -> pl.Expr:
    """Whether two who share an address or a number are two people of a family; names of columns by their prefixes.

    Their first names begin differently, and so are their dates of birth, or where one is not known, the last name is
    the same. The columns are `begins`, `last` and `birth`, null where empty.
    """
    differ = pl.col(one + "begins") != pl.col(other + "begins")
    born = pl.col(one + "birth") != pl.col(other + "birth")
    namesake = pl.col(one + "last") == pl.col(other + "last")
    return (differ & pl.coalesce(born, namesake)).fill_null(False)
