"""The change feed: what has become of cards, in one order, from the log; whoever reads on misses nothing.

Numbers of rows are given out before their transactions end, in whatever order those do. So a revision is given its
position only once it is in the register, by one reader at a time: what is told after a cursor has only ever been added
to at its end.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self

import polars as pl
from django.db import connection, transaction
from django.db.models import Q

from kundekort.engine.frames import CARD, MERGED
from kundekort.engine.schema import Kind
from kundekort.services import customers, fields
from kundekort.services.accounts import Actor, Role
from kundekort.services.refusals import CursorInvalid, CursorUnknown
from kundekort.services.register import DatabaseRegister
from kundekort.store.models import Change, Revision

PAGE: Final = 500
"""Entries of a page unless somebody says otherwise."""
LARGEST_PAGE: Final = 1_000
"""Entries of a page at most."""
WHOLE: Final = 2_000
"""Cards up to which a revision is read as a whole; of a larger one the log is gone through row by row."""
ROWS: Final = 10_000
"""Rows of the log that are read at a time of a larger one."""
SCANNED: Final = 10
"""Reads after which a page ends though few entries were wanted; the next one goes on there."""
LATEST: Final = "latest"
"""The cursor of whoever wants to be told only of what comes."""

_LOCK: Final = 0x6665_6564  # "feed"
_PLACE: Final = """
    UPDATE kundekort_revision r SET position = p.position, first_change = p.first, last_change = p.last FROM (
        SELECT n.id, n.position, h.first, h.last FROM (
            SELECT id, row_number() OVER (ORDER BY id)
                + (SELECT coalesce(max(position), 0) FROM kundekort_revision WHERE position > 0) AS position
            FROM kundekort_revision WHERE position IS NULL
        ) n, LATERAL (
            SELECT min(id + 0) AS first, max(id + 0) AS last FROM kundekort_change c WHERE c.revision_id = n.id
        ) h
    ) p WHERE r.id = p.id
"""  # + 0: by the index of the revision, not by a walk through the log


class Type(StrEnum):
    """What became of a card."""

    CREATED = "created"
    CHANGED = "changed"
    MERGED = "merged"
    UNMERGED = "unmerged"
    REMOVED = "removed"
    RESTORED = "restored"
    ANONYMISED = "anonymised"


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """How far somebody has read: all that lies before a position, and of the revision there the log up to a row."""

    position: int = 0
    change: int = 0

    def __str__(self) -> str:
        return f"{self.position}-{self.change}"

    @classmethod
    def of(cls, text: str) -> Self:
        """The cursor of a text; '' is the beginning. Raises CursorInvalid."""
        found = re.fullmatch(r"([0-9]{1,18})-([0-9]{1,18})", text) if text else None
        if text and not found:
            raise CursorInvalid(cursor=text[:50])
        return cls(int(found[1]), int(found[2])) if found else cls()


@dataclass(frozen=True, slots=True)
class Entry:
    """What one act did to one card; `cursor` is where reading goes on after it.

    `act` is a `Revision.Kind`; `by_person`: somebody did it, no command on the server. `undoes` is the revision that
    was taken back by it. `version` is the card's after it, `fields` are the keys of those that changed, `merged` the
    cards that came into this one or left it. `values` are canonical texts by field key, without notes: of a card that
    was changed those of `fields`, of one that was created or came back all that it began with; else, where they were
    not asked for or nothing is known of the card any more, None.
    """

    cursor: Cursor
    revision: int
    when: datetime
    act: str
    by_person: bool
    import_id: int | None
    undoes: int | None
    customer_id: int
    version: int
    type: Type
    fields: tuple[str, ...] = ()
    merged: tuple[int, ...] = ()
    values: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries in order, the cursor to go on with, and whether there is `more` already.

    It may have few entries or none, where only some types were wanted, and yet more.
    """

    entries: tuple[Entry, ...]
    next: Cursor
    more: bool


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the log."""

    id: int
    revision: int
    customer: int
    version: int
    field: str
    old: str
    new: str


def page(
    after: Cursor = Cursor(),
    *,
    limit: int = PAGE,
    types: Collection[Type] = (),
    values: bool = False,
    actor: Actor,
) -> Page:
    """What happened after a cursor, of some types or all. Raises CursorUnknown."""
    actor.require(Role.READER)
    return read(after, limit=limit, types=types, values=values)


def latest(*, actor: Actor) -> Cursor:
    """The cursor after all that has happened so far."""
    actor.require(Role.READER)
    return end()


def read(after: Cursor, *, limit: int, types: Collection[Type] = (), values: bool = False) -> Page:
    """The same as `page`, for services that have asked."""
    last = end()
    if after.position > last.position:
        raise CursorUnknown(cursor=str(after))
    found: list[Entry] = []
    at, reads = after, 0
    while len(found) < limit and at < last and reads < SCANNED:
        reads += 1
        entries, whole = _read(_next(at, cards=limit), at)
        wanted = [entry for entry in entries if not types or entry.type in types]
        found += wanted[: limit - len(found)]
        at = found[-1].cursor if len(found) == limit else whole
    return Page(tuple(_with_values(found) if values else found), at, more=at < last)


def of_revision(revision: Revision, kind: Type, *, values: bool) -> list[Entry]:
    """What a revision of at most WHOLE cards did to those of which it did this."""
    groups = _together(
        [_Row(*row) for row in Change.objects.order_by("pk").filter(revision=revision).values_list(*_COLUMNS)]
    )
    entries = sorted((_entry(revision, group) for group in groups), key=lambda entry: entry.cursor)
    wanted = [entry for entry in entries if entry.type is kind]
    return _with_values(wanted) if values else wanted


def end() -> Cursor:
    """The cursor after all that is in the register, every revision of which has its position then."""
    if Revision.objects.filter(position=None).exists():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            cursor.execute(_PLACE)  # which sees what the one before has placed
    last = Revision.objects.filter(position__gt=0).order_by("-position").values_list("position", "last_change").first()
    return Cursor(last[0] or 0, last[1] or 0) if last else Cursor()


def to_json(entry: Entry) -> dict[str, Any]:
    """An entry for programs, which rely on the keys."""
    return {
        "cursor": str(entry.cursor),
        "type": entry.type.value,
        "customer_id": entry.customer_id,
        "version": entry.version,
        "fields": list(entry.fields),
        "merged": list(entry.merged),
        "revision": entry.revision,
        "act": entry.act,
        "by": "person" if entry.by_person else "server",
        "when": entry.when.isoformat(),
        "import_id": entry.import_id,
        "undoes": entry.undoes,
        **({} if entry.values is None else {"values": dict(entry.values)}),
    }


def _next(at: Cursor, *, cards: int) -> list[Revision]:
    """The revisions that are read next: one that is large, or some that have so many cards together."""
    there = Q(position=at.position, last_change__gt=at.change) | Q(position__gt=at.position)
    following = Revision.objects.filter(there, position__gte=max(at.position, 1)).select_related("source")
    taken: list[Revision] = []
    count = 0
    for revision in following.defer(*_UNSEEN).order_by("position")[:cards]:
        size = revision.created + revision.changed
        if taken and (size > WHOLE or count + size > max(cards, WHOLE)):
            break
        taken.append(revision)
        count += size
        if size > WHOLE or count >= cards:
            break
    return taken


_UNSEEN: Final = [f"source__{name}" for name in ("answers", "recipe", "decisions", "question", "facts", "totals")]
"""What nobody is told of an import here."""


def _read(revisions: Sequence[Revision], at: Cursor) -> tuple[list[Entry], Cursor]:
    """The entries of revisions after a cursor in order, and how far they go."""
    first, last = revisions[0], revisions[-1]
    whole = Cursor(last.position or 0, last.last_change or 0)
    log = Change.objects.order_by("pk").values_list(*_COLUMNS)
    if first.created + first.changed > WHOLE:
        start = at.change if first.position == at.position else 0
        there = (max(start + 1, first.first_change or 0), whole.change)
        rows = [_Row(*row) for row in log.filter(pk__range=there, revision=first.pk)[:ROWS]]
        if len(rows) == ROWS:  # the last card may go on
            rows = [row for row in rows if row.customer != rows[-1].customer]
            whole = Cursor(whole.position, rows[-1].id)
        groups = _neighbours(rows)
    else:
        groups = _together([_Row(*row) for row in log.filter(revision__in=[r.pk for r in revisions])])
    of = {revision.pk: revision for revision in revisions}
    entries = [_entry(of[group[0].revision], group) for group in groups]
    return sorted((entry for entry in entries if entry.cursor > at), key=lambda entry: entry.cursor), whole


_COLUMNS: Final = ("pk", "revision_id", "customer_id", "version", "field", "old", "new")


def _neighbours(rows: Sequence[_Row]) -> list[list[_Row]]:
    """The rows of a card that stand together."""
    groups: list[list[_Row]] = []
    for row in rows:
        if groups and groups[-1][0].customer == row.customer:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _together(rows: Sequence[_Row]) -> list[list[_Row]]:
    """All rows of a card and a revision."""
    groups: dict[tuple[int, int], list[_Row]] = {}
    for row in rows:
        groups.setdefault((row.revision, row.customer), []).append(row)
    return list(groups.values())


def _entry(revision: Revision, rows: Sequence[_Row]) -> Entry:
    """What the rows of a card say."""
    cards = [row for row in rows if row.field == CARD]
    merged = [row for row in rows if row.field == MERGED]
    kind = Type.CHANGED
    if cards and cards[-1].new:
        kind = Type.CREATED if cards[-1].version == 1 else Type.RESTORED
    elif cards:
        kind = Type.ANONYMISED if revision.kind == Revision.Kind.ANONYMISATION else Type.REMOVED
    elif merged:
        kind = Type.MERGED if merged[0].new else Type.UNMERGED
    source = getattr(revision, "source", None)
    # A card that goes or comes left a row for each of its values once.
    changed = () if cards else tuple(sorted(row.field for row in rows if row.field != MERGED))
    return Entry(
        cursor=Cursor(revision.position or 0, rows[-1].id),
        revision=revision.pk,
        when=revision.created_at,
        act=revision.kind,
        by_person=revision.created_by_id is not None,
        import_id=source.pk if source else None,
        undoes=revision.undoes_id,
        customer_id=rows[0].customer,
        version=max(row.version for row in rows),
        type=kind,
        fields=changed,
        merged=tuple(int(row.new or row.old) for row in merged),
    )


def _with_values(entries: Sequence[Entry]) -> list[Entry]:
    """The entries with the values that cards got, of those of which anything is known."""
    known = {entry.customer_id for entry in entries}
    known -= customers.anonymised(known)
    schema = fields.schema(retired=True)
    told = {f.key for f in schema.values if f.kind is not Kind.NOTE}
    written: dict[tuple[int, int], dict[str, str]] = {}
    for revision, customer, key, new, card in Change.objects.filter(
        Q(field__in=told) | Q(card__isnull=False),
        revision__in={entry.revision for entry in entries},
        customer__in=known,
    ).values_list("revision_id", "customer_id", "field", "new", "card"):
        values = written.setdefault((revision, customer), {})
        values.update({key: new} if card is None else card if new else {})
    began = _began([e.customer_id for e in entries if e.type is Type.CREATED and e.customer_id in known])
    return [replace(entry, values=_shown(entry, written, began, known, told)) for entry in entries]


def _shown(
    entry: Entry,
    written: Mapping[tuple[int, int], Mapping[str, str]],
    began: Mapping[int, Mapping[str, str]],
    known: Collection[int],
    told: Collection[str],
) -> dict[str, str] | None:
    """The values that are told of an entry."""
    if entry.customer_id not in known or entry.type in (Type.REMOVED, Type.ANONYMISED):
        return None
    if entry.type is Type.CREATED:
        values = began.get(entry.customer_id)
    else:
        values = written.get((entry.revision, entry.customer_id), {})
    return None if values is None else {key: text for key, text in values.items() if key in told}


def _began(ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """What cards that are in the register began with, without what was empty."""
    if not ids:
        return {}
    with transaction.atomic():
        now = customers.cards(ids, present=fields.schema(retired=True))
        then = DatabaseRegister().former_values(pl.DataFrame({"id": list(now), "version": [1] * len(now)}))
    values = {number: {key: str(text) for key, text in card.items()} for number, card in now.items()}
    for number, key, old in then.select("id", "field", "old").iter_rows():
        values[number][key] = old
    return {number: {key: text for key, text in card.items() if text} for number, card in values.items()}
