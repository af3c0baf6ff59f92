"""Which header means which field: by key, header, label or synonym, and near misses as suggestions only.

This module looks at headers, never at cells; it may not name a field.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final, TypeAlias

from kundekort.engine.errors import FileRefused
from kundekort.engine.recipe import Column, Policy, RowKey
from kundekort.engine.schema import Field, Kind, Schema

Key: TypeAlias = tuple[Field, ...]
"""The fields of a key, of which none may be empty."""

NEAR: Final = 84.0
"""A suggestion resembles one of the field's names at least this much (of 100) …"""
SLIP: Final = 5
"""… or is a single slip away (a letter too many, too few, wrong, or two that changed places) from so many letters."""

FULL_NAME: Final = "full_name"
"""What a column of first and last names together becomes; no field of a card, but several."""
COMPANY: Final = "company"
_PARTS: Final = ("first_name", "last_name", COMPANY)

FIRST_PART: Final = _PARTS[0]
"""The field that the beginning of a full name becomes."""

_LETTERS: Final = str.maketrans({"æ": "ae", "ø": "o", "ð": "d", "þ": "th", "đ": "d", "ł": "l"})


_KEY_FIELDS: Final[Mapping[RowKey, tuple[str, ...]]] = {
    RowKey.EXTERNAL_ID: ("external_id",),
    RowKey.EMAIL: ("email",),
    RowKey.MOBILE: ("mobile",),
    RowKey.NAME_BIRTH: ("first_name", "last_name", "date_of_birth"),
}


@lru_cache(maxsize=4096)
def fold(header: str) -> str:
    """The letters and digits of a text without case and diacritics: Kjønn, KJØNN and kjonn are one."""
    plain = header.isascii()  # as most are, of thousands of names of countries and languages
    letters = header.lower() if plain else unicodedata.normalize("NFKD", header).casefold().translate(_LETTERS)
    return letters if letters.isalnum() else "".join(filter(str.isalnum, letters))


def names(field: Field) -> tuple[str, ...]:
    """The folded names of a field, the strongest first."""
    return tuple(dict.fromkeys(map(fold, (field.key, field.header, *field.labels.values(), *field.synonyms))))


_FULL_NAMES: Final = """
Navn, Namn, Name, Nimi, Nafn, Naam, Fullt navn, Fullt namn, Full name, Fullständigt namn, Hele navnet, Fulde navn,
Kundenavn, Kundens navn, Kundnamn, Customer name, Client name, Contact name, Kontaktnavn, Koko nimi, Fullt nafn,
Vollständiger Name, Kundenname, Volledige naam, Klantnaam, Etternavn og fornavn, Fornavn og etternavn,
Fornavn etternavn, Etternavn fornavn, First and last name, Navn på kunde
"""
"""What columns of full names are called."""


def header_test(schema: Schema) -> Callable[[str], bool]:
    """A function that says whether a header names a field of the schema."""
    known = _fields_by_name(schema)
    return lambda header: fold(header) in known


def match_headers(headers: Sequence[str], schema: Schema) -> tuple[Column, ...]:
    """One Column per header. A field may come twice (`refuse` says so); a suggestion names only fields not taken."""
    known = _fields_by_name(schema)
    columns = [Column(header=h, field=known.get(fold(h))) for h in headers]
    near = _suggestions(columns, schema) | _full_names(columns)
    return tuple(replace(c, suggestion=near.get(place)) for place, c in enumerate(columns))


def spread(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns as fields: behind them the parts of a column of full names, which itself becomes none.

    A company in its place becomes one only where the file has no other column for it.
    """
    whole = [c for c in columns if c.field == FULL_NAME]
    parts = [part for part in _PARTS if part != COMPANY or all(c.field != COMPANY for c in columns)]
    kept = (replace(c, field=None) if c.field == FULL_NAME else c for c in columns)
    return (*kept, *(replace(c, field=part) for c in whole for part in parts))


def ignored_columns(columns: Sequence[Column], samples: Sequence[Sequence[str]]) -> tuple[Column, ...]:
    """The columns that become no field; one without a name in which nothing stands (`samples` of each) is no column."""
    return tuple(c for c, values in zip(columns, samples, strict=True) if c.field is None and (c.header or values))


def key_fields(policy: Policy, schema: Schema) -> tuple[Key, ...]:
    """The keys by which rows find their cards, the first that counts first; none when every row is a new customer."""
    return tuple(
        (next(f for f in schema if f.kind is Kind.ID),)
        if key is RowKey.ID
        else tuple(schema[part] for part in _KEY_FIELDS[key])
        for key in policy.keys
    )


def check_columns(columns: Sequence[Column], *, schema: Schema, policy: Policy, separator: str) -> None:
    """Raise FileRefused (no_known_column, column_twice, no_key_column) if the file cannot be imported this way."""
    columns = spread(columns)
    taken = Counter(c.field for c in columns if c.field is not None)
    if not taken:
        raise FileRefused("no_known_column", headers=[c.header for c in columns], separator=separator)
    for key, times in taken.items():
        if times > 1:
            raise FileRefused("column_twice", field=key, headers=[c.header for c in columns if c.field == key])
    for field in (f for by in key_fields(policy, schema) for f in by):
        if field.key not in taken:
            raise FileRefused("no_key_column", field=field.key)


def _fields_by_name(schema: Schema) -> Mapping[str, str]:
    """Folded name -> field key. A field's own header beats any other name, and of two equals the earlier field."""
    everything = {name: f.key for f in reversed(schema.fields) for name in names(f) if name}
    return everything | {fold(name): f.key for f in reversed(schema.fields) for name in (f.header, f.key)}


def _full_names(columns: Sequence[Column]) -> dict[int, str]:
    """The first column without field that is called as full names are, where no column has a part of the name."""
    if any(c.field in _PARTS[:2] for c in columns):
        return {}
    known = set(map(fold, _FULL_NAMES.split(",")))
    places = [place for place, c in enumerate(columns) if c.field is None and fold(c.header) in known]
    return dict.fromkeys(places[:1], FULL_NAME)


def _likeness(header: str, name: str) -> float:
    """How much a header resembles a name, of 100; one slip in a name is as near as a suggestion has to be."""
    from rapidfuzz import fuzz  # for what no file of a known form has
    from rapidfuzz.distance import OSA

    slip = min(len(header), len(name)) >= SLIP and OSA.distance(header, name, score_cutoff=1) == 1
    return max(fuzz.ratio(header, name), NEAR if slip else 0.0)


def _suggestions(columns: Sequence[Column], schema: Schema) -> dict[int, str]:
    """Place of a column without field -> key of the free field it resembles most; the nearest pairs first."""
    taken = {c.field for c in columns}
    pairs = [
        (max(_likeness(fold(c.header), name) for name in names(f)), place, f.key)
        for place, c in enumerate(columns)
        if c.field is None and fold(c.header)
        for f in schema
        if f.key not in taken
    ]
    chosen: dict[int, str] = {}
    for likeness, place, key in sorted(pairs, key=lambda pair: -pair[0]):
        if likeness >= NEAR and place not in chosen and key not in chosen.values():
            chosen[place] = key
    return chosen
