"""The command `audit`: the audit log for people, for programs, and as a file. It adds to it and changes nothing."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kundekort.cli import output, setup
from kundekort.cli.actor import actor
from kundekort.cli.failures import report_failures
from kundekort.cli.language import _
from kundekort.cli.refusals import CommandRefused

if TYPE_CHECKING:
    from kundekort.services.audit_log import AuditFilter, Entry

DAY = ["%Y-%m-%d"]


def audit(
    limit: Annotated[int, typer.Option(min=1, metavar="N", help=_("How many at most, the newest first."))] = 50,
    user: Annotated[
        str, typer.Option(metavar="NAME", show_default=False, help=_("Only what this user did, by the name to log in."))
    ] = "",
    event: Annotated[str, typer.Option(metavar="EVENT", show_default=False, help=_("Only events of this kind."))] = "",
    since: Annotated[datetime | None, typer.Option(formats=DAY, help=_("Only from this day on."))] = None,
    until: Annotated[datetime | None, typer.Option(formats=DAY, help=_("Only until this day."))] = None,
    as_json: Annotated[bool, typer.Option("--json", help=_("Print one JSON list."))] = False,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help=_("Write all of it as CSV; - is standard output."))
    ] = None,
) -> None:
    """Tell who has done what to the register and to its doors, when and from where."""
    with report_failures():
        if as_json and csv:
            raise CommandRefused("options_exclude", options=["--json", "--csv"])
        setup.setup_django()
        from kundekort.services import audit_log

        wanted = _filter(user, event, since and since.date(), until and until.date())
        if csv is not None:
            output.write(audit_log.export(wanted, actor=actor()), csv)
            return
        entries = audit_log.entries(wanted, limit=limit, actor=actor())
        if as_json:
            print(json.dumps([_told(entry) for entry in entries], ensure_ascii=False, indent=2))
            return
        for entry in entries:
            print(_line(entry))


def _filter(user: str, event: str, since: date | None, until: date | None) -> AuditFilter:
    """Raises NotFound for a user, CommandRefused for a kind of event that there is not."""
    from kundekort.services import people
    from kundekort.services.audit import Event
    from kundekort.services.audit_log import AuditFilter

    if event and event not in list(Event):
        raise CommandRefused("option_unknown", option="--event", choices=[one.value for one in Event])
    who = str(people.find(user, actor=actor()).id) if user else ""
    return AuditFilter(who=who, event=Event(event) if event else None, since=since, until=until)


def _told(entry: Entry) -> dict[str, Any]:
    """An entry for programs, which rely on the keys."""
    return {
        "id": entry.id,
        "created_at": entry.when.isoformat(timespec="seconds"),
        "user": entry.user,
        "name": entry.name,
        "address": entry.address,
        "event": entry.event,
        "params": entry.params,
    }


def _line(entry: Entry) -> str:
    from kundekort import wording

    words = wording.audit_event(entry.event, entry.params)
    told = [entry.when.strftime("%Y-%m-%d %H:%M"), entry.address or "-", entry.who or "-", words]
    return _plain("  ".join(told))


def _plain(text: str) -> str:
    """A line without what could steer a terminal."""
    return "".join(c for c in text if c.isprintable())
