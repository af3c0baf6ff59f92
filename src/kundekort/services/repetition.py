"""What a plan has in common with earlier imports, and what an import leaves for that to be known of later ones.

An import counts once it is done, as long as what it wrote is in effect: whoever has taken one back may repeat it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from kundekort.bulk.apply import RegisterMoved
from kundekort.engine import finding
from kundekort.engine.guards import repetition
from kundekort.engine.guards.repetition import SAMPLE, Earlier, Sketch
from kundekort.engine.plan import Plan
from kundekort.services import revisions
from kundekort.store.models import Import, PeopleSketch

MOST: Final = 100
"""Earlier imports that are compared, the last ones: a file that comes every day has something in common with many."""


def compared(imp: Import, plan: Plan) -> Plan:
    """The plan of an import, with what is found of it beside earlier ones."""
    new = repetition.sketch(plan)
    found = repetition.findings(new, plan, list(_earlier(imp, new)), imp.decisions)
    return replace(plan, findings=finding.ordered([*plan.findings, *found]))


def keep(imp: Import, plan: Plan) -> None:
    """Keep whom the plan of an import creates, inside the transaction that writes it.

    Raises RegisterMoved when they have been created by another import since it was shown.
    """
    new = repetition.sketch(plan)
    if any(one.blocks for one in repetition.findings(new, plan, list(_earlier(imp, new)), imp.decisions)):
        raise RegisterMoved
    if new.people:
        PeopleSketch.objects.create(source=imp, people=new.people, hashes=list(new.hashes))


def _earlier(imp: Import, new: Sketch) -> Iterator[Earlier]:
    """The imports in effect that had the same file, or have created people whom this one would create."""
    # The smallest hashes find every sketch that can be compared: up to there it has all its people.
    numbers: set[int] = set()
    if new.hashes:
        alike = PeopleSketch.objects.filter(hashes__overlap=list(new.hashes[:SAMPLE]))
        numbers |= set(alike.values_list("pk", flat=True))
    if imp.sha256:
        numbers |= set(Import.objects.filter(sha256=imp.sha256).values_list("pk", flat=True))
    done = Import.objects.filter(pk__in=numbers - {imp.pk}, state=Import.State.DONE, revision__isnull=False)
    found = list(done.select_related("sketch").order_by("-finished_at")[:MOST])
    current = revisions.in_effect([one.revision_id for one in found if one.revision_id])
    for one in found:
        if one.revision_id in current and one.finished_at:
            kept = getattr(one, "sketch", None)
            yield Earlier(
                number=one.pk,
                file=one.filename,
                who=one.confirmer_name or one.actor_name,
                when=one.finished_at,
                same=one.sha256 != "" and one.sha256 == imp.sha256,
                sketch=Sketch(kept.people, tuple(kept.hashes)) if kept else Sketch(),
            )
