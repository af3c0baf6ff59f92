"""The JSON form of an import, on which other programs rely: its keys never go away.

The command line and the API have it in common. Words are in the language that is active.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from kundekort import wording
from kundekort.engine.mapping import spread
from kundekort.engine.problem import Conflict, Problem
from kundekort.engine.row import Row
from kundekort.services import identities, imports, preview
from kundekort.services.import_list import ImportLine
from kundekort.services.refusals import PlanDamaged
from kundekort.store.models import Import
from kundekort.wording import json_objects
from kundekort.wording.json_objects import blank_import, finding_json, problem_json, warning_json

PROBLEMS: Final = 1000
"""Problems and conflicts that are listed at most; `errors` and `conflicts` count all rows that have any."""

COUNTS: Final = ("rows", "new", "changed", "unchanged", "errors", "left_out", "removed", "restored", "conflicts")
"""The counts of a line of a list of imports, in their order."""


def import_json(
    imp: Import, *, applied: bool = False, error: Mapping[str, Any] | None = None, listing: bool = True
) -> dict[str, Any]:
    """What became of a file; `error` tells why it went no further. Without `listing` no problems and conflicts are
    listed one by one."""
    return blank_import(applied=applied, error=error) | _facts(imp, listing=listing)


def record_json(imp: Import, *, listing: bool = True) -> dict[str, Any]:
    """An import in whatever state: the object that `import_json` gives, and where it stands and whose it is."""
    error = None
    if asked := imp.question:
        error = {"code": asked.code, "message": wording.refusal(asked.code, asked.params)}
    whole = import_json(imp, applied=imp.state == imp.State.DONE, error=error, listing=listing)
    return whole | {
        "state": imp.state,
        "file": None if imp.undoes_id else imp.filename,
        **_people(imp),
        **_times(imp),
        "undoes": imp.undoes_id,
        "revision": imp.revision_id,
    }


def line_json(line: ImportLine) -> dict[str, Any]:
    """An import as a list of imports has it."""
    imp = line.imp
    return {
        "id": imp.pk,
        **_times(imp),
        "state": imp.state,
        "file": None if imp.undoes_id else imp.filename,
        "undoes": imp.undoes_id,
        **_people(imp),
        **{name: getattr(imp.totals, name) if imp.totals else None for name in COUNTS},
        "revision": imp.revision_id,
        "undone_by": line.undone_by,
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
        "problems": [problem_json(p, header) for p in row.problems],
    }


def conflict_json(conflict: Conflict) -> dict[str, Any]:
    """A cell that others have changed too: what stood there, what each wants, and what was chosen."""
    return {
        "field": conflict.field,
        "base": conflict.base,
        "mine": conflict.mine,
        "theirs": conflict.theirs,
        "whose": conflict.whose,
        "who": conflict.who,
        "when": conflict.when.isoformat() if conflict.when else None,
    }


def headers(imp: Import) -> dict[str, str]:
    """The file's own header of each field it has."""
    return {c.field: c.header for c in spread(imports.recipe(imp).columns) if c.field is not None}


def _people(imp: Import) -> dict[str, Any]:
    """Who has had to do with an import: by name, and by number and user name where they are users."""
    return {
        "uploaded_by": imp.actor_name,
        "uploaded_by_user": identities.told(imp.created_by_id),
        "confirmed_by": imp.confirmer_name or None,
        "confirmed_by_user": identities.told(imp.confirmed_by_id),
    }


def _times(imp: Import) -> dict[str, str | None]:
    return {"created_at": _iso(imp.created_at), "finished_at": _iso(imp.finished_at)}


def _iso(when: datetime | None) -> str | None:
    return when.isoformat(timespec="seconds") if when else None


def _facts(imp: Import, *, listing: bool) -> dict[str, Any]:
    """What is known of a file that was received; a plan or a recipe may be missing."""
    facts: dict[str, Any] = {"import_id": imp.pk}
    if imp.recipe:
        recipe = imports.recipe(imp)
        facts["dialect"] = {name: getattr(recipe.dialect, name) for name in json_objects.DIALECT}
        facts["dialect"]["sheet"] = recipe.dialect.sheet or None
        facts["columns"] = [{"header": c.header, "field": c.field} for c in recipe.columns]
    if imp.facts:  # forgotten when it was cancelled
        found = [one for one in imp.facts.findings if one.open]
        facts["warnings"] = [*map(warning_json, preview.warnings(imp)), *map(finding_json, found)]
    if imp.totals and imp.state not in (imp.State.REFUSED, imp.State.CANCELLED):
        facts |= {name: getattr(imp.totals, name) for name in json_objects.COUNTS}
        if listing:
            with suppress(PlanDamaged):  # which is what `error` tells of
                facts["problems"] = _problems(imp)
                facts["conflict_cells"] = [
                    {"line": line, "customer_id": card, **conflict_json(one)}
                    for line, card, one in preview.conflicts(imp, limit=PROBLEMS)
                ]
    return facts


def _problems(imp: Import) -> list[dict[str, Any]]:
    header, fault = headers(imp), imports.facts(imp).preamble.header
    own = [(fault.line, Problem(None, fault.code, fault.text))] if fault else []
    return [{"line": line, **problem_json(p, header)} for line, p in [*own, *preview.problems(imp, limit=PROBLEMS)]]
