"""The life of an import around its plan: received, listed, cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from mmap import mmap
from pathlib import PurePath
from typing import BinaryIO, Final

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from kundekort.engine.decisions import Decisions
from kundekort.engine.errors import FileRefused
from kundekort.engine.facts import Facts
from kundekort.engine.reading.table import Limits
from kundekort.engine.recipe import Answers, DialectOverrides, Policy, Recipe
from kundekort.services import database, import_names
from kundekort.services import settings as choices
from kundekort.services.accounts import Actor, Role
from kundekort.services.refusals import (
    CannotImport,
    DiskFull,
    Failed,
    NotFound,
    NotWaiting,
    SourceGone,
    StorageFailed,
    WorkerDied,
)
from kundekort.store import packages
from kundekort.store.models import Import, Revision

WAITING: Final = (Import.State.RECEIVED, Import.State.COLUMNS, Import.State.PREVIEW)
"""The states from which an import can be cancelled."""
FAILURES: Final = frozenset({Failed.code, DiskFull.code, StorageFailed.code, WorkerDied.code})
"""The notices of an import whose job has failed; if it was to be planned, it waits for somebody to try again."""
ABANDONED: Final = "abandoned"
"""The notice of an import that was cancelled because nobody came back to it."""
VISIT: Final = timedelta(hours=1)
"""How long somebody who comes back to an import again and again is taken for one visitor."""


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
    number = database.next_number(Import)
    limit = settings.KUNDEKORT_MAX_BYTES
    try:
        source = packages.keep_source(number, stream, limit=limit)
    except packages.TooLarge as error:
        raise CannotImport(FileRefused("file_too_large", limit=limit)) from error
    return Import.objects.create(
        pk=number,
        created_by=actor.user,
        actor_name=actor.name,
        filename=PurePath(filename.replace("\\", "/")).name[:255].replace("\x00", ""),
        size=source.size,
        sha256=source.sha256,
        answers=Answers(dialect=overrides or DialectOverrides(), policy=policy or Policy()),
        decisions=decisions or Decisions(),
    )


def get(import_id: int, *, actor: Actor) -> Import:
    """An import by its number. Raises NotFound."""
    actor.require(Role.IMPORTER)
    try:
        imp = Import.objects.select_related("revision").get(pk=import_id)
    except Import.DoesNotExist as error:
        raise NotFound(id=import_id) from error
    if imp.undoes_id is not None:  # which few have; for all others five tables would be asked for nothing
        imp.undoes = Revision.objects.select_related(*import_names.OF_UNDONE).get(pk=imp.undoes_id)
    return imp


def has_failed(imp: Import) -> bool:
    """Whether an import was to be planned and could not be: nobody works on it until somebody tries again."""
    return imp.state == Import.State.RECEIVED and imp.notice in FAILURES


@contextmanager
def source(import_id: int) -> Iterator[bytes | mmap]:
    """The bytes of an import's file. Raises SourceGone."""
    with ExitStack() as stack:
        try:
            data = stack.enter_context(packages.source(import_id))
        except FileNotFoundError as error:
            raise SourceGone from error
        yield data


def undoing(revision_id: int) -> Import | None:
    """The import that has taken a revision back, if any has."""
    return Import.objects.filter(undoes=revision_id, state=Import.State.DONE).first()


def visit(import_id: int, *, actor: Actor) -> Import:
    """An import by its number, for somebody who comes back to it: one that waits, waits longer. Raises NotFound."""
    imp, now = get(import_id, actor=actor), timezone.now()
    waiting = Import.objects.filter(pk=import_id, state__in=WAITING, touched_at__lt=now - VISIT)
    if waiting.update(touched_at=now):
        imp.touched_at = now
    return imp


def recent(*, actor: Actor, limit: int = 20) -> list[Import]:
    """The newest imports."""
    actor.require(Role.IMPORTER)
    return list(Import.objects.select_related(*import_names.ABOUT).order_by("-created_at", "-pk")[:limit])


def cancel(import_id: int, *, actor: Actor) -> Import:
    """Give an import up before it is confirmed: its file and plan are forgotten, a line in the list stays.

    Raises NotWaiting when it has been confirmed or cancelled already.
    """
    imp = get(import_id, actor=actor)
    cancelled = Import.objects.filter(pk=import_id, state__in=WAITING).update(
        state=Import.State.CANCELLED, progress=None, facts=None, finished_at=Now(), touched_at=Now()
    )
    if not cancelled:
        imp.refresh_from_db()
        raise NotWaiting(state=imp.state)
    packages.remove(import_id)
    imp.refresh_from_db()
    return imp


def cancel_abandoned() -> int:
    """Cancel every waiting import to which nobody has come back for `preview_days`; how many there were."""
    before = timezone.now() - timedelta(days=choices.current().preview_days)
    with transaction.atomic():
        old = Import.objects.filter(state__in=WAITING, touched_at__lt=before)
        ids = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True))
        Import.objects.filter(pk__in=ids).update(
            state=Import.State.CANCELLED, progress=None, facts=None, finished_at=Now(), notice=ABANDONED
        )
    for import_id in ids:
        packages.remove(import_id)
    return len(ids)


def waits_until(imp: Import, *, days: int | None = None) -> datetime | None:
    """When an import that waits is cancelled if nobody comes back to it; `days` is the setting, if it is known."""
    if imp.state not in WAITING:
        return None
    return imp.touched_at + timedelta(days=choices.current().preview_days if days is None else days)


def days_abandoned(imp: Import) -> int | None:
    """For how many days nobody had come back to an import when it was cancelled for that; None for any other."""
    if imp.notice != ABANDONED or imp.finished_at is None:
        return None
    return (imp.finished_at - imp.touched_at).days


def recipe(imp: Import) -> Recipe:
    """How the import's file is read and understood, once it has been."""
    return imp.recipe or Recipe()


def facts(imp: Import) -> Facts:
    """What is known of the import's file, once it has been looked at."""
    return imp.facts or Facts()


def limits() -> Limits:
    """What a file may have at most, as the settings say."""
    return Limits(
        bytes=settings.KUNDEKORT_MAX_BYTES,
        rows=settings.KUNDEKORT_MAX_ROWS,
        columns=settings.KUNDEKORT_MAX_COLUMNS,
        expanded=settings.KUNDEKORT_MAX_EXPANDED,
        cell=settings.KUNDEKORT_MAX_CELL,
    )
