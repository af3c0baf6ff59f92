"""The list of all imports: which of them a filter shows, page by page, and who has had to do with any. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Final

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from kundekort.services import four_eyes, identities, import_names, imports, settings
from kundekort.services.accounts import Actor, Role
from kundekort.services.import_names import ImportName
from kundekort.services.settings import Settings
from kundekort.store.models import Import, Revision

EARLIEST: Final = date(1900, 1, 1)
LATEST: Final = date(9000, 1, 1)
"""Days beyond which no calendar of the database has to reckon: there are no imports."""

NO_USER: Final = "name:"
"""What the key of somebody begins with who is no user."""


@dataclass(frozen=True, slots=True)
class ImportFilter:
    """Which imports to list; what is empty asks for nothing.

    `who` uploaded or confirmed it: the key of a `Participant`; `file` is a part of the name of its file, or of the file
    that it takes back; `since` and `until` are local days, both included.
    """

    who: str = ""
    states: tuple[str, ...] = ()
    file: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who has had to do with an import: a user by number, or who is no user by name; `name` as it is shown."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Undoing:
    """A revision that took another back, and its import, where it has one."""

    revision: int
    import_id: int | None


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One import as lists show it.

    `uploader` and `confirmer` are told from all others; the latter is '' as long as nobody has confirmed it. `when` it
    was finished, or received as long as it is not. `undone_by` is the import that took it back; it is `undone` unless
    that was taken back as well. `to_undo` is the revision that takes it back now, where it is in effect. `waits_until`
    is when it is cancelled if nobody comes back to it; it `failed` if its job could not be done. It waits `for_other`
    if somebody else than whose it is has to confirm it.
    """

    imp: Import
    name: ImportName
    uploader: str
    confirmer: str
    when: datetime
    undone_by: int | None
    undone: bool
    to_undo: int | None
    waits_until: datetime | None
    failed: bool
    for_other: bool


@dataclass(frozen=True, slots=True)
class ImportPage:
    """Some imports of all that a filter shows, newest first."""

    total: int
    lines: tuple[ImportLine, ...]


def search(
    wanted: ImportFilter,
    *,
    offset: int = 0,
    limit: int,
    before: tuple[datetime, int] | None = None,
    actor: Actor,
) -> ImportPage:
    """At most `limit` of the imports that a filter shows, from `offset`, the newest first.

    With `before`, the `when` and the number of a line, of those that come after it in the list.
    """
    actor.require(Role.IMPORTER)
    found = _matching(wanted)
    shown = found
    if before is not None:
        when, number = before
        shown = found.filter(Q(when__lt=when) | Q(when=when, pk__lt=number))
    return ImportPage(total=found.count(), lines=lines(shown[offset : offset + limit]))


def lines(found: QuerySet[Import]) -> tuple[ImportLine, ...]:
    """The imports of a question, which asks for a page of them at most, as lists show them."""
    ids = list(found.values_list("pk", flat=True))
    shown = {imp.pk: imp for imp in Import.objects.filter(pk__in=ids).select_related(*import_names.ABOUT)}
    return _lines([shown[pk] for pk in ids if pk in shown])


def people(*, actor: Actor) -> list[Participant]:
    """All who have uploaded or confirmed an import, each once however often they were renamed, by name."""
    actor.require(Role.IMPORTER)
    uploaders = Import.objects.order_by().values_list("created_by", "actor_name")
    confirmers = Import.objects.order_by().values_list("confirmed_by", "confirmer_name")
    found = {(user, "" if user else name) for user, name in uploaders.union(confirmers) if name}
    with identities.once():
        known = [_participant(user, name) for user, name in found]
    return sorted(known, key=lambda one: (one.name.casefold(), one.key))


def _participant(user: int | None, name: str) -> Participant:
    if user is not None:
        return Participant(str(user), identities.current(user))
    return Participant(NO_USER + name, identities.shown(name, None))


def _matching(wanted: ImportFilter) -> QuerySet[Import]:
    """The imports that a filter shows, the newest first."""
    found = Import.objects.annotate(when=Coalesce("finished_at", "created_at")).order_by("-when", "-pk")
    if wanted.who.startswith(NO_USER):
        name = wanted.who.removeprefix(NO_USER)
        uploaded = Q(created_by=None, actor_name=name)
        found = found.filter(uploaded | Q(confirmed_by=None, confirmer_name=name))
    elif wanted.who:
        found = found.filter(Q(created_by=int(wanted.who)) | Q(confirmed_by=int(wanted.who)))
    if wanted.states:
        found = found.filter(state__in=wanted.states)
    if text := wanted.file.strip():
        paths = ("", *(f"{path}__" for path in import_names.ABOUT))
        found = found.filter(reduce(or_, (Q(**{f"{path}filename__icontains": text}) for path in paths)))
    if wanted.since:
        found = found.filter(when__gte=midnight(max(wanted.since, EARLIEST)))
    if wanted.until:
        found = found.filter(when__lt=midnight(min(wanted.until, LATEST) + timedelta(days=1)))
    return found


def midnight(day: date) -> datetime:
    """When a local day begins."""
    return timezone.make_aware(datetime.combine(day, time.min))


def _lines(shown: list[Import]) -> tuple[ImportLine, ...]:
    chains = _chains({imp.revision_id for imp in shown if imp.revision_id})
    current = settings.current()
    with identities.once():
        return tuple(_line(imp, chains.get(imp.revision_id, ()), current=current) for imp in shown)


def _line(imp: Import, chain: Sequence[Undoing], *, current: Settings) -> ImportLine:
    undone = len(chain) % 2 == 1
    last = chain[-1].revision if chain else imp.revision_id
    return ImportLine(
        imp=imp,
        name=import_names.name(imp),
        uploader=identities.uploader(imp),
        confirmer=identities.confirmer(imp),
        when=imp.finished_at or imp.created_at,
        undone_by=chain[0].import_id if chain else None,
        undone=undone,
        to_undo=None if undone else last,
        waits_until=imports.waits_until(imp, days=current.preview_days),
        failed=imports.has_failed(imp),
        for_other=imp.state == Import.State.PREVIEW and bool(four_eyes.reasons(imp, current)),
    )


def _chains(revisions: Collection[int]) -> Mapping[int | None, Sequence[Undoing]]:
    """What took revisions back, what took that back, and so on; asked for all of them at once, step by step."""
    found: dict[int | None, list[Undoing]] = {}
    first = {revision: revision for revision in revisions}
    while first:
        step = Revision.objects.filter(undoes__in=list(first)).values_list("pk", "undoes_id", "source__pk")
        first, last = {}, first
        for revision, undone, import_id in step:
            beginning = first[revision] = last[undone]
            found.setdefault(beginning, []).append(Undoing(revision, import_id))
    return found
