"""The command `demo`: a sample register, a preview of an edited list in the terminal, and the site to go on with."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from kundekort.cli import server, setup
from kundekort.cli.failures import report_failures
from kundekort.cli.language import _
from kundekort.cli.refusals import CommandRefused

if TYPE_CHECKING:
    from kundekort.services.accounts import Actor
    from kundekort.store.models import Import

HOST: Final = "127.0.0.1"
"""Never further: the password of the demonstration is known to everybody."""
CUSTOMERS: Final = 5_000
"""Sample customers in the register; they get the numbers from 1."""
FILENAME: Final = "sample-customers.csv"
EXAMPLE: Final = "customers-edited.csv"
OTHERS: Final = {
    "stale-export.csv": _("a list from before the box office changed some of its cards"),
    "damaged-by-spreadsheet.csv": _("zeros and numbers that a spreadsheet has spoilt"),
    "box-office.txt": _("columns about which you are asked"),
}
"""Examples beside that one which wait on the website too, and what each of them shows."""


def demo(
    port: server.Port = 8000,
    example: Annotated[Path | None, typer.Option(help=_("The edited list to preview."))] = None,
) -> None:
    """Load sample customers, preview an edited list of them, and serve the site; Ctrl-C stops everything."""
    with report_failures():
        server.refuse_taken_port(HOST, port)
        example = example or examples() / EXAMPLE
        if not example.is_file():
            raise CommandRefused("example_missing", path=str(example))
        setup.setup_django()
        from kundekort.services import demo as services

        actor = services.begin()
        have_customers(actor)
        waiting = have_waiting(example, actor)
        server.run(HOST, port, processes=1, ready=lambda: _tell(port, example, waiting))


def examples() -> Path:
    """The folder of the examples: within an installed package, or beside the sources of one that is worked on."""
    package = Path(__file__).parents[1]
    packaged = package / "examples"
    return packaged if packaged.is_dir() else package.parents[1] / "examples"


def have_customers(actor: Actor) -> None:
    """Load the sample customers by an ordinary import, and edit some as a colleague; not if the register has any."""
    from kundekort.cli.confirming import applied, planned
    from kundekort.cli.sample import HEADERS
    from kundekort.cli.sample_register import edited_since, register
    from kundekort.engine.writing.csv import SPREADSHEET, write
    from kundekort.services import customers, editing, imports
    from kundekort.services.accounts import Actor, Role
    from kundekort.services.refusals import NotFound

    if customers.count():
        return
    people = register(CUSTOMERS)
    file = BytesIO(b"".join(write([people], headers=HEADERS, form=SPREADSHEET)))
    applied(planned(imports.receive(file, filename=FILENAME, actor=actor)), by=actor)
    colleague = Actor(name=_("Box office"), role=Role.IMPORTER)
    for number, values in edited_since(people.to_dicts()).items():
        with suppress(NotFound):  # a register that had customers before goes on counting
            editing.edit(number, version=1, values=values, actor=colleague)


def have_waiting(example: Path, actor: Actor) -> list[str]:
    """Preview the edited list, and have it and others wait on the website; the names of these others.

    What an earlier run left waiting is cancelled.
    """
    from kundekort.cli import show
    from kundekort.cli.confirming import planned
    from kundekort.services import imports, planning

    others = [name for name in OTHERS if name != example.name and example.with_name(name).is_file()]
    for earlier in imports.recent(actor=actor, limit=100):
        if earlier.filename in (example.name, *others) and earlier.state in imports.WAITING:
            imports.cancel(earlier.pk, actor=actor)
    for name in reversed(others):  # the list of imports begins with the newest
        planning.plan(_received(example.with_name(name), actor).pk)
    show.preview_of(planned(_received(example, actor)))
    return others


def _received(path: Path, actor: Actor) -> Import:
    from kundekort.services import imports

    with path.open("rb") as stream:
        return imports.receive(stream, filename=path.name, actor=actor)


def _tell(port: int, example: Path, waiting: list[str]) -> None:
    from kundekort.services.demo import PASSWORD, USER

    server.tell_address(HOST, port)
    words = _("Log in as %(name)s with the password %(password)s. There, under Import / update, wait:")
    lines = [words % {"name": USER, "password": PASSWORD}]
    told = {example.name: _("the list above")} | {name: OTHERS[name] for name in waiting}
    wide = max(map(len, told))
    lines += [f"  {name:{wide}}  {what}" for name, what in told.items()]
    lines.append(_("Under Duplicates are people who stand in the register twice."))
    server.tell("\n".join(lines))
