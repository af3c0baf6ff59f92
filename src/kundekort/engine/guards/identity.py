"""Rows that are somebody else's than the card their number names: a changed number, shifted rows, a sorted column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from kundekort.engine import finding, frames, keys
from kundekort.engine.frames import CHANGED, ID, OLD, ROW
from kundekort.engine.guards import traits
from kundekort.engine.guards.block import Block
from kundekort.engine.schema import Field, Kind
from kundekort.engine.values import canonical

_THEIRS: Final = "theirs:"
_CARD: Final = "_other"
_ENOUGH: Final = 2
"""Traits that have to be another card's before a row is said to be about that one."""
_HOME: Final = ("address", "zip_code")
SORTED: Final = "column_sorted"
"""The code of a finding that only the whole file shows: not all evidence of a block comes to one."""


def other_card(block: Block) -> pl.DataFrame:
    """Rows of which two traits or more are not those of their card, and are those of one and the same other card.

    Who has the name of their card, or its date of birth and first name, is that person all the same: people of a family
    take over each other's address and number.
    """
    given = {f.key for f in block.fields}
    mine, old = (traits.of(given, block.schema, prefix) for prefix in ("", OLD))
    if len(mine) < _ENOUGH:
        return pl.DataFrame(schema=frames.EVIDENCE)
    rows = block.rows.filter(pl.col(OLD + "id").is_not_null(), _moved(given, list(mine)) >= _ENOUGH)
    if rows.is_empty():
        return pl.DataFrame(schema=frames.EVIDENCE)
    rows = rows.with_columns(
        *(value.alias("mine:" + trait) for trait, value in mine.items()),
        *(value.alias("old:" + trait) for trait, value in old.items() if trait == "name"),
        *(value.ne_missing(old[trait]).alias("differs:" + trait) for trait, value in mine.items()),
    )
    differs = [pl.col("differs:" + trait) & pl.col("mine:" + trait).is_not_null() for trait in mine]
    rows = rows.filter(pl.sum_horizontal(d.cast(pl.UInt8) for d in differs) >= _ENOUGH, ~_same_person(given, set(mine)))
    others = _others(rows, block, given)
    found = rows.join(others, on=ROW, how="inner", maintain_order="left")
    shown = [pl.col("mine:" + trait) for trait in (traits.EMAIL, traits.MOBILE) if trait in mine]
    value = _shown_name(given, "") if "name" in mine else pl.coalesce(shown)
    before = _shown_name(given, OLD) if "name" in mine else _first_old(given)
    return finding.evidence(found, field=None, code="other_card", value=value, old=before, card=pl.col(_CARD))


def _moved(given: set[str], traits_given: list[str]) -> pl.Expr:
    """In how many traits a row can differ from its card: told by the cells alone, before anything is made of them."""
    cells = {trait: [trait] for trait in traits_given} | {"name": [*traits.PERSON, traits.COMPANY]}
    differ = [[pl.col(k) != pl.col(OLD + k) for k in keys_ if k in given] for keys_ in cells.values()]
    return pl.sum_horizontal(pl.any_horizontal(d).cast(pl.UInt8) for d in differ if d)


def _same_person(given: set[str], traits_given: set[str]) -> pl.Expr:
    """Whether a row is about the person of its card: by the name, or the date of birth with nothing against it."""
    born = pl.lit(False)
    if traits.BIRTH in traits_given:
        born = pl.col("mine:" + traits.BIRTH).is_not_null() & ~pl.col("differs:" + traits.BIRTH)
    if "name" not in traits_given:
        return born
    said = pl.col("mine:name").is_not_null()
    first = traits.PERSON[0]
    called = pl.lit(False)
    if first in given:  # who marries changes the last name
        called = (traits.begins(pl.col(first)) == traits.begins(pl.col(OLD + first))).fill_null(False)
    return (said & ~pl.col("differs:name")) | (born & (~said | called))


def _others(rows: pl.DataFrame, block: Block, given: set[str]) -> pl.DataFrame:
    """For rows the card (ROW, _CARD) of which most traits are theirs, where it is enough of them."""
    fields = tuple(
        block.schema[k] for k in (*traits.PERSON, traits.COMPANY, *traits.of(given, block.schema)) if k in given
    )
    lookups: list[tuple[Field, ...]] = [(block.schema[k],) for k in (traits.EMAIL, traits.MOBILE) if k in given]
    if given.issuperset((*traits.PERSON, traits.BIRTH)):
        lookups.append(traits.person(block.schema))
    types = {ROW: pl.UInt32, "id": pl.Int64}
    pairs, cards = [pl.DataFrame(schema=types)], [pl.DataFrame(schema=frames.cards(fields))]
    for by in lookups:
        changed = pl.col("differs:" + by[0].key) if len(by) == 1 else pl.lit(True)
        wanted = rows.filter(changed).select(ROW, keys.value(by).alias("key"))
        owned = traits.owned(block, by, wanted, fields)
        pairs.append(wanted.join(owned, on="key", how="inner").select(ROW, "id"))
        cards.append(owned.select(*frames.cards(fields)))
    first = traits.PERSON[0]
    called = pl.col(first) if first in given else pl.lit(None, dtype=pl.String)
    theirs = pl.concat(cards).unique("id")
    theirs = theirs.select(
        "id",
        traits.begins(called).alias(_THEIRS + "begins"),
        *(v.alias(_THEIRS + t) for t, v in traits.of(given, block.schema).items()),
    )
    both = pl.concat(pairs).unique().join(rows, on=ROW, how="inner").filter(pl.col("id") != pl.col(ID))
    both = both.join(theirs, on="id", how="inner")
    if first in given:  # who marries may take over all but the first name
        mine, old = (traits.begins(pl.col(prefix + first)) for prefix in ("", OLD))
        both = both.filter(~((mine == old) & (mine != pl.col(_THEIRS + "begins"))).fill_null(False))
    alike = [
        ((pl.col("mine:" + trait) == pl.col(_THEIRS + trait)) & pl.col("differs:" + trait)).fill_null(False)
        for trait in traits.of(given, block.schema)
    ]
    both = both.with_columns(pl.sum_horizontal(a.cast(pl.UInt8) for a in alike).alias("_alike"))
    both = both.filter(pl.col("_alike") >= _ENOUGH).sort(ROW, "_alike", "id", descending=[False, True, False])
    return both.unique(ROW, keep="first", maintain_order=True).select(ROW, pl.col("id").alias(_CARD))


def _shown_name(given: set[str], prefix: str) -> pl.Expr:
    parts = [pl.col(prefix + k) for k in (*traits.PERSON, traits.COMPANY) if k in given]
    return pl.concat_str(parts, separator=" ", ignore_nulls=True).str.replace_all("  +", " ").str.strip_chars()


def _first_old(given: set[str]) -> pl.Expr:
    return pl.coalesce(*(traits.text(k, OLD) for k in (traits.EMAIL, traits.MOBILE) if k in given))


def column_sorted(block: Block) -> pl.DataFrame:
    """Cells that say another customer's address or number, or nothing, in rows that are their card's for the rest.

    `home` of its `params` says whether these two live together.
    """
    found = [pl.DataFrame(schema=frames.EVIDENCE)]
    known = block.rows.filter(pl.col(OLD + "id").is_not_null())
    home = tuple(block.schema[k] for k in _HOME)
    for field in block.changed(f for f in block.fields if f.key in traits.REACHED):
        value = canonical.comparable(field, traits.text(field.key))
        rows = known.filter(CHANGED + field.key, _fits(field, block)).with_columns(value.alias("key"))
        empty = rows.filter(pl.col(field.key) == "")
        old = pl.col(OLD + field.key)
        found.append(finding.evidence(empty, field=field, code=SORTED, old=old, params={"home": False}))
        rows = rows.filter(pl.col("key").is_not_null())
        if rows.is_empty():
            continue
        owned = traits.owned(block, (field,), rows, (field, *home))
        owned = owned.with_columns(_place(home).alias("_home"))
        owners = owned.group_by("key").agg(pl.col("id").min().alias(_CARD), pl.col("_home").alias("_homes"))
        rows = rows.join(owners, on="key", how="inner", maintain_order="left")
        if rows.is_empty():
            continue
        found.append(
            finding.evidence(
                _with_home(rows, home, block),
                field=field,
                code=SORTED,
                value=pl.col(field.key),
                old=old,
                card=pl.col(_CARD),
                params={"home": _place(home, OLD).is_not_null() & pl.col("_homes").list.contains(_place(home, OLD))},
            )
        )
    return pl.concat(found)


def _with_home(rows: pl.DataFrame, home: Sequence[Field], block: Block) -> pl.DataFrame:
    """The rows with where those of their cards live, which a file does not always have columns for."""
    if all(OLD + f.key in rows.columns for f in home):
        return rows
    number = next(f for f in block.schema if f.kind is Kind.ID)
    own = block.register.cards(number, rows[ID], home)
    own = own.select(pl.col("id").alias(ID), *(pl.col(f.key).alias(OLD + f.key) for f in home))
    known = [OLD + f.key for f in home if OLD + f.key in rows.columns]
    return rows.drop(known).join(own, on=ID, how="left", maintain_order="left")


def _place(home: Sequence[Field], prefix: str = "") -> pl.Expr:
    """Where somebody lives, null where it is not known."""
    return pl.concat_str([traits.text(f.key, prefix).str.to_lowercase() for f in home], separator=keys.UNIT)


def without_alike(evidence: pl.DataFrame) -> pl.DataFrame:
    """The evidence of a whole file without that of sorted columns which is none once all is known.

    Cells that all say the same are made alike. People who live together take over each other's address and number:
    their cells count only beside a quarter as many of others. Cells that say nothing count where no fewer are others'.
    """
    value, column = pl.col("value").str.to_lowercase(), ("code", "field")
    empty, home = value == "", pl.col("params").str.contains('"home":true', literal=True)
    shared = home & (4 * (~home & ~empty).sum().over(column) < home.sum().over(column))
    theirs = ~empty & (pl.len().over(*column, value) == 1) & ~shared
    many = theirs.sum().over(column)
    emptied = empty & (many >= finding.KINDS[SORTED].least) & (many >= empty.sum().over(column))
    return evidence.filter((pl.col("code") != SORTED) | theirs | emptied)


def _fits(field: Field, block: Block) -> pl.Expr:
    """Whether the rest of a row is its card's: the name and the date of birth, or without them the other addresses."""
    given = {f.key for f in block.fields}
    person = [k for k in (*traits.PERSON, traits.COMPANY, traits.BIRTH) if k in given]
    others = [k for k in traits.REACHED if k in given and k != field.key]
    changed = [pl.col(CHANGED + k).fill_null(False) for k in person]
    moved = [pl.col(CHANGED + k).fill_null(False) for k in others]
    said = [pl.col(k).fill_null("") != "" for k in person]
    nobody = pl.lit(False)
    return ~pl.any_horizontal(nobody, *changed) & (
        pl.any_horizontal(nobody, *said) | ~pl.any_horizontal(nobody, *moved)
    )
