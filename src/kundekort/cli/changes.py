"""The command `changes`: what has become of cards, in order, as a line or a JSON object each."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from kundekort.cli import setup
from kundekort.cli.actor import actor
from kundekort.cli.failures import report_failures
from kundekort.cli.language import _

if TYPE_CHECKING:
    from kundekort.services.change_feed import Cursor, Entry


class Type(StrEnum):
    """What became of a card."""

    CREATED = "created"
    CHANGED = "changed"
    MERGED = "merged"
    UNMERGED = "unmerged"
    REMOVED = "removed"
    RESTORED = "restored"
    ANONYMISED = "anonymised"


def changes(
    after: Annotated[
        str,
        typer.Option(metavar="CURSOR", show_default=False, help=_("Only what came after this; “latest” is the end.")),
    ] = "",
    limit: Annotated[int, typer.Option(min=1, metavar="N", help=_("How many at most, the oldest first."))] = 500,
    types: Annotated[
        list[Type] | None, typer.Option("--type", show_default=False, help=_("Only this; may be given again."))
    ] = None,
    values: Annotated[bool, typer.Option("--values", help=_("With the new values, but no notes."))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=_("Print one JSON object a line."))] = False,
) -> None:
    """Tell what has become of cards, in the order in which it came into the register, and the cursor to go on with."""
    with report_failures():
        setup.setup_django()
        from kundekort.services import change_feed
        from kundekort.services.change_feed import Cursor

        at = change_feed.latest(actor=actor()) if after == change_feed.LATEST else Cursor.of(after)
        wanted = tuple(change_feed.Type(one) for one in types or ())
        more = True
        while more and limit > 0:
            size = min(limit, change_feed.LARGEST_PAGE)
            page = change_feed.page(at, limit=size, types=wanted, values=values, actor=actor())
            for entry in page.entries:
                print(json.dumps(change_feed.to_json(entry), ensure_ascii=False) if as_json else _line(entry))
            at, more, limit = page.next, page.more, limit - len(page.entries)
        _tell_cursor(at, as_json=as_json)


def _line(entry: Entry) -> str:
    from django.utils.timezone import localtime

    when = localtime(entry.when).strftime("%Y-%m-%d %H:%M")
    about = [*entry.fields, *(f"← {number}" for number in entry.merged)]
    said = [f"{key}={text!r}" for key, text in (entry.values or {}).items()]
    return "  ".join(filter(None, [when, entry.type.value, str(entry.customer_id), " ".join(said or about)]))


def _tell_cursor(at: Cursor, *, as_json: bool) -> None:
    """Where to go on, beside the entries: on standard error, or as the last JSON object."""
    if as_json:
        print(json.dumps({"next": str(at)}))
    else:
        print(_("Go on with --after %(cursor)s") % {"cursor": at}, file=sys.stderr)
