"""The JSON object of `import --json`, on which other programs rely: its keys never go away, its words are English."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kundekort.cli.failures import Failure
    from kundekort.engine.finding import Finding
    from kundekort.engine.inspection import Inspection
    from kundekort.engine.problem import Problem
    from kundekort.engine.row import Row
    from kundekort.store.models import Import

PROBLEMS: Final = 1000
"""Problems that are listed at most; `errors` counts all rows that have any."""

_COUNTS: Final = (
    *("rows", "new", "changed", "unchanged", "errors", "left_out", "cells_changed"),
    *("removed", "restored", "conflicts"),
)
_DIALECT: Final = ("encoding", "separator", "header_row")


def import_json(imp: Import | None, *, applied: bool = False, failure: Failure | None = None) -> dict[str, Any]:
    """What became of a file: `imp` is None when it was not even received, `failure` tells why it went no further."""
    result: dict[str, Any] = {
        "import_id": None,
        **dict.fromkeys(_COUNTS, 0),
        "dialect": dict.fromkeys(_DIALECT),
        "columns": [],
        "problems": [],
        "conflict_cells": [],
        "warnings": [],
        "applied": applied,
        "error": {"code": failure.code, "message": failure.in_english()} if failure else None,
    }
    return result if imp is None else result | _facts(imp)


def _finding(found: Finding) -> dict[str, Any]:
    """What a guard has found and nobody has answered; what `blocks` has to be, before anything is written."""
    from kundekort import wording

    message = wording.finding(found, wording.field(found.field) if found.field else "")
    known = {"field": found.field, "count": found.count, "open": found.open, "blocks": found.blocks}
    return {"code": found.code, "message": message, **found.params, **known}


def inspection_json(name: str, found: Inspection | None, *, failure: Failure | None = None) -> dict[str, Any]:
    """What `inspect` says of a file: None where it was not looked at; `failure` tells why it cannot be imported."""
    from kundekort import wording
    from kundekort.engine import notes
    from kundekort.engine.mapping import spread
    from kundekort.engine.problem import Problem
    from kundekort.wording.lists import OWN_SHEETS

    result: dict[str, Any] = {
        "file": name,
        "dialect": dict.fromkeys((*_DIALECT, "sheet")),
        "columns": [],
        **dict.fromkeys(("rows", "blank_rows", "errors"), 0),
        "problems": [],
        "problem_counts": [],
        "warnings": [],
        "error": {"code": failure.code, "message": failure.in_english()} if failure else None,
    }
    if found is None or found.file.recipe is None:
        return result
    recipe, facts = found.recipe, found.facts
    header = {c.field: c.header for c in spread(recipe.columns) if c.field is not None}
    samples = facts.samples or ((),) * len(recipe.columns)
    with wording.in_english():
        return result | {
            "dialect": {name: getattr(recipe.dialect, name) or None for name in (*_DIALECT, "sheet")},
            "columns": [
                {"header": c.header, "field": c.field, "suggestion": c.suggestion, "samples": list(values)}
                for c, values in zip(recipe.columns, samples, strict=False)
            ],
            "rows": found.rows,
            "blank_rows": facts.blank_rows,
            "errors": found.errors,
            "problems": [
                {"line": row["_line"], **_problem(Problem.from_row(row), header)}
                for row in found.problems.head(PROBLEMS).iter_rows(named=True)
            ],
            "problem_counts": [
                {"code": p.code, "column": header.get(p.field) if p.field else None, "count": p.count}
                for p in facts.problems
            ],
            "warnings": [
                {"code": note.code, "message": wording.warning(note.code, note.params), **note.params}
                for note in notes.of_file(recipe, facts, own_sheets=OWN_SHEETS)
            ]
            + [_finding(one) for one in facts.findings],
        }


def write(result: Mapping[str, Any] | list[dict[str, Any]]) -> None:
    """The object, or a list of some, as one line on standard output, always in UTF-8: it is not for the terminal."""
    sys.stdout.buffer.write(json.dumps(result, ensure_ascii=False).encode(errors="backslashreplace") + b"\n")


def write_with_list(result: Mapping[str, Any], key: str, items: Iterable[Mapping[str, Any]]) -> None:
    """The object as `write` does with one more key, a list that is written as it comes."""
    rest = iter(items)
    first = list(islice(rest, 1))  # whatever is refused is refused before anything is written
    text = json.dumps({**result, key: first}, ensure_ascii=False).removesuffix("]}")
    sys.stdout.buffer.write(text.encode(errors="backslashreplace"))
    for item in rest:
        sys.stdout.buffer.write(f", {json.dumps(item, ensure_ascii=False)}".encode(errors="backslashreplace"))
    sys.stdout.buffer.write(b"]}\n")


def headers(imp: Import) -> dict[str, str]:
    """The file's own header of each field it has."""
    from kundekort.engine.mapping import spread
    from kundekort.services import imports

    return {c.field: c.header for c in spread(imports.recipe(imp).columns) if c.field is not None}


def record_json(imp: Import) -> dict[str, Any]:
    """An import in whatever state: the object of `import --json`, and where it stands and whose it is."""
    from kundekort import wording
    from kundekort.services import identities

    whole = import_json(imp, applied=imp.state == imp.State.DONE)
    if asked := imp.question:
        with wording.in_english():
            whole["error"] = {"code": asked.code, "message": wording.refusal(asked.code, asked.params)}
    return whole | {
        "state": imp.state,
        "file": None if imp.undoes_id else imp.filename,
        "uploaded_by": imp.actor_name,
        "uploaded_by_user": identities.told(imp.created_by_id),
        "confirmed_by": imp.confirmer_name or None,
        "confirmed_by_user": identities.told(imp.confirmed_by_id),
        "created_at": imp.created_at.isoformat(timespec="seconds"),
        "finished_at": imp.finished_at.isoformat(timespec="seconds") if imp.finished_at else None,
        "undoes": imp.undoes_id,
        "revision": imp.revision_id,
    }


def row_json(row: Row, header: Mapping[str, str], *, lines: bool) -> dict[str, Any]:
    """One row of an import: every cell that differs from what the card said before; `lines`: it stands on one."""
    match row.status:
        case "changed" | "removed":
            changed = {key: {"old": old, "new": row.cells[key] or ""} for key, old in row.old.items()}
        case "new" | "restored":
            changed = {key: {"old": "", "new": value} for key, value in row.cells.items() if value}
        case _:
            changed = {}
    return {
        "line": row.line if lines else None,
        "status": row.status,
        "customer_id": row.id or None,
        "changed": changed,
        "problems": [_problem(p, header) for p in row.problems],
    }


def _facts(imp: Import) -> dict[str, Any]:
    """What is known of a file that was received; a plan or a recipe may be missing."""
    from kundekort import wording
    from kundekort.services import imports, preview
    from kundekort.services.refusals import PlanDamaged

    facts: dict[str, Any] = {"import_id": imp.pk}
    with wording.in_english():
        if imp.recipe:
            recipe = imports.recipe(imp)
            facts["dialect"] = {name: getattr(recipe.dialect, name) for name in _DIALECT}
            facts["columns"] = [{"header": c.header, "field": c.field} for c in recipe.columns]
        if imp.facts:  # forgotten when it was cancelled
            facts["warnings"] = [
                {"code": note.code, "message": wording.warning(note.code, note.params), **note.params}
                for note in preview.warnings(imp)
            ] + [_finding(found) for found in imp.facts.findings if found.open]
        if imp.totals and imp.state not in (imp.State.REFUSED, imp.State.CANCELLED):
            facts |= {name: getattr(imp.totals, name) for name in _COUNTS}
            with suppress(PlanDamaged):  # which is what `failure` tells of
                facts["problems"] = _problems(imp)
                facts["conflict_cells"] = _conflicts(imp)
    return facts


def _conflicts(imp: Import) -> list[dict[str, Any]]:
    """The cells that others have changed too: what stood there, what each wants, and what was chosen."""
    from kundekort.services import preview

    return [
        {
            "line": line,
            "customer_id": card,
            "field": c.field,
            "base": c.base,
            "mine": c.mine,
            "theirs": c.theirs,
            "whose": c.whose,
            "who": c.who,
            "when": c.when.isoformat() if c.when else None,
        }
        for line, card, c in preview.conflicts(imp, limit=PROBLEMS)
    ]


def _problems(imp: Import) -> list[dict[str, Any]]:
    from kundekort.engine.problem import Problem
    from kundekort.services import imports, preview

    header, fault = headers(imp), imports.facts(imp).preamble.header
    own = [(fault.line, Problem(None, fault.code, fault.text))] if fault else []
    return [{"line": line, **_problem(p, header)} for line, p in [*own, *preview.problems(imp, limit=PROBLEMS)]]


def _problem(problem: Problem, header: Mapping[str, str]) -> dict[str, Any]:
    from kundekort import wording

    return {
        "column": header.get(problem.field) if problem.field else None,
        "code": problem.code,
        "value": problem.value,
        "message": wording.row_problem(problem, header),
    }
