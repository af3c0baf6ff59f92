"""The commands `users`: list, add, role, rename, lock, unlock and reset, by the services of the website."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kundekort.cli import setup
from kundekort.cli.actor import actor
from kundekort.cli.failures import report_failures
from kundekort.cli.language import _

if TYPE_CHECKING:
    from kundekort.services.people import InitialPassword, Person


class Role(StrEnum):
    """What a user may do; each role may do all that the one before it may."""

    READER = "reader"
    IMPORTER = "importer"
    ADMINISTRATOR = "administrator"


app = typer.Typer(help=_("List users, add them, change their role, lock them, and reset passwords."))

Username = Annotated[str, typer.Argument(metavar="NAME", show_default=False, help=_("The name to log in with."))]
RoleOption = Annotated[Role, typer.Option(help=_("What the user may do."))]
FullName = Annotated[str | None, typer.Option(help=_("The name that others see."))]
Email = Annotated[str | None, typer.Option(help=_("The e-mail address of the user."))]


@app.callback(invoke_without_command=True)
def users(context: typer.Context) -> None:
    """List everybody, unless told otherwise."""
    if not context.invoked_subcommand:
        list_users()


@app.command("list", help=_("List everybody who may log in, and whoever is locked."))
def list_users(
    as_json: Annotated[bool, typer.Option("--json", help=_("Print one JSON list."))] = False,
) -> None:
    """List everybody who may log in, and whoever is locked."""
    with report_failures():
        setup.setup_django()
        from kundekort.services import people

        found = people.list_all(actor=actor())
        if as_json:
            print(json.dumps([_told(person) for person in found], ensure_ascii=False, indent=2))
            return
        wide = max((len(person.username) for person in found), default=0)
        for person in found:
            words = [person.username.ljust(wide), _role(person).ljust(13), _when(person).ljust(16), person.full_name]
            print("  ".join([*words, *([_("locked")] if person.locked else [])]).rstrip())


@app.command(help=_("Add a user and print the password that was made, which they change at their first login."))
def add(
    name: Username,
    role: RoleOption = Role.IMPORTER,
    full_name: FullName = None,
    email: Email = None,
) -> None:
    """Add a user and print the password that was made, which they change at their first login."""
    with report_failures():
        setup.setup_django()
        from kundekort.services import accounts, people

        made = people.add(name, role=accounts.Role(role), full_name=full_name or "", email=email or "", actor=actor())
        _hand_over(made)


@app.command("role", help=_("Give a user another role."))
def give_role(name: Username, role: Annotated[Role, typer.Argument(help=_("What the user may do."))]) -> None:
    """Give a user another role."""
    with report_failures():
        setup.setup_django()
        from kundekort.services import accounts

        _change(name, role=accounts.Role(role))


@app.command(help=_("Give a user another full name or e-mail address; the name to log in with stays."))
def rename(name: Username, full_name: FullName = None, email: Email = None) -> None:
    """Give a user another full name or e-mail address; the name to log in with stays."""
    with report_failures():
        setup.setup_django()
        given = {"full_name": full_name, "email": email}
        _change(name, **{part: text for part, text in given.items() if text is not None})


@app.command(help=_("Let a user log in no more, and end their sessions; what they have done stays."))
def lock(name: Username) -> None:
    """Let a user log in no more, and end their sessions; what they have done stays."""
    with report_failures():
        setup.setup_django()
        from kundekort.services import people

        person = people.lock(people.find(name, actor=actor()).id, actor=actor())
        print(_("%(name)s is locked.") % {"name": person.username}, file=sys.stderr)


@app.command(help=_("Let a locked user log in again."))
def unlock(name: Username) -> None:
    """Let a locked user log in again."""
    with report_failures():
        setup.setup_django()
        from kundekort.services import people

        person = people.unlock(people.find(name, actor=actor()).id, actor=actor())
        print(_("%(name)s can log in again.") % {"name": person.username}, file=sys.stderr)


@app.command(help=_("Print a new password for a user who has forgotten theirs, and end their sessions."))
def reset(name: Username) -> None:
    """Print a new password for a user who has forgotten theirs, and end their sessions."""
    with report_failures():
        setup.setup_django()
        from kundekort.services import people

        _hand_over(people.reset(people.find(name, actor=actor()).id, actor=actor()))


@app.command("remove-factors", help=_("Take all second factors from a user who has lost them, and end their sessions."))
def remove_factors(name: Username) -> None:
    """Take all second factors from a user who has lost them, and end their sessions."""
    with report_failures():
        setup.setup_django()
        from kundekort.services import people

        person = people.remove_second_factors(people.find(name, actor=actor()).id, actor=actor())
        print(_("%(name)s has no second factors any more.") % {"name": person.username}, file=sys.stderr)


def _change(name: str, **changes: Any) -> None:
    from kundekort.services import accounts, people

    person = people.find(name, actor=actor())
    now = {
        "full_name": person.full_name,
        "email": person.email,
        "role": person.role or accounts.Role.READER,
    }
    changed = people.change(person.id, **now | changes, actor=actor())
    words = _("%(name)s: %(full_name)s, %(role)s.")
    told = {"name": changed.username, "full_name": changed.full_name or "–", "role": _role(changed)}
    print(words % told, file=sys.stderr)


def _hand_over(made: InitialPassword) -> None:
    """The password alone on standard output, so that a script can take it; what it is for beside it."""
    words = _("The password of %(name)s, which is shown only now. At the next login they choose their own:")
    print(words % {"name": made.person.username}, file=sys.stderr, flush=True)
    print(made.password)


def _told(person: Person) -> dict[str, Any]:
    """A user for programs, which rely on the keys."""
    return {
        "id": person.id,
        "username": person.username,
        "full_name": person.full_name,
        "email": person.email,
        "role": person.role.value if person.role else None,
        "last_login": person.last_login.isoformat(timespec="seconds") if person.last_login else None,
        "locked": person.locked,
        "second_factor": person.second_factor,
        "must_change_password": person.must_change,
    }


def _role(person: Person) -> str:
    return person.role.value if person.role else "–"


def _when(person: Person) -> str:
    from django.utils.timezone import localtime

    return localtime(person.last_login).strftime("%Y-%m-%d %H:%M") if person.last_login else "–"
