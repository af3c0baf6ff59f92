"""`kundekort users`: what the page of users does, for whoever runs the server."""

import json

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from typer.testing import CliRunner, Result

from kundekort.cli.app import app
from kundekort.services import people
from kundekort.services.accounts import Actor, Role
from kundekort.store.models import AuditEntry

pytestmark = pytest.mark.django_db(transaction=True)


def users(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["users", *arguments])


def test_it_adds_somebody_with_a_password_to_hand_over(alice: Actor) -> None:
    result = users("add", "kari", "--role", "importer", "--full-name", "Kari Moe", "--email", "kari@example.no")
    assert result.exit_code == 0
    (password,) = result.stdout.split()
    user = authenticate(username="kari", password=password)
    assert isinstance(user, User)
    assert people.must_change_password(user)
    entry = AuditEntry.objects.get(event="user_creation")
    assert (entry.user, entry.address) == (None, "")


def test_it_lists_everybody_for_people_and_programs(alice: Actor, bob: Actor) -> None:
    assert alice.user
    users("lock", "bob")
    told = {one["username"]: one for one in json.loads(users("list", "--json").stdout)}
    assert told["alice"] == {
        "id": alice.user.pk,
        "username": "alice",
        "full_name": "Alice Ås",
        "email": "",
        "role": "administrator",
        "last_login": None,
        "locked": False,
        "second_factor": False,
        "must_change_password": False,
    }
    assert told["bob"]["locked"]
    first, second = users().stdout.splitlines()
    assert first.split() == ["alice", "administrator", "–", "Alice", "Ås"]
    assert second.split() == ["bob", "importer", "–", "locked"]


def test_it_changes_locks_unlocks_and_resets(alice: Actor, bob: Actor) -> None:
    assert bob.user
    for arguments in (("role", "bob", "reader"), ("rename", "BOB", "--full-name", "Bob Berg"), ("lock", "bob")):
        assert users(*arguments).exit_code == 0
    person = people.get(bob.user.pk, actor=alice)
    assert (person.role, person.full_name, person.locked) == (Role.READER, "Bob Berg", True)
    assert users("unlock", "bob").exit_code == 0
    (password,) = users("reset", "bob").stdout.split()
    assert authenticate(username="bob", password=password) is not None


@pytest.mark.parametrize(
    "arguments",
    [
        ("lock", "alice"),
        ("role", "alice", "reader"),
        ("lock", "nobody"),
        ("add", "a" * 200),
        ("add", "kari\u202e"),
        ("add", "ALICE"),
        ("add", "kari", "--full-name", "Kari\x1b[31m"),
        ("add", "kari", "--email", "kari"),
    ],
)
def test_it_refuses_in_one_line(alice: Actor, arguments: tuple[str, ...]) -> None:
    result = users(*arguments)
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (2, "", 1)
    assert User.objects.get().is_active
