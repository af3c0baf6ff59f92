"""The segments: rules under a name, counted, and who is meant."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Field, Path, Router, Schema, Status

from kundekort.api import cursors, problems
from kundekort.api.access import ApiRequest, Takes, actor_of, needs
from kundekort.api.card_schemas import CardPage, Count, card_json
from kundekort.api.idempotency import once
from kundekort.api.rules import Condition, parse
from kundekort.api.schemas import Cursor, Limit, Moment, Number, Page
from kundekort.services import customer_list, segments
from kundekort.services.accounts import Actor, Role
from kundekort.services.customer_list import BEGINNING, Place
from kundekort.services.refusals import SegmentInvalid
from kundekort.services.segment_json import segment_json
from kundekort.services.segments import LONGEST_DESCRIPTION, LONGEST_NAME
from kundekort.services.tokens import Scope

router = Router(tags=["segments"], by_alias=True, exclude_unset=True)
READS = needs(Scope.SEGMENTS_READ, Role.READER)
WRITES = needs(Scope.SEGMENTS_WRITE, Role.IMPORTER, takes=Takes.JSON)


class NewSegment(Schema):
    """Rules to be kept under a name."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME, examples=["Oslo without e-mail"])
    description: str = Field("", max_length=LONGEST_DESCRIPTION)
    rules: Condition


class SegmentChange(NewSegment):
    """What a segment becomes; `changed_at` as it was told of the one that was looked at."""

    changed_at: Moment


class RuleFault(Schema):
    """What is wrong with a rule: `path` are the positions of groups and rules that lead to it, from 0."""

    code: str
    path: list[int]
    message: str


class SegmentOut(Schema):
    """A segment. With `faults`, of a field that is no longer in use, it can be mended, not counted."""

    id: int
    name: str
    description: str
    rules: Condition
    faults: list[RuleFault]
    changed_at: Moment
    changed_by: str


class SegmentPage(Page):
    """Some segments by name."""

    items: list[SegmentOut]


@router.get("", **READS, response=SegmentPage)
def list_segments(request: ApiRequest, limit: Limit = cursors.USUAL, cursor: Cursor = None) -> dict[str, Any]:
    """List the segments by name."""
    after = cursors.decode("segments", cursor)
    found = segments.list_all(after=after, limit=limit + 1, actor=actor_of(request))
    last = cursors.encode("segments", found[limit - 1].name) if len(found) > limit else None
    return {"items": list(map(segment_json, found[:limit])), "next": last}


@router.post(
    "",
    **needs(Scope.SEGMENTS_WRITE, Role.IMPORTER, takes=Takes.JSON, idempotent=True),
    response={201: SegmentOut},
)
def create_segment(request: ApiRequest, response: HttpResponse, said: NewSegment) -> Status[dict[str, Any]]:
    """Keep rules under a name; values are told back in canonical form."""
    actor = actor_of(request)

    def show(number: int) -> Status[dict[str, Any]]:
        response["Location"] = f"/api/segments/{number}"
        return Status(201, segment_json(segments.get(number, actor=actor)))

    return once(request, lambda: _save(said, actor).id, show)


@router.get("/{int:segment_id}", **READS, response=SegmentOut)
def show_segment(request: ApiRequest, segment_id: Path[Number]) -> dict[str, Any]:
    """Show a segment with its rules."""
    return segment_json(segments.get(segment_id, actor=actor_of(request)))


@router.put("/{int:segment_id}", **WRITES, response=SegmentOut)
def change_segment(request: ApiRequest, segment_id: Path[Number], said: SegmentChange) -> dict[str, Any] | HttpResponse:
    """Change a segment that was looked at.

    Where somebody else has changed it since, nothing is written, and the 409 has it as it is then (`segment`).
    """
    actor = actor_of(request)
    try:
        return segment_json(_save(said, actor, former=segment_id, seen=said.changed_at))
    except SegmentInvalid as refusal:
        if refusal.params["reason"] != "changed_meanwhile":
            raise
        now = segment_json(segments.get(segment_id, actor=actor))
        return problems.problem(request, refusal.code, 409, params=refusal.params, segment=now)


@router.delete("/{int:segment_id}", **needs(Scope.SEGMENTS_WRITE, Role.IMPORTER), response={204: None})
def delete_segment(request: ApiRequest, segment_id: Path[Number]) -> Status[None]:
    """Forget a segment; its customers stay, and so do exports of it."""
    segments.delete(segment_id, actor=actor_of(request))
    return Status(204, None)


@router.get("/{int:segment_id}/count", **READS, response=Count)
def count_segment(request: ApiRequest, segment_id: Path[Number]) -> dict[str, Any]:
    """Count the customers of a segment."""
    actor = actor_of(request)
    return {"customers": segments.count(segments.get(segment_id, actor=actor).condition, actor=actor)}


@router.get("/{int:segment_id}/customers", **READS, response=CardPage)
def list_members(
    request: ApiRequest, segment_id: Path[Number], limit: Limit = cursors.USUAL, cursor: Cursor = None
) -> dict[str, Any]:
    """List the customers of a segment by their numbers."""
    listing, actor = f"segments.{segment_id}", actor_of(request)
    place = cursors.decode(listing, cursor)
    found = customer_list.search(
        text="",
        rules=segments.get(segment_id, actor=actor).condition,
        place=BEGINNING if place is None else Place(keys=place),
        limit=limit,
        order="id",
        actor=actor,
    )
    last = None if found.end is None else cursors.encode(listing, found.end)
    return {"items": list(map(card_json, found.rows)), "next": last}


def _save(said: NewSegment, actor: Actor, **former: Any) -> segments.SavedSegment:
    return segments.save(said.name, condition=parse(said.rules), description=said.description, actor=actor, **former)
