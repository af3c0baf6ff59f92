"""The main job by the services: preview, confirm, and the plan that takes it back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.clock import Clock

from bench.steps.product import BENCH  # isort: skip - before all that wants Django

from kundekort.engine.decisions import Action, Decision
from kundekort.services import confirming, imports, planning, undoing
from kundekort.store.models import Import


def preview(clock: Clock, *, file: str, keep: bool = False) -> dict[str, Any]:
    """From an uploaded file to its kept plan; with `keep` it waits afterwards, what the guards have found accepted."""
    with Path(file).open("rb") as stream, clock:
        number = imports.receive(stream, filename=Path(file).name, actor=BENCH).pk
        planning.plan(number, ask=False)
    imp = Import.objects.get(pk=number)
    assert imp.state == Import.State.PREVIEW, (imp.state, imp.question)
    if keep:
        _accept(imp)
    else:
        imports.cancel(number, actor=BENCH)
    return {"import": number, "totals": imp.totals.to_json()}


def confirm(clock: Clock, *, number: int) -> dict[str, Any]:
    """Carry out a plan that waits."""
    imp = Import.objects.get(pk=number)
    with clock:
        imp = confirming.apply(number, digest=imp.digest, actor=BENCH)
    return {"revision": imp.revision_id}


def undo(clock: Clock, *, revision: int) -> dict[str, Any]:
    """The plan that takes a revision back; it waits afterwards."""
    with clock:
        imp = undoing.start(revision, actor=BENCH, then=lambda number: None)
        planning.plan(imp.pk, ask=False)
    imp.refresh_from_db()
    assert imp.state == Import.State.PREVIEW, imp.state
    return {"import": imp.pk, "totals": imp.totals.to_json()}


def _accept(imp: Import) -> None:
    for finding in imp.facts.findings:
        decision = Decision(Action.ACCEPT, field=finding.field, code=finding.code)
        planning.decide(imp.pk, decision, actor=BENCH, then=lambda number: None)
        planning.plan(imp.pk, ask=False)
