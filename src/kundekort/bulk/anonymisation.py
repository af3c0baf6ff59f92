"""What the register knows of cards, and the forgetting of it: their values in the log, and what they were merged into.

Works inside the caller's transaction on a psycopg connection; never commits, never knows Django or permissions.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from psycopg import Connection
from psycopg.sql import SQL, Composed, Literal

from kundekort.bulk import statements
from kundekort.bulk.copy import copy_out, temporary
from kundekort.bulk.log_statements import OF_WANTED, cells
from kundekort.bulk.statements import CHANGE, CUSTOMER, EVERYBODY, REMOVED, WANTED
from kundekort.engine.frames import CARD, MERGED

_STRUCTURE = (CARD, MERGED)
"""The fields of changes that hold numbers of cards and no value."""


def absorbed(conn: Connection, ids: pl.Series) -> pl.Series:
    """The cards (Int64) that were merged into some, and into these, and so on."""
    with temporary(conn, WANTED, statements.create_wanted("bigint"), ids.to_frame("value")):
        return copy_out(conn, _absorbed(), {"id": pl.Int64})["id"]


def known_values(conn: Connection, ids: pl.Series, fields: Sequence[str]) -> pl.DataFrame:
    """All that has ever stood in some fields of cards that hold text: `customer_id`, `field`, `value`."""
    types = {"customer_id": pl.Int64, "field": pl.String, "value": pl.String}
    with temporary(conn, WANTED, statements.create_wanted("bigint"), ids.to_frame("value")):
        return copy_out(conn, _known_values(fields), types)


def touched(conn: Connection, ids: pl.Series) -> tuple[int, pl.DataFrame]:
    """How many values of cards stand in the log, and the revisions that changed one of them or `made` it."""
    with temporary(conn, WANTED, statements.create_wanted("bigint"), ids.to_frame("value")):
        found = copy_out(conn, _touched(), {"revision": pl.Int64, "made": pl.String, "cells": pl.Int64})
    return int(found["cells"].sum()), found.select("revision", pl.col("made") == "t")


def forget(conn: Connection, ids: pl.Series, *, revision: int) -> None:
    """Forget what cards that have gone ever were: their values in the log, and the card they were merged into.

    Other cards that they were merged into for a while count as having kept their own values meanwhile. That they came,
    went and were changed stays, by a revision that is told of as the one that took them away.
    """
    with temporary(conn, WANTED, statements.create_wanted("bigint"), ids.to_frame("value")):
        conn.execute(_forget_values())
        conn.execute(_forget_visits_of_gone())
        conn.execute(_forget_visits())
        conn.execute(_forget_ways(), [revision])


def _absorbed() -> Composed:
    return SQL(
        "WITH RECURSIVE way AS (SELECT r.id FROM {removed} r JOIN {wanted} w ON r.into_id = w.value "
        "UNION SELECT r.id FROM {removed} r JOIN way ON r.into_id = way.id) SELECT id FROM way ORDER BY id"
    ).format(removed=REMOVED, wanted=WANTED)


def _known_values(fields: Sequence[str]) -> Composed:
    """What stands on the cards, and what the log says of them."""
    keys = SQL(", ").join(map(Literal, fields))
    columns = SQL(", ").join(SQL("({}, c.{})").format(Literal(f), SQL(f)) for f in fields)
    return SQL(
        "SELECT DISTINCT customer_id, field, value FROM ("
        "SELECT c.id AS customer_id, v.field, v.value FROM {customer} c JOIN {wanted} w ON w.value = c.id, "
        "LATERAL (VALUES {columns}) v (field, value) "
        "UNION ALL SELECT h.customer_id, h.field, v.value FROM {cells} h, "
        "LATERAL (VALUES (h.old), (h.new)) v (value) WHERE h.field IN ({keys})) known WHERE value <> ''"
    ).format(customer=CUSTOMER, cells=cells(EVERYBODY, OF_WANTED), wanted=WANTED, columns=columns, keys=keys)


def _touched() -> Composed:
    return SQL(
        "SELECT h.revision_id AS revision, bool_or(h.field = {card} AND h.version = 1) AS made, "
        "sum(CASE WHEN {values} THEN 1 ELSE (SELECT count(*) FROM jsonb_object_keys(h.card)) END) AS cells "
        "FROM {change} h {of_wanted} GROUP BY h.revision_id"
    ).format(card=Literal(CARD), values=_values(), change=CHANGE, of_wanted=OF_WANTED)


def _forget_values() -> Composed:
    return SQL(
        "UPDATE {change} h SET old = CASE WHEN {values} THEN '' ELSE h.old END, "
        "new = CASE WHEN {values} THEN '' ELSE h.new END, card = NULL "
        "FROM {wanted} w WHERE h.customer_id = w.value AND ({values} OR h.card IS NOT NULL)"
    ).format(change=CHANGE, wanted=WANTED, values=_values())


def _forget_visits() -> Composed:
    """What cards had from others while those were merged into them, until that was undone, becomes what it was before.

    So that taking any of it back gives no card a value, and takes none from it.
    """
    return SQL(
        "UPDATE {change} h SET old = CASE WHEN h.old = m.new AND h.version > m.version THEN m.old ELSE h.old END, "
        "new = CASE WHEN h.new = m.new THEN m.old ELSE h.new END "
        "FROM {visits} m WHERE h.customer_id = m.customer_id AND h.field = m.field "
        "AND h.version BETWEEN m.version AND m.until"
    ).format(change=CHANGE, visits=_visits())


def _forget_visits_of_gone() -> Composed:
    """The same where the other card had gone itself meanwhile and come back, each time with all its values."""
    return SQL(
        "UPDATE {change} h SET card = (h.card - known.fields) || known.former FROM ("
        "SELECT g.id, array_agg(m.field) AS fields, "
        "coalesce(jsonb_object_agg(m.field, m.old) FILTER (WHERE m.old <> ''), '{{}}') AS former "
        "FROM {visits} m JOIN {change} g ON g.customer_id = m.customer_id AND g.version BETWEEN m.version AND m.until "
        "AND g.card ->> m.field = m.new GROUP BY g.id) known WHERE h.id = known.id"
    ).format(change=CHANGE, visits=_visits())


def _visits() -> Composed:
    """What other cards got from the wanted ones while those were merged into them: their changes, and `until` when."""
    return SQL(
        "(SELECT m.customer_id, m.version, m.field, m.old, m.new, went.version AS until "
        "FROM {wanted} w JOIN {change} left_by ON left_by.customer_id = w.value AND left_by.field = {card} "
        "JOIN {change} came ON came.revision_id = left_by.revision_id AND came.field = {merged} "
        "AND came.new = w.value::text "
        "JOIN {change} m ON m.revision_id = came.revision_id AND m.customer_id = came.customer_id, "
        "LATERAL (SELECT min(g.version) AS version FROM {change} g WHERE g.customer_id = came.customer_id "
        "AND g.field = {merged} AND g.old = came.new AND g.version > came.version) went "
        "WHERE m.old <> m.new AND m.field <> {merged})"
    ).format(change=CHANGE, wanted=WANTED, card=Literal(CARD), merged=Literal(MERGED))


def _forget_ways() -> Composed:
    return SQL("UPDATE {removed} r SET into_id = NULL, revision_id = %s FROM {wanted} w WHERE r.id = w.value").format(
        removed=REMOVED, wanted=WANTED
    )


def _values() -> Composed:
    """Whether a change is one of a value."""
    return SQL("h.field NOT IN ({})").format(SQL(", ").join(map(Literal, _STRUCTURE)))
