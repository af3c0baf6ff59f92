"""Whether a decision can be taken about an import, and what it is about: how many rows, and which value."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

import polars as pl
from django.conf import settings
from django.utils import timezone

from kundekort.engine.decisions import Action, Decision
from kundekort.engine.finding import KINDS
from kundekort.engine.frames import ROW
from kundekort.engine.guards import OF_FILE
from kundekort.engine.mapping import spread
from kundekort.engine.problem import CODES
from kundekort.engine.schema import Field, Kind
from kundekort.engine.values import canonical
from kundekort.services import fields, imports, preview
from kundekort.services.refusals import CellInvalid, DecisionInvalid
from kundekort.store import packages, plans
from kundekort.store.models import Import
from kundekort.store.pages import Filter

MOST_ROWS: Final = 10_000
"""Rows that one decision can name by their numbers; of more, it is said what they have in common."""
NO_CARD: Final = ("id_unknown", "id_removed", "id_merged", "id_anonymised")
"""Problems with a number that no card has."""
_CARD: Final = re.compile("[0-9]{1,18}")


def completed(imp: Import, decision: Decision) -> tuple[Decision, ...]:
    """A decision as somebody takes it who sees the preview, and what goes with it.

    One about numbers that no card has, or about cells with an error whose cards keep what they have, is about their
    rows: which they are hangs on the register. A version that rows have which become those of new customers is that of
    no card. Raises DecisionInvalid where there are no such rows or too many.
    """
    decision = _by_rows(imp, decision)
    anew = decision.action is Action.SET and decision.field == "id" and decision.value.strip() == "0" and decision.rows
    versions = imp.recipe is not None and any(column.field == "version" for column in spread(imp.recipe.columns))
    return (decision, replace(decision, field="version", value="")) if anew and versions else (decision,)


def _by_rows(imp: Import, decision: Decision) -> Decision:
    numbers = decision.action is Action.SET and decision.code in NO_CARD
    kept = decision.action is Action.KEEP and decision.code in CODES and decision.field is not None
    if not (numbers or kept) or imp.state != Import.State.PREVIEW:
        return decision
    wanted = Filter(box="errors", code=decision.code or "", field=decision.field or "")
    found = preview.page(imp, wanted, offset=0, limit=MOST_ROWS)
    if found.total > MOST_ROWS:
        raise DecisionInvalid
    rows = {row.number for row in found.rows if not kept or row.id}  # a new customer has nothing to keep
    if decision.rows is not None:
        rows &= set(decision.rows)
    return replace(decision, code=None, rows=tuple(sorted(rows)))


def checked(imp: Import, decision: Decision) -> Decision:
    """A decision with how many rows it is about, and with the value that a finding about one value names.

    Raises CellInvalid for a value that its field would not take, DecisionInvalid for what there is not.
    """
    _check(decision)
    if imp.state == Import.State.PREVIEW and decision.rows and min(decision.rows) >= imp.totals.rows:
        raise DecisionInvalid  # there is no such row
    return _completed(imp, decision)


def _check(decision: Decision) -> None:
    schema = fields.schema()
    known = decision.field is None or decision.field in schema
    if not known or (decision.rows is not None and not 0 < len(decision.rows) <= MOST_ROWS):
        raise DecisionInvalid
    if decision.action is Action.MATCH and decision.code is None and not _CARD.fullmatch(decision.value):
        raise DecisionInvalid
    if decision.code is not None and decision.code not in CODES and decision.code not in KINDS:
        raise DecisionInvalid
    if decision.action is Action.KEEP and decision.code in CODES:  # `completed` has made rows of it
        raise DecisionInvalid
    kind = KINDS.get(decision.code or "")
    if kind and decision.action in (Action.KEEP, Action.MATCH) and decision.action not in kind.answers:
        raise DecisionInvalid  # it would do nothing, and yet be an answer
    if decision.action in (Action.LEAVE_OUT, Action.ADD) and decision.text is not None:  # they look at no cell
        raise DecisionInvalid
    if decision.action is Action.ADD and (decision.rows, decision.code, decision.kind) != (None, None, None):
        raise DecisionInvalid
    if decision.action in (Action.SET, Action.FILL, Action.ADD):
        if decision.field is None or (decision.action is Action.ADD and schema[decision.field].kind is not Kind.TAGS):
            raise DecisionInvalid
        if decision.action is Action.SET and (wrong := _wrong(schema[decision.field], decision.value)):
            raise CellInvalid(field=decision.field, value=decision.value, problem=wrong)


def _wrong(field: Field, value: str) -> str | None:
    """The code of what is wrong with the value of a cell by itself, None for nothing."""
    text = canonical.clean(pl.Series([value]))
    found = canonical.read(field, text, today=timezone.localdate(), country=settings.KUNDEKORT_COUNTRY)
    code: str | None = found.code[0]
    return code


def _completed(imp: Import, decision: Decision) -> Decision:
    if decision.action is Action.MEND:  # whoever has read the file says so
        return decision
    if decision.rows is not None:
        return replace(decision, count=len(decision.rows))
    if decision.action is Action.KEEP and decision.code in OF_FILE and decision.text is None:
        evidence = plans.evidence(packages.plan_folder(imp.pk, imp.digest))
        named = evidence.filter(pl.col("code") == decision.code, pl.col("field") == decision.field)
        if 0 < named.height <= MOST_ROWS:  # those that were shown, and no cell that only looked so by itself
            return replace(decision, rows=tuple(named[ROW].sort()), count=named.height)
    if decision.text is not None and decision.field is not None:
        return replace(decision, count=preview.saying(imp, decision.field, decision.text))
    facts = imports.facts(imp)
    found = [f for f in facts.findings if (f.code, f.field) == (decision.code, decision.field)]
    wrong = [p.count for p in facts.problems if (p.code, p.field) == (decision.code, decision.field)]
    if decision.action is Action.KEEP and decision.text is None and found:
        decision = replace(decision, text=found[0].params.get("value"))
    return replace(decision, count=max([*(f.count for f in found), *wrong], default=0))
