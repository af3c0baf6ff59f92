"""Cells that two people have changed to different values, and whose value stays in each.

Who the other was, and when, is told by the log when a conflict is shown; nothing here knows the register.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from kundekort.engine import frames
from kundekort.engine.decisions import Choice, Whose
from kundekort.engine.facts import ConflictCount
from kundekort.engine.frames import ID, ROW

_ANSWERS: Final = (None, Whose.MINE, Whose.THEIRS)


def settle(conflicts: pl.DataFrame, choices: Sequence[Choice], *, otherwise: Whose | None) -> pl.DataFrame:
    """Conflicts (`frames.CONFLICTS` but for `whose`) with whose value stays: as the last fitting choice says.

    `otherwise` is for conflicts that no choice is about.
    """
    if conflicts.is_empty():
        return pl.DataFrame(schema=frames.CONFLICTS)
    # Each choice is a number that is greater the later it was made and ends in its answer; the greatest that fits wins.
    made: dict[tuple[bool, bool], list[tuple[str | None, int | None, int]]] = {}
    for place, choice in enumerate(choices, start=1):
        scope = (choice.field is not None, choice.card is not None)
        made.setdefault(scope, []).append((choice.field, choice.card, len(_ANSWERS) * place + _code(choice.whose)))
    types = {"field": pl.String, ID: pl.Int64, "_choice": pl.Int64}
    rows = conflicts.with_columns(pl.lit(_code(otherwise), pl.Int64).alias("_last"))
    for (by_field, by_card), several in made.items():
        on = ["field"] * by_field + [ID] * by_card
        if on:
            known = pl.DataFrame(several, schema=types, orient="row").group_by(on).agg(pl.col("_choice").max())
            rows = rows.join(known, on=on, how="left", maintain_order="left")
        else:
            rows = rows.with_columns(pl.lit(several[-1][-1], pl.Int64).alias("_choice"))
        rows = rows.with_columns(pl.max_horizontal("_last", "_choice").alias("_last")).drop("_choice")
    answers = dict(enumerate(_ANSWERS))
    whose = (pl.col("_last") % len(_ANSWERS)).replace_strict(answers, return_dtype=pl.String)
    return rows.with_columns(whose.alias("whose")).select(*frames.CONFLICTS)


def counts(conflicts: pl.DataFrame) -> tuple[ConflictCount, ...]:
    """How many conflicts there are in each field, most first."""
    decided = {one: (pl.col("whose") == one).sum().alias(one) for one in Whose}
    by_field = conflicts.group_by("field").agg(pl.len().alias("count"), **decided)
    ordered = by_field.sort("count", "field", descending=[True, False])
    return tuple(ConflictCount(**row) for row in ordered.iter_rows(named=True))


def open_rows(conflicts: pl.DataFrame) -> pl.Series:
    """The rows with a conflict of which nobody has said whose value stays."""
    return conflicts.filter(pl.col("whose").is_null())[ROW].unique()


def rows_of(conflicts: pl.DataFrame, field: str, whose: Whose) -> pl.Series:
    """The rows in which somebody's value stays in the conflict of a field."""
    return conflicts.filter(pl.col("field") == field, pl.col("whose") == whose)[ROW]


def unseen(conflicts: pl.DataFrame, before: pl.DataFrame) -> list[tuple[int, str]]:
    """The cells (card, field) in which mine would stay, though the person who said so saw something else there."""
    mine = conflicts.filter(pl.col("whose") == Whose.MINE)
    return mine.join(before, on=[ID, "field", "theirs"], how="anti").select(ID, "field").rows()


def _code(whose: Whose | None) -> int:
    return _ANSWERS.index(whose)
