"""Reading sources: what is new there becomes an import with a preview, which confirms itself where its source lets it.

A file is read once it has been the same for a while, so that none is taken that is still being written. The same bytes
are never imported twice from a source. What cannot be confirmed by itself waits for a person, who is told.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, BinaryIO, Final, cast

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from kundekort.engine.recipe import EmptyCells, Policy
from kundekort.services import accounts, audit, confirming, fields, imports, planning, source_letters, sources
from kundekort.services.accounts import Actor, Role
from kundekort.services.audit import Event
from kundekort.services.refusals import (
    AlreadyApplied,
    NotReached,
    NotWaiting,
    PlanMismatch,
    Refusal,
    SecondPersonNeeded,
    SecretUnreadable,
    SourceInvalid,
    SourceUnread,
    StalePlan,
)
from kundekort.services.source_places import Found, Place, opened
from kundekort.store.models import Import, Source, SourceFile

logger = logging.getLogger(__name__)

STILL: Final = timedelta(seconds=30)
"""How long a file has to have been the same before it is read."""
PER_LOOK: Final = 20
"""Files that are read in one look at most; the next look goes on."""
MOST_KEPT: Final = 1_000
"""Files of a source that were nothing new of which it is remembered that they were there."""
OPEN: Final = (*imports.WAITING, Import.State.CONFIRMING)
"""The states of an import about which something is still to be done."""
FAULTS: Final = (NotReached, SourceUnread, SourceInvalid, SecretUnreadable)


@dataclass(frozen=True, slots=True)
class Look:
    """What came of a look: files that became imports, and files that are left until they are still."""

    imported: int = 0
    left: int = 0


def due() -> list[int]:
    """The numbers of the sources that are to be looked at now, or that have an import about which to decide."""
    active = Source.objects.filter(active=True)
    late = set(active.filter(look_at__lte=timezone.now()).values_list("pk", flat=True))
    open_ = _unjudged().filter(source__active=True).values_list("source", flat=True)
    return sorted(late | set(open_))


def run(source_id: int, *, actor: Actor) -> Look:
    """Look at a source now, whoever has paused it. Raises NotFound."""
    actor.require(Role.ADMINISTRATOR)
    source = sources.get(source_id, actor=actor)
    audit.record(Event.SOURCE_CHANGE, actor=actor, name=source.name, act="run")
    return _look(source, stopped=lambda: None)


def look(source_id: int, *, stopped: Callable[[], None] = lambda: None) -> Look:
    """Look at a source if it is time, and decide about its imports; `stopped` raises when the work has to end."""
    source = Source.objects.select_related("owner").filter(pk=source_id, active=True).first()
    if source is None:
        return Look()
    if source.look_at <= timezone.now():
        return _look(source, stopped=stopped)
    if sources.may_own(source.owner):
        judge(source_id)
    return Look()


def judge(source_id: int) -> None:
    """Confirm the imports of a source that may confirm themselves, in order, and tell people of the others."""
    for file in _unjudged().filter(source=source_id).select_related("source__owner", "imp").order_by("pk"):
        imp = file.imp
        if imp is None or imp.state not in (*OPEN, Import.State.REFUSED):  # it is done, or somebody gave it up
            _judged(file, [])
        elif imp.state in _WORKED_ON and not imports.has_failed(imp):
            return  # a job works on it; those after it wait for it
        elif not _decide(file, imp):
            return


_WORKED_ON: Final = (Import.State.RECEIVED, Import.State.CONFIRMING)


def reasons(file: SourceFile, imp: Import) -> list[str]:
    """Why an import of a source has to wait for a person; none where it may confirm itself."""
    source, totals = file.source, imp.totals
    if imp.state == Import.State.COLUMNS:
        return ["columns"]
    if imp.state != Import.State.PREVIEW or totals is None:
        return ["failed"]
    facts = imports.facts(imp)
    consents = sum(facts.changes.get(f.key, 0) for f in fields.schema(retired=True) if f.consent)
    earlier = SourceFile.objects.filter(source=source, pk__lt=file.pk, imp__state__in=OPEN)
    found = {
        "by_hand": not source.confirms,
        "errors": bool(totals.errors),
        "conflicts": bool(totals.conflicts),
        "findings": any(finding.open for finding in facts.findings),
        "consents": bool(consents or facts.consents),
        "too_many": totals.cards_written > source.most_cards,
        "earlier": earlier.exists(),
    }
    return [reason for reason, holds in found.items() if holds]


def _unjudged() -> QuerySet[SourceFile]:
    return SourceFile.objects.filter(state=SourceFile.State.IMPORTED, judged=False)


def _decide(file: SourceFile, imp: Import) -> bool:
    """Confirm an import, or tell people why it waits; whether those after it can be looked at."""
    owner = accounts.actor_of(file.source.owner)
    found = reasons(file, imp)
    if not found:
        try:
            done = confirming.confirm(imp.pk, digest=imp.digest, actor=owner)
        except (StalePlan, PlanMismatch, AlreadyApplied, NotWaiting):  # it has moved, and is looked at again
            return False
        except SecondPersonNeeded:
            found = ["second_person"]
        except Refusal as refusal:
            logger.warning("Import %s of source %s was not confirmed: %s.", imp.pk, file.source_id, refusal.code)
            found = ["failed"]
        else:
            audit.record(Event.SOURCE_CONFIRMATION, actor=owner, name=file.source.name, import_id=imp.pk)
            if done.state != Import.State.DONE:
                return False
    _judged(file, found)
    if found:
        source_letters.tell_of_import(file.source, imp, found)
    return True


def _judged(file: SourceFile, found: list[str]) -> None:
    SourceFile.objects.filter(pk=file.pk).update(judged=True, waits_for=found)


def _look(source: Source, *, stopped: Callable[[], None]) -> Look:
    done = Look()
    try:
        if not sources.may_own(source.owner):
            raise SourceUnread(reason="owner_locked")
        with opened(sources.address(source)) as place:
            done = _take(source, place, stopped)
    except FAULTS as refusal:
        _note_fault(source, refusal)
    else:
        rest = STILL if done.left else timedelta(minutes=source.minutes)
        _note(source, fault="", fault_params={}, look_at=timezone.now() + rest)
    if sources.may_own(source.owner):
        judge(source.pk)
    return done


def _take(source: Source, place: Place, stopped: Callable[[], None]) -> Look:
    """Import what is new. Raises the first of what went wrong, when all else is done."""
    imported = left = reads = 0
    fault: SourceUnread | None = None
    there = place.files()
    SourceFile.objects.filter(source=source, state=SourceFile.State.SEEN).exclude(
        name__in=[found.name for found in there]
    ).delete()
    for found in there:
        stopped()
        file = _seen(source, found) if found.mark else None
        if file is not None and file.state != SourceFile.State.SEEN:
            continue
        if reads >= PER_LOOK or (file is not None and timezone.now() - file.seen_at < STILL):
            left += 1
            continue
        reads += 1
        try:
            imported += _read(source, place, found, file, stopped)
        except SourceUnread as refusal:
            left += refusal.params["reason"] == "changing"
            fault = fault or (None if refusal.params["reason"] == "changing" else refusal)
    _forget_old(source)
    if fault is not None:
        raise fault
    return Look(imported, left)


def _seen(source: Source, found: Found) -> SourceFile:
    """What is known of a file as it is there now."""
    before = SourceFile.objects.filter(source=source, name=found.name, state=SourceFile.State.SEEN)
    before.exclude(mark=found.mark).delete()
    about = {"size": found.size, "seen_at": timezone.now()}
    file, _ = SourceFile.objects.get_or_create(source=source, name=found.name, mark=found.mark, defaults=about)
    return file


class _Watched:
    """Takes the bytes of a file as long as nobody has to stop."""

    def __init__(self, target: BinaryIO, stopped: Callable[[], None]) -> None:
        self._target, self._stopped = target, stopped

    def write(self, piece: bytes) -> int:
        """Write a piece."""
        self._stopped()
        return self._target.write(piece)


def _read(source: Source, place: Place, found: Found, file: SourceFile | None, stopped: Callable[[], None]) -> int:
    """Read a file and import it, unless its bytes are known; how many were. Raises SourceUnread, NotReached."""
    with tempfile.TemporaryFile(dir=settings.DATA) as target:
        try:
            mark = place.read(found, cast("BinaryIO", _Watched(target, stopped)), known="" if file else source.etag)
        except SourceUnread as refusal:
            if file is not None and refusal.params["reason"] == "file_too_large":
                SourceFile.objects.filter(pk=file.pk).update(state=SourceFile.State.REFUSED)
            raise
        if mark is None:
            return 0
        size = target.tell()
        target.seek(0)
        digest = hashlib.file_digest(target, "sha256").hexdigest()
        target.seek(0)
        imp = _keep(source, found.name, target, mark=mark, digest=digest, size=size, file=file)
    if imp is None:
        return 0
    planning.plan_now_or_queue(imp.pk)
    return 1


def _keep(
    source: Source, name: str, target: BinaryIO, *, mark: str, digest: str, size: int, file: SourceFile | None
) -> Import | None:
    """Make an import of bytes that are not known, once, whoever else looks at the same source just now."""
    policy = Policy(empty_cells=EmptyCells.KEEP if source.keeps_empty else EmptyCells.OVERWRITE)
    with transaction.atomic():
        Source.objects.select_for_update().get(pk=source.pk)
        mine = SourceFile.objects.filter(source=source)
        if file is None:
            Source.objects.filter(pk=source.pk).update(etag=mark)
            file, _ = SourceFile.objects.get_or_create(source=source, name=name, mark=digest)
        if mine.filter(sha256=digest, state=SourceFile.State.IMPORTED).exists():
            known = {"size": size, "sha256": digest, "state": SourceFile.State.KNOWN}
            mine.filter(pk=file.pk, state=SourceFile.State.SEEN).update(**known)
            return None
        imp = imports.receive(target, filename=name, actor=accounts.actor_of(source.owner), policy=policy)
        state = SourceFile.State.IMPORTED
        mine.filter(pk=file.pk).update(size=size, sha256=digest, state=state, imp=imp)
        return imp


def _note_fault(source: Source, refusal: Refusal) -> None:
    """Keep why a look failed, and tell people when it did not fail before."""
    logger.warning("Source %s could not be read: %s.", source.pk, refusal.params.get("reason", refusal.code))
    params = {name: value for name, value in refusal.params.items() if isinstance(value, (str, int))}
    rest = timezone.now() + timedelta(minutes=source.minutes)
    _note(source, fault=refusal.code, fault_params=params, look_at=rest)
    if not source.fault:
        source_letters.tell_of_fault(source, refusal)


def _note(source: Source, **found: Any) -> None:
    Source.objects.filter(pk=source.pk).update(looked_at=timezone.now(), **found)


def _forget_old(source: Source) -> None:
    """Forget the oldest files that were nothing new; they would be read once more, and be nothing new again."""
    old = SourceFile.objects.filter(source=source, state=SourceFile.State.KNOWN).order_by("-pk")[MOST_KEPT:]
    SourceFile.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
