"""`kundekort tokens`: what the pages of tokens do, for whoever runs the server."""

import json

import pytest
from django.contrib.auth.models import User
from typer.testing import CliRunner, Result

from kundekort.cli.app import app
from kundekort.services import tokens as services
from kundekort.services.accounts import Actor

pytestmark = pytest.mark.django_db(transaction=True)


def tokens(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["tokens", *arguments])


def test_it_makes_lists_and_revokes_them(bob: Actor) -> None:
    made = tokens("add", "shop", "--user", "bob", "--scope", "imports:read", "--scope", "exports", "--days", "7")
    assert made.exit_code == 0, made.stderr
    (secret,) = made.stdout.split()
    caller = services.authenticate(secret, address="")
    assert caller is not None
    assert (caller.actor.name, caller.scopes) == ("bob", {"imports:read", "exports"})
    (told,) = json.loads(tokens("list", "--json").stdout)
    assert (told["username"], told["name"], told["scopes"]) == ("bob", "shop", ["imports:read", "exports"])
    assert (told["hint"], told["revoked"]) == (secret[:8], None)
    assert tokens().stdout.split()[1:3] == ["bob", secret[:8] + "…"]
    assert tokens("revoke", str(told["id"])).exit_code == 0
    assert services.authenticate(secret, address="") is None
    assert tokens().exit_code == 0


@pytest.mark.parametrize(
    "options",
    [
        ["--user", "bob", "--scope", "settings:write"],
        ["--user", "bob", "--scope", "nothing"],
        ["--user", "bob", "--scope", "exports", "--days", "0"],
        ["--user", "nobody", "--scope", "exports"],
    ],
)
def test_what_no_token_can_be_is_refused(bob: Actor, options: list[str]) -> None:
    refused = tokens("add", "shop", *options)
    assert refused.exit_code == 2
    assert not refused.stdout
    assert len(refused.stderr.splitlines()) == 1


def test_one_that_there_is_not_is_refused(db: None) -> None:
    assert tokens("revoke", "7").exit_code == 2


def test_for_somebody_locked_it_makes_none_and_says_why(bob: Actor) -> None:
    User.objects.filter(username="bob").update(is_active=False)
    refused = tokens("add", "shop", "--user", "bob", "--scope", "exports")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "locked" in refused.stderr
