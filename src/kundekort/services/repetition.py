"""What a plan has in common with earlier imports, and what an import leaves for that to be known of later ones.

An import counts once it is done, as long as what it wrote is in effect: whoever has taken one back may repeat it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from django.db.models import Q, QuerySet

from kundekort.bulk.apply import RegisterMoved
from kundekort.engine import finding
from kundekort.engine.guards import repetition
from kundekort.engine.guards.repetition import LEAST, Earlier, Sketch
from kundekort.engine.plan import Plan
from kundekort.services import identities, revisions
from kundekort.store.models import Import, PeopleSketch

MOST: Final = 1_000
"""Earlier imports that are compared, the last ones of a size that allows it; so many take some tenths of a second."""
FEWER: Final = 8
"""An import that has created so many times fewer people than a file has new rows was not most of it: of these rows a
quarter, if half of those of whom enough is known are half of all, and half of that if everybody stands there twice."""


def compared(imp: Import, plan: Plan) -> Plan:
    """The plan of an import, with what is found of it beside earlier ones; most have none that they could repeat."""
    if not _may_repeat(imp, plan):
        return plan
    new = repetition.sketch(plan)
    found = repetition.findings(new, plan, list(_earlier(imp, new)), imp.decisions)
    return replace(plan, findings=finding.ordered([*plan.findings, *found]))


def keep(imp: Import, plan: Plan) -> None:
    """Keep whom the plan of an import creates, inside the transaction that writes it.

    Raises RegisterMoved when they have been created by another import since it was shown.
    """
    new = repetition.sketch(plan)
    if _may_repeat(imp, plan):  # by the same rule as it was shown: what was not told then could not be answered
        found = repetition.findings(new, plan, list(_earlier(imp, new)), imp.decisions)
        if any(one.blocks for one in found):
            raise RegisterMoved
    if new.people:
        PeopleSketch.objects.create(source=imp, people=new.people, hashes=new.to_bytes())


def _may_repeat(imp: Import, plan: Plan) -> bool:
    """Whether there is an earlier import that could be most of a plan."""
    large = Q(sketch__people__gte=plan.totals.new // FEWER)
    return _done(imp).filter(large | Q(sha256=imp.sha256) if imp.sha256 else large).exists()


def _done(imp: Import) -> QuerySet[Import]:
    return Import.objects.filter(state=Import.State.DONE, revision__isnull=False).exclude(pk=imp.pk)


def _same(imp: Import, done: QuerySet[Import]) -> QuerySet[Import]:
    """Those that had the very same file."""
    return done.filter(sha256=imp.sha256) if imp.sha256 else done.none()


def _earlier(imp: Import, new: Sketch) -> Iterator[Earlier]:
    """The imports in effect that had the same file, or may have created most of the people whom this one creates."""
    done = _done(imp).select_related("sketch").order_by("-pk")
    found = list(_same(imp, done)[:MOST])
    if new.people >= LEAST:
        found += done.filter(sketch__people__range=new.comparable)[:MOST]
    current = revisions.in_effect([one.revision_id for one in found if one.revision_id])
    for one in {one.pk: one for one in found}.values():
        if one.revision_id in current and one.finished_at:
            kept = getattr(one, "sketch", None)
            yield Earlier(
                number=one.pk,
                file=one.filename,
                who=identities.confirmer(one) or identities.uploader(one),
                when=one.finished_at,
                same=one.sha256 != "" and one.sha256 == imp.sha256,
                sketch=Sketch.from_bytes(kept.people, bytes(kept.hashes)) if kept else Sketch(),
            )
