"""The commands `sources`, `sources files`, `run`, `pause` and `resume`: places from which files are read."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kundekort.cli import setup
from kundekort.cli.actor import actor
from kundekort.cli.failures import report_failures
from kundekort.cli.language import _
from kundekort.cli.output import printable

if TYPE_CHECKING:
    from kundekort.store.models import Source, SourceFile

app = typer.Typer(help=_("List, read and pause sources: places from which files are read by themselves."))

Name = Annotated[str, typer.Argument(metavar="NAME", show_default=False, help=_("The name of the source."))]
Json = Annotated[bool, typer.Option("--json", help=_("Print one JSON list."))]


@app.callback(invoke_without_command=True)
def list_sources(context: typer.Context, as_json: Json = False) -> None:
    """List all sources and how each stands."""
    if context.invoked_subcommand:
        return
    with report_failures():
        setup.setup_django()
        from kundekort.services import sources

        found = sources.list_all(actor=actor())
        if as_json:
            _print([_told(source) for source in found])
            return
        for source in found:
            print("  ".join((f"{_state(source):8}", printable(source.name), printable(source.url))))
            if source.fault:
                print(f"{'':8}  {_fault(source)}")


@app.command("files", help=_("List the files that a source has had."))
def list_files(
    name: Name,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help=_("How many at most, the newest first."))] = 50,
    as_json: Json = False,
) -> None:
    """List the files that a source has had, the newest first."""
    with report_failures():
        setup.setup_django()
        from kundekort.services import sources

        found = sources.files(sources.find(name, actor=actor()).pk, limit=limit, actor=actor())
        if as_json:
            _print([_file(file) for file in found])
            return
        for file in found:
            number = "" if file.imp_id is None else str(file.imp_id)
            print(f"{file.state:8}  {number:>6}  {printable(file.name)}  {' '.join(file.waits_for)}".rstrip())


@app.command(help=_("Look at a source now."))
def run(name: Name) -> None:
    """Look at a source now, and tell what came of it; exit code 1 where it cannot be read."""
    with report_failures():
        setup.setup_django()
        from kundekort.services import source_runs, sources

        source = sources.find(name, actor=actor())
        look = source_runs.run(source.pk, actor=actor())
        counts = {"imported": look.imported, "left": look.left}
        print(_("Imported: %(imported)s. Left until they are still: %(left)s.") % counts, file=sys.stderr)
        source = sources.get(source.pk, actor=actor())
        if source.fault:
            print(_fault(source), file=sys.stderr)
    if source.fault:
        raise typer.Exit(1)


@app.command(help=_("Look at a source no more for a while."))
def pause(name: Name) -> None:
    """Look at a source no more for a while."""
    _switch(name, on=False)


@app.command(help=_("Look at a source again."))
def resume(name: Name) -> None:
    """Look at a source again."""
    _switch(name, on=True)


def _switch(name: str, *, on: bool) -> None:
    with report_failures():
        setup.setup_django()
        from kundekort.services import sources

        sources.switch(sources.find(name, actor=actor()).pk, on=on, actor=actor())


def _state(source: Source) -> str:
    """How a source stands, as a word for programs."""
    if not source.active:
        return "paused"
    return "failing" if source.fault else "on"


def _fault(source: Source) -> str:
    from kundekort import wording

    return wording.refusal(source.fault, source.fault_params)


def _told(source: Source) -> dict[str, Any]:
    """A source for programs, which rely on the keys."""
    from kundekort import wording

    fault = None
    if source.fault:
        with wording.in_english():
            fault = {"code": source.fault, **source.fault_params, "message": _fault(source)}
    return {
        "id": source.pk,
        "name": source.name,
        "url": source.url,
        "state": _state(source),
        "owner": source.owner.get_username(),
        "confirms": source.confirms,
        "most_cards": source.most_cards,
        "looked_at": source.looked_at.isoformat() if source.looked_at else None,
        "fault": fault,
    }


def _file(file: SourceFile) -> dict[str, Any]:
    """A file for programs, which rely on the keys."""
    return {
        "name": file.name,
        "size": file.size,
        "sha256": file.sha256 or None,
        "state": file.state,
        "import_id": file.imp_id,
        "import_state": file.imp.state if file.imp else None,
        "waits_for": file.waits_for,
        "seen_at": file.seen_at.isoformat(),
    }


def _print(data: object) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2))
