"""What has been done to customers, act by act, with the log of each."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from ninja import Path, Query, Router, Schema

from kundekort.api import cursors
from kundekort.api.access import ApiRequest, actor_of, needs
from kundekort.api.card_schemas import Act
from kundekort.api.schemas import Cursor, Limit, Moment, Number, Page, User
from kundekort.services import revision_list
from kundekort.services.accounts import Role
from kundekort.services.revision_list import change_json, revision_json
from kundekort.services.tokens import Scope

router = Router(tags=["history"])
READS = needs(Scope.CHANGES_READ, Role.IMPORTER)

Acts: TypeAlias = Annotated[list[Act], Query(alias="act", description="Only these; all without any.")]


class RevisionOut(Schema):
    """One act: by whom, why, and of how many cards: `created` came into being, `changed` were there before.

    `import_id` is the import that it was; `undoes` is what it took back, `undone_by` what took it back.
    """

    id: int
    act: Act
    when: Moment
    who: str
    user: User | None
    import_id: int | None
    created: int
    changed: int
    undoes: int | None
    undone_by: int | None


class RevisionPage(Page):
    """Some acts, the newest first."""

    items: list[RevisionOut]


class LogRow(Schema):
    """One value of a card before and after, and the card's version after it; canonical texts.

    A card that came into being has one row: field `id`, from '' to its number. One that left the register has a row the
    other way round, with all that it had in `card`; one that came back has that too. A card that another was merged
    into has a row of field `merged`, to the number of that one.
    """

    customer_id: int
    version: int
    field: str
    old: str
    new: str
    card: dict[str, str] | None


class LogPage(Page):
    """Some rows of the log, in their order."""

    items: list[LogRow]


@router.get("", **READS, response=RevisionPage)
def list_revisions(
    request: ApiRequest,
    acts: Acts = [],  # noqa: B006 - ninja wants it so, and nobody adds to it
    limit: Limit = cursors.USUAL,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """List all that has changed customers, the newest first."""
    before = cursors.decode("revisions", cursor)
    found, more = revision_list.search(acts=acts, before=before, limit=limit, actor=actor_of(request))
    last = cursors.encode("revisions", found[-1].pk) if more else None
    return {"items": list(map(revision_json, found)), "next": last}


@router.get("/{int:revision_id}", **READS, response=RevisionOut)
def show_revision(request: ApiRequest, revision_id: Path[Number]) -> dict[str, Any]:
    """Show one act."""
    return revision_json(revision_list.get(revision_id, actor=actor_of(request)))


@router.get("/{int:revision_id}/log", **READS, response=LogPage)
def list_log(
    request: ApiRequest, revision_id: Path[Number], limit: Limit = cursors.USUAL, cursor: Cursor = None
) -> dict[str, Any]:
    """List every value that an act has changed."""
    listing = f"revisions.{revision_id}"
    after = cursors.decode(listing, cursor)
    found = revision_list.log(revision_id, after=after, limit=limit, actor=actor_of(request))
    last = cursors.encode(listing, found.rows[-1].pk) if found.more else None
    return {"items": list(map(change_json, found.rows)), "next": last}
