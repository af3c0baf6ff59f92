"""Commands for whoever runs the installation: `createuser` and `migrate`."""

from __future__ import annotations

import getpass
import sys
from typing import Annotated

import typer

from kundekort.cli import setup
from kundekort.cli.actor import actor
from kundekort.cli.failures import report_failures
from kundekort.cli.language import _
from kundekort.cli.refusals import CommandRefused
from kundekort.cli.users import Role


def createuser(
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False, help=_("The name to log in with."))],
    role: Annotated[Role, typer.Option(help=_("What the user may do."))] = Role.IMPORTER,
    full_name: Annotated[str, typer.Option(help=_("The name that others see."))] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help=_("Read the password from standard input."))
    ] = False,
) -> None:
    """Create a user of the website."""
    with report_failures():
        if not password_stdin and not sys.stdin.isatty():
            raise CommandRefused("no_password")
        setup.setup_django()
        from kundekort.services import accounts, people

        password = sys.stdin.readline().rstrip("\r\n") if password_stdin else _asked_password()
        people.add(name, role=accounts.Role(role), full_name=full_name, password=password, actor=actor())
        words = _("The user %(name)s can log in now, with the role %(role)s.")
        print(words % {"name": name, "role": role.value}, file=sys.stderr)


def migrate(
    new_storage: Annotated[
        bool,
        typer.Option("--new-storage", help=_("Go on with the storage that is set, without the files kept elsewhere.")),
    ] = False,
) -> None:
    """Prepare the database for this version of Kundekort."""
    with report_failures():
        setup.setup_django(migrated=False)
        setup.migrate()
        if new_storage:
            from kundekort.services import installation

            installation.adopt()


def _asked_password() -> str:
    password = getpass.getpass(_("Password: "))
    if getpass.getpass(_("Password again: ")) != password:
        raise CommandRefused("passwords_differ")
    return password
