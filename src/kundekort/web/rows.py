"""The rows of a preview or a record as JSON for the script that shows them: values, and what happens in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from django.http import HttpRequest, JsonResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_safe

from kundekort import wording
from kundekort.engine.frames import CARD, Status
from kundekort.engine.problem import Conflict
from kundekort.engine.row import Row
from kundekort.services import customers, imports, record
from kundekort.services.accounts import Actor
from kundekort.services.examples import Card
from kundekort.services.refusals import NotWaiting, PlanDamaged
from kundekort.store.models import Import
from kundekort.store.pages import BOXES, Filter, Place
from kundekort.web.actor import actor_of
from kundekort.web.findings import RowEvidence, headers_of
from kundekort.web.query import number

MOST_ROWS: Final = 100
LONGEST_CELL: Final = 300
"""Characters of a cell that the grid is sent, so that a page stays light whatever the file holds."""


@require_safe
def rows(request: HttpRequest, import_id: int) -> JsonResponse:
    """Some rows of an import as JSON, with the words for their problems; code and message once there are none.

    Those of one that is done lead to their cards.
    """
    actor = actor_of(request)
    imp = imports.get(import_id, actor=actor)
    if imp.state not in record.SHOWN:
        return _moved_on(imp)
    asked = request.GET
    limit = number(asked.get("limit"), least=1, most=MOST_ROWS) or MOST_ROWS
    try:
        with _kept(imp):
            found = record.page(
                imp, _filter(asked), offset=number(asked.get("offset")) or 0, limit=limit, place=_place(asked)
            )
    except _MovedOn:
        return _moved_on(imp)
    headers = headers_of(imp)
    addresses, evidence, cards = _addresses(imp, found.rows, actor), RowEvidence(imp, found.rows), _cards(found.rows)
    waits = imp.state == Import.State.PREVIEW and imp.undoes_id is None
    nobody = customers.anonymised([row.id for row in found.rows if row.id])
    words = asked.get("view") == "words"
    return JsonResponse(
        {
            "total": found.total,
            "offset": found.offset,
            "found": found.found,
            "rows": [
                _row(row, headers, evidence, cards.get(row.id or 0, {}), words=words)
                | {"card": addresses.get(row.id or 0), "stored": _stored(row, cards) if waits else {}}
                | (_nobody(row.id) if row.id in nobody else {})
                for row in found.rows
            ],
        }
    )


@require_safe
def bands(request: HttpRequest, import_id: int) -> JsonResponse:
    """What happens where in an import, as JSON: a few hundred bands of rows however many it has."""
    imp = imports.get(import_id, actor=actor_of(request))
    if imp.state not in record.SHOWN:
        return _moved_on(imp)
    try:
        with _kept(imp):
            found = record.bands(imp)
    except _MovedOn:
        return _moved_on(imp)
    told = [
        [band.first, band.last, *(state.name.lower() if state is not None else "" for state in band.states)]
        for band in found
    ]
    return JsonResponse({"bands": told})


def _state(status: Status | None) -> str:
    return "" if status is None else status.name.lower()


def _filter(asked: QueryDict) -> Filter:
    box = asked.get("box", "all")
    return Filter(
        box=box if box in BOXES else "all",
        column=asked.get("column", ""),
        code=asked.get("code", ""),
        field=asked.get("field", ""),
        search=asked.get("search", ""),
        card=number(asked.get("card")),
        first=box == "changes",
        finding=asked.get("finding", ""),
    )


def _place(asked: QueryDict) -> Place | None:
    """Which row is to be on the page: that of the file, or the next one with an error."""
    if "at" in asked:
        return Place(at=number(asked.get("at")) or 0)
    return Place(after=number(asked.get("error_after")) or 0) if "error_after" in asked else None


def _addresses(imp: Import, found: Sequence[Row], actor: Actor) -> dict[int, str]:
    """The addresses of the cards that the rows of an import that is done are about."""
    if imp.state != Import.State.DONE:
        return {}
    ids = [row.id for row in found if row.id]
    reachable = customers.reachable(ids, but_by=imp.revision_id, actor=actor)
    return {i: reverse("customer", args=[i]) for i in reachable}


def _cards(found: Sequence[Row]) -> Mapping[int, Card]:
    """The cards of rows that do not say who they are about, or with something wrong, by their numbers."""
    return customers.cards([row.id for row in found if row.id and (row.problems or not wording.has_name(row))])


def _stored(row: Row, cards: Mapping[int, Card]) -> dict[str, str | None]:
    """What the card has where something is wrong with the row, as people read it: that can still be kept."""
    card = cards.get(row.id or 0, {})
    keys = {p.field for p in row.problems if p.field in card} - {"id"}
    return {key: _short(wording.value(key, str(card[key] or ""))) for key in keys if key}


class _MovedOn(Exception):
    """The import is not what it was while its rows were being looked for."""


@contextmanager
def _kept(imp: Import) -> Iterator[None]:
    """A block that reads the plan of an import, which may be cancelled, confirmed or read anew meanwhile."""
    digest = imp.digest
    try:
        yield
    except PlanDamaged:
        imp.refresh_from_db()
        if imp.state in record.SHOWN and imp.digest == digest:
            raise
        raise _MovedOn from None


def _moved_on(imp: Import) -> JsonResponse:
    """That the import was cancelled, confirmed or read anew: an answer, not a fault that a browser has to log."""
    refusal = NotWaiting(state=imp.state)
    return JsonResponse({"code": refusal.code, "message": wording.refusal(refusal.code, refusal.params)})


def _row(row: Row, headers: Mapping[str, str], evidence: RowEvidence, card: Card, *, words: bool) -> dict[str, Any]:
    """A row and what its `card` is called; a problem with a field that is no column of the file is of the whole row.

    `cells` and `old` are values as they are kept, `words` and `old_words` how people read them, where that differs;
    with `words` what happens is told line by line too.
    """
    cells = {key: _short(value) for key, value in row.cells.items() if value}
    if row.id:
        cells["id"] = str(row.id)
    told = {
        "number": row.number,
        "line": row.line,
        "status": row.status,
        "name": _short(wording.customer_name(row, card)),
        "cells": cells,
        "old": {key: _short(value) for key, value in row.old.items()},
        "words": _words(row.cells),
        "old_words": _words(row.old),
        "problems": [
            {
                "field": p.field if p.field in headers else None,
                "code": p.code,
                "value": _short(p.value),
                "text": wording.row_problem(p, headers),
            }
            for p in row.problems
        ],
        "conflicts": [_conflict(c) for c in row.conflicts],
        "evidence": evidence.told(row, headers),
    }
    return told | {"lines": [_line(line) for line in wording.row_lines(row, headers)]} if words else told


def _nobody(number: int | None) -> dict[str, Any]:
    """What a row about somebody says who was anonymised since."""
    told = {"name": wording.anonymised(), "cells": {"id": str(number)}}
    return told | {"old": {}, "words": {}, "old_words": {}, "lines": []}


def _words(values: Mapping[str, str | None]) -> dict[str, str | None]:
    """The values that people read otherwise than they are kept."""
    told = {key: wording.value(key, text) for key, text in values.items() if text}
    return {key: _short(words) for key, words in told.items() if words != values[key]}


def _line(line: wording.RowLine) -> dict[str, str | None]:
    """One thing about a row, less what is not said."""
    said = {"kind": line.kind, "text": line.text, "label": line.label}
    values = {"old": _short(line.old), "new": _short(line.new)} if line.label else {}
    return {key: text for key, text in said.items() if text} | values


def _conflict(conflict: Conflict) -> dict[str, Any]:
    """A conflict for the grid; `whole` is one about the card as a whole, of which no value is to be chosen."""
    whole = conflict.field == CARD
    return {
        "field": conflict.field,
        "whole": whole,
        "base": _side(conflict, conflict.base),
        "mine": _side(conflict, conflict.mine),
        "theirs": _side(conflict, conflict.theirs),
        "whose": conflict.whose,
        "by": wording.author(conflict.who, conflict.when, whole=whole),
    }


def _side(conflict: Conflict, value: str | None) -> str | None:
    return None if value is None else _short(wording.value(conflict.field, value))


def _short(value: str | None) -> str | None:
    if value is None or len(value) <= LONGEST_CELL:
        return value
    return value[: LONGEST_CELL - 1] + "…"
