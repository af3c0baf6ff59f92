"""`kundekort createuser`."""

import pytest
from django.contrib.auth import authenticate
from typer.testing import CliRunner

from kundekort.cli.app import app
from kundekort.services import accounts

pytestmark = pytest.mark.django_db(transaction=True)


def createuser(*arguments: str, password: str = "theatre-doors") -> tuple[int, str]:
    result = CliRunner().invoke(app, ["createuser", *arguments], input=password + "\n")
    return result.exit_code, result.stderr


def test_it_creates_somebody_who_can_log_in() -> None:
    code, _ = createuser("dora", "--role", "administrator", "--full-name", "Dora Dør", "--password-stdin")
    assert code == 0
    user = authenticate(username="dora", password="theatre-doors")
    assert user is not None
    actor = accounts.actor_of(user)
    assert (actor.role, actor.name) == (accounts.Role.ADMINISTRATOR, "Dora Dør")


def test_it_refuses_a_name_twice_a_weak_password_and_nobody_to_ask() -> None:
    createuser("dora", "--password-stdin")
    for arguments, password in [
        (("Dora", "--password-stdin"), "theatre-doors"),
        (("eve", "--password-stdin"), "password"),
        (("eve",), "theatre-doors"),
        (("e" * 200, "--password-stdin"), "theatre-doors"),
        (("eve\u202e", "--password-stdin"), "theatre-doors"),
    ]:
        code, told = createuser(*arguments, password=password)
        assert (code, len(told.splitlines())) == (2, 1)
    assert authenticate(username="eve", password="password") is None


@pytest.mark.parametrize(
    ("password", "words"),
    [("too short", "Use at least 12 characters"), ("Password2026!", "Many people use this"), ("kundekort 1", "short")],
)
def test_it_says_what_is_wrong_with_a_password(password: str, words: str) -> None:
    assert words in createuser("eve", "--password-stdin", password=password)[1]
