"""The change feed: what becomes of cards, in one order, for programs that read on from where they were."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from ninja import Field, Query, Router, Schema

from kundekort.api import cursors
from kundekort.api.access import ApiRequest, actor_of, needs
from kundekort.api.schemas import Limit, Moment
from kundekort.services import change_feed
from kundekort.services.accounts import Role
from kundekort.services.change_feed import Type
from kundekort.services.tokens import Scope

router = Router(tags=["changes"])

ChangeType: TypeAlias = Literal["created", "changed", "merged", "unmerged", "removed", "restored", "anonymised"]
"""What became of a card."""
After: TypeAlias = Annotated[
    str, Query(description="The `next` of the page before; nothing for the beginning, `latest` for the end.")
]
Types: TypeAlias = Annotated[list[ChangeType], Query(alias="type", description="Only these; all without any.")]
Values: TypeAlias = Annotated[bool, Query(description="With the new values, but no notes.")]


class ChangeEntry(Schema):
    """What one act did to one card. `fields` changed; `merged` are cards that came into this one, or left it again."""

    cursor: str
    type: ChangeType
    customer_id: int
    version: int
    fields: list[str]
    merged: list[int]
    revision: int
    act: Literal["import", "edit", "merge", "undo", "anonymisation"]
    by: Literal["person", "server"]
    when: Moment
    import_id: int | None
    undoes: int | None
    values: dict[str, str] | None = None


class ChangePage(Schema):
    """Some entries, the oldest first. `next` is where to go on, also after the last; `more`: there is more already."""

    items: list[ChangeEntry]
    next: str = Field(examples=["17-2345"])
    more: bool


@router.get("", **needs(Scope.CHANGES_READ, Role.IMPORTER), response=ChangePage)
def list_changes(
    request: ApiRequest,
    after: After = "",
    types: Types = [],  # noqa: B006 - ninja wants it so, and nobody adds to it
    values: Values = False,
    limit: Limit = cursors.USUAL,
) -> dict[str, Any]:
    """Tell what has become of cards, the oldest first, after a place in the feed.

    Nothing is ever added before a place: who reads on from `next` misses nothing and reads nothing twice. A page may
    have few items or none although there is more, where only some types are wanted.
    """
    actor = actor_of(request)
    latest = after == change_feed.LATEST
    at = change_feed.latest(actor=actor) if latest else change_feed.Cursor.of(after)
    page = change_feed.page(at, limit=limit, types=[Type(one) for one in types], values=values, actor=actor)
    return {"items": [change_feed.to_json(one) for one in page.entries], "next": str(page.next), "more": page.more}
