"""What has happened to a card: every change from whatever door, and what follows from them. Reads, never writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import groupby
from operator import or_
from typing import Final

from django.db.models import Q, QuerySet

from kundekort.engine.frames import CARD, MERGED
from kundekort.services import customers, identities, import_names
from kundekort.services.accounts import Actor, Role
from kundekort.services.fields import schema
from kundekort.services.import_names import ImportName
from kundekort.store.models import Change, Revision

SOURCES: Final = ("revision__source", *(f"revision__source__{path}" for path in import_names.ABOUT))
"""The import of a change, and those that it takes back."""
UNSEEN: Final = [
    f"{path}__{name}"
    for path in SOURCES
    for name in ("answers", "recipe", "decisions", "question", "facts", "totals", "progress")
]
"""What a history does not tell of an import, and would be read again for each cell."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value that changed, as canonical text; '' is none."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One act that changed a card.

    `who` did it, or confirmed it, where it is an import; `uploader` is who uploaded that, if it was somebody else.
    `created`: it brought the card into being; `restored`: it brought it back. The import is None for other kinds.
    `merged` are the cards that came into this one, or left it when `kind` is undo; `into` is the card that this one
    was merged into; `several`: other customers were merged by the same act. `removed`: it took the card out of the
    register for good. `undone`: the act is not in effect, since it was taken back; `answered`: it was, whatever became
    of that.
    """

    when: datetime
    who: str
    uploader: str | None
    kind: str
    import_id: int | None
    import_name: ImportName | None
    created: bool
    cells: tuple[Cell, ...]
    revision: int
    undone: bool
    answered: bool
    restored: bool
    removed: bool
    merged: tuple[int, ...]
    into: int | None
    several: bool


@dataclass(frozen=True, slots=True)
class Since:
    """A cell that has changed since some version of its card: what it held then, who changed it last, and when."""

    old: str
    who: str
    when: datetime


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent as it stands ('1', '0' or '' for never asked), and the act that it comes from, where one is known."""

    field: str
    value: str
    since: datetime | None
    who: str
    kind: str
    import_id: int | None
    import_name: ImportName | None


def of_customer(customer_id: int, *, actor: Actor) -> list[Entry]:
    """The history of one card, newest first; that of a merged card too."""
    actor.require(Role.READER)
    changes = _changes(customer_id).select_related("revision__undone_by").order_by("-version", "pk")
    merges = _changes(customer_id).filter(field=CARD, new="").values("revision")
    into = Change.objects.filter(revision__in=merges, field=MERGED, new=str(customer_id))
    masters = dict(into.values_list("revision_id", "customer_id"))
    return list(_entries(changes, masters))


def since(customer_id: int, *, version: int) -> dict[str, Since]:
    """The cells of a card that have changed after a version, by field key."""
    found: dict[str, Since] = {}
    for change in _changes(customer_id).filter(version__gt=version).order_by("version", "pk"):
        who, when = identities.author(change.revision), change.revision.created_at
        for cell in _cells(change):
            old = found[cell.field].old if cell.field in found else cell.old
            found[cell.field] = Since(old=old, who=who, when=when)
    return found


def last_changes(versions: Mapping[int, int]) -> dict[tuple[int, str | None], Since]:
    """Who had changed each cell of some cards last when they had these versions, and when.

    Under None stands the last change of the card, whatever it was.
    """
    found: dict[tuple[int, str | None], Since] = {}
    at: dict[tuple[int, str], int] = {}
    until = [Q(customer_id=number, version__lte=version) for number, version in versions.items()]
    changes = Change.objects.filter(reduce(or_, until, Q(pk=None)))
    changes = changes.order_by("customer_id", "field", "-version", "-pk")
    for change in changes.distinct("customer_id", "field").select_related("revision"):
        who, when = identities.author(change.revision), change.revision.created_at
        for cell in _cells(change):
            key = change.customer_id, cell.field
            if at.get(key, 0) < change.version:  # the card may have come back after its value was changed
                at[key], found[key] = change.version, Since(old=cell.old, who=who, when=when)
        newest = found.get((change.customer_id, None))
        if newest is None or newest.when < when:
            found[change.customer_id, None] = Since(old=change.old, who=who, when=when)
    return found


def consents(customer_id: int, *, actor: Actor) -> tuple[Consent, ...]:
    """Every consent of a customer with its source. Raises NotFound, CardMerged.

    What was undone, and the undoing, leave no trace here: the consent stands as it did before. One that came with a
    merged card is told as that card would have told it.
    """
    card = customers.card(customer_id, actor=actor)
    keys = [f.key for f in schema(retired=True) if f.consent]
    return tuple(_consent(key, str(card[key]), _source(customer_id, key, str(card[key]))) for key in keys)


def _changes(customer_id: int) -> QuerySet[Change]:
    changes = Change.objects.filter(customer_id=customer_id)
    return changes.select_related("revision", *SOURCES).defer(*UNSEEN)


def _cells(change: Change) -> Iterator[Cell]:
    """What a row of the log tells: a cell, and all the values that a card took with it or came back with."""
    yield Cell(field=change.field, old=change.old, new=change.new)
    for field, value in (change.card or {}).items():
        yield Cell(field=field, old="", new=value) if change.new else Cell(field=field, old=value, new="")


def _source(customer_id: int, field: str, value: str, *, before: int | None = None) -> Revision | None:
    """The act that gave a card the value it has, or had before a version; a merge only where no card brought it."""
    changes = _changes(customer_id).filter(field__in=(field, CARD))
    if before is not None:
        changes = changes.filter(version__lt=before)
    last = changes.order_by("-version", "field").first()
    # What a card began with is not logged, so the act that made the card is where an unchanged value comes from.
    if last is None or (last.field == CARD and not value):
        return None
    if last.revision.undoes_id is not None:  # the value is the one that stood before what was undone
        undone = _changes(customer_id).filter(revision=last.revision.undoes_id).order_by("version").first()
        return _source(customer_id, field, value, before=undone.version) if undone else last.revision
    if last.revision.kind == Revision.Kind.MERGE:
        several = Change.objects.filter(revision=last.revision)  # others than this one have got cards by it
        cards = [int(n) for n in several.filter(customer=customer_id, field=MERGED).values_list("new", flat=True) if n]
        brought = several.filter(Q(field=field, old=value) | Q(field=CARD, card__contains={field: value}))
        if came := brought.filter(customer__in=cards, new="").exclude(old="").order_by("pk").first():
            return _source(came.customer_id, field, value, before=came.version)
    return last.revision


def _consent(field: str, value: str, source: Revision | None) -> Consent:
    imp = getattr(source, "source", None)
    return Consent(
        field=field,
        value=value,
        since=source.created_at if source else None,
        who=identities.author(source) if source else "",
        kind=source.kind if source else "",
        import_id=imp.pk if imp else None,
        import_name=import_names.name(imp) if imp else None,
    )


def _in_effect(revision: Revision) -> bool:
    """Whether a revision was never taken back, or that was taken back in turn."""
    in_effect = True
    while (undone_by := getattr(revision, "undone_by", None)) is not None:
        revision, in_effect = undone_by, not in_effect
    return in_effect


def _entries(changes: Iterable[Change], masters: dict[int, int]) -> Iterator[Entry]:
    for revision, group in groupby(changes, key=lambda change: change.revision):
        rows = list(group)
        came = [row for row in rows if row.field == CARD and row.new]
        source = getattr(revision, "source", None)
        merged = tuple(int(row.new or row.old) for row in rows if row.field == MERGED)
        yield Entry(
            when=revision.created_at,
            who=identities.author(revision),
            uploader=identities.uploader(source) if source and not import_names.one_person(source) else None,
            kind=revision.kind,
            import_id=source.pk if source else None,
            import_name=import_names.name(source) if source else None,
            created=any(row.version == 1 for row in came),
            cells=tuple(cell for row in rows for cell in _cells(row) if cell.field not in (CARD, MERGED)),
            revision=revision.pk,
            undone=not _in_effect(revision),
            answered=hasattr(revision, "undone_by"),
            restored=any(row.version > 1 for row in came),
            removed=any(row.field == CARD and not row.new for row in rows) and revision.pk not in masters,
            merged=merged,
            into=masters.get(revision.pk),
            several=revision.kind == Revision.Kind.MERGE and revision.changed > 1 + len(merged),
        )
