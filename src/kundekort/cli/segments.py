"""The commands `segments`, `segments show`, `save` and `delete`: rules as JSON, by the services of the website."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kundekort.cli import setup
from kundekort.cli.actor import actor
from kundekort.cli.failures import report_failures
from kundekort.cli.files import opened
from kundekort.cli.language import _, ngettext
from kundekort.cli.refusals import CommandRefused

if TYPE_CHECKING:
    from kundekort.services.segments import SavedSegment

app = typer.Typer(help=_("List, show and save segments: rules that say which customers are meant."))

Name = Annotated[str, typer.Argument(metavar="NAME", show_default=False, help=_("The name of the segment."))]


@app.callback(invoke_without_command=True)
def list_segments(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help=_("Print one JSON list."))] = False,
) -> None:
    """List all segments with the number of customers in each."""
    if context.invoked_subcommand:
        return
    with report_failures():
        setup.setup_django()
        from kundekort.services import segments

        told = [_told(saved) for saved in segments.list_all(actor=actor())]
        if as_json:
            _print(told)
            return
        wide = max((len(saved["name"]) for saved in told), default=0)
        for saved in told:
            count = "–" if saved["customers"] is None else str(saved["customers"])
            print(f"{count:>9}  {saved['name']:{wide}}  {_line(saved['description'])}".rstrip())
            for fault in saved["faults"]:
                print(f"{'':9}  {fault['message']}")


@app.command(help=_("Print the rules of a segment as JSON."))
def show(name: Name) -> None:
    """Print the rules of a segment as JSON, and tell what is wrong with them."""
    with report_failures():
        setup.setup_django()
        from kundekort.services import segments
        from kundekort.services.segment_json import segment_json

        told = segment_json(segments.get(name, actor=actor()))
        _print(told["rules"])
        for fault in told["faults"]:
            print(fault["message"], file=sys.stderr)


@app.command(
    help=_("Save the rules of a JSON file as a segment, in place of what it had."),
    short_help=_("Save the rules of a JSON file as a segment."),
)
def save(
    name: Name,
    file: Annotated[Path, typer.Option("--file", "-f", metavar="FILE", help=_("The rules; - is standard input."))],
    description: Annotated[str | None, typer.Option(help=_("What the segment is for."))] = None,
) -> None:
    """Save the rules of a JSON file as a segment, in place of what it had, and tell how many customers it has."""
    with report_failures():
        data = _read(file)
        setup.setup_django()
        from kundekort.services import segments
        from kundekort.services.refusals import NotFound

        try:
            former = segments.get(name, actor=actor())
        except NotFound:
            former = None
        if description is None:
            description = former.description if former else ""
        saved = segments.save(
            name,
            condition=segments.parse(data),
            description=description,
            former=former.id if former else None,
            actor=actor(),
        )
        count = segments.count(saved.condition, actor=actor())
        words = ngettext("%(name)s: %(count)s customer.", "%(name)s: %(count)s customers.", count)
        print(words % {"name": saved.name, "count": count}, file=sys.stderr)


@app.command(help=_("Forget a segment; its customers stay."))
def delete(name: Name) -> None:
    """Forget a segment; its customers stay."""
    with report_failures():
        setup.setup_django()
        from kundekort.services import segments

        segments.delete(segments.get(name, actor=actor()).id, actor=actor())


def _read(file: Path) -> Any:
    """The JSON value in a file. Raises CommandRefused."""
    with opened(file) as stream:
        content = stream.read()
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise CommandRefused("json_invalid", path=str(file), why=str(error)) from error


def _told(saved: SavedSegment) -> dict[str, Any]:
    from kundekort.services import segments
    from kundekort.services.segment_json import segment_json

    count = None if saved.faults else segments.count(saved.condition, actor=actor())
    return segment_json(saved) | {"customers": count}


def _line(text: str) -> str:
    """The first line of a text, without what could steer a terminal."""
    return "".join(c for c in text.partition("\n")[0] if c.isprintable())


def _print(data: object) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2))
