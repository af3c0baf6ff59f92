"""What cards were born with that nobody has seen at their birth, as the log tells it."""

from __future__ import annotations

import polars as pl

from tests.torture import replay


def births(log: pl.DataFrame, cards: pl.DataFrame) -> pl.DataFrame:
    """What every card that there has ever been was born with: its first change tells, or that there was none."""
    of_cells = log.filter(pl.col("field").is_in(replay.KEYS))
    first = of_cells.group_by("customer_id", "field").agg(pl.col("old").sort_by("version", "id").first())
    now = cards.unpivot(index="id", on=replay.KEYS, variable_name="field", value_name="now")
    every = log.select(id="customer_id").unique().join(pl.DataFrame({"field": replay.KEYS}), how="cross")
    cells = every.join(now, on=["id", "field"], how="left").join(
        first, left_on=["id", "field"], right_on=["customer_id", "field"], how="left"
    )
    # A card that is gone had nothing in the cells of which the log does not tell.
    born = cells.with_columns(pl.coalesce("old", "now", pl.lit("")).alias("born"))
    return born.pivot("field", index="id", values="born").select("id", *replay.KEYS)
