"""The command `demo`: a sample register, a preview of an edited list in the terminal, and the site to go on with."""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from kundekort.cli import server, setup
from kundekort.cli.failures import CommandRefused, report_failures
from kundekort.cli.language import _

if TYPE_CHECKING:
    from kundekort.services.accounts import Actor

HOST: Final = "127.0.0.1"
"""Never further: the password of the demonstration is known to everybody."""
CUSTOMERS: Final = 5_000
"""Sample customers in the register; they get the numbers from 1."""
USER: Final = "demo"
PASSWORD: Final = "demo"  # noqa: S105 - for a register of invented people on this machine
FILENAME: Final = "sample-customers.csv"
EXAMPLE: Final = Path("examples/customers-edited.csv")


def demo(
    port: server.Port = 8000,
    example: Annotated[Path, typer.Option(help=_("The edited list to preview."))] = EXAMPLE,
) -> None:
    """Load sample customers, preview an edited list of them, and serve the site; Ctrl-C stops everything."""
    with report_failures():
        server.refuse_taken_port(HOST, port)
        if not example.is_file():
            raise CommandRefused("example_missing", path=str(example))
        setup.setup_django()
        actor = _have_login()
        _have_customers(actor)
        _preview(example, actor)
        server.run(HOST, port, processes=1, ready=lambda: _tell(port))


def _have_login() -> Actor:
    """The demonstration's own administrator. Raises CommandRefused in a register that holds real customers."""
    from django.contrib.auth import authenticate

    from kundekort.services import accounts, customers

    user = authenticate(username=USER, password=PASSWORD)
    if user is None:
        if customers.count():
            raise CommandRefused("register_not_empty")
        user = accounts.create_user(
            username=USER, password=PASSWORD, role=accounts.Role.ADMINISTRATOR, check_password=False
        )
    return accounts.actor_of(user)


def _have_customers(actor: Actor) -> None:
    """Load the sample customers by an ordinary import, unless the register has some."""
    from kundekort.cli.importing import applied, planned
    from kundekort.cli.sample import HEADERS, customers
    from kundekort.engine.writing.csv import SPREADSHEET, write
    from kundekort.services import customers as register
    from kundekort.services import imports

    if register.count():
        return
    file = BytesIO(b"".join(write([customers(CUSTOMERS)], headers=HEADERS, form=SPREADSHEET)))
    applied(planned(imports.receive(file, filename=FILENAME, actor=actor)))


def _preview(example: Path, actor: Actor) -> None:
    """Preview the edited list; it waits on the website, and what an earlier run left waiting is cancelled."""
    from kundekort.cli import show
    from kundekort.cli.importing import planned
    from kundekort.services import imports

    for earlier in imports.recent(actor=actor, limit=100):
        if earlier.filename == example.name and earlier.state == earlier.State.PREVIEW:
            imports.cancel(earlier.pk, actor=actor)
    with example.open("rb") as stream:
        received = imports.receive(stream, filename=example.name, actor=actor)
    show.preview_of(planned(received))


def _tell(port: int) -> None:
    server.tell_address(HOST, port)
    words = _("Log in as %(name)s with the password %(password)s. The list above waits there to be confirmed.")
    print(words % {"name": USER, "password": PASSWORD}, file=sys.stderr, flush=True)
