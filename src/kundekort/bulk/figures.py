"""Figures about the whole register: how many cards each of several conditions holds for, and what cards said before.

Each reads the register or the log once, however much is asked; a job asks, no page. Works inside the caller's
transaction on a psycopg connection; never commits, never knows Django or permissions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from psycopg import Connection
from psycopg.sql import SQL, Identifier, Literal

from kundekort.bulk.segment_query import Where
from kundekort.bulk.statements import CHANGE, CUSTOMER
from kundekort.engine.schema import Field

REVISION: Final = Identifier("kundekort_revision")


def counts(conn: Connection, wheres: Sequence[Where]) -> tuple[int, list[int]]:
    """How many cards there are, and for how many each condition holds."""
    parts = [SQL("count(*)"), *(SQL("count(*) FILTER (WHERE {})").format(where.text) for where in wheres)]
    query = SQL("SELECT {} FROM {} c").format(SQL(", ").join(parts), CUSTOMER)
    row = conn.execute(query, [value for where in wheres for value in where.values]).fetchone()
    assert row is not None
    return row[0], list(row[1:])


def said_yes(conn: Connection, fields: Sequence[Field], moments: Sequence[datetime]) -> Mapping[str, list[int]]:
    """How many of today's cards said yes in each of the fields (yes or no) at each moment (rising), by field key.

    What they say now, less what the log has of them since.
    """
    found = {f.key: [0] * len(moments) for f in fields}
    for born, *yes in _born(conn, fields, moments):
        for field, count in zip(fields, yes, strict=True):
            for at in range(born, len(moments)):
                found[field.key][at] += count
    for born, changed, key, gained in _gains(conn, fields, moments):
        for at in range(born, changed):  # the cards that were there, at moments before they said so
            found[key][at] -= gained
    return found


def _born(conn: Connection, fields: Sequence[Field], moments: Sequence[datetime]) -> list[tuple[int, ...]]:
    """For each number of moments that were over when cards came into being: how many of these say yes in each field."""
    yes = SQL(", ").join(SQL("count(*) FILTER (WHERE c.{})").format(Identifier(f.key)) for f in fields)
    query = SQL("SELECT width_bucket(c.created_at, %s::timestamptz[]), {} FROM {} c GROUP BY 1").format(yes, CUSTOMER)
    return conn.execute(query, [list(moments)]).fetchall()


def _gains(conn: Connection, fields: Sequence[Field], moments: Sequence[datetime]) -> list[tuple[int, int, str, int]]:
    """How many more said yes by changes since the first moment: by how many moments were over when the cards came into
    being and when they were changed, and by field."""
    keys = SQL(", ").join(Literal(f.key) for f in fields)
    query = SQL(
        "SELECT width_bucket(c.created_at, m.at), width_bucket(r.created_at, m.at), h.field, "
        "sum((h.new = '1')::int - (h.old = '1')::int) "
        "FROM (SELECT %s::timestamptz[] AS at) m, {} r JOIN {} h ON h.revision_id = r.id JOIN {} c "
        "ON c.id = h.customer_id WHERE r.created_at >= %s AND h.field IN ({}) GROUP BY 1, 2, 3"
    ).format(REVISION, CHANGE, CUSTOMER, keys)
    return conn.execute(query, [list(moments), moments[0]]).fetchall()
