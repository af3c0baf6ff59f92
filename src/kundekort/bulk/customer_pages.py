"""Pages of the customer list: a page deep in it costs what the first one does, and no plan walks the whole register.

Left to itself, the database walks an order until it has met fifty who fit, which takes seconds for a rare word, or
sorts all who fit, which takes long for a common one. So a bounded stretch of the order is looked at first. Where fifty
who fit stand in it, that is the page; else they are rare here, and all of them are found in whatever way is quickest.
Of words that most cards have, a stretch many times as long is looked at before: all of them take longer than that.
Works inside the caller's transaction on a psycopg connection; never commits, never knows Django or permissions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from psycopg import Connection
from psycopg.sql import SQL, Composable, Composed, Identifier

from kundekort.bulk.segment_query import Where
from kundekort.bulk.statements import CUSTOMER

_ID: Final = SQL("c.id")
ORDERS: Final[Mapping[str, Sequence[SQL]]] = {
    "id": (_ID,),
    "name": (SQL("c.last_name"), SQL("c.first_name"), _ID),
    "city": (SQL("c.city"), _ID),
    "email": (SQL("lower(c.email)"), _ID),
}
"""The ways a list of customers can be ordered; there is an index of each."""
SMALL: Final = 20_000
"""Cards up to which a register is small: all who fit are counted and sorted for every page."""
STRETCH: Final = 5_000
"""Cards of an order that are looked at for words before all who have them are asked for."""
LONG_STRETCH: Final = 50_000
"""The same for conditions that have no index, and cost less to look at."""
FAR: Final = 100_000
"""The same for words of which the database knows that COMMON cards or more have them, before all are gone through."""
COMMON: Final = 3 * FAR
MANY: Final = 50_000
"""Cards with the words, as far as the database knows, from which on they are not counted on the way."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which customers a list shows: a condition on `c`, a card.

    `hint` is one that costs little and holds wherever the condition does. With `indexed` there is an index of the
    condition, and looking at each card instead is out of the question.
    """

    where: Where
    hint: Where | None = None
    indexed: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: so many customers after the first, or next to a card: after it, or before it.

    Or after whatever card is ordered by these `keys`, which holds when that card is another by now, or gone.
    """

    offset: int = 0
    after: int | None = None
    before: int | None = None
    keys: Sequence[object] | None = None


@dataclass(frozen=True, slots=True)
class PageIds:
    """The numbers of the customers on a page in their order, whether `more` follow in the direction that was gone, and
    how many there are of them altogether, if that is known by now."""

    ids: list[int]
    more: bool
    total: int | None


def page(
    conn: Connection, meant: Criteria | None, place: Place, *, limit: int, order: str, descending: bool = False
) -> PageIds:
    """Some of those who are meant (None for everybody) in one of the `ORDERS`.

    A card that has gone by now is no place to begin at: then the offset says where.
    """
    keys = ORDERS[order]
    beside = place.after if place.before is None else place.before
    values = place.keys if beside is None else _keys_of(conn, keys, beside)
    backwards = values is not None and place.before is not None
    way = _Way(keys, down=descending != backwards, values=values, offset=0 if values is not None else place.offset)
    ids, total = _found(conn, meant, way, limit + 1)
    more = len(ids) > limit
    ids = ids[:limit]
    return PageIds(ids[::-1] if backwards else ids, more, total)


def end(conn: Connection, found: PageIds, *, order: str) -> Sequence[object] | None:
    """What the last card of a page is ordered by, where others follow: the `keys` of their place."""
    return _keys_of(conn, ORDERS[order], found.ids[-1]) if found.more else None


@contextmanager
def by_index(conn: Connection) -> Iterator[None]:
    """What is asked meanwhile is not answered by looking at every card, however common the database thinks a word is.

    It does not know how many words begin in the same way, and what looking at a card costs here.
    """
    conn.execute("SET LOCAL enable_seqscan = off")
    yield
    conn.execute("SET LOCAL enable_seqscan = on")


def count(conn: Connection, meant: Criteria | None) -> int:
    """How many are meant (None for everybody)."""
    where = meant.where if meant else Where(SQL("TRUE"))
    query = SQL("SELECT count(*) FROM {} c WHERE {}").format(CUSTOMER, where.text)
    if meant and meant.indexed:
        with by_index(conn):
            return _number(conn, query, where.values)
    return _number(conn, query, where.values)


@dataclass(frozen=True, slots=True)
class _Way:
    """An order from a place on: what it goes by, which way, and what the card it begins after has."""

    keys: Sequence[SQL]
    down: bool
    values: Sequence[object] | None
    offset: int

    def ahead(self, keys: Sequence[Composable]) -> Where:
        """Who stands further on."""
        if self.values is None:
            return Where(SQL("TRUE"))
        marks = SQL(", ").join([SQL("%s")] * len(keys))
        text = SQL("({}) {} ({})").format(SQL(", ").join(keys), SQL("<" if self.down else ">"), marks)
        return Where(text, tuple(self.values))

    def by(self, keys: Sequence[Composable]) -> Composed:
        return SQL(", ").join(SQL("{} DESC" if self.down else "{}").format(key) for key in keys)


def _found(conn: Connection, meant: Criteria | None, way: _Way, limit: int) -> tuple[list[int], int | None]:
    """Numbers along a way, and the number of all, if it is known."""
    if _is_small(conn):
        return _sorted(conn, meant or Criteria(Where(SQL("TRUE"))), way, limit)
    if meant is None:
        return _along(conn, way, limit), None
    stretch = STRETCH if meant.indexed else LONG_STRETCH
    if not way.offset and len(near := _near(conn, meant, way, limit, stretch=stretch)) == limit:
        return near, None
    if not meant.indexed:
        return _sorted(conn, meant, way, limit)
    expected = _expected(conn, meant)
    if not way.offset and expected >= COMMON and len(near := _near(conn, meant, way, limit, stretch=FAR)) == limit:
        return near, None
    with by_index(conn):
        return (_first(conn, meant, way, limit), None) if expected >= MANY else _sorted(conn, meant, way, limit)


def _expected(conn: Connection, meant: Criteria) -> int:
    """How many the database thinks are meant; far too few, where it knows nothing of a word."""
    query = SQL("EXPLAIN (FORMAT JSON) SELECT FROM {} c WHERE {}").format(CUSTOMER, meant.where.text)
    row = conn.execute(query, meant.where.values).fetchone()
    return int(row[0][0]["Plan"]["Plan Rows"]) if row else 0


def _is_small(conn: Connection) -> bool:
    """Whether few are in the register; looks at no more of it than that."""
    query = SQL("SELECT count(*) FROM (SELECT FROM {} LIMIT %s) c").format(CUSTOMER)
    return _number(conn, query, [SMALL + 1]) <= SMALL


def _along(conn: Connection, way: _Way, limit: int) -> list[int]:
    """The next ones of all: read from the index alone."""
    ahead = way.ahead(way.keys)
    query = SQL("SELECT c.id FROM {} c WHERE {} ORDER BY {} LIMIT %s OFFSET %s").format(
        CUSTOMER, ahead.text, way.by(way.keys)
    )
    return [row[0] for row in conn.execute(query, [*ahead.values, limit, way.offset])]


def _near(conn: Connection, meant: Criteria, way: _Way, limit: int, *, stretch: int) -> list[int]:
    """Those who fit among so many of the next of all, who are read by the index of the order, however many fit."""
    ahead, names = way.ahead(way.keys), _names(way)
    named = SQL(", ").join(SQL("{} AS {}").format(key, name) for key, name in zip(way.keys, names, strict=True))
    hint = meant.hint or Where(SQL("TRUE"))
    query = SQL(
        "SELECT c.id FROM (SELECT *, {} FROM {} c WHERE {} ORDER BY {} LIMIT %s) c WHERE {} AND {} ORDER BY {} LIMIT %s"
    ).format(named, CUSTOMER, ahead.text, way.by(way.keys), hint.text, meant.where.of_few, way.by(names))
    values = [*ahead.values, stretch, *hint.values, *meant.where.values, limit]
    return [row[0] for row in conn.execute(query, values)]


def _first(conn: Connection, meant: Criteria, way: _Way, limit: int) -> list[int]:
    """The first of all who fit; whoever looks for them keeps only those, so that several can."""
    # What no index has leads nobody into walking an order.
    keys = [SQL("{} + 0" if key is _ID else "{} || ''").format(key) for key in way.keys]
    ahead = way.ahead(keys)
    query = SQL("SELECT c.id FROM {} c WHERE {} AND {} ORDER BY {} LIMIT %s OFFSET %s").format(
        CUSTOMER, meant.where.text, ahead.text, way.by(keys)
    )
    return [row[0] for row in conn.execute(query, [*meant.where.values, *ahead.values, limit, way.offset])]


def _sorted(conn: Connection, meant: Criteria, way: _Way, limit: int) -> tuple[list[int], int]:
    """All who fit are found once, then counted and sorted; the order has no say in how they are found."""
    names = _names(way)
    named = SQL(", ").join(SQL("{} AS {}").format(key, name) for key, name in zip(way.keys, names, strict=True))
    ahead = way.ahead(names)
    query = SQL(
        "WITH f AS MATERIALIZED (SELECT c.id, {} FROM {} c WHERE {}) "
        "SELECT (SELECT count(*) FROM f), ARRAY(SELECT id FROM f WHERE {} ORDER BY {} LIMIT %s OFFSET %s)"
    ).format(named, CUSTOMER, meant.where.text, ahead.text, way.by(names))
    row = conn.execute(query, [*meant.where.values, *ahead.values, limit, way.offset]).fetchone()
    total, ids = row or (0, [])
    return ids, total


def _keys_of(conn: Connection, keys: Sequence[SQL], card: int) -> Sequence[object] | None:
    """What a card is ordered by."""
    query = SQL("SELECT {} FROM {} c WHERE c.id = %s").format(SQL(", ").join(keys), CUSTOMER)
    return conn.execute(query, [card]).fetchone()


def _names(way: _Way) -> list[Identifier]:
    """What the keys of an order are called once they are read."""
    return [Identifier(f"key{n}") for n in range(len(way.keys))]


def _number(conn: Connection, query: Composed, values: Sequence[object]) -> int:
    row = conn.execute(query, values).fetchone()
    return int(row[0]) if row else 0
