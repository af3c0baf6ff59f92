"""The command `kundekort`: its subcommands, and nothing of what they do."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from io import TextIOWrapper
from typing import Annotated, ClassVar, Final

import typer

from kundekort.cli.commands import Commands, Entry
from kundekort.cli.language import _


class _Kundekort(Commands):
    """All of them."""

    entries: ClassVar = {
        "import": Entry(
            *("importing", "import_file", _("Update and create customers from a file.")),
            help=_("Update and create customers from a file: see every change, then confirm or cancel."),
            in_json=True,
        ),
        "undo": Entry(
            *("undo", "undo", _("Take an import back.")),
            help=_(
                "Take an import back: see every change, then confirm or cancel; what was edited since stays as it is."
            ),
            in_json=True,
        ),
        "show": Entry(
            *("record", "show_import", _("Show an import and its rows.")),
            help=_("Show an import in any state with its rows: as they would be written, or as they were."),
            in_json=True,
        ),
        "imports": Entry(
            *("imports", "list_imports", _("List the imports and what became of them.")),
            help=_("List the imports: who uploaded and confirmed what, when, and what became of it."),
        ),
        "changes": Entry(
            *("changes", "changes", _("Tell what has become of cards, in order.")),
            help=_("Tell what has become of cards, in order, and the cursor with which to go on next time."),
        ),
        "export": Entry(
            *("files", "export_customers", _("Write customers in the import format.")),
            help=_("Write all customers, a segment or a search in the import format."),
        ),
        "inspect": Entry(
            *("inspecting", "inspect_file", _("Say what a file is, without a register.")),
            help=_(
                "Say how a file is read, what its columns become and what is wrong with its cells, "
                "without a register and without keeping anything."
            ),
            in_json=True,
        ),
        "rows": Entry(
            *("files", "rows", _("Write the table of a messy file as clean CSV.")),
            help=_("Write the table of a messy file or of a workbook exactly as read, as clean CSV."),
        ),
        "template": Entry(
            *("files", "template", _("Write a file in the import format to begin with.")),
            help=_("Write a file in the import format with two invented customers to write over."),
        ),
        "segments": Entry("segments", "app", _("List, show, save and delete segments.")),
        "customers": Entry("customers", "app", _("Disclose and anonymise customers; list inactive ones.")),
        "sources": Entry("sources", "app", _("List, read and pause sources of files.")),
        "webhooks": Entry("webhooks", "app", _("List, add, test and replay webhooks.")),
        "serve": Entry("server", "serve", _("Serve the website and run its jobs until Ctrl-C.")),
        "worker": Entry("server", "worker", _("Run jobs until Ctrl-C, as many workers as wanted.")),
        "demo": Entry(
            *("demo", "demo", _("Serve the site with sample customers and files.")),
            help=_("Load sample customers, preview an edited list of them, and serve the site."),
        ),
        "backup": Entry(
            *("backup", "backup", _("Write everything into one file.")),
            help=_(
                "Write everything into one file, while the site is running: it holds personal data and the secret key."
            ),
        ),
        "restore": Entry(
            *("backup", "restore", _("Restore a backup into an empty place.")),
            help=_("Restore a backup into an empty place: all of it, or nothing."),
        ),
        "doctor": Entry(
            *("doctor", "doctor", _("Look at the installation and say what is wrong.")),
            help=_("Look at the installation: a line for each thing, and exit code 1 where something is wrong."),
        ),
        "users": Entry("users", "app", _("List, add, change, lock and reset users.")),
        "createuser": Entry("accounts", "createuser", _("Create a user of the website.")),
        "audit": Entry(
            *("audit", "audit", _("Tell who has done what, when and from where.")),
            help=_("Tell who has done what to the register and to its doors, when and from where."),
        ),
        "migrate": Entry("accounts", "migrate", _("Prepare the database for this version.")),
    }


app = typer.Typer(
    name="kundekort",
    cls=_Kundekort,
    help=_("A customer register for venues: change many customer cards at once without fear."),
    no_args_is_help=True,
    context_settings={"help_option_names": ["--help", "-h"]},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

HEAVY: Final = (
    "import",
    "undo",
    "show",
    "imports",
    "changes",
    "export",
    "inspect",
    "rows",
    "segments",
    "customers",
    "sources",
)
"""The commands whose memory grows with files and registers; those that run for ever have processes of their own."""
STARTED: Final = 400_000
"""Objects that are made before the interpreter looks for those nobody has any more; a short command makes fewer."""


def _tell_version(wanted: bool) -> None:
    if wanted:
        import platform

        from kundekort import version

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
    # What is loaded stays: neither while it is nor at the end need it be looked through, a quarter of a short command.
    gc.set_threshold(STARTED, 20, 100)
    atexit.register(gc.freeze)
    if sys.argv[1:2] and sys.argv[1] in HEAVY:
        from kundekort.cli import child

        child.run(app)
    else:
        app()
