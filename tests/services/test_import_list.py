"""The list of imports: what it shows of whom, and what imports are called."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from kundekort import wording
from kundekort.services import import_list, imports
from kundekort.services.accounts import Actor, Role
from kundekort.services.import_list import ImportFilter, ImportLine
from kundekort.services.import_names import one_person
from kundekort.services.refusals import Forbidden
from kundekort.store.models import Import, Revision
from tests.past import past_import, unfinished_import

pytestmark = pytest.mark.django_db


def lines(actor: Actor, **wanted: Any) -> tuple[ImportLine, ...]:
    return import_list.search(ImportFilter(**wanted), offset=0, limit=50, actor=actor).lines


def found(actor: Actor, **wanted: Any) -> list[int]:
    return [line.imp.pk for line in lines(actor, **wanted)]


def titles(actor: Actor) -> list[str]:
    return [wording.import_title(line.name.filename, undone=line.name.undone) for line in lines(actor)]


def test_it_gives_the_newest_first_page_by_page(bob: Actor) -> None:
    old, new, middle = (past_import(days=days).pk for days in (9, 1, 5))
    first = import_list.search(ImportFilter(), offset=0, limit=2, actor=bob)
    assert (first.total, [line.imp.pk for line in first.lines]) == (3, [new, middle])
    second = import_list.search(ImportFilter(), offset=2, limit=2, actor=bob)
    assert [line.imp.pk for line in second.lines] == [old]


def test_it_finds_imports_of_who_uploaded_or_confirmed_them(bob: Actor) -> None:
    one = past_import(by="bob", confirmer="Alice Ås").pk
    other = past_import(by="Kari", days=1).pk
    assert bob.user
    assert found(bob, who=str(bob.user.pk)) == found(bob, who="name:Alice Ås") == [one]
    assert found(bob, who="name:Kari") == [other]
    assert [one.name for one in import_list.people(actor=bob)] == ["Alice Ås", "bob", "Kari"]


def test_it_finds_imports_in_some_states(bob: Actor) -> None:
    past_import()
    waiting = unfinished_import(days=1).pk
    refused = unfinished_import(state=Import.State.REFUSED, days=2).pk
    assert found(bob, states=imports.WAITING) == [waiting]
    assert found(bob, states=(Import.State.REFUSED,)) == [refused]


def test_it_finds_a_part_of_the_name_also_of_what_was_taken_back(bob: Actor) -> None:
    past_import("adresser.csv")
    first = past_import("Nyhetsbrev høst.xlsx", days=3)
    undo = past_import(undoes=first.revision, days=2)
    again = past_import(undoes=undo.revision, days=1)
    assert found(bob, file="nyhetsBREV") == [again.pk, undo.pk, first.pk]
    assert found(bob, file=" 100% ") == []


def test_it_finds_the_imports_of_local_days(bob: Actor) -> None:
    evening = past_import(at=datetime(2026, 11, 20, 22, 30, tzinfo=UTC)).pk
    after_midnight = past_import(at=datetime(2026, 11, 20, 23, 30, tzinfo=UTC)).pk
    uploaded = Import.objects.create(
        actor_name="bob", filename="a.csv", size=1, created_at=datetime(2026, 11, 19, 12, tzinfo=UTC)
    ).pk
    assert found(bob, since=date(2026, 11, 20), until=date(2026, 11, 20)) == [evening]
    assert found(bob, since=date(2026, 11, 21)) == [after_midnight]
    assert found(bob, until=date(2026, 11, 20)) == [evening, uploaded]


def test_it_names_what_is_taken_back(bob: Actor) -> None:
    kinds = {kind: Revision.objects.create(kind=kind, actor_name="bob") for kind in ("edit", "merge")}
    first = past_import("kunder.csv", days=9)
    undo = past_import(undoes=first.revision, days=8)
    again = past_import(undoes=undo.revision, days=7)
    past_import(undoes=again.revision, days=6)
    edit = past_import(undoes=kinds["edit"], days=5)
    merge = past_import(undoes=kinds["merge"], days=4)
    past_import(undoes=edit.revision, days=3)
    past_import(undoes=merge.revision, days=2)
    assert titles(bob) == [
        "Gjør om: sammenslåing",
        "Gjør om: endring på kundekort",
        "Angre: sammenslåing",
        "Angre: endring på kundekort",
        "Angre på nytt",
        "Gjør om: kunder.csv",
        "Angre: kunder.csv",
        "kunder.csv",
    ]
    with translation.override("en"):
        assert titles(bob)[-2:] == ["Undo: kunder.csv", "kunder.csv"]


def test_it_tells_what_was_undone_and_what_was_brought_back(bob: Actor) -> None:
    alone, first = past_import(days=9), past_import(days=8)
    undo = past_import(undoes=first.revision, days=7)
    assert [(x.undone_by, x.undone) for x in lines(bob)] == [(None, False), (undo.pk, True), (None, False)]
    again = past_import(undoes=undo.revision, days=6)
    told = {line.imp.pk: (line.undone_by, line.undone) for line in lines(bob)}
    assert told == {
        again.pk: (None, False),
        undo.pk: (again.pk, True),
        first.pk: (undo.pk, False),
        alone.pk: (None, False),
    }
    last = past_import(undoes=again.revision, days=5)
    assert [line.undone for line in lines(bob)] == [False, True, False, True, False]
    to_undo = [line.to_undo for line in lines(bob)]
    assert to_undo == [last.revision_id, None, last.revision_id, None, alone.revision_id]


def test_it_undoes_nothing_where_nothing_was_changed(bob: Actor) -> None:
    unfinished_import(state=Import.State.DONE)
    unfinished_import()
    assert [line.to_undo for line in lines(bob)] == [None, None]


def test_it_asks_the_database_as_often_for_many_as_for_one(
    bob: Actor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    past_import(undoes=past_import().revision)
    with django_assert_num_queries(7):
        assert len(titles(bob)) == 2
    for _ in range(20):
        past_import(undoes=past_import().revision)
    with django_assert_num_queries(7):
        assert len(titles(bob)) == 42


def test_it_knows_whether_one_person_did_both(alice: Actor, bob: Actor) -> None:
    both = past_import()
    assert one_person(both)
    assert not one_person(past_import(confirmer="Alice Ås"))
    assert one_person(unfinished_import())
    both.created_by, both.confirmed_by = alice.user, bob.user  # who have the same name
    assert not one_person(both)
    both.confirmed_by, both.confirmer_name = alice.user, "Alice Åsen"  # who has married since
    assert one_person(both)


def test_it_shows_imports_to_importers_only(charlie: Actor) -> None:
    for actor in (charlie, Actor(name="rita", role=Role.READER)):
        with pytest.raises(Forbidden):
            import_list.search(ImportFilter(), offset=0, limit=1, actor=actor)
        with pytest.raises(Forbidden):
            import_list.people(actor=actor)
