"""Pages of the customer list: a page deep in it costs what the first one does, and no plan walks the whole register.

Left to itself, the database walks an order until it has met fifty who fit, which takes seconds for a rare word, or
sorts all who fit, which takes long for a common one. So a bounded stretch of the order is looked at first. Where fifty
who fit stand in it, that is the page; else they are rare here, and all of them are found in whatever way is quickest.
Of words that many cards have, that would take long: some pages of the register tell how many have them, and by what
place in the order there are surely fifty. Two indexes together, of words and of the order, lead to those before it.
Works inside the caller's transaction on a psycopg connection; never commits, never knows Django or permissions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from typing import Final, LiteralString

from psycopg import Connection
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

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
STRETCH: Final = 3_000
"""Cards of an order that are looked at for words first."""
NEAR: Final = 25_000
"""The same where enough of them are to be expected among so many; beyond, two indexes are quicker."""
LONG_STRETCH: Final = 50_000
"""The same for conditions that have no index, and cost less to look at."""
FEW: Final = 10_000
"""Cards with the words up to which all of them are found sooner than some of them in a longer stretch."""
MANY: Final = 50_000
"""Cards with the words from which on it takes long to look at all of them."""
SAMPLE: Final = 256
"""Pages of the register, as the database keeps it, that are looked into for how many cards have the words ..."""
EVERY: Final = 8
"""... of which every so many-eth card is looked at: a thousand altogether, few enough of them side by side."""
SURE: Final = 10
"""Cards of the sample with the words, before the last of which a page surely ends."""


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
    conn.execute("SET LOCAL enable_seqscan TO DEFAULT")


@contextmanager
def by_every_index(conn: Connection) -> Iterator[None]:
    """What is asked meanwhile looks at no card of which an index could have told that it does not fit."""
    conn.execute("SET LOCAL cpu_tuple_cost = 1000")
    yield
    conn.execute("SET LOCAL cpu_tuple_cost TO DEFAULT")


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
        return _comparison(keys, "<" if self.down else ">", self.values)

    def until(self, keys: Sequence[Composable], end: Sequence[object] | None) -> Where:
        """Who stands no further on than a place; None is the end."""
        return _comparison(keys, ">=" if self.down else "<=", end)

    def by(self, keys: Sequence[Composable]) -> Composed:
        return SQL(", ").join(SQL("{} DESC" if self.down else "{}").format(key) for key in keys)


@dataclass(frozen=True, slots=True)
class _Sample:
    """What some pages of the register tell: how many are meant, how many of all probably stand before the page's end,
    and a place in the order behind which it surely does not end (None for the end of all)."""

    total: float
    before: float
    end: Sequence[object] | None


def _found(conn: Connection, meant: Criteria | None, way: _Way, limit: int) -> tuple[list[int], int | None]:
    """Numbers along a way, and the number of all, if it is known."""
    if _is_small(conn):
        return _sorted(conn, meant or Criteria(Where(SQL("TRUE"))), way, limit)
    if meant is None:
        return _along(conn, way, limit), None
    if not meant.indexed:
        near = _near(conn, meant, way, limit, stretch=LONG_STRETCH)
        return (near, None) if len(near) == limit else _sorted(conn, meant, way, limit)
    near = _near(conn, meant, way, limit, stretch=STRETCH)
    if len(near) == limit:
        return near, None
    sample = _sample(conn, meant, way, limit)
    likely = sample.before < NEAR or len(near) * NEAR >= limit * STRETCH
    if sample.total >= FEW and likely and len(near := _near(conn, meant, way, limit, stretch=2 * NEAR)) == limit:
        return near, None
    if sample.total < MANY:
        with by_index(conn):
            return _sorted(conn, meant, way, limit)
    with by_every_index(conn):
        first = _first(conn, meant, way, limit, end=sample.end)
        enough = sample.end is None or len(first) == limit
        return first if enough else _first(conn, meant, way, limit, end=None), None


def _sample(conn: Connection, meant: Criteria, way: _Way, limit: int) -> _Sample:
    """Look at some pages of the register, wherever they are."""
    size = SQL("SELECT pg_relation_size({}) / current_setting('block_size')::int").format(Literal(CUSTOMER.as_string()))
    share = max(1.0, _number(conn, size, []) / SAMPLE)
    each = share * EVERY  # cards of the register for one of the sample
    needed = (way.offset + limit) / each
    probable, sure = 1 + round(needed), SURE + round(2 * needed)
    ahead, names = way.ahead(_names(way)), _names(way)
    hint = meant.hint or Where(SQL("TRUE"))
    query = SQL(
        "WITH s AS MATERIALIZED (SELECT {}, {} AND {} AS fits FROM {} c TABLESAMPLE SYSTEM (%s) REPEATABLE (0) "
        "WHERE hashint8(c.id) %% %s = 0), "
        "a AS (SELECT fits, {}, row_number() OVER (ORDER BY {}) AS place FROM s WHERE {}), "
        "f AS (SELECT * FROM a WHERE fits ORDER BY place LIMIT %s) "
        "SELECT t.total, f.place, {} FROM (SELECT count(*) AS total FROM s WHERE fits) t LEFT JOIN f ON TRUE "
        "ORDER BY f.place"
    ).format(
        _key_columns(way),
        hint.text,
        meant.where.of_few,
        CUSTOMER,
        _list(names),
        way.by(names),
        ahead.text,
        _list(names),
    )
    values = [*hint.values, *meant.where.values, 100 / share, EVERY, *ahead.values, sure]
    found = conn.execute(query, values).fetchall()
    end = found[-1][2:] if len(found) == sure else None
    before = found[probable][1] * each if len(found) > probable else inf
    return _Sample(found[0][0] * each, before, end)


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
    ahead, hint = way.ahead(way.keys), meant.hint or Where(SQL("TRUE"))
    query = SQL(
        "SELECT c.id FROM (SELECT *, {} FROM {} c WHERE {} ORDER BY {} LIMIT %s) c WHERE {} AND {} "
        "ORDER BY {} LIMIT %s OFFSET %s"
    ).format(
        _key_columns(way), CUSTOMER, ahead.text, way.by(way.keys), hint.text, meant.where.of_few, way.by(_names(way))
    )
    values = [*ahead.values, stretch, *hint.values, *meant.where.values, limit, way.offset]
    return [row[0] for row in conn.execute(query, values)]


def _first(conn: Connection, meant: Criteria, way: _Way, limit: int, *, end: Sequence[object] | None) -> list[int]:
    """The first of those who fit up to an end; the order has no say in how they are found."""
    ahead, until = way.ahead(way.keys), way.until(way.keys, end)
    query = SQL(
        "WITH f AS MATERIALIZED (SELECT c.id, {} FROM {} c WHERE {} AND {} AND {}) "
        "SELECT id FROM f ORDER BY {} LIMIT %s OFFSET %s"
    ).format(_key_columns(way), CUSTOMER, meant.where.text, ahead.text, until.text, way.by(_names(way)))
    values = [*meant.where.values, *ahead.values, *until.values, limit, way.offset]
    return [row[0] for row in conn.execute(query, values)]


def _sorted(conn: Connection, meant: Criteria, way: _Way, limit: int) -> tuple[list[int], int]:
    """All who fit are found once, then counted and sorted; the order has no say in how they are found."""
    ahead, names = way.ahead(_names(way)), _names(way)
    query = SQL(
        "WITH f AS MATERIALIZED (SELECT c.id, {} FROM {} c WHERE {}) "
        "SELECT (SELECT count(*) FROM f), ARRAY(SELECT id FROM f WHERE {} ORDER BY {} LIMIT %s OFFSET %s)"
    ).format(_key_columns(way), CUSTOMER, meant.where.text, ahead.text, way.by(names))
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


def _key_columns(way: _Way) -> Composed:
    """The keys of an order, by those names."""
    return _list([SQL("{} AS {}").format(key, name) for key, name in zip(way.keys, _names(way), strict=True)])


def _list(parts: Sequence[Composable]) -> Composed:
    return SQL(", ").join(parts)


def _comparison(keys: Sequence[Composable], how: LiteralString, values: Sequence[object] | None) -> Where:
    """Who is so before or behind a place; everybody, where there is none."""
    if values is None:
        return Where(SQL("TRUE"))
    text = SQL("({}) {} ({})").format(_list(keys), SQL(how), _list([SQL("%s")] * len(keys)))
    return Where(text, tuple(values))


def _number(conn: Connection, query: Composed, values: Sequence[object]) -> int:
    row = conn.execute(query, values).fetchone()
    return int(row[0]) if row else 0
