"""Values that may stand on one row of a file only, gathered block by block: a question to the whole file.

Only small columns are kept of each row. Knows no register, only which card each row has found in the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
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
_SEEN: Final = {**frames.NUMBERING, _SAME: pl.String, "value": pl.String}
NOTHING: Final[Mapping[str, pl.DataFrame]] = MappingProxyType({})
"""No parts: whoever begins has none."""
NOBODY: Final = pl.Series(ROW, dtype=pl.UInt32)


class UniqueValues:
    """The values so far, of the keys by which rows find their cards and of every unique field.

    `parts` are those that `parts` has given before.
    """

    def __init__(self, *, policy: Policy, schema: Schema, parts: Mapping[str, pl.DataFrame] = NOTHING) -> None:
        self._keys = key_fields(policy, schema)
        self._schema = schema
        self._unique = {f.key: f for f in schema if f.unique}
        names = (*(_key(n) for n in range(len(self._keys))), *map(_unique, self._unique))
        self._seen = {name: [parts[name]] if name in parts else [] for name in names}

    @property
    def parts(self) -> dict[str, pl.DataFrame]:
        """All values so far: a frame with ROW for each key and each unique field, by a name of its own."""
        return {name: pl.concat([pl.DataFrame(schema=_SEEN), *seen]) for name, seen in self._seen.items()}

    def add(self, field: Field, cells: pl.DataFrame) -> None:
        """Take the cells of a column: ROW, LINE, value as in the file, canonical text, and code of what is wrong."""
        if field.key in self._unique:
            text = pl.col("text")
            good = cells.filter(pl.col("code").is_null(), text.is_not_null(), text != "")
            self._seen[_unique(field.key)].append(_seen(good, canonical.comparable(field, text)))

    def add_key(self, by: Key, rows: pl.DataFrame) -> None:
        """Take rows with nothing wrong in a key: ROW, LINE, value as in the file, canonical text by field key."""
        same = pl.col(by[0].key) if by[0].kind is Kind.ID else keys.value(by)
        free = ["", "0"] if by[0].kind is Kind.ID else [""]
        good = rows.filter(same.is_not_null(), ~same.is_in(free))
        self._seen[_key(self._keys.index(by))].append(_seen(good, same))

    def problems(self, cards: pl.DataFrame, *, but: pl.Series = NOBODY, matched: bool = False) -> pl.DataFrame:
        """A problem for every row of every value that stands on several; `cards` has ROW and ID of all rows.

        Rows in `but`, by their numbers, do not count. `matched`: of some it was said by hand which card they are about;
        `cards` has LINE.
        """
        of_keys = frames.concat(self._doubled_keys(cards, but, matched=matched), frames.PROBLEMS)
        if matched:
            of_cards = self._doubled_cards(cards, but).join(of_keys, on=ROW, how="anti")
            of_keys = frames.concat([of_keys, of_cards], frames.PROBLEMS)
        values = frames.concat(self._doubled_values(but), frames.PROBLEMS)
        return frames.concat([of_keys, values.join(of_keys, on=ROW, how="anti")], frames.PROBLEMS)

    def _doubled_cards(self, cards: pl.DataFrame, but: pl.Series) -> pl.DataFrame:
        """Rows that are about one card whatever they say: somebody has said of each which one it is about."""
        known = cards.filter(pl.col(ID) > 0, ~pl.col(ROW).is_in(but.implode()))
        field = next(f for f in self._schema if f.kind is Kind.ID)
        number = pl.col(ID).cast(pl.String)
        return _problems(_several(known.select(ROW, LINE, number.alias(_SAME), value=number)), field, "id_twice")

    def _doubled_values(self, but: pl.Series) -> Iterable[pl.DataFrame]:
        for key, field in self._unique.items():
            if seen := self._seen[_unique(key)]:
                yield _problems(
                    _several(pl.concat(seen).filter(~pl.col(ROW).is_in(but.implode()))), field, "value_twice"
                )

    def _doubled_keys(self, cards: pl.DataFrame, but: pl.Series, *, matched: bool) -> Iterable[pl.DataFrame]:
        """Rows that are about the same card, and rows of new ones with the same value in one of the keys."""
        codes = [("id_twice" if by[0].kind is Kind.ID else "key_twice", by[0]) for by in self._keys]
        every = [self._seen[_key(number)] for number in range(len(self._keys))]
        parts = [pl.concat(seen).with_columns(_by=number) for number, seen in enumerate(every) if seen]
        if not parts:
            return
        rows = pl.concat(parts).filter(~pl.col(ROW).is_in(but.implode()))
        if len(parts) > 1 or matched:  # else the same value is the same card
            known = pl.col(ID) > 0
            rows = rows.join(cards.select(ROW, ID), on=ROW, how="left", maintain_order="left")
            rows = rows.with_columns(
                pl.when(known).then(pl.format("#{}", ID)).otherwise(pl.format("{}:{}", "_by", _SAME)).alias(_SAME)
            ).unique([ROW, _SAME], keep="first", maintain_order=True)
        several = _several(rows)
        for number, (code, field) in enumerate(codes):
            yield _problems(several.filter(pl.col("_by") == number), field, code)


def _key(number: int) -> str:
    return f"key{number}"


def _unique(key: str) -> str:
    return f"unique_{key}"


def _seen(rows: pl.DataFrame, same: pl.Expr) -> pl.DataFrame:
    return rows.select(ROW, LINE, same.alias(_SAME), pl.col("value").str.head(problem.SHOWN))


def _several(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows whose value stands on several, each with the lines on which it does."""
    several = rows.filter(pl.col(_SAME).is_duplicated())
    lines = several.group_by(_SAME).agg(lines=pl.col(LINE).sort().head(LINES))
    return several.join(lines, on=_SAME, maintain_order="left")


def _problems(several: pl.DataFrame, field: Field, code: str) -> pl.DataFrame:
    return problem.frame(several, field=field, code=code, value=pl.col("value"), params={"lines": pl.col("lines")})
