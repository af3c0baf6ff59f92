"""What has been done to customers, act by act, and the log of each. Reads, never writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F, Min, QuerySet

from kundekort.services import identities
from kundekort.services.accounts import Actor, Role
from kundekort.services.refusals import NotFound
from kundekort.store.models import Change, Revision

_NAMED: Final = ("source", "undone_by")


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some rows of a log in their order, and whether `more` follow."""

    rows: tuple[Change, ...]
    more: bool


def search(
    *, acts: Sequence[str] = (), before: int | None = None, limit: int, actor: Actor
) -> tuple[list[Revision], bool]:
    """Acts of some kinds (`Revision.Kind`) or all, the newest first, those before a number; and whether more follow."""
    actor.require(Role.IMPORTER)
    found = _revisions().order_by("-pk")
    if acts:
        found = found.filter(kind__in=acts)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found[: limit + 1])
    return rows[:limit], len(rows) > limit


def get(revision_id: int, *, actor: Actor) -> Revision:
    """An act by its number. Raises NotFound."""
    actor.require(Role.IMPORTER)
    found = _revisions().filter(pk=revision_id).first()
    if found is None:
        raise NotFound(id=revision_id)
    return found


def log(revision_id: int, *, after: int | None = None, limit: int, actor: Actor) -> LogPage:
    """What an act has written, after a row of the log. Raises NotFound."""
    get(revision_id, actor=actor)
    changes = Change.objects.filter(revision=revision_id)
    if after is None:  # by the index of the revision, not by a walk through the log
        first = changes.aggregate(first=Min(F("pk") + 0))["first"]
        after = (first or 0) - 1
    rows = list(changes.filter(pk__gt=after).order_by("pk")[: limit + 1])
    return LogPage(tuple(rows[:limit]), more=len(rows) > limit)


def revision_json(revision: Revision) -> dict[str, Any]:
    """An act for programs, which rely on the keys."""
    source = getattr(revision, "source", None)
    undone_by = getattr(revision, "undone_by", None)
    return {
        "id": revision.pk,
        "act": revision.kind,
        "when": revision.created_at.isoformat(),
        "who": identities.author(revision),
        "user": identities.told(revision.created_by_id),
        "import_id": source.pk if source else None,
        "created": revision.created,
        "changed": revision.changed,
        "undoes": revision.undoes_id,
        "undone_by": undone_by.pk if undone_by else None,
    }


def change_json(change: Change) -> dict[str, Any]:
    """A row of the log for programs, which rely on the keys."""
    return {
        "customer_id": change.customer_id,
        "version": change.version,
        "field": change.field,
        "old": change.old,
        "new": change.new,
        "card": change.card,
    }


def _revisions() -> QuerySet[Revision]:
    unseen = ("answers", "recipe", "decisions", "question", "facts", "totals", "progress")
    return Revision.objects.select_related(*_NAMED).defer(*(f"source__{name}" for name in unseen))
