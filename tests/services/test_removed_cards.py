"""A card that goes leaves its values in one row of the log, which says all that a row for each of them would."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from django.db import connection, transaction
from psycopg.sql import SQL

from kundekort.bulk import anonymisation, register, statements
from kundekort.bulk.copy import temporary
from kundekort.engine.schema import Kind
from kundekort.engine.traces import FIELDS
from kundekort.services import anonymising, editing, fields, history, merging, segments
from kundekort.services.accounts import Actor
from kundekort.services.database import psycopg_connection
from kundekort.services.fields import Definition
from kundekort.services.register import DatabaseRegister
from kundekort.store.models import Change, Customer, Import, RemovedCard, Revision
from tests.taking_back import take_back

Load = Callable[..., Import]
Log = list[tuple[Any, ...]]

TWO = (
    "CustomerID;FirstName;Email;Gender;EmailConsent;Tags;InternalNote\n"
    '0;Åse;a@example.no;2;1;b|a;"to\nlinjer"\n0;Per;p@example.no;1;;;\n'
)
# What earlier versions wrote: a row for each value, before the one that says that the card goes, or has come back.
IN_CELLS = """
INSERT INTO kundekort_change (id, revision_id, customer_id, version, field, old, new)
SELECT -row_number() OVER (), h.revision_id, h.customer_id, h.version, e.key,
  CASE h.new WHEN '' THEN e.value ELSE '' END, CASE h.new WHEN '' THEN '' ELSE e.value END
FROM kundekort_change h, jsonb_each_text(h.card) e
"""


def log() -> Log:
    return list(Change.objects.order_by("pk").values_list("customer_id", "version", "field", "old", "new", "card"))


def in_cells() -> None:
    """Have the log as earlier versions would have written it."""
    with connection.cursor() as cursor:
        cursor.execute(IN_CELLS)
        assert cursor.rowcount > 0
        cursor.execute("UPDATE kundekort_change SET card = NULL")


def cards() -> list[dict[str, Any]]:
    return list(
        Customer.objects.order_by("pk").values(*(f.name for f in Customer._meta.fields if f.name != "changed_at"))
    )


def seen(actor: Actor) -> dict[str, Any]:
    """All that is ever asked of the log."""
    numbers = sorted({*Change.objects.values_list("customer_id", flat=True)})
    revisions = list(Revision.objects.order_by("pk").values_list("pk", flat=True))
    ids, here = pl.Series(numbers, dtype=pl.Int64), {*Customer.objects.values_list("pk", flat=True)}
    versions = {number: version for number in numbers for version in (2, 3, 4)}
    asked = pl.DataFrame([(n, v) for n in numbers for v in range(5)], schema=["id", "version"], orient="row")
    told: dict[str, Any] = {}
    for number in numbers:
        entries = history.of_customer(number, actor=actor)
        told[f"history {number}"] = [(e.kind, e.removed, e.restored, sorted(e.cells, key=str)) for e in entries]
        told[f"since {number}"] = [history.since(number, version=version) for version in range(5)]
        if number in here:
            told[f"consents {number}"] = history.consents(number, actor=actor)
    told["last"] = history.last_changes(versions)
    with transaction.atomic():
        conn = psycopg_connection()
        told["values"] = sorted(anonymisation.known_values(conn, ids, FIELDS).rows())
        told["touched"] = anonymisation.touched(conn, ids)[0]
        told["former"] = sorted(DatabaseRegister().former_values(asked).rows())
        told["changes"] = [sorted(b.rows()) for r in revisions for b in register.stream_changes(conn, r)]
        told["changes of"] = [sorted(register.changes_of(conn, r, ids.head(2)).rows()) for r in revisions]
        told["revised"] = [sorted(register.revised_cards(conn, r).rows()) for r in revisions]
    for imp in Import.objects.filter(revision__isnull=False).order_by("pk"):
        rule = {"field": "changed_by_import", "operator": "is", "values": [imp.pk]}
        told[f"segment {imp.pk}"] = segments.count(segments.parse(rule), actor=actor)
    return told


@pytest.fixture
def ids(load: Load) -> list[int]:
    load(TWO)
    return list(Customer.objects.order_by("pk").values_list("pk", flat=True))


def much_that_happened(ids: list[int], load: Load, actor: Actor) -> Import:
    """An import that was taken back, given again and taken back; merges; cards that came back and were edited."""
    a, b = ids
    made = load("CustomerID;FirstName;Email;Gender;SMSConsent\n0;Ny;n@example.no;0;1\n0;Eva;e@example.no;2;0\n")
    first, second = Customer.objects.order_by("-pk").values_list("pk", flat=True)[:2]
    again = take_back(take_back(made.revision, actor=actor).revision, actor=actor)
    editing.edit(second, version=3, values={"email": "ny@example.no", "city": "Oslo"}, actor=actor)
    merged = merging.merge(master=a, others=[second], versions={a: 1, second: 4}, values={"email": second}, actor=actor)
    merging.merge(master=b, others=[a], versions={b: 1, a: 2}, values={"email_consent": a}, actor=actor)
    take_back(Revision.objects.latest("pk"), actor=actor)
    assert sorted(Customer.objects.values_list("pk", flat=True)) == sorted([a, b, first])
    assert merged.pk
    return again


def test_a_card_that_goes_and_comes_back_is_one_row_each_time(load: Load, alice: Actor) -> None:
    fields.create(Definition(header="Kode", kind=Kind.TEXT), actor=alice)
    made = load(TWO.replace("Note\n", "Note;Kode\n").replace('linjer"', 'linjer";K 1').replace(";;;\n", ";;;;\n"))
    before, birth = cards(), log()
    key = fields.schema().values[-1].key
    whole = {
        **{"first_name": "Åse", "email": "a@example.no", "gender": "2", "email_consent": "1", "tags": "a|b"},
        **{"internal_note": "to\nlinjer", key: "K 1"},
    }
    gone = take_back(made.revision, actor=alice)
    [one, other] = [card["id"] for card in before]
    assert (cards(), RemovedCard.objects.count()) == ([], 2)
    left = log()[2:]
    assert left == [
        (one, 2, "id", str(one), "", whole),
        (other, 2, "id", str(other), "", {"first_name": "Per", "email": "p@example.no", "gender": "1"}),
    ]
    entry = history.of_customer(one, actor=alice)[0]
    assert entry.removed
    assert {(cell.field, cell.old, cell.new) for cell in entry.cells} == {(k, v, "") for k, v in whole.items()}
    take_back(gone.revision, actor=alice)
    assert cards() == [card | {"version": 3} for card in before]
    assert log()[:4] == birth + left
    assert log()[4] == (one, 3, "id", "", str(one), whole)
    assert len(log()) == 6


def test_rows_for_each_value_tell_the_same(ids: list[int], load: Load, alice: Actor) -> None:
    much_that_happened(ids, load, alice)
    assert Change.objects.filter(card__isnull=False).count() > 5
    told = seen(alice)
    in_cells()
    assert seen(alice) == told


@pytest.mark.parametrize("former", [False, True])
def test_it_is_taken_back_from_rows_for_each_value_too(ids: list[int], load: Load, alice: Actor, former: bool) -> None:
    made = load("CustomerID;FirstName;Email;Gender;Tags\n0;Ny;n@example.no;0;x|y\n")
    merging.merge(master=ids[0], others=[ids[1]], versions=dict.fromkeys(ids, 1), values={"email": ids[1]}, actor=alice)
    merged, after = Revision.objects.latest("pk"), cards()
    gone = take_back(made.revision, actor=alice)
    parted = take_back(merged, actor=alice)
    if former:
        in_cells()
    take_back(gone.revision, actor=alice)
    take_back(parted.revision, actor=alice)
    assert [card | {"version": 0} for card in cards()] == [card | {"version": 0} for card in after]


@pytest.mark.parametrize("former", [False, True])
def test_no_word_of_somebody_anonymised_stays_in_it(ids: list[int], load: Load, alice: Actor, former: bool) -> None:
    a, b = ids
    merging.merge(master=a, others=[b], versions={a: 1, b: 1}, values={"email": b, "first_name": b}, actor=alice)
    merged = Revision.objects.latest("pk")
    load("CustomerID;FirstName;Gender\n0;Eva;2\n")
    third = Customer.objects.latest("pk").pk
    merging.merge(master=third, others=[a], versions={third: 1, a: 2}, values={"email": a}, actor=alice)
    take_back(Revision.objects.latest("pk"), actor=alice)  # the first has come back as it was: with words of the second
    take_back(merged, actor=alice)
    if former:
        in_cells()
    anonymising.anonymise([b], actor=alice)
    for row in log():
        assert "Per" not in str(row)
        assert "p@example.no" not in str(row) or row[0] == third  # as what it said itself for a while
    first = {(c.field, c.old, c.new) for e in history.of_customer(a, actor=alice) if e.into for c in e.cells}
    assert {("email", "a@example.no", ""), ("first_name", "Åse", "")} <= first


def test_a_revision_of_removed_cards_is_not_asked_for_by_the_database(ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_constraint WHERE conrelid = 'kundekort_removedcard'::regclass AND contype = 'f'"
        )
        assert cursor.fetchone() == (0,)


def test_where_a_few_have_gone_to_is_told_without_reading_of_all_who_have(alice: Actor) -> None:
    merge, gone = (Revision.objects.create(kind=kind, actor_name="a") for kind in ("merge", "anonymisation"))
    RemovedCard.objects.bulk_create(
        RemovedCard(id=n, into_id=n - 1 if n % 4 > 1 else None, revision=merge if n % 4 else gone)
        for n in range(1, 5_001)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE kundekort_removedcard")
    wanted = pl.Series([3, 4, 5_001], dtype=pl.Int64)
    assert sorted(DatabaseRegister().redirects(wanted).rows()) == [(3, None, False), (4, None, True)]
    RemovedCard.objects.filter(pk=1).update(into=9_999)
    assert sorted(DatabaseRegister().redirects(wanted).rows()) == [(3, 9_999, False), (4, None, True)]
    conn = psycopg_connection()
    with temporary(conn, statements.WANTED, statements.create_wanted("bigint"), wanted.to_frame("value")):
        plan = [line for (line,) in conn.execute(SQL("EXPLAIN ") + statements.redirects())]
    assert not [line for line in plan if "Seq Scan on kundekort_removedcard" in line]
