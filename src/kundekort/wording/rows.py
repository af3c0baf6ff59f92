"""What happens to a row of a preview, or is wrong with it, in words: the same for the page and the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kundekort.engine.finding import Evidence
from kundekort.engine.frames import CARD
from kundekort.engine.problem import Conflict, Problem
from kundekort.engine.row import Row
from kundekort.wording.conflicts import author
from kundekort.wording.fields import field
from kundekort.wording.findings import evidence
from kundekort.wording.sentences import problem
from kundekort.wording.values import value

WHOLE: Final = ("new", "restored", "removed")
"""What happens to a card as a whole: all its values are told at once."""
_NAMES: Final = ("first_name", "last_name")
_LONGEST: Final = 60
"""Characters of a value that are told among others."""


@dataclass(frozen=True, slots=True)
class RowLine:
    """One thing about a row.

    `kind` is error, conflict, finding, change or card. A change has the `label` of its column with its `old` and `new`
    value, a conflict has these with a sentence of who has changed the cell too, in `text`; the others are only `text`.
    """

    kind: str
    text: str = ""
    label: str = ""
    old: str | None = None
    new: str | None = None


def row_lines(row: Row, headers: Mapping[str, str]) -> list[RowLine]:
    """What happens to a row or is wrong with it; columns go by their `headers`, by field key, else by their labels."""
    found = [RowLine("finding", text=_found(one, headers)) for one in row.evidence if one.answer is None]
    if row.status in WHOLE:
        return [*found, RowLine("card", text=_card(row, headers))]
    lines = [RowLine("error", text=row_problem(p, headers)) for p in row.problems]
    lines += [_conflict(c, headers) for c in row.conflicts] + found
    if row.status == "changed":
        told = {c.field for c in row.conflicts if not c.whose}
        lines += [_change(key, old, row.cells[key] or "", headers) for key, old in row.old.items() if key not in told]
    return lines


def row_problem(one: Problem, headers: Mapping[str, str]) -> str:
    """What is wrong, and the way on; a field goes by the file's own header for it, else by its label."""
    label = headers.get(one.field) or field(one.field) if one.field else ""
    return problem(one.code, one.params, one.value, label)


def customer_name(row: Row, card: Mapping[str, str | int] | None = None) -> str:
    """What the customer of a row is called: the name, else the company, else the e-mail; '' without any.

    What the row says nothing of, its file having no such column, is what the `card` has.
    """
    cells = {**(card or {}), **(row.old if row.status == "removed" else row.cells)}
    return _name(cells) or str(cells.get("email") or "")


def has_name(row: Row) -> bool:
    """Whether a row says what its customer is called."""
    return bool(_name(row.old if row.status == "removed" else row.cells))


def _name(cells: Mapping[str, str | int | None]) -> str:
    person = " ".join(str(cells[key]) for key in _NAMES if cells.get(key))
    return person or str(cells.get("company") or "")


def _card(row: Row, headers: Mapping[str, str]) -> str:
    """The values of a card that comes or goes, less those by which it is called."""
    cells = row.old if row.status == "removed" else row.cells
    shown = {key: text for key, text in cells.items() if text and key in headers and key not in (CARD, *_NAMES)}
    return " · ".join(f"{headers[key]}: {_short(value(key, text))}" for key, text in shown.items())


def _found(one: Evidence, headers: Mapping[str, str]) -> str:
    label = headers.get(one.field) or field(one.field) if one.field else ""
    return f"{label}: {evidence(one)}" if label else evidence(one)


def _conflict(one: Conflict, headers: Mapping[str, str]) -> RowLine:
    whole = one.field == CARD
    text = author(one.who, one.when, whole=whole)
    if whole or one.whose:
        return RowLine("conflict", text=text)
    change = _change(one.field, one.theirs, one.mine, headers)
    return RowLine("conflict", text=text, label=change.label, old=change.old, new=change.new)


def _change(key: str, old: str, new: str, headers: Mapping[str, str]) -> RowLine:
    return RowLine("change", label=headers.get(key) or field(key), old=value(key, old), new=value(key, new))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
