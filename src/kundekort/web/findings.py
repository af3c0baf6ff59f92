"""What guards have found, as the preview shows it: a sentence each, the answers, and examples side by side."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from kundekort import wording
from kundekort.engine.decisions import Action
from kundekort.engine.finding import KINDS, Finding
from kundekort.engine.guards import damage
from kundekort.engine.row import Row
from kundekort.engine.schema import Kind
from kundekort.services import examples as services
from kundekort.services import imports, record
from kundekort.services import preview as previews
from kundekort.services.examples import Card, Example
from kundekort.services.refusals import NotFound, NotWaiting, PlanDamaged
from kundekort.store.models import Import
from kundekort.web.actor import actor_of
from kundekort.web.differences import ALIKE, pieces
from kundekort.web.templatetags.kundekort import kind, name

PERSON: Final = ("email", "mobile", "date_of_birth", "address")
"""What a person is shown of somebody besides the name, to tell whether two are one."""
TYPO: Final = 0.85
"""The share of letters in common from which on two values of two people may be one that was mistyped."""


def finding_lines(findings: Sequence[Finding], headers: Mapping[str, str]) -> list[dict[str, Any]]:
    """Findings in words, with the words of their answers."""
    return [
        {
            "code": one.code,
            "field": one.field or "",
            "words": wording.finding(one, label(one.field, headers)),
            "name": wording.finding_name(one.code, label(one.field, headers)),
            "open": one.open,
            "answered": one.count - one.open,
            "blocks": one.blocks,
            "import": one.params.get("import"),
            "damage": one.code in damage.CODES,
            "answers": [{"action": action, "words": wording.answer(one.code, action)} for action in one.answers],
        }
        for one in findings
    ]


def for_rows(findings: Sequence[Finding], headers: Mapping[str, str]) -> list[dict[str, Any]]:
    """Findings for the script, with the answers that some of their rows can be given together, and that one can."""
    return [
        {
            "code": one.code,
            "field": one.field or "",
            "name": wording.finding_name(one.code, label(one.field, headers)),
            "of_column": one.of_column,
            "answers": _row_answers(one.code, row=False, wrong="wrong" in one.params),
            "row_answers": _row_answers(one.code),
        }
        for one in findings
    ]


def damaged(findings: Sequence[Finding]) -> list[Finding]:
    """The findings that wait for an answer and are of damage, of which the stored values can all be kept at once."""
    return [one for one in findings if one.open and one.code in damage.CODES]


def label(key: str | None, headers: Mapping[str, str]) -> str:
    """What a field is called in this file, or else in the register; '' for none."""
    return headers.get(key) or wording.field(key) if key else ""


def headers_of(imp: Import) -> dict[str, str]:
    """What the fields of an import are called: by the headers of its file, or else as in the register."""
    return {column.field: column.header or wording.field(column.field) for column in record.columns(imp)}


def _row_answers(code: str, *, row: bool = True, wrong: bool = False) -> list[dict[str, str]]:
    """The answers that rows can be given alone; that a whole column is meant is not said of some of its rows.

    What is `wrong` is not imported, meant or not.
    """
    answers = KINDS[code].answers
    if KINDS[code].column:
        answers = tuple(action for action in answers if action is Action.KEEP)
    if wrong:
        answers = tuple(action for action in answers if action is not Action.ACCEPT)
    return [{"action": action, "words": wording.answer(code, action, row=row)} for action in answers]


class RowEvidence:
    """What was found at the rows of a page, told one by one."""

    def __init__(self, imp: Import, rows: Sequence[Row]) -> None:
        every = [(row, one) for row in rows for one in row.evidence]
        self._cards = services.cards_of([pair for pair in every if pair[1].card])
        before = {one.params["row"] for _, one in every if "row" in one.params}
        self._lines = previews.lines(imp, before) if before else {}

    def told(self, row: Row, fields: Collection[str]) -> list[dict[str, Any]]:
        """That of a row for the grid; what is about none of its fields is about the whole row."""
        return [
            {
                "field": one.field if one.field in fields else None,
                "key": one.field or "",
                "code": one.code,
                "text": wording.evidence(one),
                "answer": one.answer,
                "card": self._card(one.card),
                "line": self._lines.get(one.params.get("row", -1)),
            }
            for one in row.evidence
        ]

    def _card(self, number: int | None) -> dict[str, Any] | None:
        if number is None:
            return None
        card = self._cards.get(number)
        url = reverse("customer", args=[number])
        return {"id": number, "url": url, "name": name(card) if card else ""}


@require_safe
def examples(request: HttpRequest, import_id: int) -> HttpResponse:
    """A part of the preview: some rows of a finding beside the cards they are about."""
    imp = imports.get(import_id, actor=actor_of(request))
    code, field = request.GET.get("code", ""), request.GET.get("field") or None
    try:
        if imp.state != Import.State.PREVIEW:
            raise NotWaiting(state=imp.state)
        finding, found = services.examples(imp, code, field)
    except (NotWaiting, NotFound, PlanDamaged) as refusal:  # the plan has been made anew since the page was
        context: dict[str, Any] = {"refusal": wording.refusal(NotWaiting.code, refusal.params)}
        return render(request, "kundekort/imports/parts/examples.html", context | {"import": imp})
    context = {
        "import": imp,
        "code": "" if finding.of_column else code,  # of a whole column, cells are decided about as of any
        "field": field or "",
        "header": label(field, headers_of(imp)),
        "name": wording.finding_name(code, label(field, headers_of(imp))),
        "people": field is None,
        "own": any(one.own for one in found),
        "other": any(one.other for one in found),
        "before": any(one.before for one in found),
        "rest": finding.count - len(found),
        "examples": [_person_example(one) if field is None else _cell_example(one, field) for one in found],
    }
    return render(request, "kundekort/imports/parts/examples.html", context)


def _example(one: Example) -> dict[str, Any]:
    """What is the same for every example."""
    answer, field = one.evidence.answer, one.evidence.field
    offered = _row_answers(one.evidence.code, wrong=any(p.field == field for p in one.row.problems if field))
    return {
        "number": one.row.number,
        "line": one.row.line,
        "answer": answer,
        "answers": offered,
        "left_out": answer == Action.LEAVE_OUT and all(each["action"] != answer for each in offered),
    }


def _cell_example(one: Example, field: str) -> dict[str, Any]:
    """A cell: what the file says and what the card says, with the letters that differ."""
    said, stored = one.evidence.value, one.evidence.old
    return _example(one) | {
        "who": {"id": one.row.id, "name": wording.customer_name(one.row, one.own)},
        "said": _value(field, said, stored),
        "stored": _value(field, stored, said),
        "other_card": _who(one.other) or ({"id": one.evidence.card, "name": ""} if one.evidence.card else None),
    }


def _person_example(one: Example) -> dict[str, Any]:
    """A row beside the cards that it may be about, so that one sees who it is."""
    row = {key: text or "" for key, text in one.row.cells.items()}
    return _example(one) | {
        "row": _person(row),
        "own_card": _who(one.own),
        "own_person": _person(one.own, row) if one.own else None,
        "other_card": _who(one.other) or ({"id": one.evidence.card, "name": ""} if one.evidence.card else None),
        "other_person": _person(one.other, row) if one.other else None,
        "before_line": one.before.line if one.before else None,
        "before_person": _person(one.before.cells, row) if one.before else None,
    }


def _who(card: Card | None) -> dict[str, Any] | None:
    return {"id": card["id"], "name": name(card)} if card else None


def _person(cells: Mapping[str, Any], row: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Somebody as a row or a card has them, each value with whether `row` says the same, or which letters differ."""
    facts = [("last_name", _called(cells), _called(row or {}))]
    facts += [(key, str(cells.get(key) or ""), str((row or {}).get(key) or "")) for key in PERSON]
    return [
        _value(key, text, other if row is not None else text, alike=TYPO)
        | {"same": row is not None and text.casefold() == other.casefold()}
        for key, text, other in facts
        if text
    ]


def _called(cells: Mapping[str, Any]) -> str:
    person = " ".join(filter(None, (cells.get("first_name"), cells.get("last_name"))))
    return person or str(cells.get("company") or "")


def _value(key: str, text: str, other: str, *, alike: float = ALIKE) -> dict[str, Any]:
    """A value as people read it, in pieces where it is like another and not the same."""
    of_kind = Kind(kind(key) or Kind.TEXT)
    compared = Kind.TEXT if of_kind is Kind.NOTE else of_kind
    found = pieces(text, other, kind=compared, alike=alike)
    return {"key": key, "text": wording.value(key, text), "pieces": found}
