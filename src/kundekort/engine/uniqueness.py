"""Values that may stand on one row of a file only, gathered block by block: a question to the whole file.

Only small columns are kept of each row. Knows no register, only which card each row has found in the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import polars as pl

from kundekort.engine import duplicates, frames, keys, problem
from kundekort.engine.frames import ID, LINE, ROW
from kundekort.engine.mapping import Key, key_fields
from kundekort.engine.recipe import Policy
from kundekort.engine.schema import Field, Kind, Schema
from kundekort.engine.values import canonical

LINES: Final = 5
"""Lines named when a value stands on several rows."""
KEY_CODES: Final = ("id_twice", "key_twice")
"""The codes by which several rows are about one card; what else they share follows from that."""
_SAME: Final = "_same"
_SEEN: Final = {**frames.NUMBERING, _SAME: pl.String, "value": pl.String}
"""What is kept of each row; the value only where it is spelled otherwise."""
NOBODY: Final = pl.Series(ROW, dtype=pl.UInt32)


class UniqueValues:
    """The values of some rows: of the keys by which they find their cards, and of every unique field."""

    def __init__(self, *, policy: Policy, schema: Schema) -> None:
        self._keys = key_fields(policy, schema)
        self._schema = schema
        self._unique = {f.key: f for f in schema if f.unique}
        ids = {_key(n) for n, by in enumerate(self._keys) if by[0].kind is Kind.ID}
        names = (*(_key(n) for n in range(len(self._keys))), *map(_unique, self._unique))
        self._seen = {
            name: [pl.DataFrame(schema=_SEEN | {_SAME: pl.Int64} if name in ids else _SEEN)] for name in names
        }

    @property
    def parts(self) -> dict[str, pl.DataFrame]:
        """All values so far: a frame with ROW for each key and each unique field, by a name of its own."""
        return {name: pl.concat(seen).sort(ROW, maintain_order=True) for name, seen in self._seen.items()}

    def add(self, field: Field, cells: pl.DataFrame) -> None:
        """Take the cells of a column: ROW, LINE, value as in the file, canonical text, and code of what is wrong."""
        if field.key in self._unique:
            text = pl.col("text")
            good = cells.filter(pl.col("code").is_null(), text.is_not_null(), text != "")
            self._seen[_unique(field.key)].append(_seen(good, canonical.comparable(field, text)))

    def add_key(self, by: Key, rows: pl.DataFrame) -> None:
        """Take rows with nothing wrong in a key: ROW, LINE, value as in the file, canonical text by field key."""
        same = keys.value(by)
        good = rows.filter(same.is_not_null(), same != (0 if by[0].kind is Kind.ID else ""))
        self._seen[_key(self._keys.index(by))].append(_seen(good, same))

    def add_unchanged(self, cells: pl.DataFrame, rows: pl.DataFrame, place: Mapping[str, str]) -> None:
        """Take rows (ROW, LINE, ID, canonical text by field key) in which nothing is wrong, with their raw `cells`.

        `place` says in which of these each field stands.
        """
        texts = rows.with_columns(pl.col(ID).cast(pl.String).alias(f.key) for f in self._schema if f.kind is Kind.ID)
        for key, field in self._unique.items():
            if key in place:
                whole = texts.select(ROW, LINE, value=cells[place[key]], text=key, code=pl.lit(None, pl.String))
                self.add(field, whole)
        for by in self._keys:
            if all(f.key in place for f in by):
                raw = cells.select(pl.concat_str([place[f.key] for f in by], separator=" ")).to_series()
                self.add_key(by, texts.with_columns(raw.alias("value")))


def problems(
    parts: Mapping[str, pl.LazyFrame],
    cards: pl.LazyFrame,
    *,
    policy: Policy,
    schema: Schema,
    but: pl.Series = NOBODY,
    matched: bool = False,
) -> pl.DataFrame:
    """A problem for every row of every value that stands on several; `cards` has ROW, LINE and ID of all rows.

    `parts` are those of `UniqueValues.parts` of all rows. Rows in `but`, by their numbers, do not count. `matched`: of
    some it was said by hand which card they are about.
    """
    several = len(key_fields(policy, schema)) > 1 or matched  # else the same value is the same card
    known = _doubled_cards(cards) if several else None
    of_keys = frames.concat(_doubled_keys(parts, cards, known, policy, schema, but), frames.PROBLEMS)
    if matched and known is not None:
        of_cards = _of_cards(known, schema, but).join(of_keys, on=ROW, how="anti")
        of_keys = frames.concat([of_keys, of_cards], frames.PROBLEMS)
    values = frames.concat(_doubled_values(parts, schema, but), frames.PROBLEMS)
    return frames.concat([of_keys, values.join(of_keys, on=ROW, how="anti")], frames.PROBLEMS)


def _doubled_cards(cards: pl.LazyFrame) -> pl.DataFrame:
    """The rows (ROW, LINE, ID) of cards that several rows are about."""
    ids = cards.select(ID).filter(pl.col(ID) > 0).collect()[ID]
    return cards.select(ROW, LINE, ID).filter(pl.col(ID).is_in(duplicates.numbers(ids).implode())).collect()


def _of_cards(known: pl.DataFrame, schema: Schema, but: pl.Series) -> pl.DataFrame:
    """Rows that are about one card whatever they say: somebody has said of each which one it is about."""
    rows = known.filter(~pl.col(ROW).is_in(but.implode()))
    field = next(f for f in schema if f.kind is Kind.ID)
    number = pl.col(ID).cast(pl.String)
    return _problems(_several(rows.select(ROW, LINE, number.alias(_SAME), value=number)), field, "id_twice")


def _doubled_values(parts: Mapping[str, pl.LazyFrame], schema: Schema, but: pl.Series) -> Iterable[pl.DataFrame]:
    for field in (f for f in schema if f.unique and _unique(f.key) in parts):
        rows = _doubled(parts[_unique(field.key)])
        yield _problems(_several(rows.filter(~pl.col(ROW).is_in(but.implode()))), field, "value_twice")


def _doubled_keys(
    parts: Mapping[str, pl.LazyFrame],
    cards: pl.LazyFrame,
    known: pl.DataFrame | None,
    policy: Policy,
    schema: Schema,
    but: pl.Series,
) -> Iterable[pl.DataFrame]:
    """Rows that are about the same card, and rows of new ones with the same value in one of the keys."""
    codes = [("id_twice" if by[0].kind is Kind.ID else "key_twice", by[0]) for by in key_fields(policy, schema)]
    every = [parts[_key(number)] for number in range(len(codes)) if _key(number) in parts]
    if not every:
        return
    also = NOBODY if known is None else known[ROW]
    found = [_doubled(seen, also=also).with_columns(_by=number) for number, seen in enumerate(every)]
    rows = pl.concat(found).filter(~pl.col(ROW).is_in(but.implode()))
    if known is not None:
        numbers = cards.select(ROW, ID).filter(pl.col(ROW).is_in(rows[ROW].unique().implode())).collect()
        rows = rows.join(numbers, on=ROW, how="left", maintain_order="left")
        rows = rows.with_columns(
            pl.when(pl.col(ID) > 0).then(pl.format("#{}", ID)).otherwise(pl.format("{}:{}", "_by", _SAME)).alias(_SAME)
        ).unique([ROW, _SAME], keep="first", maintain_order=True)
    several = _several(rows)
    for number, (code, field) in enumerate(codes):
        yield _problems(several.filter(pl.col("_by") == number), field, code)


def _key(number: int) -> str:
    return f"key{number}"


def _unique(key: str) -> str:
    return f"unique_{key}"


def _seen(rows: pl.DataFrame, same: pl.Expr) -> pl.DataFrame:
    value = pl.col("value").str.head(problem.SHOWN)
    spelled = pl.when(value != same.cast(pl.String)).then(value).alias("value")
    return rows.select(ROW, LINE, same.alias(_SAME), spelled)


def _doubled(part: pl.LazyFrame, *, also: pl.Series = NOBODY) -> pl.DataFrame:
    """The rows whose value stands on several, and a few others, all with their values as text."""
    same = pl.col(_SAME).cast(pl.String)
    return duplicates.rows(part, _SAME, also=also).with_columns(same, pl.coalesce("value", same.alias("value")))


def _several(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows whose value stands on several, each with the lines on which it does."""
    several = rows.filter(pl.col(_SAME).is_duplicated())
    lines = several.group_by(_SAME).agg(lines=pl.col(LINE).sort().head(LINES))
    return several.join(lines, on=_SAME, maintain_order="left")


def _problems(several: pl.DataFrame, field: Field, code: str) -> pl.DataFrame:
    return problem.frame(several, field=field, code=code, value=pl.col("value"), params={"lines": pl.col("lines")})
