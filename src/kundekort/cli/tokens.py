"""The commands `tokens`: list, add and revoke the tokens by which programs use the API."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kundekort.cli import setup
from kundekort.cli.actor import actor
from kundekort.cli.failures import report_failures
from kundekort.cli.language import _

if TYPE_CHECKING:
    from kundekort.services.tokens import Token

app = typer.Typer(help=_("List the tokens of the API, make them and revoke them."))

Username = Annotated[str, typer.Option("--user", metavar="NAME", help=_("For which user the program acts."))]


@app.callback(invoke_without_command=True)
def tokens(context: typer.Context) -> None:
    """List all tokens, unless told otherwise."""
    if not context.invoked_subcommand:
        list_tokens()


@app.command("list", help=_("List all tokens: whose, what they may, until when, and when they were last used."))
def list_tokens(
    as_json: Annotated[bool, typer.Option("--json", help=_("Print one JSON list."))] = False,
) -> None:
    """List all tokens: whose, what they may, until when, and when they were last used."""
    with report_failures():
        setup.setup_django()
        from kundekort.services import tokens as services

        found = services.list_all(actor=actor())
        if as_json:
            print(json.dumps([_told(token) for token in found], ensure_ascii=False, indent=2))
            return
        wide = max((len(token.username) for token in found), default=0)
        for token in found:
            words = [str(token.id).rjust(4), token.username.ljust(wide), token.hint + "…", _until(token), token.name]
            print("  ".join([*words, " ".join(token.scopes)]))


@app.command(help=_("Make a token and print it; it is shown only now."))
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False, help=_("Which program has it."))],
    user: Username,
    scope: Annotated[list[str], typer.Option(help=_("What it may do; given again for more."))],
    days: Annotated[int, typer.Option(help=_("After how many days it expires."))] = 90,
) -> None:
    """Make a token and print it; it is shown only now."""
    with report_failures():
        setup.setup_django()
        from kundekort.services import people
        from kundekort.services import tokens as services

        owner = people.find(user, actor=actor())
        made = services.create(owner.id, name=name, scopes=scope, days=days, actor=actor())
        words = _("The token “%(name)s” of %(user)s, which is shown only now:")
        print(words % {"name": made.token.name, "user": owner.username}, file=sys.stderr, flush=True)
        print(made.secret)


@app.command(help=_("Have a token open nothing any more, by its number."))
def revoke(
    number: Annotated[int, typer.Argument(metavar="NUMBER", min=1, show_default=False, help=_("As the list says it."))],
) -> None:
    """Have a token open nothing any more, by its number."""
    with report_failures():
        setup.setup_django()
        from kundekort.services import tokens as services

        token = services.revoke(number, actor=actor())
        words = _("The token “%(name)s” of %(user)s opens nothing any more.")
        print(words % {"name": token.name, "user": token.username}, file=sys.stderr)


def _told(token: Token) -> dict[str, Any]:
    """A token for programs, which rely on the keys."""
    times = {"created": token.created, "expires": token.expires, "last_used": token.last_used, "revoked": token.revoked}
    return {
        "id": token.id,
        "username": token.username,
        "name": token.name,
        "scopes": list(token.scopes),
        "hint": token.hint,
        **{key: when.isoformat(timespec="seconds") if when else None for key, when in times.items()},
    }


def _until(token: Token) -> str:
    """Until when it opens something, or that it is revoked."""
    from django.utils.timezone import localtime

    return _("revoked") if token.revoked else localtime(token.expires).strftime("%Y-%m-%d")
