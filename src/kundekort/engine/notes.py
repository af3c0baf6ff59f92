"""What is worth knowing of a file besides its problems: codes and parameters, of which the doors make words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from kundekort.engine import mapping
from kundekort.engine.facts import Facts
from kundekort.engine.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Note:
    """A warning, or a reason why nothing changes: its words are made by the doors."""

    code: str
    params: Mapping[str, Any]


def of_columns(recipe: Recipe, facts: Facts) -> list[Note]:
    """Columns that become no field, and what they may be."""
    columns = mapping.ignored_columns(recipe.columns, facts.samples)
    notes = [Note("columns_ignored", {"headers": [c.header for c in columns]})] if columns else []
    return notes + [
        Note("columns_suggested", {"header": c.header, "field": c.suggestion}) for c in columns if c.suggestion
    ]


def of_rows(recipe: Recipe, facts: Facts, *, own_sheets: Collection[str]) -> list[Note]:
    """Sheets that were not read, of which `own_sheets` are explanations of ours, rows that are hidden or one cell,
    and what stands above them."""
    similar = list(facts.similar_sheets)
    notes = [Note("sheets_similar", {"sheets": similar})] if similar else []
    if unread := [name for name in unread_sheets(recipe, facts, own_sheets=own_sheets) if name not in similar]:
        notes.append(Note("sheets_unread", {"sheets": unread}))
    if facts.hidden_rows:
        code = "rows_hidden_left_out" if recipe.dialect.visible_only else "rows_hidden"
        notes.append(Note(code, {"count": facts.hidden_rows}))
    notes += [Note(code, params) for code, params in facts.preamble.warnings()]
    if facts.recut and facts.recut.one_cell:
        notes.append(Note("rows_in_one_cell", {"separator": facts.recut.separator}))
    return notes


def unread_sheets(recipe: Recipe, facts: Facts, *, own_sheets: Collection[str]) -> list[str]:
    """The sheets of a workbook that were not read and may hold customers."""
    return [name for name in facts.sheets if name not in {recipe.dialect.sheet, *own_sheets}]


def of_blank_rows(facts: Facts) -> list[Note]:
    """Rows that were skipped because nothing stands in them."""
    return [Note("blank_rows", {"count": facts.blank_rows})] if facts.blank_rows else []


def of_file(recipe: Recipe, facts: Facts, *, own_sheets: Collection[str]) -> list[Note]:
    """All of them."""
    return [*of_columns(recipe, facts), *of_rows(recipe, facts, own_sheets=own_sheets), *of_blank_rows(facts)]
