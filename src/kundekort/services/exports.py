"""Lists of customers that leave the register: written to a file, kept for those who asked, and always logged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import BinaryIO, Final

import polars as pl
from django.db import transaction
from django.db.models import Q, Subquery
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.text import slugify
from procrastinate.contrib.django import app

from kundekort.engine.schema import Field, Kind
from kundekort.engine.writing import xlsx
from kundekort.services import audit, customer_list, fields, layouts, lists, segments
from kundekort.services.accounts import Actor, Role
from kundekort.services.audit import Event
from kundekort.services.lists import FileFormat
from kundekort.services.progress import Report, no_progress
from kundekort.services.refusals import ExportNotWaiting, NotFound, TooManyForWorkbook
from kundekort.store import packages
from kundekort.store.models import Export, Segment
from kundekort.store.selection import Selection
from kundekort.wording import lists as words

INLINE_CUSTOMERS: Final = 20_000
"""Customers up to which a list is written while the person waits; it takes about a second."""
FALLBACK_SECONDS: Final = 60
"""Seconds after which a job writes a short list whose own process was killed before it had."""
KEPT_DAYS: Final = 7
"""Days after which the file of an export is removed; the line that tells of it stays."""


def count(what: Selection, *, actor: Actor) -> int:
    """How many customers a list would have. Raises NotFound, SegmentInvalid, Forbidden."""
    _require(what, actor)
    if what.segment is not None:
        return segments.count(segments.get(what.segment, actor=actor).condition, actor=actor)
    return customer_list.count(text=what.search or "", rules=what.rules, actor=actor)


def start(
    *, what: Selection, form: FileFormat, layout: str | None = None, language: str = "en", actor: Actor
) -> Export:
    """Begin a list in a layout (the default one): done at once when it is short, else by a job.

    Raises NotFound, SegmentInvalid, Forbidden, and TooManyForWorkbook.
    """
    export = _begun(what=what, form=form, layout=layout, language=language, actor=actor)
    if (export.rows or 0) > INLINE_CUSTOMERS:
        app.configure_task("make_export").defer(export_id=export.pk)
        return export
    queue_fallback(export.pk)
    return make(export.pk)


def queue_fallback(export_id: int) -> None:
    """Have a job write the file of an export after a while, unless the process that is about to has done so by then."""
    app.configure_task("make_export", schedule_in={"seconds": FALLBACK_SECONDS}).defer(export_id=export_id)


def stream(
    *, what: Selection, form: FileFormat, layout: str | None = None, language: str = "en", actor: Actor
) -> Iterator[bytes]:
    """The bytes of a list for somebody who takes them as they come; logged from the beginning, nothing is kept.

    Raises as `start` does, before the first byte.
    """
    export = _begun(what=what, form=form, layout=layout, language=language, actor=actor)
    Export.objects.filter(pk=export.pk).update(state=Export.State.DONE, streamed=True, finished_at=Now())
    return _Writing(export, no_progress).pieces()


def make(export_id: int, *, report: Report = no_progress) -> Export:
    """Write the file of an export that is waiting; leave any other as it is. Raises TooManyForWorkbook."""
    export = Export.objects.get(pk=export_id)
    if export.state != Export.State.WAITING:
        return export
    writing = _Writing(export, report)
    try:
        size = packages.keep_export(export_id, writing.pieces())
    except TooManyForWorkbook as refusal:
        fail(export_id, refusal.code)
        raise
    done = Export.objects.filter(pk=export_id, state=Export.State.WAITING).update(
        state=Export.State.DONE, rows=writing.rows, size=size, progress=None, finished_at=Now()
    )
    export.refresh_from_db()
    if not done and export.state != Export.State.DONE:  # else another process was taken for dead, and has written it
        packages.remove_export(export_id)
    return export


def fail(export_id: int, code: str) -> None:
    """Let nobody wait for an export that could not be written, for a reason that is the code of a refusal."""
    waiting = Export.objects.filter(pk=export_id, state=Export.State.WAITING)
    waiting.update(state=Export.State.FAILED, notice=code, progress=None, finished_at=Now())


def get(export_id: int, *, actor: Actor) -> Export:
    """An export by its number. Raises NotFound, and Forbidden for a list of all to who may not have it."""
    actor.require(Role.IMPORTER)
    try:
        export = Export.objects.get(pk=export_id)
    except Export.DoesNotExist as error:
        raise NotFound(id=export_id) from error
    _require(export.selection, actor)
    return _without_old_file(export)


def recent(*, actor: Actor, limit: int = 20, before: int | None = None) -> list[Export]:
    """The newest exports of everybody: who took what, when. With `before`, those that were begun before this one."""
    actor.require(Role.IMPORTER)
    found = Export.objects.select_related("segment").order_by("-created_at", "-pk")
    if before is not None:
        when = Export.objects.filter(pk=before).values("created_at")[:1]
        found = found.filter(Q(created_at__lt=Subquery(when)) | Q(created_at=Subquery(when), pk__lt=before))
    return [_without_old_file(export) for export in found[:limit]]


def cancel(export_id: int, *, actor: Actor) -> Export:
    """Give up an export that is not done yet. Raises ExportNotWaiting."""
    export = get(export_id, actor=actor)
    cancelled = Export.objects.filter(pk=export_id, state=Export.State.WAITING).update(
        state=Export.State.CANCELLED, progress=None, finished_at=Now()
    )
    if not cancelled:
        raise ExportNotWaiting
    export.refresh_from_db()
    return export


def open_file(export_id: int, *, actor: Actor) -> tuple[BinaryIO, str, str]:
    """The file of an export for reading, its name and its media type; logged, since others than who made it may.

    Raises NotFound when it is gone or not done.
    """
    export = get(export_id, actor=actor)
    if export.state != Export.State.DONE or export.size is None:
        raise NotFound(id=export_id)
    try:
        file = packages.export_file(export_id)
    except FileNotFoundError as error:
        raise NotFound(id=export_id) from error
    audit.record(Event.EXPORT_DOWNLOAD, actor=actor, export_id=export_id, rows=export.rows)
    return file, filename(export), FileFormat(export.form).media_type


def filename(export: Export) -> str:
    """What the file of an export is called, in the language of who asked for it: `kunder-oslo-øst-2026-03-02.csv`."""
    form = FileFormat(export.form)
    segment = slugify(export.selection.segment or "", allow_unicode=True)[:60]
    day = timezone.localtime(export.created_at).date().isoformat()
    mark = words.program_mark(export.language) if form is FileFormat.PLAIN else ""
    parts = (words.list_name(export.language), segment, day, mark)
    return "-".join(part for part in parts if part) + f".{form.extension}"


def _oldest() -> datetime:
    """When the oldest export was begun whose file is kept."""
    return timezone.now() - timedelta(days=KEPT_DAYS)


def _without_old_file(export: Export) -> Export:
    """The export as `remove_old` leaves it, also where that has not come to it yet."""
    if export.created_at < _oldest():
        export.size = None
    return export


def remove_old() -> None:
    """Remove the files of exports after some days: lists of customers are not left lying about."""
    old = Export.objects.filter(size__isnull=False, created_at__lt=_oldest())
    for export in old:
        packages.remove_export(export.pk)
    old.update(size=None)


class _Writing:
    """An export on its way out: which customers it has, as bytes, and how many they were."""

    def __init__(self, export: Export, report: Report) -> None:
        self.rows = 0
        self._expected, self._report = export.rows or 0, report
        self._form, self._language = FileFormat(export.form), export.language
        self._columns = list(layouts.get(export.layout).fields)
        if all(field.kind is not Kind.VERSION for field, _ in self._columns):
            version = next(field for field in fields.schema() if field.kind is Kind.VERSION)
            self._columns.append((version, version.header))
        self._selection = export.selection
        self._actor = Actor.system(export.actor_name)

    def pieces(self) -> Iterator[bytes]:
        """The bytes of the list. Raises TooManyForWorkbook."""
        try:
            yield from lists.write(self._frames(), columns=self._columns, form=self._form, language=self._language)
        except xlsx.TooLarge as error:
            raise TooManyForWorkbook(count=self._expected, limit=xlsx.MOST_ROWS) from error

    def _frames(self) -> Iterator[pl.DataFrame]:
        wanted = [f for f, _ in self._columns if f.kind not in (Kind.ID, Kind.VERSION)]
        self._report("exporting", 0, self._expected)
        for frame in _frames(self._selection, wanted, self._actor):
            yield frame
            self.rows += frame.height
            self._report("exporting", min(self.rows, self._expected), self._expected)


@transaction.atomic
def _begun(*, what: Selection, form: FileFormat, layout: str | None, language: str, actor: Actor) -> Export:
    rows = count(what, actor=actor)
    if form is FileFormat.XLSX and rows > xlsx.MOST_ROWS:
        raise TooManyForWorkbook(count=rows, limit=xlsx.MOST_ROWS)
    export = Export.objects.create(
        created_by=actor.user,
        actor_name=actor.name,
        segment=Segment.objects.filter(name=what.segment).first() if what.segment is not None else None,
        selection=what,
        language=language,
        layout=layouts.get(layout).name,
        form=form.value,
        rows=rows,
    )
    audit.record(Event.EXPORT, actor=actor, export_id=export.pk, rows=rows)
    return export


def _require(what: Selection, actor: Actor) -> None:
    actor.require(Role.ADMINISTRATOR if what.everybody else Role.IMPORTER)


def _frames(what: Selection, wanted: list[Field], actor: Actor) -> Iterator[pl.DataFrame]:
    if what.segment is not None:
        return segments.frames(what.segment, fields=wanted, actor=actor)
    return customer_list.stream(text=what.search or "", rules=what.rules, present=wanted, actor=actor)
