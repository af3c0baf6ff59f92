"""The list of customers: those whom a search and rules find, some at a time or all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl
from django.db import transaction
from psycopg.sql import SQL

from kundekort.bulk import customer_pages as pages
from kundekort.bulk import register
from kundekort.bulk.customer_pages import Criteria
from kundekort.bulk.customer_pages import Place as Place
from kundekort.bulk.segment_query import Where
from kundekort.bulk.statements import EVERYBODY
from kundekort.engine.schema import Field
from kundekort.engine.segments.condition import Group, Quantifier
from kundekort.services import customers, fields, segments
from kundekort.services.accounts import Actor, Role
from kundekort.services.customers import CustomerPage
from kundekort.services.database import psycopg_connection
from kundekort.store import search as searches

BEGINNING: Final = Place()


def search(
    *,
    text: str,
    rules: Group | None = None,
    place: Place = BEGINNING,
    limit: int,
    order: str = "name",
    descending: bool = False,
    actor: Actor,
) -> CustomerPage:
    """Customers for whom rules hold, and whose names, company, e-mail, phones, city or numbers fit the text.

    Each word of the text has to begin one of their words. Raises SegmentInvalid.
    """
    actor.require(Role.READER)
    meant = _meant(text, rules)
    order = order if order in pages.ORDERS else "name"
    with transaction.atomic():
        conn = psycopg_connection()
        found = pages.page(conn, meant, place, limit=limit, order=order, descending=descending)
        shown = customers.cards(found.ids)
        end = pages.end(conn, found, order=order)
    rows = tuple(shown[i] for i in found.ids if i in shown)
    return CustomerPage(total=found.total, rows=rows, more=found.more, end=end)


def count(*, text: str, rules: Group | None = None, actor: Actor) -> int:
    """How many customers a search and rules find. Raises SegmentInvalid."""
    actor.require(Role.READER)
    meant = _meant(text, rules)
    with transaction.atomic():
        return pages.count(psycopg_connection(), meant)


def stream(
    *, text: str = "", rules: Group | None = None, present: Sequence[Field] | None = None, actor: Actor
) -> Iterator[pl.DataFrame]:
    """All customers, or those found, as frames of canonical text of fields (all) from one view of the register.

    They come in the order of their numbers. Raises SegmentInvalid.
    """
    narrowed = bool(text.strip() or (rules and rules.parts))
    actor.require(Role.IMPORTER if narrowed else Role.ADMINISTRATOR)
    meant = _meant(text, rules)
    where = meant.where if meant else Where(EVERYBODY)
    with transaction.atomic():
        yield from register.stream_customers(
            psycopg_connection(),
            fields=fields.schema().values if present is None else present,
            where=where.text,
            values=where.values,
        )


def _meant(text: str, rules: Group | None) -> Criteria | None:
    """What both ask for together; None where neither asks for anything."""
    asks = rules is not None and (rules.parts or rules.quantifier is Quantifier.ANY)  # of which none holds for nobody
    parts = [segments.where_of(rules)] if rules is not None and asks else []
    hint = None
    if text.strip():
        condition, values = searches.where(text)
        parts.append(Where(SQL(condition), tuple(values)))
        if (likely := searches.hint(text)) is not None:
            hint = Where(SQL(likely[0]), tuple(likely[1]))
    if not parts:
        return None
    where = Where(
        SQL(" AND ").join(SQL("({})").format(part.text) for part in parts),
        tuple(value for part in parts for value in part.values),
        SQL(" AND ").join(SQL("({})").format(part.of_few) for part in parts),
    )
    return Criteria(where, hint=hint, indexed=bool(text.strip()))
