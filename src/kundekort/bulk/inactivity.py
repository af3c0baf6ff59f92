"""Customers with whom nothing has happened for long, as a condition on cards.

Works inside the caller's transaction on a psycopg connection; never commits, never knows Django or permissions.
"""

from __future__ import annotations

from datetime import date

from psycopg import Connection
from psycopg.sql import SQL, Composed, Literal

from kundekort.bulk.statements import CUSTOMER


def condition(*, before: date, field: str, spare_consent: bool) -> Composed:
    """Whom nobody has changed since a day, and who is not held; a card is called `c`.

    With `field`, an own date of the venue's, that has to be before the day too. `spare_consent`: nobody who has given a
    consent.
    """
    day = Literal(before)
    parts = [
        SQL("c.changed_at < {}").format(day),
        SQL("NOT EXISTS (SELECT FROM kundekort_retentionhold h WHERE h.id = c.id)"),
    ]
    if field:
        parts.append(SQL("coalesce(c.custom ->> {}, '') < {}").format(Literal(field), Literal(before.isoformat())))
    if spare_consent:
        parts.append(SQL("c.email_consent IS NOT TRUE AND c.sms_consent IS NOT TRUE"))
    return SQL(" AND ").join(parts)


def ids(conn: Connection, where: Composed) -> list[int]:
    """The numbers of all customers for whom a condition holds, in order."""
    query = SQL("SELECT c.id FROM {} c WHERE {} ORDER BY c.id").format(CUSTOMER, where)
    return [row[0] for row in conn.execute(query)]
