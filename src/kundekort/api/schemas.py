"""The shapes that several resources have in common."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from ninja import Field, Query, Schema

from kundekort.api import cursors

Moment: TypeAlias = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
"""A moment as ISO 8601 says it, with its offset."""
Number: TypeAlias = Annotated[int, Field(ge=1, le=10**18 - 1)]
"""The number of something in the register."""
Cursor: TypeAlias = Annotated[str | None, Query(description="The `next` of the page before; none for the first page.")]
Limit: TypeAlias = Annotated[int, Query(ge=1, le=cursors.MOST, description="Items at most.")]


class User(Schema):
    """A user of the register."""

    id: int
    username: str | None


class Page(Schema):
    """Some items of a list; `next` is the cursor of the next page, null after the last."""

    next: str | None = None
