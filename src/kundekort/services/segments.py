"""Segments: sets of rules that say which customers are meant, counted now or kept under a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import polars as pl
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from kundekort.bulk import customer_pages as pages
from kundekort.bulk import register
from kundekort.bulk.customer_pages import Criteria, Place
from kundekort.bulk.segment_query import Moment, Where, where
from kundekort.engine.schema import Field
from kundekort.engine.segments import check as segment_check
from kundekort.engine.segments import condition as segment
from kundekort.engine.segments.check import Subject
from kundekort.engine.segments.condition import Group, RuleError
from kundekort.engine.values.text import line
from kundekort.services import customers, fields, identities
from kundekort.services.accounts import Actor, Role
from kundekort.services.customers import CustomerPage
from kundekort.services.database import psycopg_connection
from kundekort.services.refusals import NotFound, SegmentInvalid
from kundekort.store.models import Customer, Import, Segment

LONGEST_NAME: Final = 100
LONGEST_DESCRIPTION: Final = 2_000
CARDS_READ_FOR_TAGS: Final = 20_000
TAGS_OFFERED: Final = 200


@dataclass(frozen=True, slots=True)
class SavedSegment:
    """A segment under its name. With `faults` (a retired field, say) it can be looked at and mended, not counted."""

    id: int
    name: str
    description: str
    condition: Group
    faults: tuple[RuleError, ...]
    who: str
    changed_at: datetime


def subjects() -> Mapping[str, Subject]:
    """All that rules can ask about now, by key: the fields in their order, then what else a card tells."""
    return segment_check.subjects(fields.schema())


def tags(*, actor: Actor) -> list[str]:
    """The commonest tags of the newest cards, by name: what to offer, not all there are."""
    actor.require(Role.READER)
    newest = Customer.objects.aggregate(last=Max("pk"))["last"] or 0
    cards = Customer.objects.filter(pk__gt=newest - CARDS_READ_FOR_TAGS).exclude(tags=[])
    common = Counter(tag for tags in cards.values_list("tags", flat=True) for tag in tags).most_common(TAGS_OFFERED)
    return sorted((tag for tag, _ in common), key=str.casefold)


def parse(data: object) -> Group:
    """The condition of a JSON value. Raises SegmentInvalid when it is none; what it means is not looked at yet."""
    try:
        return segment.from_json(data)
    except segment.MalformedCondition as misshapen:
        raise _refusal(misshapen.fault) from misshapen


def check(condition: Group) -> tuple[Group, tuple[RuleError, ...]]:
    """The condition with values in canonical form, and what is wrong with it in this register."""
    return segment_check.canonical_condition(
        condition,
        schema=fields.schema(),
        today=timezone.localdate(),
        country=settings.KUNDEKORT_COUNTRY,
        retired=frozenset(f.key for f in fields.schema(retired=True)),
    )


def count(condition: Group, *, actor: Actor) -> int:
    """How many customers are meant. Raises SegmentInvalid."""
    actor.require(Role.READER)
    meant = where_of(condition)
    return register.count_customers(psycopg_connection(), meant.text, meant.values)


def page(condition: Group, *, offset: int, limit: int, actor: Actor) -> CustomerPage:
    """Some of the customers that are meant, by number, and how many there are. Raises SegmentInvalid."""
    actor.require(Role.READER)
    meant = where_of(condition)
    with transaction.atomic():
        conn = psycopg_connection()
        found = pages.page(conn, Criteria(meant), Place(offset), limit=limit, order="id")
        total = pages.count(conn, Criteria(meant)) if found.total is None else found.total
        shown = customers.cards(found.ids)
        return CustomerPage(total=total, rows=tuple(shown[i] for i in found.ids), more=found.more)


def frames(which: Group | int | str, *, fields: Sequence[Field], actor: Actor) -> Iterator[pl.DataFrame]:
    """The customers of a condition, or of a segment by number or name, as `customer_list.stream` gives all.

    Raises SegmentInvalid, NotFound.
    """
    actor.require(Role.IMPORTER)
    return _frames(where_of(which if isinstance(which, Group) else get(which, actor=actor).condition), fields)


def list_all(*, after: str | None = None, limit: int | None = None, actor: Actor) -> list[SavedSegment]:
    """All segments by name, or at most so many of those that come after a name."""
    actor.require(Role.READER)
    rows = Segment.objects.order_by("name")
    return [_saved(row) for row in (rows if after is None else rows.filter(name__gt=after))[:limit]]


def get(which: int | str, *, actor: Actor) -> SavedSegment:
    """A segment by its number or its name. Raises NotFound."""
    actor.require(Role.READER)
    return _saved(_row(which))


@transaction.atomic
def save(
    name: str,
    *,
    condition: Group,
    description: str = "",
    former: int | None = None,
    seen: str | None = None,
    actor: Actor,
) -> SavedSegment:
    """Keep a condition under a name, or change the segment numbered `former`. Raises SegmentInvalid, NotFound.

    With `seen`, the ISO time of the change that was looked at, somebody else's later change is not written over.
    """
    actor.require(Role.IMPORTER)
    condition = _sound(condition)
    row = Segment() if former is None else _row(former, locked=True)
    if former is not None and seen is not None and seen != row.changed_at.isoformat():
        raise SegmentInvalid(reason="changed_meanwhile", path=(), who=identities.author(row))
    row.name, row.description = line(name), description.strip().replace("\x00", "")[:LONGEST_DESCRIPTION]
    row.condition, row.changed_at = segment.to_json(condition), timezone.now()
    row.created_by, row.actor_name = actor.user, actor.name  # whoever has last said what it is
    return _keep(row)


def copy(segment_id: int, *, name: str, actor: Actor) -> SavedSegment:
    """Keep the same rules under another name too, even where they have faults. Raises SegmentInvalid, NotFound."""
    actor.require(Role.IMPORTER)
    row = _row(segment_id)
    made = Segment(description=row.description, condition=row.condition, created_by=actor.user, actor_name=actor.name)
    made.name = line(name)
    return _keep(made)


def delete(segment_id: int, *, actor: Actor) -> None:
    """Forget a segment; exports of it stay in their list. Raises NotFound."""
    actor.require(Role.IMPORTER)
    if not Segment.objects.filter(pk=segment_id).delete()[0]:
        raise NotFound(id=segment_id)


def _keep(row: Segment) -> SavedSegment:
    if not row.name or len(row.name) > LONGEST_NAME:
        raise SegmentInvalid(reason="name_missing", path=())
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as taken:
        raise SegmentInvalid(reason="name_taken", path=(), name=row.name) from taken
    row.refresh_from_db()
    return _saved(row)


def _row(which: int | str, *, locked: bool = False) -> Segment:
    rows = Segment.objects.select_for_update() if locked else Segment.objects.all()
    try:
        return rows.get(pk=which) if isinstance(which, int) else rows.get(name=line(which))
    except Segment.DoesNotExist as error:
        raise NotFound(id=which) from error


def _saved(row: Segment) -> SavedSegment:
    condition, faults = check(segment.from_json(row.condition))
    return SavedSegment(
        id=row.pk,
        name=row.name,
        description=row.description,
        condition=condition,
        faults=faults,
        who=identities.author(row),
        changed_at=row.changed_at,
    )


def _sound(condition: Group) -> Group:
    """The canonical condition. Raises SegmentInvalid with its first fault."""
    condition, faults = check(condition)
    if faults:
        raise _refusal(faults[0])
    return condition


def _refusal(fault: RuleError) -> SegmentInvalid:
    params: dict[str, Any] = {"reason": fault.reason, "path": fault.path}
    return SegmentInvalid(**params, **fault.params)


def where_of(condition: Group) -> Where:
    """The condition as the database is asked for it. Raises SegmentInvalid."""
    condition = _sound(condition)
    named = {int(v) for rule in segment.rules(condition) if rule.field in segment_check.BY_IMPORT for v in rule.values}
    done = Import.objects.filter(pk__in=named, revision__isnull=False).values_list("pk", "revision_id")
    moment = Moment(
        today=timezone.localdate(),
        zone=timezone.get_current_timezone(),
        revisions={str(number): revision for number, revision in done if revision is not None},
    )
    return where(condition, subjects=subjects(), moment=moment)


def _frames(meant: Where, fields: Sequence[Field]) -> Iterator[pl.DataFrame]:
    with transaction.atomic():
        yield from register.stream_customers(psycopg_connection(), fields=fields, where=meant.text, values=meant.values)
