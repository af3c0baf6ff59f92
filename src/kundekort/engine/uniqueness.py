"""Values that may stand on one row of a file only, gathered block by block: a question to the whole file.

Only small columns are kept of each row. Knows no register, only which card each row has found in the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import polars as pl

from kundekort.engine import frames, keys, problem
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


class UniqueValues:
    """The values so far, of the keys by which rows find their cards and of every unique field."""

    def __init__(self, *, policy: Policy, schema: Schema) -> None:
        self._keys: list[tuple[Key, list[pl.DataFrame]]] = [(by, []) for by in key_fields(policy, schema)]
        self._schema = schema
        self._unique: dict[str, tuple[Field, list[pl.DataFrame]]] = {f.key: (f, []) for f in schema if f.unique}

    def add(self, field: Field, cells: pl.DataFrame) -> None:
        """Take the cells of a column: ROW, LINE, value as in the file, canonical text, and code of what is wrong."""
        if field.key in self._unique:
            text = pl.col("text")
            good = cells.filter(pl.col("code").is_null(), text.is_not_null(), text != "")
            self._unique[field.key][1].append(_seen(good, canonical.comparable(field, text)))

    def add_key(self, by: Key, rows: pl.DataFrame) -> None:
        """Take rows with nothing wrong in a key: ROW, LINE, value as in the file, canonical text by field key."""
        same = pl.col(by[0].key) if by[0].kind is Kind.ID else keys.value(by)
        free = ["", "0"] if by[0].kind is Kind.ID else [""]
        next(seen for key, seen in self._keys if key == by).append(
            _seen(rows.filter(same.is_not_null(), ~same.is_in(free)), same)
        )

    def problems(self, cards: pl.DataFrame, *, but: Sequence[int] = (), matched: bool = False) -> pl.DataFrame:
        """A problem for every row of every value that stands on several; `cards` has ROW and ID of all rows.

        Rows in `but` do not count. `matched`: of some it was said by hand which card they are about; `cards` has LINE.
        """
        of_keys = frames.concat(self._doubled_keys(cards, but), frames.PROBLEMS)
        if matched:
            of_cards = self._doubled_cards(cards, but).join(of_keys, on=ROW, how="anti")
            of_keys = frames.concat([of_keys, of_cards], frames.PROBLEMS)
        values = frames.concat(self._doubled_values(but), frames.PROBLEMS)
        return frames.concat([of_keys, values.join(of_keys, on=ROW, how="anti")], frames.PROBLEMS)

    def _doubled_cards(self, cards: pl.DataFrame, but: Sequence[int]) -> pl.DataFrame:
        """Rows that are about one card whatever they say: somebody has said of each which one it is about."""
        known = cards.filter(pl.col(ID) > 0, ~pl.col(ROW).is_in(but))
        field = next(f for f in self._schema if f.kind is Kind.ID)
        number = pl.col(ID).cast(pl.String)
        return _problems(_several(known.select(ROW, LINE, number.alias(_SAME), value=number)), field, "id_twice")

    def _doubled_values(self, but: Sequence[int]) -> Iterable[pl.DataFrame]:
        for field, parts in self._unique.values():
            if parts:
                yield _problems(_several(pl.concat(parts).filter(~pl.col(ROW).is_in(but))), field, "value_twice")

    def _doubled_keys(self, cards: pl.DataFrame, but: Sequence[int]) -> Iterable[pl.DataFrame]:
        """Rows that are about the same card, and rows of new ones with the same value in one of the keys."""
        codes = [("id_twice" if by[0].kind is Kind.ID else "key_twice", by[0]) for by, _ in self._keys]
        parts = [pl.concat(seen).with_columns(_by=number) for number, (_, seen) in enumerate(self._keys) if seen]
        if not parts:
            return
        rows = pl.concat(parts).filter(~pl.col(ROW).is_in(but))
        if len(parts) > 1:  # with one key, the same value is the same card
            known = pl.col(ID) > 0
            rows = rows.join(cards.select(ROW, ID), on=ROW, how="left", maintain_order="left")
            rows = rows.with_columns(
                pl.when(known).then(pl.format("#{}", ID)).otherwise(pl.format("{}:{}", "_by", _SAME)).alias(_SAME)
            ).unique([ROW, _SAME], keep="first", maintain_order=True)
        several = _several(rows)
        for number, (code, field) in enumerate(codes):
            yield _problems(several.filter(pl.col("_by") == number), field, code)


def _seen(rows: pl.DataFrame, same: pl.Expr) -> pl.DataFrame:
    return rows.select(ROW, LINE, same.alias(_SAME), pl.col("value").str.head(problem.SHOWN))


def _several(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows whose value stands on several, each with the lines on which it does."""
    several = rows.filter(pl.col(_SAME).is_duplicated())
    lines = several.group_by(_SAME).agg(lines=pl.col(LINE).sort().head(LINES))
    return several.join(lines, on=_SAME, maintain_order="left")


def _problems(several: pl.DataFrame, field: Field, code: str) -> pl.DataFrame:
    return problem.frame(several, field=field, code=code, value=pl.col("value"), params={"lines": pl.col("lines")})
