"""The shapes that several resources have in common."""

from __future__ import annotations

from datetime import date
from typing import Annotated, TypeAlias

from ninja import Field, Query, Schema

from kundekort.api import cursors
from kundekort.api.refusals import RequestRefused

Moment: TypeAlias = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
"""A moment as ISO 8601 says it, with its offset."""
Number: TypeAlias = Annotated[int, Field(ge=1, le=10**18 - 1)]
"""The number of something in the register."""
Cursor: TypeAlias = Annotated[str | None, Query(description="The `next` of the page before; none for the first page.")]
Limit: TypeAlias = Annotated[int, Query(ge=1, le=cursors.MOST, description="Items at most.")]


Day: TypeAlias = (
    Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", json_schema_extra={"format": "date"})] | None
)
"""A day as ISO 8601 says it."""


def day_of(text: str | None, *, where: str) -> date | None:
    """The day of a text that stands at a place of a request. Raises RequestRefused."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        fault = {"where": where, "code": "date_invalid", "message": "There is no such day."}
        raise RequestRefused("request_invalid", 422, errors=[fault]) from error


class User(Schema):
    """A user of the register."""

    id: int
    username: str | None


class Page(Schema):
    """Some items of a list; `next` is the cursor of the next page, null after the last."""

    next: str | None = None
