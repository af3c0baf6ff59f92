"""Every SQL statement of the bulk path: one named function each, every identifier quoted, values never inside.

Canonical text goes in and comes out: the two tables at the top say how each kind of field is stored. This module only
composes; running is the business of `bulk.register` and `bulk.apply`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Final

from psycopg import sql
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from kundekort.engine.keys import UNIT
from kundekort.engine.schema import Field, Kind
from kundekort.engine.values.canonical import ignores_case

CUSTOMER: Final = Identifier("kundekort_customer")
CHANGE: Final = Identifier("kundekort_change")
REMOVED: Final = Identifier("kundekort_removedcard")
WANTED: Final = Identifier("wanted")
VERSIONS: Final = Identifier("versions")
STAGED: Final = Identifier("staged")
EVERYBODY: Final = SQL("TRUE")
HOME: Final = SQL(
    "lower(c.last_name || chr(31) || c.zip_code || chr(31) || "
    "coalesce(substring(c.address from '[0-9]+') || chr(31) || left(c.address, 3), c.address))"
)
"""What `engine.keys.home` makes of a card; there is an index of it."""
AT_HOME: Final = SQL("c.last_name <> '' AND c.address <> '' AND c.zip_code <> ''")
RECORD: Final = "\x1e"
"""Stands between keys."""

_AS_IS: Final = (
    Kind.ID,
    Kind.TEXT,
    Kind.NOTE,
    Kind.ZIP,
    Kind.COUNTRY,
    Kind.EMAIL,
    Kind.PHONE,
    Kind.LANGUAGE,
    Kind.NUMBER,
    Kind.CHOICE,
    Kind.VERSION,
)
"""The kinds that are stored as their canonical text, or as the number that it is."""
_TO_TEXT: Final = {
    **dict.fromkeys(_AS_IS, SQL("{}")),
    Kind.GENDER: SQL("{}::text"),
    Kind.DATE: SQL("coalesce({}::text, '')"),
    Kind.YES_NO: SQL("coalesce({}::int::text, '')"),
    Kind.TAGS: SQL("array_to_string({}, '|')"),
}
_FROM_TEXT: Final = {
    **dict.fromkeys(_AS_IS, SQL("{}")),
    Kind.GENDER: SQL("{}::smallint"),
    Kind.DATE: SQL("nullif({}, '')::date"),
    Kind.YES_NO: SQL("nullif({}, '')::int::boolean"),
    Kind.TAGS: SQL("string_to_array({}, '|')"),
}


def _column(alias: str, field: Field) -> Composed:
    return SQL("{}.{}").format(SQL(alias), Identifier(field.key))


def _stored(field: Field) -> SQL:
    """The canonical text of a stored field; a venue's own fields stand together in one JSON object."""
    return _text(None if field.custom else field.kind, field.key)


@cache
def _text(kind: Kind | None, key: str) -> SQL:
    """The same, written out once: of twenty fields that takes as long as a short question to the database."""
    if kind is None:
        text = SQL("coalesce(c.custom ->> {}, '')").format(Literal(key))
    else:
        text = _TO_TEXT[kind].format(SQL("c.{}").format(Identifier(key)))
    return SQL(text.as_string())  # our own statements and quoted names


def _given(field: Field) -> Composed:
    """What is stored for the staged canonical text of a field."""
    return _FROM_TEXT[field.kind].format(_column("s", field))


def _custom(fields: Sequence[Field]) -> Composed:
    """The staged own fields as a JSON object in which an emptied one is null."""
    return _object([f for f in fields if f.custom], partial(_column, "s"))


def _card(fields: Sequence[Field], text: Callable[[Field], Composable]) -> Composed:
    """All values of a card as the log keeps them, without those that are empty; null without fields."""
    return SQL("jsonb_strip_nulls({})").format(_object(fields, text) if fields else SQL("NULL"))


def _object(fields: Sequence[Field], text: Callable[[Field], Composable]) -> Composed:
    """Canonical texts as a JSON object in which an empty one is null."""
    keys = _comma([Literal(f.key) for f in fields])
    values = _comma([SQL("nullif({}, '')").format(text(f)) for f in fields])
    return SQL("jsonb_object(ARRAY[{}]::text[], ARRAY[{}]::text[])").format(keys, values)


def _comma(parts: Sequence[sql.Composable]) -> Composed:
    return SQL(", ").join(parts)


def _texts(fields: Sequence[Field]) -> Composed:
    """The given fields as canonical text under their keys, each with a comma before it."""
    return SQL("").join(SQL(", {} AS {}").format(_stored(f), Identifier(f.key)) for f in fields)


def create_wanted(value_type: str) -> Composed:
    """A temporary table of one column of keys to look up, `bigint` or `text`."""
    return SQL("CREATE TEMPORARY TABLE {} (value {}) ON COMMIT DROP").format(WANTED, SQL(value_type))


def copy_into(table: Identifier, columns: Sequence[str]) -> Composed:
    """Rows in PostgreSQL's text format into a table."""
    return SQL("COPY {} ({}) FROM STDIN").format(table, _comma([Identifier(c) for c in columns]))


def analyze(table: Identifier, columns: Sequence[str] = ()) -> Composed:
    """Statistics for a table that was just filled: without them a first join can take 30 times as long.

    They are about all columns, or about some of them.
    """
    some = SQL(" ({})").format(_comma([Identifier(c) for c in columns])) if columns else SQL("")
    return SQL("ANALYZE {}{}").format(table, some)


def known_rows(table: Identifier) -> Composed:
    """How many rows a table had when the server last looked at it; below 0 where it never has."""
    return SQL("SELECT reltuples FROM pg_class WHERE oid = {}::regclass").format(Literal(table.as_string()))


def copy_out(query: Composed) -> Composed:
    """The rows of a query as CSV with a header."""
    return SQL("COPY ({}) TO STDOUT (FORMAT csv, HEADER)").format(query)


def copy_text_out(query: Composed) -> Composed:
    """The rows of a query without null as CSV without a header, in which an empty text is nothing at all."""
    return SQL("COPY ({}) TO STDOUT (FORMAT csv, NULL '\\N')").format(query)


def customers(fields: Sequence[Field], where: Composable = EVERYBODY) -> Composed:
    """The customers for whom a condition on `c` holds, by id: id, version and the given fields."""
    return SQL("SELECT c.id, c.version{} FROM {} c WHERE {} ORDER BY c.id").format(_texts(fields), CUSTOMER, where)


def count_customers(where: Composable) -> Composed:
    """The number of customers for whom a condition on `c` holds."""
    return SQL("SELECT count(*) FROM {} c WHERE {}").format(CUSTOMER, where)


def size() -> Composed:
    """The number of customers, counted up to a given one, and the number that the statistics of the table have."""
    return SQL(
        "SELECT (SELECT count(*) FROM (SELECT FROM {table} LIMIT %s) c), "
        "(SELECT reltuples::bigint FROM pg_class WHERE oid = {name}::regclass)"
    ).format(table=CUSTOMER, name=Literal(CUSTOMER.as_string()))


def count_and_some(where: Composable, order: Sequence[str] = ("id",), *, descending: bool = False) -> Composed:
    """The number of customers for whom a condition on `c` holds, and some of their ids in the order of columns.

    They are found once for both, in whatever way is quickest. Wants a limit and an offset.
    """
    columns = SQL(", ").join(SQL("c.{}").format(Identifier(name)) for name in dict.fromkeys(("id", *order)))
    by = SQL(", ").join(SQL("{} DESC" if descending else "{}").format(Identifier(name)) for name in order)
    found = SQL("WITH f AS MATERIALIZED (SELECT {} FROM {} c WHERE {}) ").format(columns, CUSTOMER, where)
    return SQL("{}SELECT (SELECT count(*) FROM f), ARRAY(SELECT id FROM f ORDER BY {} LIMIT %s OFFSET %s)").format(
        found, by
    )


def few_wanted(columns: Mapping[str, Sequence[object]], types: Mapping[str, str]) -> Composed:
    """What stands for the table of keys to look up where they are so few that they are part of the question.

    `columns` are those of the table, whose types in the database are `text` where `types` says nothing else.
    """
    arrays = [
        SQL("{}::{}[]").format(Literal(list(values)), SQL(types.get(name, "text"))) for name, values in columns.items()
    ]
    names = [Identifier(name) for name in columns]
    return SQL("(SELECT * FROM unnest({}) AS f ({}))").format(_comma(arrays), _comma(names))


def ids_between(first: int, last: int) -> Composed:
    """The condition on `c` that a card has a number from one to another."""
    return SQL("c.id BETWEEN {} AND {}").format(Literal(first), Literal(last))


def customers_by_id(fields: Sequence[Field], wanted: Composable = WANTED) -> Composed:
    """The customers whose ids are wanted."""
    return SQL("SELECT c.id, c.version{} FROM {} c JOIN {} w ON c.id = w.value").format(
        _texts(fields), CUSTOMER, wanted
    )


def customers_by_text(field: Field, fields: Sequence[Field], wanted: Composable = WANTED) -> Composed:
    """The customers with a wanted value in a text field, in lower case where the field ignores it."""
    column = _column("c", field)
    match = SQL("lower({})").format(column) if ignores_case(field) else column
    return SQL("SELECT c.id, c.version{} FROM {} c JOIN {} w ON {} = w.value AND {} <> ''").format(
        _texts(fields), CUSTOMER, wanted, match, column
    )


def keys(by: Sequence[Field]) -> Composed:
    """What all customers are found by in a text field, or in several together, as `engine.keys` makes it.

    Many keys stand in each row, because rows are dear; RECORD stands between them. Beside them is their number.
    """
    there: Sequence[Composable]
    if len(by) == 1:
        column = _column("c", by[0])
        key, there = (SQL("lower({})").format(column) if ignores_case(by[0]) else column), [column]
    else:
        there = [_stored(f) for f in by]
        key = SQL("lower(concat_ws({}, {}))").format(Literal(UNIT), _comma(there))
    return _gathered(key, SQL(" AND ").join(SQL("{} <> ''").format(t) for t in there))


def homes() -> Composed:
    """Where all customers live, as `engine.keys.home` makes it, gathered as `keys` are."""
    return _gathered(HOME, AT_HOME)


def _gathered(key: Composable, where: Composable) -> Composed:
    return SQL(
        "SELECT string_agg({key}, {record}) AS keys, count(*) AS number FROM {} c WHERE {} GROUP BY c.id / 1000"
    ).format(CUSTOMER, where, key=key, record=Literal(RECORD))


def neighbours(fields: Sequence[Field], wanted: Composable = WANTED) -> Composed:
    """The customers who live in a wanted home."""
    return SQL("SELECT c.id, c.version{} FROM {} c JOIN {} w ON {} = w.value AND {}").format(
        _texts(fields), CUSTOMER, wanted, HOME, AT_HOME
    )


def create_wanted_fields(fields: Sequence[Field]) -> Composed:
    """A temporary table of values to look up in several fields together."""
    types = {Kind.DATE: SQL("date")}
    columns = [SQL("{} {}").format(Identifier(f.key), types.get(f.kind, SQL("text"))) for f in fields]
    return SQL("CREATE TEMPORARY TABLE {} ({}) ON COMMIT DROP").format(WANTED, _comma(columns))


def customers_by_several(by: Sequence[Field], fields: Sequence[Field], wanted: Composable = WANTED) -> Composed:
    """The customers with wanted values in several fields, texts in lower case."""
    columns = [_column("c", f) if f.kind is Kind.DATE else SQL("lower({})").format(_column("c", f)) for f in by]
    same = SQL(" AND ").join(SQL("{} = {}").format(c, _column("w", f)) for c, f in zip(columns, by, strict=True))
    return SQL("SELECT c.id, c.version{} FROM {} c JOIN {} w ON {}").format(_texts(fields), CUSTOMER, wanted, same)


def redirects() -> Composed:
    """For each wanted id that has gone: the card that stands for it now, however many merges lie between, or none."""
    return SQL(
        "WITH RECURSIVE way AS ("
        "SELECT r.id, r.into_id, r.revision_id FROM {removed} r JOIN {wanted} w ON r.id = w.value "
        "UNION ALL SELECT way.id, r.into_id, r.revision_id FROM way JOIN {removed} r ON r.id = way.into_id) "
        'SELECT way.id, way.into_id AS "into", '
        "(v.kind IS NOT DISTINCT FROM 'anonymisation')::int AS anonymised FROM way "
        "LEFT JOIN {removed} r ON r.id = way.into_id LEFT JOIN kundekort_revision v ON v.id = way.revision_id "
        "WHERE r.id IS NULL"
    ).format(removed=REMOVED, wanted=WANTED)


def masters() -> Composed:
    """The wanted ids into which other cards are merged."""
    return SQL("SELECT DISTINCT r.into_id AS id FROM {} r JOIN {} w ON w.value = r.into_id").format(REMOVED, WANTED)


def create_staged(fields: Sequence[Field]) -> Composed:
    """A temporary table for planned cards: id, version before, canonical text of the given fields."""
    columns = _comma(
        [SQL("id bigint"), SQL("version int"), *(SQL("{} text").format(Identifier(f.key)) for f in fields)]
    )
    return SQL("CREATE TEMPORARY TABLE {} ({}) ON COMMIT DROP").format(STAGED, columns)


def drop(table: Identifier) -> Composed:
    """Remove a temporary table before the transaction ends."""
    return SQL("DROP TABLE {}").format(table)


def update_customers(fields: Sequence[Field], within: Composed) -> Composed:
    """Give the staged fields (or none) to the staged cards whose version is still the one the plan was made from.

    `within` holds for all of them (`ids_between`): a join by number would go through all cards before them, too.
    """
    assignments: list[Composable] = [
        SQL("{} = {}").format(Identifier(f.key), _given(f)) for f in fields if not f.custom
    ]
    if any(f.custom for f in fields):
        assignments.append(SQL("custom = jsonb_strip_nulls(c.custom || {})").format(_custom(fields)))
    assignments += [SQL("version = c.version + 1"), SQL("changed_at = now()")]
    return SQL("UPDATE {} c SET {} FROM {} s WHERE c.id = s.id AND c.version = s.version AND {}").format(
        CUSTOMER, _comma(assignments), STAGED, within
    )


def empty_staged(field: Field) -> Composed:
    """Empty a text field, which is none of a venue's own, on the staged cards that hold the staged value in it."""
    column = Identifier(field.key)
    return SQL("UPDATE {} c SET {} = '' FROM {} s WHERE c.id = s.id AND c.{} = s.{}").format(
        CUSTOMER, column, STAGED, column, column
    )


def lock_staged() -> Composed:
    """Have nobody else write the staged cards until the transaction ends."""
    return SQL("SELECT FROM {} c WHERE c.id IN (SELECT s.id FROM {} s) ORDER BY c.id FOR UPDATE").format(
        CUSTOMER, STAGED
    )


def staged_customers(fields: Sequence[Field]) -> Composed:
    """The staged cards as they are now: those whose version is another than the staged one."""
    return SQL("SELECT c.id, c.version{} FROM {} c JOIN {} s ON s.id = c.id WHERE c.version <> s.version").format(
        _texts(fields), CUSTOMER, STAGED
    )


def create_customers(fields: Sequence[Field]) -> Composed:
    """Make the staged cards, new ones, in the order of their ids here, and log each of them; wants the revision.

    They get their CustomerIDs in that order. The log has one change of each: field `id`, from nothing to its number.
    """
    names, values = _inserted(fields)
    return SQL(
        "WITH made AS (INSERT INTO {} (id, version{}) "
        "SELECT nextval(pg_get_serial_sequence('kundekort_customer', 'id')), s.version + 1{} "
        "FROM (SELECT * FROM {} ORDER BY id) s RETURNING id, version) "
        "INSERT INTO {} (revision_id, customer_id, version, field, old, new) "
        "SELECT %s, id, version, 'id', '', id::text FROM made"
    ).format(CUSTOMER, names, values, STAGED, CHANGE)


def restore_customers(fields: Sequence[Field]) -> Composed:
    """Bring the staged cards back, as old as they were, and log each of them with its values; wants the revision."""
    names, values = _inserted(fields)
    return SQL(
        "WITH back AS (INSERT INTO {} (id, version, created_at{}) "
        "SELECT s.id, s.version + 1, coalesce(r.created_at, now()){} FROM {} s LEFT JOIN {} r ON r.id = s.id) "
        "INSERT INTO {} (revision_id, customer_id, version, field, old, new, card) "
        "SELECT %s, s.id, s.version + 1, 'id', '', s.id::text, {} FROM {} s ORDER BY s.id"
    ).format(CUSTOMER, names, values, STAGED, REMOVED, CHANGE, _card(fields, partial(_column, "s")), STAGED)


def forget_removed() -> Composed:
    """Forget that the staged cards were ever gone."""
    return SQL("DELETE FROM {} r USING {} s WHERE r.id = s.id").format(REMOVED, STAGED)


def create_staged_removals() -> Composed:
    """A temporary table for cards that go: id, version, and the card they are merged into."""
    return SQL('CREATE TEMPORARY TABLE {} (id bigint, version int, "into" bigint) ON COMMIT DROP').format(STAGED)


def remove_customers(fields: Sequence[Field], within: Composed) -> Composed:
    """Take the staged cards out whose version is still the one the plan was made from; wants the revision, as `of`.

    They are remembered, and each is logged with the values of the given fields. `within` is that of an update.
    """
    return SQL(
        "WITH gone AS (DELETE FROM {customer} c USING {staged} s "
        "WHERE c.id = s.id AND c.version = s.version AND {within} "
        'RETURNING c.id, c.version, c.created_at, s."into", {card} AS card), '
        "kept AS (INSERT INTO {removed} (id, into_id, revision_id, created_at) "
        'SELECT id, "into", %(of)s, created_at FROM gone) '
        "INSERT INTO {change} (revision_id, customer_id, version, field, old, new, card) "
        "SELECT %(of)s, id, version + 1, 'id', id::text, '', card FROM gone ORDER BY gone.id"
    ).format(
        customer=CUSTOMER, staged=STAGED, within=within, card=_card(fields, _stored), removed=REMOVED, change=CHANGE
    )


def _inserted(fields: Sequence[Field]) -> tuple[Composed, Composed]:
    """The columns of new cards and their staged values, each with a comma before it."""
    plain = [f for f in fields if not f.custom]
    names = SQL("").join(SQL(", {}").format(Identifier(f.key)) for f in plain)
    values = SQL("").join(SQL(", {}").format(_given(f)) for f in plain)
    if len(plain) < len(fields):
        names += SQL(", custom")
        values += SQL(", jsonb_strip_nulls({})").format(_custom(fields))
    return names, values
