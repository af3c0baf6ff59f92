"""New rows that are a card already, that stand twice in their file, or that are the examples of a template."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from kundekort.engine import finding, frames, keys
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
MINE: Final = "mine:"
THEIRS: Final = "theirs:"
_BY: Final = "by:"
_CERTAIN: Final = (traits.EXTERNAL_ID, PERSON)
"""What only one person has."""
_PERSON: Final = ("begins", "second", "last", "birth")
"""What `traits.family` and `traits.namesakes` look at, besides what is in the key of a home."""


def keys_of(given: set[str], schema: Schema) -> dict[str, tuple[Field, ...]]:
    """By what two can be the same person, the surest first: its name in `params`, and the fields that say it."""
    found: dict[str, tuple[Field, ...]] = {k: (schema[k],) for k in (traits.EXTERNAL_ID,) if k in given}
    if given.issuperset((*traits.PERSON, traits.BIRTH)):
        found[PERSON] = traits.person(schema)
    found |= {k: (schema[k],) for k in (traits.EMAIL, traits.MOBILE) if k in given}
    at_home = given.issuperset((*traits.PERSON, *keys.HOME))
    return found | ({ADDRESS: tuple(schema[k] for k in keys.HOME)} if at_home else {})


def people(rows: pl.DataFrame, fields: Sequence[Field], schema: Schema) -> pl.DataFrame:
    """The new ones among rows with ID: ROW, under the names of `keys_of` what each is known by, and their person."""
    given = {f.key for f in fields}
    every = keys_of(given, schema)
    known = {*traits.PERSON, traits.BIRTH, *(f.key for by in every.values() for f in by)} & given
    new = _with_person(rows.filter(pl.col(ID) == 0).select(ROW, *sorted(known)), MINE, given)
    found = [_key(by, of).alias(_BY + by) for by, of in every.items()]
    return new.select(ROW, *found, pl.col(f"^{MINE}.*$"))


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
        both = _pairs(wanted, owned).join(rows, on=ROW, how="inner")
        if by == ADDRESS:
            both = both.filter(traits.namesakes(MINE, THEIRS))
        elif by not in _CERTAIN:
            both = both.filter(~traits.family(MINE, THEIRS))
        alike = (pl.col(MINE + "begins") == pl.col(THEIRS + "begins")).fill_null(False)
        both = both.sort(pl.col(ROW), alike, pl.col("id"), descending=[False, True, False])
        both = both.unique(ROW, keep="first", maintain_order=True)
        rows = rows.join(both, on=ROW, how="anti", maintain_order="left")
        shown = (*traits.PERSON, ADDRESS) if by == ADDRESS else [f.key for f in fields]
        both = both.select(ROW, "id", THEIRS + "name").join(block.rows.select(ROW, *shown), on=ROW, how="left")
        value, old, card = pl.concat_str(shown, separator=" "), pl.col(THEIRS + "name"), pl.col("id")
        found.append(
            finding.evidence(both, field=None, code="already_card", value=value, old=old, card=card, params={"by": by})
        )
    return pl.concat(found)


def _key(by: str, fields: Sequence[Field]) -> pl.Expr:
    return keys.home() if by == ADDRESS else keys.value(fields)


def _pairs(wanted: pl.DataFrame, owned: pl.DataFrame) -> pl.DataFrame:
    """The rows of `wanted` (ROW, key) with each card that has their key: `id`, and its person under THEIRS."""
    name = pl.concat_str(list(traits.PERSON), separator=" ", ignore_nulls=True).str.strip_chars()
    owned = _with_person(owned, THEIRS, set(owned.columns)).with_columns(name.alias(THEIRS + "name"))
    return wanted.join(owned.select("key", "id", pl.col(f"^{THEIRS}.*$")), on="key", how="inner")


def _with_person(rows: pl.DataFrame, prefix: str, given: set[str]) -> pl.DataFrame:
    """The rows with how the first name begins, what people are called, the last name and the date of birth, or null."""
    nothing = pl.lit(None, dtype=pl.String)
    first, last = traits.PERSON
    rows = rows.with_columns(
        (traits.text(last).str.to_lowercase() if last in given else nothing).alias(prefix + "last"),
        (traits.text(traits.BIRTH) if traits.BIRTH in given else nothing).alias(prefix + "birth"),
    )
    if first not in given:
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


class People:
    """The new customers of a file so far, as hashes: who stands there twice is a question to the whole file.

    `seen` are those that `seen` has given before.
    """

    def __init__(self, seen: pl.DataFrame | None = None) -> None:
        self._seen = [pl.DataFrame(schema=frames.NUMBERING).select(ROW) if seen is None else seen]

    @property
    def seen(self) -> pl.DataFrame:
        """All of them: ROW, and columns of hashes."""
        return pl.concat(self._seen, how="diagonal")

    def add(self, new: pl.DataFrame) -> None:
        """Take new customers as `people` gives them."""
        by = [name.removeprefix(_BY) for name in new.columns if name.startswith(_BY)]
        by = [name for name in by if name != traits.EXTERNAL_ID]  # unique by itself
        if new.is_empty() or not by:
            return
        # Two steps: Polars would work out each value anew wherever it stands in an expression.
        values = [pl.col(_BY + name).alias(name) for name in by if name != ADDRESS]
        if ADDRESS in by:
            values.append(pl.concat_str(_BY + ADDRESS, MINE + "called", separator=keys.UNIT).alias(ADDRESS))
        found = new.select(ROW, *values, *(pl.col(MINE + name).alias("_" + name) for name in _PERSON))
        self._seen.append(found.select(ROW, _hashes(*by), _hashes(*("_" + name for name in _PERSON))))

    def evidence(self, *, but: Sequence[int] = ()) -> pl.DataFrame:
        """Evidence at every row that is a person of an earlier one; rows in `but` do not count."""
        everybody = self.seen.filter(~pl.col(ROW).is_in(but))
        found = [pl.DataFrame(schema=frames.EVIDENCE)]
        for by in (k for k in (PERSON, traits.EMAIL, traits.MOBILE, ADDRESS) if k in everybody.columns):
            rows = everybody.filter(pl.col(by).is_not_null(), pl.col(by).is_duplicated()).sort(ROW)
            if by in (traits.EMAIL, traits.MOBILE):  # of a school, a shop
                rows = rows.filter(pl.len().over(by) <= traits.SHARED)
            found.append(_twice(rows, by))
        return pl.concat(found).unique(ROW, keep="first", maintain_order=True)


def _twice(rows: pl.DataFrame, by: str) -> pl.DataFrame:
    """Those of rows with a common key that are the same person as an earlier one with it."""
    rows = rows.rename({f"_{name}": MINE + name for name in _PERSON}).with_columns(
        *(pl.col(MINE + name).first().over(by).alias(f"first:{name}") for name in _PERSON),
        pl.col(ROW).first().over(by).alias("_first"),
    )
    if by == ADDRESS:  # what they are called is of the key
        rows = rows.with_columns(pl.lit(0).alias(MINE + "called"), pl.lit(0).alias("first:called"))
        same = traits.namesakes(MINE, "first:")
    else:
        again = pl.col(MINE + "begins").is_not_null() & ~pl.struct(by, MINE + "begins").is_first_distinct()
        same = again | (~traits.family(MINE, "first:") if by != PERSON else pl.lit(True))
    later = rows.filter(pl.col("_first") < pl.col(ROW), same)
    first = pl.col("_first").cast(pl.Int64)
    return finding.evidence(later, field=None, code="twice_in_file", params={"by": by, "row": first})


def _hashes(*names: str) -> pl.Expr:
    """Numbers instead of texts, so that a million rows are a few megabytes; null where there is none."""
    return pl.when(pl.col(names) != "").then(pl.col(names).hash())
