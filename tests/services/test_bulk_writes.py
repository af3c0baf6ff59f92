"""What keeps writing a million cards quick, seen in what the database is asked and in what stands in it afterwards."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from kundekort.bulk import apply, indexes
from kundekort.bulk.copy import ahead
from kundekort.services import confirming, search_upkeep
from kundekort.services.accounts import Actor
from kundekort.store.models import Change, Customer, Import
from kundekort.store.search import matching

Load = Callable[..., Import]

DEFINITIONS = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'kundekort_customer' ORDER BY 1"
BUILT = "SELECT relname, oid FROM pg_class WHERE relkind = 'i' AND relname LIKE 'customer%' ORDER BY 1"
WAITING = "SELECT gin_clean_pending_list('customer_search')"
KNOWN = "SELECT reltuples FROM pg_class WHERE relname = 'kundekort_customer'"


def file(count: int, first: int = 0) -> str:
    """So many new customers."""
    rows = (f"0;Åse{n};Berg;ase{n}@example.no;2;\n" for n in range(first, first + count))
    return "CustomerID;FirstName;LastName;Email;Gender;Address\n" + "".join(rows)


def changed(count: int) -> str:
    """New values for all customers there are, of whom there are so many."""
    cards = Customer.objects.order_by("pk").values_list("pk", flat=True)
    assert len(cards) == count
    return "CustomerID;City;Company\n" + "".join(f"{number};By{number};Firma\n" for number in cards)


def asked(question: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchall()


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of statements so far that were sent from this thread, in a list of one."""
    sent, execute, here = [0], psycopg.Cursor.execute, threading.current_thread()

    def counted(self: psycopg.Cursor[Any], *args: Any, **options: Any) -> psycopg.Cursor[Any]:
        sent[0] += threading.current_thread() is here
        return execute(self, *args, **options)

    monkeypatch.setattr(psycopg.Cursor, "execute", counted)
    return sent


@pytest.fixture
def first_load(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of two is large enough to build the indexes after it."""
    monkeypatch.setattr(indexes, "FEWEST", 2)


def test_it_sends_no_statement_for_a_single_row(upload: Load, bob: Actor, statements: list[int]) -> None:
    def confirmed(content: str) -> int:
        imp = upload(content)
        before = statements[0]
        confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
        return statements[0] - before

    few = confirmed(file(2)), confirmed(changed(2))
    many = confirmed(file(300, first=2)), confirmed(changed(302))
    assert many == few
    assert min(few) > 5


def test_it_writes_all_of_a_file_of_several_blocks(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "BLOCK", 7)
    load(file(30))
    load(changed(30))
    cards = Customer.objects.order_by("pk")
    assert [c.first_name for c in cards] == [f"Åse{n}" for n in range(30)]
    assert all((c.city, c.company, c.version) == (f"By{c.pk}", "Firma", 2) for c in cards)
    log = Change.objects.order_by("pk").values_list("customer_id", "field")
    assert list(log)[30:] == [(c.pk, field) for c in cards for field in ("company", "city")]


@pytest.mark.django_db
def test_it_leaves_room_on_each_page_of_cards() -> None:
    assert asked("SELECT reloptions FROM pg_class WHERE relname = 'kundekort_customer'") == [(["fillfactor=90"],)]


@pytest.mark.django_db
def test_it_leaves_room_on_each_page_of_the_indexes_of_cards() -> None:
    trees = (
        "SELECT DISTINCT c.reloptions FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
        "JOIN pg_am a ON a.oid = c.relam WHERE i.indrelid = 'kundekort_customer'::regclass AND a.amname = 'btree'"
    )
    assert asked(trees) == [(["fillfactor=80"],)]


@pytest.mark.usefixtures("first_load")
def test_it_builds_the_indexes_after_a_first_load(load: Load) -> None:
    definitions, before = asked(DEFINITIONS), dict(asked(BUILT))
    load(file(2))
    after = dict(asked(BUILT))
    assert asked(DEFINITIONS) == definitions
    assert {name for name in before if before[name] == after[name]} == {"customer_external_id"}
    assert matching("ase1@example.no").count() == 1
    load(file(2, first=2))  # now there are some
    assert dict(asked(BUILT)) == after


@pytest.mark.usefixtures("first_load")
def test_it_has_all_indexes_after_a_first_load_that_failed(upload: Load) -> None:
    definitions, before = asked(DEFINITIONS), asked(BUILT)
    imp = upload(file(2))
    seen = []

    def fail(phase: str, done: int, total: int) -> None:
        seen.append(phase)
        if phase == "indexing":
            raise InterruptedError

    with pytest.raises(InterruptedError):
        confirming.apply(imp.pk, digest=imp.digest, actor=Actor.system("test"), report=fail)
    assert "writing" in seen
    assert (asked(DEFINITIONS), asked(BUILT), Customer.objects.count()) == (definitions, before, 0)


@pytest.fixture
def reader(transactional_db: None) -> Iterator[None]:
    """Somebody who reads customers all the while."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT FROM kundekort_customer")
        yield
    other.close()


@pytest.mark.usefixtures("first_load", "reader")
def test_it_waits_for_nobody_who_is_reading(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexes, "PATIENCE", "1ms")
    before = asked(BUILT)
    load(file(2))
    assert (asked(BUILT), Customer.objects.count()) == (before, 2)


def test_it_sorts_all_that_is_new_into_the_search_index(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(WAITING)
    load(file(3))
    assert asked(WAITING) != [(0,)]  # few cards wait for the server
    monkeypatch.setattr(search_upkeep, "MANY", 3)
    load(changed(3))
    assert asked(WAITING) == [(0,)]
    assert matching("ase1@example.no").count() == 1


def test_it_writes_the_same_when_there_is_no_second_session(
    load: Load, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused() -> psycopg.Connection:
        raise psycopg.OperationalError("too many clients already")

    monkeypatch.setattr(search_upkeep, "MANY", 3)
    monkeypatch.setattr(search_upkeep, "psycopg_connection", refused, raising=True)
    load(file(3))
    assert Customer.objects.count() == 3
    assert "by the server itself" in caplog.text


def test_it_looks_at_the_register_anew_when_much_was_written(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "ANALYZE_FROM", 1)
    load(file(40))
    assert asked(KNOWN) == [(40,)]
    load(file(4, first=40))
    assert asked(KNOWN) == [(40,)]
    load(file(20, first=44))
    assert asked(KNOWN) == [(64,)]


def test_it_makes_the_next_item_while_one_is_used() -> None:
    made = [threading.Event() for _ in range(3)]

    def items() -> Iterator[int]:
        for number, event in enumerate(made):
            event.set()
            yield number

    for number in ahead(items()):
        if number < 2:
            assert made[number + 1].wait(60)


def test_it_ends_with_what_went_wrong_in_making_an_item() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise InterruptedError

    coming = ahead(items())
    assert next(coming) == 1
    with pytest.raises(InterruptedError):
        next(coming)


def test_it_ends_the_second_session_when_writing_fails(upload: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_upkeep, "MANY", 3)
    imp = upload(file(3))
    beside = []

    def fail(phase: str, done: int, total: int) -> None:
        beside.extend(t for t in threading.enumerate() if t.name == "search-upkeep")
        if done:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        confirming.apply(imp.pk, digest=imp.digest, actor=Actor.system("test"), report=fail)
    assert beside
    assert not any(thread.is_alive() for thread in beside)
    assert not Customer.objects.exists()
