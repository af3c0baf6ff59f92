"""What receivers are told: which events a revision is, and what is said of each, made of the log when it is sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from kundekort.services import change_feed
from kundekort.services.change_feed import Cursor, Type
from kundekort.store.models import Revision

LISTED: Final = 500
"""Customers up to which an event lists them; of more it says how many and where in the change feed they are."""
TEST: Final = "test"
CUSTOMERS: Final[Mapping[str, Type]] = {f"customers.{kind.value}": kind for kind in Type}
IMPORTS: Final = ("import.confirmed", "import.undone", "import.redone")
EVENTS: Final = (*IMPORTS, *CUSTOMERS)
"""All that can be asked for, in the order in which the events of one revision are told."""

_COUNT: Final = """
    SELECT revision_id, type, count(*) FROM (
        SELECT revision_id, CASE
            WHEN bool_or(field = 'id' AND new <> '' AND version = 1) THEN 'created'
            WHEN bool_or(field = 'id' AND new <> '') THEN 'restored'
            WHEN bool_or(field = 'id') THEN 'removed'
            WHEN bool_or(field = 'merged' AND new <> '') THEN 'merged'
            WHEN bool_or(field = 'merged') THEN 'unmerged'
            ELSE 'changed' END AS type
        FROM kundekort_change WHERE revision_id = ANY(%s) GROUP BY revision_id, customer_id
    ) cards GROUP BY revision_id, type
"""


def of(revisions: Collection[Revision]) -> dict[int, dict[str, int]]:
    """The events that revisions are, by their numbers: how many customers each is about, 0 for one of an import."""
    found: dict[int, dict[str, int]] = {revision.pk: {} for revision in revisions}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [list(found)])
        for number, kind, count in cursor.fetchall():
            found[number][f"customers.{kind}"] = count
    for revision in revisions:
        counts = found[revision.pk]
        if revision.kind == Revision.Kind.ANONYMISATION and (gone := counts.pop("customers.removed", 0)):
            counts["customers.anonymised"] = gone
        if (kind := _of_import(revision)[0]) is not None:
            counts[kind] = 0
        found[revision.pk] = {kind: counts[kind] for kind in EVENTS if kind in counts}
    return found


def event_id(revision: Revision, kind: str) -> str:
    """The name of an event: the same whenever it is sent, and no other's, even if a backup was restored since."""
    return f"evt_{revision.pk}_{int(revision.created_at.timestamp() * 1000)}_{kind}"


def body(revision: Revision, kind: str, *, values: bool) -> dict[str, Any]:
    """What is said of an event. `values`: with the new values of customers, where they are listed, but no notes."""
    counts = of([revision])[revision.pk]
    data: dict[str, Any] = {
        "id": event_id(revision, kind),
        "revision": revision.pk,
        "act": revision.kind,
        "by": "person" if revision.created_by_id else "server",
        "undoes": revision.undoes_id,
    }
    if kind in IMPORTS:
        _, first = _of_import(revision)
        data["import_id"] = _import(first)
        data["by_import"] = _import(revision) if revision.undoes_id else None
        data["counts"] = {name.partition(".")[2]: count for name, count in counts.items() if name in CUSTOMERS}
        return _message(kind, revision.created_at, data)
    count, before = counts.get(kind, 0), Cursor(revision.position or 0, (revision.first_change or 1) - 1)
    data["import_id"] = _import(revision)
    data["count"] = count
    data["customers"] = _listed(revision, CUSTOMERS[kind], values=values) if count <= LISTED else None
    data["changes"] = f"/api/changes?after={before}&type={CUSTOMERS[kind].value}"
    return _message(kind, revision.created_at, data)


def test_body(event: str) -> dict[str, Any]:
    """What is said for a test."""
    return _message(TEST, timezone.now(), {"id": event})


def _message(kind: str, when: datetime, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": kind, "timestamp": when.isoformat(), "data": dict(data)}


def _listed(revision: Revision, kind: Type, *, values: bool) -> list[dict[str, Any]]:
    entries = change_feed.of_revision(revision, kind, values=values)
    return [
        {
            "id": entry.customer_id,
            "version": entry.version,
            "fields": list(entry.fields),
            "merged": list(entry.merged),
            **({"values": dict(entry.values)} if entry.values is not None else {}),
        }
        for entry in entries
    ]


def _import(revision: Revision) -> int | None:
    """The number of the import that made a revision."""
    source = getattr(revision, "source", None)
    return source.pk if source else None


def _of_import(revision: Revision) -> tuple[str | None, Revision]:
    """The event of an import that a revision is, None for no import, and the revision that first wrote that."""
    first, in_effect = revision, True
    while first.undoes is not None:
        first, in_effect = first.undoes, not in_effect
    if first.kind != Revision.Kind.IMPORT:
        return None, first
    if first is revision:
        return "import.confirmed", first
    return ("import.redone" if in_effect else "import.undone"), first


def known(kinds: Iterable[str]) -> list[str]:
    """Those of some types of events that there are, in order."""
    wanted = set(kinds)
    return [kind for kind in EVENTS if kind in wanted]
