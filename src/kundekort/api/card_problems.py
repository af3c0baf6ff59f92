"""What is told beside the words when a card cannot be as somebody wants it: cell by cell, as in a preview."""

from __future__ import annotations

from typing import Any

from kundekort import wording
from kundekort.engine.problem import Problem
from kundekort.services.import_json import conflict_json
from kundekort.services.refusals import CardInvalid, EditConflict


def members(refusal: CardInvalid | EditConflict) -> dict[str, Any]:
    """The members of a problem about a card: `errors` of cells, or `conflicts` with what others have written."""
    if isinstance(refusal, EditConflict):
        return {"conflicts": [conflict_json(conflict) for conflict in refusal.params["conflicts"]]}
    return {"errors": [_fault(field, one) for field, found in refusal.params["problems"].items() for one in found]}


def _fault(field: str, problem: Problem) -> dict[str, str]:
    words = wording.card_problem(problem.code, problem.params, problem.value, wording.field(field) if field else "")
    where = f"body.values.{field}" if field else "body"
    return {"where": where, "field": field, "code": problem.code, "value": problem.value, "message": words}
