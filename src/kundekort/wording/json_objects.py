"""The JSON objects of what has words: problems, findings and warnings, for programs that rely on their keys.

And that of an import of which nothing is known, which commands print that come to no register.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kundekort.engine.finding import Finding
from kundekort.engine.notes import Note
from kundekort.engine.problem import Problem
from kundekort.wording.fields import field
from kundekort.wording.findings import finding
from kundekort.wording.rows import row_problem
from kundekort.wording.sentences import warning

COUNTS: Final = (
    *("rows", "new", "changed", "unchanged", "errors", "left_out", "cells_changed"),
    *("removed", "restored", "conflicts"),
)
"""The counts of an import, in their order."""
DIALECT: Final = ("encoding", "separator", "header_row", "sheet")
"""What is told of how a file was read."""


def blank_import(*, applied: bool = False, error: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """An import of which nothing is known; `error` tells why it went no further."""
    return {
        "import_id": None,
        **dict.fromkeys(COUNTS, 0),
        "dialect": dict.fromkeys(DIALECT),
        "columns": [],
        "problems": [],
        "conflict_cells": [],
        "warnings": [],
        "applied": applied,
        "error": error,
    }


def problem_json(problem: Problem, header: Mapping[str, str]) -> dict[str, Any]:
    """What is wrong with a cell or a row; `header` are the file's own headers by field key."""
    return {
        "column": header.get(problem.field) if problem.field else None,
        "code": problem.code,
        "value": problem.value,
        "message": row_problem(problem, header),
    }


def finding_json(found: Finding) -> dict[str, Any]:
    """What a guard has found, and how much of it nobody has answered; what `blocks` has to be."""
    message = finding(found, field(found.field) if found.field else "")
    known = {"field": found.field, "count": found.count, "open": found.open, "blocks": found.blocks}
    return {"code": found.code, "message": message, **found.params, **known}


def warning_json(note: Note) -> dict[str, Any]:
    """What is worth knowing before confirming."""
    return {"code": note.code, "message": warning(note.code, note.params), **note.params}
