"""The list of customers: those whom a search and rules find, some at a time or all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import polars as pl
from django.db import transaction
from psycopg.sql import SQL

from kundekort.bulk import register
from kundekort.bulk.segment_query import Where
from kundekort.bulk.statements import EVERYBODY
from kundekort.engine.schema import Field
from kundekort.engine.segments.condition import Group
from kundekort.services import customers, fields, segments
from kundekort.services.accounts import Actor, Role
from kundekort.services.customers import CustomerPage
from kundekort.services.database import psycopg_connection
from kundekort.store import search as searches

ORDERS: Final[Mapping[str, Sequence[str]]] = {
    "id": ("id",),
    "name": ("last_name", "first_name", "id"),
    "city": ("city", "id"),
    "email": ("email", "id"),
}
"""The ways a list of customers can be ordered."""


def search(
    *,
    text: str,
    rules: Group | None = None,
    offset: int,
    limit: int,
    order: str = "name",
    descending: bool = False,
    actor: Actor,
) -> CustomerPage:
    """Customers for whom rules hold, and whose names, company, e-mail, phones, city or numbers fit the text.

    Each word of the text has to begin one of their words. Raises SegmentInvalid.
    """
    actor.require(Role.READER)
    meant = _where(text, rules)
    with transaction.atomic():
        total, ids = register.count_and_some(
            psycopg_connection(),
            meant.text,
            meant.values,
            offset=offset,
            limit=limit,
            order=ORDERS.get(order, ORDERS["name"]),
            descending=descending,
        )
        shown = customers.cards(ids)
    return CustomerPage(total=total, rows=tuple(shown[i] for i in ids if i in shown))


def count(*, text: str, rules: Group | None = None, actor: Actor) -> int:
    """How many customers a search and rules find. Raises SegmentInvalid."""
    actor.require(Role.READER)
    meant = _where(text, rules)
    return register.count_customers(psycopg_connection(), meant.text, meant.values)


def stream(
    *, text: str = "", rules: Group | None = None, present: Sequence[Field] | None = None, actor: Actor
) -> Iterator[pl.DataFrame]:
    """All customers, or those found, as frames of canonical text of fields (all) from one view of the register.

    They come in the order of their numbers. Raises SegmentInvalid.
    """
    narrowed = bool(text.strip() or (rules and rules.parts))
    actor.require(Role.IMPORTER if narrowed else Role.ADMINISTRATOR)
    meant = _where(text, rules)
    with transaction.atomic():
        yield from register.stream_customers(
            psycopg_connection(),
            fields=fields.schema().values if present is None else present,
            where=meant.text,
            values=meant.values,
        )


def _where(text: str, rules: Group | None) -> Where:
    """What both ask for together; EVERYBODY where neither asks for anything."""
    parts = [segments.where_of(rules)] if rules is not None and rules.parts else []
    if text.strip():
        condition, values = searches.where(text)
        parts.append(Where(SQL(condition), tuple(values)))
    if not parts:
        return Where(EVERYBODY)
    joined = SQL(" AND ").join(SQL("({})").format(part.text) for part in parts)
    return Where(joined, tuple(value for part in parts for value in part.values))
