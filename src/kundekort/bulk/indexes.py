"""The indexes of the register while many cards are written: built in the end, or sorted into beside the writer.

Works inside the caller's transaction on a psycopg connection; never commits, never knows Django or permissions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from psycopg import Connection, errors
from psycopg.sql import SQL, Composed, Identifier, Literal

from kundekort.bulk import statements
from kundekort.bulk.statements import CUSTOMER

SEARCH: Final = "customer_search"
"""The index of `store.search`. What is written to cards waits in a list until it is sorted into it."""
FEWEST: Final = 50_000
"""New cards from which building is worth that whoever would read the register waits."""
MOST: Final = 2_000_000
"""New cards up to which it is: they wait for about a minute."""
PATIENCE: Final = "2s"
"""How long it is tried to have the register alone, while everybody else waits too."""


def set_aside(conn: Connection, *, new: int) -> tuple[str, ...]:
    """Take the indexes off a register that is empty when so many cards come; their definitions, for `build`.

    Unique ones stay. Until the transaction ends, nobody else can read cards, of which there are none. () where the
    register is not empty, the cards are too few or too many, or somebody is reading just now.
    """
    if not FEWEST <= new <= MOST or conn.execute(_any_card()).fetchone():
        return ()
    before = conn.execute("SELECT current_setting('lock_timeout')").fetchone() or ("0",)
    try:
        with conn.transaction():
            conn.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            conn.execute(SQL("LOCK {} IN ACCESS EXCLUSIVE MODE").format(CUSTOMER))
            found = conn.execute(_definitions()).fetchall()
            for name, _ in found:
                conn.execute(SQL("DROP INDEX {}").format(Identifier(name)))
            conn.execute("SELECT set_config('lock_timeout', %s, true)", before)
    except (errors.LockNotAvailable, errors.InsufficientPrivilege):
        return ()
    return tuple(definition for _, definition in found)


def build(conn: Connection, definitions: Sequence[str], *, progress: Callable[[int, int], None]) -> None:
    """Build indexes that were set aside; `progress` is told before each that none of a whole of one is done."""
    for definition in definitions:
        progress(0, 1)
        conn.execute(definition.encode())


def defer_search(conn: Connection, *, most: str) -> None:
    """Leave what is written to cards in the list of the search index, for the rest of the transaction.

    `most`: the size, such as 256MB, of a list that is sorted in by the writer all the same.
    """
    conn.execute("SELECT set_config('gin_pending_list_limit', %s, true)", [most])


def sort_in(conn: Connection) -> int:
    """Sort the list of the search index into it; how many pages it had. Belongs to no transaction."""
    row = conn.execute(SQL("SELECT gin_clean_pending_list({}::regclass)").format(Literal(SEARCH))).fetchone()
    return int(row[0]) if row else 0


def _any_card() -> Composed:
    return SQL("SELECT 1 FROM {} LIMIT 1").format(CUSTOMER)


def _definitions() -> Composed:
    """The name and the statement of each index of the register that does not say that values are unique."""
    return SQL(
        "SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
        "WHERE i.indrelid = {}::regclass AND NOT i.indisunique ORDER BY c.relname"
    ).format(Literal(statements.CUSTOMER.as_string()))
