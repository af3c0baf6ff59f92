"""The change feed: what has become of cards, in one order, and nothing of it missed by whoever reads on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections, transaction

from kundekort.services import anonymising, change_feed, customers, editing, merging
from kundekort.services.accounts import Actor
from kundekort.services.change_feed import Cursor, Entry, Type
from kundekort.services.refusals import CursorInvalid, CursorUnknown, Forbidden
from kundekort.store.models import Customer, Import, Revision
from tests.taking_back import take_back

Load = Callable[..., Import]
START = Cursor()
HEADER = "CustomerID;FirstName;LastName;Email;Gender;InternalNote\n"


def all_of(actor: Actor, after: Cursor = START, **options: Any) -> list[Entry]:
    """All entries after a cursor, by pages."""
    found, more = [], True
    while more:
        page = change_feed.page(after, actor=actor, **options)
        found, after, more = found + list(page.entries), page.next, page.more
    return found


def said(entries: list[Entry]) -> list[tuple[str, int, tuple[str, ...], tuple[int, ...]]]:
    return [(entry.type.value, entry.customer_id, entry.fields, entry.merged) for entry in entries]


@pytest.fixture
def life(load: Load, alice: Actor, bob: Actor) -> tuple[int, int]:
    """Two customers with whom everything happens that can."""
    first = load(HEADER + "0;Åse;Berg;a@example.no;2;Ring først\n0;Aase;Berg;b@example.no;2;\n0;Ola;Dunk;;1;\n")
    one, two, three = Customer.objects.order_by("pk").values_list("pk", flat=True)
    editing.edit(one, version=1, values={"city": "Oslo", "internal_note": "Ring sist"}, actor=bob)
    merging.merge(master=one, others=[two], versions={two: 1, one: 2}, values={}, actor=bob)
    take_back(Revision.objects.latest("pk"), actor=bob)
    assert first.revision
    load(f"CustomerID;FirstName;Gender\n{three};Olav;1\n")
    anonymising.anonymise([three], actor=alice)
    return one, two


@pytest.mark.usefixtures("nothing_kept")
def test_it_tells_all_that_becomes_of_cards_in_order(life: tuple[int, int], alice: Actor) -> None:
    one, two = life
    three = two + 1
    entries = all_of(alice)
    assert said(entries) == [
        *(("created", number, (), ()) for number in (one, two, three)),
        ("changed", one, ("city", "internal_note"), ()),
        ("removed", two, (), ()),
        ("merged", one, (), (two,)),
        ("restored", two, (), ()),
        ("unmerged", one, (), (two,)),
        ("changed", three, ("first_name",), ()),
        ("anonymised", three, (), ()),
    ]
    acts = [entry.act for entry in entries]
    assert acts == ["import"] * 3 + ["edit"] + ["merge"] * 2 + ["undo"] * 2 + ["import", "anonymisation"]
    assert [entry.undoes is not None for entry in entries] == [act == "undo" for act in acts]
    assert [entry.import_id is not None for entry in entries] == [act in ("import", "undo") for act in acts]
    assert all(entry.by_person for entry in entries)


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("whole", [change_feed.WHOLE, 0])
@pytest.mark.parametrize("limit", [1, 2, 3, 500])
def test_pages_of_any_size_tell_the_same(
    life: tuple[int, int], alice: Actor, monkeypatch: pytest.MonkeyPatch, limit: int, whole: int
) -> None:
    expected = sorted(said(all_of(alice)))
    monkeypatch.setattr(change_feed, "WHOLE", whole)
    monkeypatch.setattr(change_feed, "ROWS", 3)
    entries = all_of(alice, limit=limit)
    assert sorted(said(entries)) == expected
    assert [entry.cursor for entry in entries] == sorted(entry.cursor for entry in entries)
    after = [said(all_of(alice, entry.cursor)) for entry in entries]
    assert after == [said(entries)[place + 1 :] for place in range(len(entries))]


@pytest.mark.usefixtures("nothing_kept")
def test_a_filter_goes_on_past_what_it_leaves_out(
    life: tuple[int, int], alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_feed, "SCANNED", 1)
    found = all_of(alice, limit=1, types=[Type.MERGED, Type.ANONYMISED])
    assert [entry.type for entry in found] == [Type.MERGED, Type.ANONYMISED]


@pytest.mark.usefixtures("nothing_kept")
def test_values_are_told_to_whoever_asks_and_notes_to_nobody(life: tuple[int, int], alice: Actor) -> None:
    one, two = life
    assert {entry.values is None for entry in all_of(alice)} == {True}
    values = {(e.type.value, e.customer_id): e.values for e in all_of(alice, values=True)}
    assert values["created", one] == {"first_name": "Åse", "last_name": "Berg", "email": "a@example.no", "gender": "2"}
    assert values["changed", one] == {"city": "Oslo"}
    assert values["restored", two] is not None
    assert values["restored", two]["email"] == "b@example.no"
    assert [values[kind, number] for kind, number in values if number == two + 1] == [None, None, None]
    assert "Ring" not in str(values)


@pytest.mark.django_db(transaction=True)
def test_it_misses_nothing_that_ends_later_than_it_began(load: Load, bob: Actor) -> None:
    load(HEADER + "0;Kari;Moe;;2;\n0;Ola;Moe;;1;\n")
    slow, quick = Customer.objects.order_by("pk").values_list("pk", flat=True)
    at = change_feed.latest(actor=bob)
    written, go_on = threading.Event(), threading.Event()

    def edit_slowly() -> None:
        with transaction.atomic():
            editing.edit(slow, version=1, values={"city": "Oslo"}, actor=bob)
            written.set()
            go_on.wait()
        connections.close_all()

    thread = threading.Thread(target=edit_slowly)
    thread.start()
    assert written.wait(240)
    editing.edit(quick, version=1, values={"city": "Moss"}, actor=bob)
    seen = change_feed.page(at, actor=bob)
    assert [entry.customer_id for entry in seen.entries] == [quick]
    go_on.set()
    thread.join()
    later = change_feed.page(seen.next, actor=bob)
    assert [entry.customer_id for entry in later.entries] == [slow]
    assert later.entries[0].revision < seen.entries[0].revision
    assert said(all_of(bob, at)) == said([*seen.entries, *later.entries])


@pytest.mark.django_db(transaction=True)
def test_two_who_read_at_once_give_no_position_twice(load: Load, bob: Actor) -> None:
    load(HEADER + "0;Kari;Moe;;2;\n")
    (number,) = Customer.objects.values_list("pk", flat=True)
    for version in range(1, 6):
        editing.edit(number, version=version, values={"city": f"By {version}"}, actor=bob)
    together, found = threading.Barrier(4), []

    def read() -> None:
        together.wait()
        found.append(said(all_of(bob)))
        connections.close_all()

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [found[0]] * 4
    assert len(found[0]) == 6
    assert sorted(Revision.objects.values_list("position", flat=True)) == list(range(1, 7))


def test_it_is_the_same_before_and_after_the_update_of_an_installation(load: Load, bob: Actor) -> None:
    from importlib import import_module

    load(HEADER + "0;Kari;Moe;;2;\n")
    (number,) = Customer.objects.values_list("pk", flat=True)
    editing.edit(number, version=1, values={"city": "Moss"}, actor=bob)
    expected = all_of(bob)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kundekort_revision SET position = NULL, first_change = NULL, last_change = NULL")
        cursor.execute(import_module("kundekort.store.migrations.0026_change_feed").PLACE)
    assert all_of(bob) == expected


def test_it_refuses_what_is_no_cursor_or_none_of_this_register(bob: Actor, charlie: Actor) -> None:
    for text in ("x", "1", "1-", "-1-2", "1-2 "):
        with pytest.raises(CursorInvalid):
            Cursor.of(text)
    assert Cursor.of(str(Cursor(3, 4))) == Cursor(3, 4)
    assert Cursor.of("") == Cursor()
    with pytest.raises(CursorUnknown):
        change_feed.page(Cursor(10**6, 1), actor=bob)
    with pytest.raises(Forbidden):
        change_feed.page(actor=charlie)
    assert customers.count() == 0
    assert change_feed.page(actor=bob).entries == ()
