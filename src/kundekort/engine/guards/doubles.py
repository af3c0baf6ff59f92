"""New rows that are a card already, that stand twice in their file, or that are the examples of a template."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from kundekort.engine import duplicates, finding, frames, keys
from kundekort.engine.frames import ID, ROW
from kundekort.engine.guards import traits
from kundekort.engine.guards.block import Block
from kundekort.engine.schema import Field, Schema

EXAMPLES: Final = (
    ("Åse", "Nygård", "ase.nygard@example.com", "Fjordveien 12"),
    ("Jonas", "Sæther", "jonas@example.com", "Storgata 3"),
)
"""First name, last name, e-mail and address of the invented customers of templates."""
PERSON: Final = "person"
ADDRESS: Final = "address"
_NAMED: Final = (*traits.PERSON, traits.BIRTH)
"""The columns that say who somebody is, of which `_with_person` makes what is compared."""
_MINE: Final = "mine:"
_THEIRS: Final = "theirs:"
_FIRST: Final = "first:"
_BY: Final = "by:"
_KEYS: Final = 100_000
"""Keys that several rows have of which the rows are looked at together: all rows of a key are."""
_CERTAIN: Final = (traits.EXTERNAL_ID, PERSON)
"""What only one person has."""


def keys_of(given: set[str], schema: Schema) -> dict[str, tuple[Field, ...]]:
    """By what two can be the same person, the surest first: its name in `params`, and the fields that say it."""
    found: dict[str, tuple[Field, ...]] = {k: (schema[k],) for k in (traits.EXTERNAL_ID,) if k in given}
    if given.issuperset((*traits.PERSON, traits.BIRTH)):
        found[PERSON] = traits.person(schema)
    found |= {k: (schema[k],) for k in (traits.EMAIL, traits.MOBILE) if k in given}
    at_home = given.issuperset((*traits.PERSON, *keys.HOME))
    return found | ({ADDRESS: tuple(schema[k] for k in keys.HOME)} if at_home else {})


def people(rows: pl.DataFrame, fields: Sequence[Field], schema: Schema) -> pl.DataFrame:
    """The new ones among rows with ID: ROW, under the names of `keys_of` what each is known by, and who it is."""
    given = {f.key for f in fields}
    every = keys_of(given, schema)
    who = [key for key in _NAMED if key in given]
    known = dict.fromkeys((*who, *(f.key for by in every.values() for f in by)))
    new = rows.select(ROW, ID, *known).filter(pl.col(ID) == 0)
    return new.select(ROW, *(_key(by, of).alias(_BY + by) for by, of in every.items()), *who)


def already_card(block: Block) -> pl.DataFrame:
    """New rows that are a card already, by the number of another system, name and birth, e-mail, mobile or home."""
    found = [pl.DataFrame(schema=frames.EVIDENCE)]
    needed = tuple(block.schema[k] for k in (*traits.PERSON, traits.BIRTH))
    rows = block.people
    for by, fields in keys_of({f.key for f in block.fields}, block.schema).items():
        if rows.is_empty():
            break
        wanted = rows.select(ROW, pl.col(_BY + by).alias("key")).filter(pl.col("key") != "")
        asked = (*needed, *(f for f in fields if f not in needed))
        owned = traits.at_home(block, wanted, asked) if by == ADDRESS else traits.owned(block, fields, wanted, asked)
        if owned.is_empty():  # as nearly always
            continue
        both = _with_person(_pairs(wanted, owned).join(rows, on=ROW, how="inner"), _MINE)
        if by == ADDRESS:
            both = both.filter(traits.namesakes(_MINE, _THEIRS))
        elif by not in _CERTAIN:
            both = both.filter(~traits.family(_MINE, _THEIRS))
        if both.is_empty():
            continue
        alike = (pl.col(_MINE + "begins") == pl.col(_THEIRS + "begins")).fill_null(False)
        both = both.sort(pl.col(ROW), alike, pl.col("id"), descending=[False, True, False])
        both = both.unique(ROW, keep="first", maintain_order=True)
        rows = rows.join(both, on=ROW, how="anti", maintain_order="left")
        shown = (*traits.PERSON, ADDRESS) if by == ADDRESS else [f.key for f in fields]
        both = both.select(ROW, "id", _THEIRS + "name").join(block.rows.select(ROW, *shown), on=ROW, how="left")
        value, old, card = pl.concat_str(shown, separator=" "), pl.col(_THEIRS + "name"), pl.col("id")
        found.append(
            finding.evidence(both, field=None, code="already_card", value=value, old=old, card=card, params={"by": by})
        )
    return pl.concat(found)


def _key(by: str, fields: Sequence[Field]) -> pl.Expr:
    return keys.home() if by == ADDRESS else keys.value(fields)


def _pairs(wanted: pl.DataFrame, owned: pl.DataFrame) -> pl.DataFrame:
    """The rows of `wanted` (ROW, key) with each card that has their key: `id`, and its person under _THEIRS."""
    name = pl.concat_str(list(traits.PERSON), separator=" ", ignore_nulls=True).str.strip_chars()
    owned = _with_person(owned, _THEIRS).with_columns(name.alias(_THEIRS + "name"))
    return wanted.join(owned.select("key", "id", pl.col(f"^{_THEIRS}.*$")), on="key", how="inner")


def _with_person(rows: pl.DataFrame, prefix: str) -> pl.DataFrame:
    """The rows with how the first name begins, what people are called, the last name and the date of birth, or null."""
    nothing = pl.lit(None, dtype=pl.String)
    first, last = traits.PERSON
    rows = rows.with_columns(
        (traits.text(last).str.to_lowercase() if last in rows.columns else nothing).alias(prefix + "last"),
        (traits.text(traits.BIRTH) if traits.BIRTH in rows.columns else nothing).alias(prefix + "birth"),
    )
    if first not in rows.columns:
        return rows.with_columns(nothing.alias(prefix + name) for name in ("begins", "called", "second"))
    called, second = traits.called(pl.col(first))
    names = rows.select(first).unique()
    names = names.with_columns(
        traits.begins(pl.col(first)).alias(prefix + "begins"),
        called.alias(prefix + "called"),
        second.alias(prefix + "second"),
    )
    return rows.join(names, on=first, how="left", nulls_equal=True, maintain_order="left")  # names are few


def example_row(block: Block) -> pl.DataFrame:
    """New rows that are the examples of a template, which nobody has written over."""
    given = {f.key for f in block.fields}
    if not given.issuperset(traits.PERSON):
        return pl.DataFrame(schema=frames.EVIDENCE)
    there = pl.lit(False)
    for first, last, email, address in EXAMPLES:
        more = [pl.col(k) == v for k, v in ((traits.EMAIL, email), ("address", address)) if k in given]
        name = (pl.col(traits.PERSON[0]) == first) & (pl.col(traits.PERSON[1]) == last)
        there |= (name & pl.any_horizontal(pl.lit(False), *more)).fill_null(False)
    name = pl.concat_str(list(traits.PERSON), separator=" ")
    return finding.evidence(
        block.rows.filter(pl.col(ID) == 0).filter(there), field=None, code="example_row", value=name
    )


def known_by(new: pl.DataFrame) -> pl.DataFrame:
    """Of new customers, as `people` gives them: ROW, hashes of what each is known by, and the columns of _NAMED.

    Who stands twice in a file is a question to all of it, and these are what is kept of each row for that.
    """
    by = [name for name in new.columns if name.startswith(_BY) and name != _BY + traits.EXTERNAL_ID]  # it is unique
    if not by:
        return new.select(ROW).clear()
    hashes = [pl.when(pl.col(name) != "").then(pl.col(name).hash()).alias(name) for name in by]
    return new.select(ROW, *hashes, *(key for key in _NAMED if key in new.columns))


def twice_in_file(people: pl.LazyFrame, *, but: pl.Series) -> pl.DataFrame:
    """Evidence at every row that is a person of an earlier one; `people` are all that `known_by` has given.

    Rows whose numbers are in `but` do not count.
    """
    everybody = people.filter(~pl.col(ROW).is_in(but.implode())) if len(but) else people
    given = everybody.collect_schema()
    found = [pl.DataFrame(schema=frames.EVIDENCE)]
    for by in (PERSON, traits.EMAIL, traits.MOBILE, ADDRESS):
        key = _BY + by
        if key not in given:
            continue
        hashes = everybody.select(key).collect(engine="streaming").to_series()
        for doubled in duplicates.numbers(hashes).to_frame().iter_slices(_KEYS):
            there = pl.col(key).is_in(doubled.to_series().implode())
            rows = everybody.filter(there).collect(engine="streaming").sort(ROW)
            if by in (traits.EMAIL, traits.MOBILE):  # of a school, a shop
                rows = rows.filter(pl.len().over(key) <= traits.SHARED)
            found.append(_twice(_with_person(rows, _MINE), by))
    return pl.concat(found).unique(ROW, keep="first", maintain_order=True)


def _twice(rows: pl.DataFrame, by: str) -> pl.DataFrame:
    """Those of rows with a common key that are the same person as an earlier one with it."""
    common = [_BY + by, _MINE + "called"] if by == ADDRESS else [_BY + by]
    places = rows.with_row_index("place").select(pl.col("place").first().over(common))["place"]
    first = rows.select(ROW, f"^{_MINE}.*$")[places]  # one walk through the groups, whatever is asked of their first
    rows = rows.hstack(first.rename(lambda name: name.replace(_MINE, _FIRST) if name != ROW else "_first"))
    if by == PERSON:
        same = pl.lit(True)
    elif by == ADDRESS:
        same = traits.namesakes(_MINE, _FIRST)
    else:
        again = pl.col(_MINE + "begins").is_not_null() & ~pl.struct(*common, _MINE + "begins").is_first_distinct()
        same = again | ~traits.family(_MINE, _FIRST)
    later = rows.filter(pl.col("_first") < pl.col(ROW), same)
    row = pl.col("_first").cast(pl.Int64)
    return finding.evidence(later, field=None, code="twice_in_file", params={"by": by, "row": row})
