"""The command `kundekort`: its subcommands, and nothing of what they do."""

from __future__ import annotations

import os
import platform
import sys
from io import TextIOWrapper
from typing import Annotated, Final

import typer

from kundekort import version
from kundekort.cli import (
    accounts,
    audit,
    backup,
    child,
    customers,
    demo,
    doctor,
    files,
    importing,
    imports,
    record,
    segments,
    server,
    undo,
    usage,
    users,
)
from kundekort.cli.language import _

app = typer.Typer(
    name="kundekort",
    help=_("A customer register for venues: change many customer cards at once without fear."),
    no_args_is_help=True,
    context_settings={"help_option_names": ["--help", "-h"]},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command(
    "import",
    cls=usage.ToldInJson,
    help=_("Update and create customers from a file: see every change, then confirm or cancel."),
    short_help=_("Update and create customers from a file."),
)(importing.import_file)
app.command(
    "undo",
    cls=usage.ToldInJson,
    help=_("Take an import back: see every change, then confirm or cancel; what was edited since stays as it is."),
    short_help=_("Take an import back."),
)(undo.undo)
app.command(
    "show",
    cls=usage.ToldInJson,
    help=_("Show an import in any state with its rows: as they would be written, or as they were."),
    short_help=_("Show an import and its rows."),
)(record.show_import)
app.command(
    "imports",
    help=_("List the imports: who uploaded and confirmed what, when, and what became of it."),
    short_help=_("List the imports and what became of them."),
)(imports.list_imports)
app.command(
    "export",
    help=_("Write all customers, a segment or a search in the import format."),
    short_help=_("Write customers in the import format."),
)(files.export_customers)
app.command(
    "rows",
    help=_("Write the table of a messy file or of a workbook exactly as read, as clean CSV."),
    short_help=_("Write the table of a messy file as clean CSV."),
)(files.rows)
app.command(
    "template",
    help=_("Write a file in the import format with two invented customers to write over."),
    short_help=_("Write a file in the import format to begin with."),
)(files.template)
app.add_typer(segments.app, name="segments", short_help=_("List, show, save and delete segments."))
app.add_typer(customers.app, name="customers", short_help=_("Disclose and anonymise customers; list inactive ones."))
app.command("serve", help=_("Serve the website and run its jobs until Ctrl-C."))(server.serve)
app.command("worker", help=_("Run jobs until Ctrl-C, as many workers as wanted."))(server.worker)
app.command(
    "demo",
    help=_("Load sample customers, preview an edited list of them, and serve the site."),
    short_help=_("Serve the site with sample customers and files."),
)(demo.demo)
app.command(
    "backup",
    help=_("Write everything into one file, while the site is running: it holds personal data and the secret key."),
    short_help=_("Write everything into one file."),
)(backup.backup)
app.command(
    "restore",
    help=_("Restore a backup into an empty place: all of it, or nothing."),
    short_help=_("Restore a backup into an empty place."),
)(backup.restore)
app.command(
    "doctor",
    help=_("Look at the installation: a line for each thing, and exit code 1 where something is wrong."),
    short_help=_("Look at the installation and say what is wrong."),
)(doctor.doctor)
app.add_typer(users.app, name="users", short_help=_("List, add, change, lock and reset users."))
app.command("createuser", help=_("Create a user of the website."))(accounts.createuser)
app.command(
    "audit",
    help=_("Tell who has done what to the register and to its doors, when and from where."),
    short_help=_("Tell who has done what, when and from where."),
)(audit.audit)
app.command("migrate", help=_("Prepare the database for this version."))(accounts.migrate)


HEAVY: Final = ("import", "undo", "show", "imports", "export", "rows", "segments", "customers")
"""The commands whose memory grows with files and registers; those that run for ever have processes of their own."""


def _tell_version(wanted: bool) -> None:
    if wanted:
        print(f"kundekort {version()} (Python {platform.python_version()})")
        raise typer.Exit


@app.callback()
def kundekort(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help=_("Print the version and stop."))
    ] = False,
) -> None:
    """Take the options that belong to no command."""


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a sentence with a gap is better than a traceback
            stream.reconfigure(errors="replace")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kundekort.config.settings")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # nobody needs its threads, and each takes memory
    if sys.argv[1:2] and sys.argv[1] in HEAVY:
        child.run(app)
    else:
        app()
