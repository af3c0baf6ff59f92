"""One person is told from another by their user, wherever it is said who did something."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client
from typer.testing import CliRunner

from kundekort.cli.app import app
from kundekort.services import (
    accounts,
    confirming,
    editing,
    exports,
    history,
    identities,
    import_list,
    people,
    segments,
)
from kundekort.services.accounts import Actor, Role, actor_of
from kundekort.services.import_list import ImportFilter
from kundekort.services.lists import FileFormat
from kundekort.store.models import Customer, Export, Import, Revision
from kundekort.store.selection import Selection


@pytest.fixture
def two(db: None) -> tuple[Actor, Actor]:
    """Two colleagues of the same name."""
    made = [
        accounts.create_user(username=name, password="theatre-doors", role=Role.IMPORTER, full_name="Kari Moe")
        for name in ("kari", "kari2")
    ]
    return actor_of(made[0]), actor_of(made[1])


def user(actor: Actor) -> User:
    assert actor.user
    return actor.user


def test_it_tells_two_of_the_same_name_apart(two: tuple[Actor, Actor]) -> None:
    first, second = two
    assert identities.shown("Kari Moe", user(first).pk) == "Kari Moe (kari)"
    assert identities.shown("Kari Moe", user(second).pk) == "Kari Moe (kari2)"
    assert identities.shown("Kari Moe", None) == "Kari Moe (på tjeneren)"
    assert identities.shown("Ola Moe", None) == "Ola Moe"


def test_it_does_so_for_those_who_are_locked_or_were_renamed(alice: Actor, two: tuple[Actor, Actor]) -> None:
    first, second = two
    people.lock(user(second).pk, actor=alice)
    assert identities.shown("Kari Moe", user(first).pk) == "Kari Moe (kari)"
    people.change(user(second).pk, full_name="Kari Berg", email="", role=Role.IMPORTER, actor=alice)
    assert identities.shown("Kari Moe", user(first).pk) == "Kari Moe"
    assert identities.shown("Kari Moe", user(second).pk) == "Kari Moe (kari2)", "the name that they had then"
    assert identities.shown("Kari Berg", user(second).pk) == "Kari Berg"


def test_it_tells_a_name_from_a_user_name(alice: Actor) -> None:
    named = accounts.create_user(username="x", password="theatre-doors", role=Role.READER, full_name="bob")
    called = accounts.create_user(username="bob", password="theatre-doors", role=Role.READER)
    assert identities.shown("bob", named.pk) == "bob (x)"
    assert identities.shown("bob", called.pk) == "bob (bob)"


def test_it_asks_once_for_many(two: tuple[Actor, Actor], django_assert_num_queries: Callable[..., object]) -> None:
    with django_assert_num_queries(1), identities.once():  # type: ignore[attr-defined]
        assert {identities.shown("Kari Moe", user(actor).pk) for actor in two * 20} == {
            "Kari Moe (kari)",
            "Kari Moe (kari2)",
        }


@pytest.fixture
def done(two: tuple[Actor, Actor], upload: Callable[..., Import]) -> Import:
    """An import that one of the two has uploaded and the other confirmed."""
    first, second = two
    imp = upload("CustomerID;FirstName;Gender\n0;Ola;1\n")
    Import.objects.filter(pk=imp.pk).update(created_by=user(first), actor_name=first.name)
    return confirming.confirm(imp.pk, digest=imp.digest, actor=second)


def test_it_takes_them_for_two_in_the_history(done: Import, two: tuple[Actor, Actor], bob: Actor) -> None:
    number = Customer.objects.get().pk
    editing.edit(number, version=1, values={"city": "Voss"}, actor=two[0])
    edit, creation = history.of_customer(number, actor=bob)
    assert (edit.who, edit.uploader) == ("Kari Moe (kari)", None)
    assert (creation.who, creation.uploader) == ("Kari Moe (kari2)", "Kari Moe (kari)")
    assert history.since(number, version=1)["city"].who == "Kari Moe (kari)"
    assert Revision.objects.order_by("pk")[0].actor_name == "Kari Moe", "the log keeps the name as it was"


def test_it_takes_them_for_two_in_the_list_and_its_filter(done: Import, two: tuple[Actor, Actor], bob: Actor) -> None:
    (line,) = import_list.search(ImportFilter(), offset=0, limit=9, actor=bob).lines
    assert (line.uploader, line.confirmer) == ("Kari Moe (kari)", "Kari Moe (kari2)")
    assert [(one.key, one.name) for one in import_list.people(actor=bob)] == [
        (str(user(two[0]).pk), "Kari Moe (kari)"),
        (str(user(two[1]).pk), "Kari Moe (kari2)"),
    ]
    for actor in two:
        assert import_list.search(ImportFilter(who=str(user(actor).pk)), offset=0, limit=9, actor=bob).total == 1
    Import.objects.update(confirmed_by=user(two[0]))
    assert import_list.search(ImportFilter(who=str(user(two[1]).pk)), offset=0, limit=9, actor=bob).total == 0


def test_it_takes_them_for_two_on_every_page(
    done: Import, two: tuple[Actor, Actor], alice: Actor, client: Client
) -> None:
    from kundekort.engine.segments.condition import Group

    exports.start(what=Selection(), form=FileFormat.CSV, actor=alice)
    export = Export.objects.get()
    Export.objects.filter(pk=export.pk).update(created_by=user(two[0]), actor_name=two[0].name)
    segments.save("Alle", condition=Group(), actor=two[0])
    client.force_login(user(alice))
    number = Customer.objects.get().pk
    for address, names in (
        (f"/imports/{done.pk}/", ["Kari Moe (kari)", "Kari Moe (kari2)"]),
        ("/imports/list/", ["Kari Moe (kari)", "Kari Moe (kari2)"]),
        (f"/customers/{number}/", ["Kari Moe (kari)", "Kari Moe (kari2)"]),
        ("/exports/", ["Kari Moe (kari)"]),
        ("/segments/", ["Kari Moe (kari)"]),
    ):
        text = " ".join(unescape(client.get(address).content.decode()).split())
        assert [name for name in names if name not in text] == [], address


@pytest.mark.django_db(transaction=True)
def test_it_names_the_users_for_programs(done: Import, two: tuple[Actor, Actor]) -> None:
    (listed,) = json.loads(CliRunner().invoke(app, ["imports", "--json"]).stdout)
    shown = json.loads(CliRunner().invoke(app, ["show", str(done.pk), "--json"]).stdout)
    for told in (listed, shown):
        assert (told["uploaded_by"], told["confirmed_by"]) == ("Kari Moe", "Kari Moe")
        assert told["uploaded_by_user"] == {"id": user(two[0]).pk, "username": "kari"}
        assert told["confirmed_by_user"] == {"id": user(two[1]).pk, "username": "kari2"}
