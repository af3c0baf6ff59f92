"""The JSON form of an import for whoever decides about it: what it waits for, what was found, what was decided.

Beside `import_json`, whose keys it has too. Words are in the language that is active.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from kundekort import wording
from kundekort.engine.decisions import Choice, Decision
from kundekort.engine.facts import ConflictCount, ProblemCount
from kundekort.engine.frames import CARD
from kundekort.engine.row import Row
from kundekort.services import customers, four_eyes, import_json, imports
from kundekort.store.models import Import
from kundekort.store.progress import Progress
from kundekort.wording.json_objects import finding_json


def whole_json(imp: Import) -> dict[str, Any]:
    """An import in whatever state, with all that somebody who decides about it has to know."""
    header, facts = import_json.headers(imp), imports.facts(imp)
    waiting = imp.state == imp.State.PREVIEW
    until = imports.waits_until(imp)
    asked = imp.question
    return import_json.record_json(imp) | {
        "digest": imp.digest if waiting else None,
        "failed": imports.has_failed(imp),
        "notice": _told(imp.notice) if imp.notice in wording.REFUSALS else None,
        "progress": progress_json(imp.progress) if imp.progress else None,
        "waits_until": until.isoformat(timespec="seconds") if until else None,
        "question": {"kind": asked.kind.value, "code": asked.code or None} if asked else None,
        "policy": asdict(imp.recipe.policy if imp.recipe else imp.answers.policy),
        "changes": {key: count for key, count in facts.changes.items() if count},
        "problem_counts": [_problems(one, header) for one in facts.problems],
        "conflict_counts": [_conflicts(one) for one in facts.conflicts],
        "findings": [
            finding_json(one) | {"answers": [action.value for action in one.answers]} for one in facts.findings
        ],
        "decisions": {
            "leave_out_errors": imp.decisions.leave_out_errors,
            "conflicts": [_choice(one, header) for one in imp.decisions.choices if one.whose is not None],
            "steps": [_step(one, header) for one in imp.decisions.steps],
        },
        "second_person": [
            wording.second_person(reason.why, reason.count, reason.limit)
            for reason in (four_eyes.reasons(imp) if waiting else ())
        ],
    }


def rows_json(imp: Import, rows: tuple[Row, ...]) -> list[dict[str, Any]]:
    """Rows of an import with their values, and what there is to decide about each. Of whoever was anonymised since,
    only the number is told."""
    header, lines = import_json.headers(imp), imp.recipe is not None
    nobody = customers.anonymised([row.id for row in rows if row.id])
    return [_row(row, header, lines=lines, told=row.id not in nobody) for row in rows]


def progress_json(progress: Progress) -> dict[str, Any]:
    """How far a job has come."""
    return {
        "phase": progress.phase,
        "message": wording.phase(progress.phase),
        "done": progress.done,
        "total": progress.total,
        "fraction": round(progress.fraction, 3),
        "seconds_left": progress.seconds_left,
    }


def _row(row: Row, header: Mapping[str, str], *, lines: bool, told: bool) -> dict[str, Any]:
    found = import_json.row_json(row, header, lines=lines)
    if not told:
        found |= {"changed": {}, "problems": []}
    return found | {
        "number": row.number,
        "values": {key: value for key, value in row.cells.items() if value is not None} if told else {},
        "conflicts": [import_json.conflict_json(one) for one in row.conflicts] if told else [],
        "evidence": [
            {
                "code": one.code,
                "field": one.field,
                "value": one.value,
                "old": one.old,
                "customer_id": one.card,
                "answer": one.answer,
            }
            for one in row.evidence
        ]
        if told
        else [],
    }


def _told(code: str) -> dict[str, str]:
    return {"code": code, "message": wording.refusal(code, {})}


def _problems(one: ProblemCount, header: Mapping[str, str]) -> dict[str, Any]:
    label = header.get(one.field or "") or (wording.field(one.field) if one.field else "")
    message = wording.kind_of_problem(one.code, label)
    return {
        "code": one.code,
        "field": one.field,
        "column": header.get(one.field or ""),
        "count": one.count,
        "message": message,
    }


def _conflicts(one: ConflictCount) -> dict[str, Any]:
    return {
        "field": one.field,
        "count": one.count,
        "mine": one.mine,
        "theirs": one.theirs,
        "undecided": one.undecided,
    }


def _choice(one: Choice, header: Mapping[str, str]) -> dict[str, Any]:
    label = wording.whole_card() if one.field == CARD else _label(one.field, header)
    return {
        "whose": one.whose,
        "field": one.field,
        "customer_id": one.card,
        "message": wording.choice(one, label=label),
    }


def _step(one: Decision, header: Mapping[str, str]) -> dict[str, Any]:
    return {
        "number": one.number,
        "action": one.action.value,
        "value": one.value,
        "field": one.field,
        "rows": None if one.rows is None else list(one.rows),
        "text": one.text,
        "code": one.code,
        "kind": one.kind.value if one.kind else None,
        "count": one.count,
        "message": wording.decision(one, label=_label(one.field, header)),
    }


def _label(key: str | None, header: Mapping[str, str]) -> str:
    return (header.get(key) or wording.field(key)) if key else ""
