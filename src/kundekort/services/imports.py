"""The life of an import around its plan: received, listed, cancelled."""

from __future__ import annotations

from pathlib import PurePath
from typing import BinaryIO, Final

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from kundekort.engine.errors import FileRefused
from kundekort.engine.facts import Facts
from kundekort.engine.recipe import Answers, Decisions, DialectOverrides, Policy, Recipe
from kundekort.services.accounts import Actor, Role
from kundekort.services.refusals import CannotImport, NotFound, NotWaiting
from kundekort.store import packages
from kundekort.store.models import Import

WAITING: Final = (Import.State.RECEIVED, Import.State.COLUMNS, Import.State.PREVIEW)
"""The states from which an import can be cancelled."""


def receive(
    stream: BinaryIO,
    *,
    filename: str,
    actor: Actor,
    policy: Policy | None = None,
    overrides: DialectOverrides | None = None,
    decisions: Decisions | None = None,
) -> Import:
    """Keep an uploaded file as a new import, to be planned. Raises CannotImport when it is too large."""
    actor.require(Role.IMPORTER)
    with transaction.atomic():
        imp = Import.objects.create(
            created_by=actor.user,
            actor_name=actor.name,
            filename=PurePath(filename.replace("\\", "/")).name[:255].replace("\x00", ""),
            size=0,
            answers=Answers(dialect=overrides or DialectOverrides(), policy=policy or Policy()),
            decisions=decisions or Decisions(),
        )
        limit = settings.KUNDEKORT_MAX_BYTES
        try:
            imp.size = packages.keep_source(imp.pk, stream, limit=limit)
        except packages.TooLarge as error:
            raise CannotImport(FileRefused("file_too_large", limit=limit)) from error
        imp.save(update_fields=["size"])
    return imp


def get(import_id: int, *, actor: Actor) -> Import:
    """An import by its number. Raises NotFound."""
    actor.require(Role.IMPORTER)
    try:
        return Import.objects.select_related("revision", "undoes").get(pk=import_id)
    except Import.DoesNotExist as error:
        raise NotFound(id=import_id) from error


def undoing(revision_id: int) -> Import | None:
    """The import that has taken a revision back, if any has."""
    return Import.objects.filter(undoes=revision_id, state=Import.State.DONE).first()


def recent(*, actor: Actor, limit: int = 20) -> list[Import]:
    """The newest imports."""
    actor.require(Role.IMPORTER)
    return list(Import.objects.order_by("-created_at", "-pk")[:limit])


def cancel(import_id: int, *, actor: Actor) -> Import:
    """Give an import up before it is confirmed: its file and plan are forgotten, a line in the list stays.

    Raises NotWaiting when it has been confirmed or cancelled already.
    """
    imp = get(import_id, actor=actor)
    cancelled = Import.objects.filter(pk=import_id, state__in=WAITING).update(
        state=Import.State.CANCELLED, progress=None, facts=None, finished_at=Now()
    )
    if not cancelled:
        imp.refresh_from_db()
        raise NotWaiting(state=imp.state)
    packages.remove(import_id)
    imp.refresh_from_db()
    return imp


def recipe(imp: Import) -> Recipe:
    """How the import's file is read and understood, once it has been."""
    return imp.recipe or Recipe()


def facts(imp: Import) -> Facts:
    """What is known of the import's file, once it has been looked at."""
    return imp.facts or Facts()
