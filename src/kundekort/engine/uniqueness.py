"""Values that may stand on one row of a file only, gathered block by block: a question to the whole file.

Only small columns are kept of each row. Knows no register.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import polars as pl

from kundekort.engine import frames, problem
from kundekort.engine.frames import LINE, ROW
from kundekort.engine.mapping import key_field
from kundekort.engine.recipe import Policy
from kundekort.engine.schema import Field, Kind, Schema
from kundekort.engine.values import canonical

LINES: Final = 5
"""Lines named when a value stands on several rows."""
KEY_CODES: Final = ("id_twice", "key_twice")
"""The codes by which several rows are about one card; what else they share follows from that."""


class UniqueValues:
    """The values so far, of the field by which rows find their cards and of every unique field."""

    def __init__(self, *, policy: Policy, schema: Schema) -> None:
        key = key_field(policy, schema)
        self._codes = {f.key: "value_twice" for f in schema if f.unique}
        if key is not None:
            self._codes[key.key] = "id_twice" if key.kind is Kind.ID else "key_twice"
        self._seen: dict[str, tuple[Field, list[pl.DataFrame]]] = {}

    def add(self, field: Field, cells: pl.DataFrame) -> None:
        """Take the cells of a column: ROW, LINE, value as in the file, canonical text, and code of what is wrong."""
        if field.key not in self._codes:
            return
        free = ("", "0") if field.kind is Kind.ID else ("",)
        good = cells.filter(pl.col("code").is_null(), pl.col("text").is_not_null(), ~pl.col("text").is_in(free))
        same = canonical.comparable(field, pl.col("text"))
        seen = good.select(ROW, LINE, same.alias("same"), value=pl.col("value").str.head(problem.SHOWN))
        self._seen.setdefault(field.key, (field, []))[1].append(seen)

    def problems(self) -> pl.DataFrame:
        """A problem for every row of every value that stands on several."""
        found = frames.concat(self._doubled(), frames.PROBLEMS)
        of_keys = found.filter(pl.col("code").is_in(KEY_CODES))[ROW]
        return found.filter(pl.col("code").is_in(KEY_CODES) | ~pl.col(ROW).is_in(of_keys.implode()))

    def _doubled(self) -> Iterable[pl.DataFrame]:
        for field, parts in self._seen.values():
            several = pl.concat(parts).filter(pl.col("same").is_duplicated())
            lines = several.group_by("same").agg(lines=pl.col(LINE).sort().head(LINES))
            rows = several.join(lines, on="same", maintain_order="left")
            yield problem.frame(
                rows,
                field=field,
                code=self._codes[field.key],
                value=pl.col("value"),
                params={"lines": pl.col("lines")},
            )
