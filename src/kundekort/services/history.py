"""What has happened to a card: every change from whatever door, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from kundekort.services.accounts import Actor, Role
from kundekort.store.models import Change


@dataclass(frozen=True, slots=True)
class Cell:
    """One value that changed, as canonical text; '' is none."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One act that changed a card. `created`: it brought the card into being. The import is None for other kinds."""

    when: datetime
    who: str
    kind: str
    import_id: int | None
    filename: str | None
    created: bool
    cells: tuple[Cell, ...]


def of_customer(customer_id: int, *, actor: Actor) -> list[Entry]:
    """The history of one card, newest first."""
    actor.require(Role.READER)
    changes = (
        Change.objects.filter(customer_id=customer_id)
        .select_related("revision", "revision__source")
        .order_by("-version", "pk")
    )
    return list(_entries(changes.iterator()))


def _entries(changes: Iterator[Change]) -> Iterator[Entry]:
    for revision, group in groupby(changes, key=lambda change: change.revision):
        cells = [Cell(field=c.field, old=c.old, new=c.new) for c in group]
        source = getattr(revision, "source", None)
        yield Entry(
            when=revision.created_at,
            who=revision.actor_name,
            kind=revision.kind,
            import_id=source.pk if source else None,
            filename=source.filename if source else None,
            created=any(cell.field == "id" for cell in cells),
            cells=tuple(cell for cell in cells if cell.field != "id"),
        )
