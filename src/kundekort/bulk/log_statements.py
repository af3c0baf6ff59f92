"""The SQL statements that read the log of changes, as `statements` has the others."""

from __future__ import annotations

from typing import Final

from psycopg.sql import SQL, Composable, Composed, Literal

from kundekort.bulk.statements import CHANGE, CUSTOMER, VERSIONS, WANTED
from kundekort.engine.schema import Field

OF_WANTED: Final = SQL("JOIN {} w ON w.value = h.customer_id").format(WANTED)
"""The rows `h` of the log that are about cards whose ids are wanted."""
_ALONE: Final = SQL("")


def create_versions() -> Composed:
    """A temporary table of cards and the version of each that is asked about."""
    return SQL("CREATE TEMPORARY TABLE {} (id bigint, version int) ON COMMIT DROP").format(VERSIONS)


def cells(where: Composable, join: Composable = _ALONE) -> Composed:
    """The log as cells, those too that a card took with it or came back with.

    A subquery of the rows `h` of the log, perhaps joined to others, for which a condition holds: `frames.CHANGES`,
    `revision_id`, and the `id` of the row.
    """
    return SQL(
        "(SELECT h.id, h.revision_id, h.customer_id, h.version, h.field, h.old, h.new "
        "FROM {change} h {join} WHERE {where} "
        "UNION ALL SELECT h.id, h.revision_id, h.customer_id, h.version, e.key, "
        "CASE h.new WHEN '' THEN e.value ELSE '' END, CASE h.new WHEN '' THEN '' ELSE e.value END "
        "FROM {change} h {join}, jsonb_each_text(h.card) e WHERE h.card IS NOT NULL AND {where})"
    ).format(change=CHANGE, join=join, where=where)


def former_values() -> Composed:
    """For each card that is asked about, every field that has changed since that version, and what it was then."""
    return SQL(
        "SELECT DISTINCT ON (v.id, v.version, h.field) v.id, v.version, h.field, h.old "
        "FROM {} v, LATERAL {} h ORDER BY v.id, v.version, h.field, h.version, h.id"
    ).format(VERSIONS, cells(SQL("h.customer_id = v.id AND h.version > v.version")))


def withdrawn(field: Field) -> Composed:
    """The wanted customers who have once said yes in a field, and no after that."""
    return SQL(
        "SELECT DISTINCT h.customer_id AS id FROM {} h JOIN {} w ON h.customer_id = w.value "
        "WHERE h.field = {} AND h.old = '1' AND h.new = '0'"
    ).format(CHANGE, WANTED, Literal(field.key))


def changes(revision: int) -> Composed:
    """All changes of a revision, card by card."""
    return SQL("SELECT customer_id, version, field, old, new FROM {} h ORDER BY customer_id, id").format(
        cells(SQL("h.revision_id = {}").format(Literal(revision)))
    )


def revised_cards(revision: int) -> Composed:
    """The cards of a revision: whether each came into being by it, and whether it has changed since or gone."""
    return SQL(
        "SELECT h.id, h.born, NOT h.gone AND c.version IS DISTINCT FROM h.version AS moved FROM ("
        "SELECT customer_id AS id, max(version) AS version, bool_or(field = 'id' AND new <> '') AS born, "
        "bool_or(field = 'id' AND new = '') AS gone FROM {} WHERE revision_id = {} GROUP BY customer_id"
        ") h LEFT JOIN {} c ON c.id = h.id"
    ).format(CHANGE, Literal(revision), CUSTOMER)


def changes_of_wanted(revision: int) -> Composed:
    """The changes of a revision to the cards whose ids are wanted, card by card."""
    of_revision = SQL("h.revision_id = {}").format(Literal(revision))
    return SQL("SELECT customer_id, version, field, old, new FROM {} h ORDER BY customer_id, id").format(
        cells(of_revision, OF_WANTED)
    )


def created(revision: int) -> Composed:
    """The numbers of the cards that came into being with a revision, in the order of their rows."""
    return SQL(
        "SELECT customer_id AS id FROM {} WHERE revision_id = {} AND field = 'id' AND old = '' AND version = 1 "
        "ORDER BY customer_id"
    ).format(CHANGE, Literal(revision))
