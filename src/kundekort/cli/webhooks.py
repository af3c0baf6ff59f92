"""The commands `webhooks`, `webhooks add`, `log`, `test`, `replay`, `skip`, `on` and `off`: receivers of changes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kundekort.cli import setup
from kundekort.cli.actor import actor
from kundekort.cli.failures import report_failures
from kundekort.cli.language import _
from kundekort.cli.output import printable

if TYPE_CHECKING:
    from kundekort.store.models import Delivery, Webhook

app = typer.Typer(help=_("List, add, test and replay webhooks: receivers that are told of changes."))

Name = Annotated[str, typer.Argument(metavar="NAME", show_default=False, help=_("The name of the webhook."))]
Json = Annotated[bool, typer.Option("--json", help=_("Print one JSON list."))]


@app.callback(invoke_without_command=True)
def list_webhooks(context: typer.Context, as_json: Json = False) -> None:
    """List all webhooks and how each stands."""
    if context.invoked_subcommand:
        return
    with report_failures():
        setup.setup_django()
        from kundekort.services import webhooks

        found = webhooks.list_all(actor=actor())
        if as_json:
            _print([_told(webhook) for webhook in found])
            return
        for webhook in found:
            print("  ".join((f"{_state(webhook):8}", printable(webhook.name), webhook.url)))


@app.command(help=_("Add a webhook and print its secret, this once."))
def add(
    name: Name,
    url: Annotated[str, typer.Argument(metavar="URL", help=_("The address that is asked."))],
    event: Annotated[
        list[str] | None, typer.Option("--event", show_default=False, help=_("Only this; may be given again."))
    ] = None,
    values: Annotated[bool, typer.Option("--values", help=_("With the new values, but no notes."))] = False,
) -> None:
    """Add a webhook and print its secret, this once."""
    with report_failures():
        setup.setup_django()
        from kundekort.services import webhook_events, webhooks
        from kundekort.services.webhooks import Description

        said = Description(name, url, event or webhook_events.EVENTS, values)
        print(webhooks.add(said, actor=actor()).secret)


@app.command(help=_("Show how the deliveries of a webhook went."))
def log(
    name: Name,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help=_("How many at most, the newest first."))] = 50,
    as_json: Json = False,
) -> None:
    """Show how the deliveries of a webhook went, the newest first."""
    with report_failures():
        setup.setup_django()
        from kundekort.services import webhooks

        found = webhooks.log(webhooks.find(name, actor=actor()).pk, limit=limit, actor=actor()).deliveries
        if as_json:
            _print([_delivery(one) for one in found])
            return
        for one in found:
            print(_line(one))


@app.command(help=_("Send a test to a receiver at once."))
def test(name: Name) -> None:
    """Send a test to a receiver at once, and tell how it went; exit code 1 where it was not taken."""
    with report_failures():
        setup.setup_django()
        from kundekort.services import deliveries, webhooks

        made = deliveries.test(webhooks.find(name, actor=actor()).pk, actor=actor())
        print(_line(made))
    if made.state != made.State.DELIVERED:
        raise typer.Exit(1)


@app.command(help=_("Send everything again from a revision on, or one delivery."))
def replay(
    name: Name,
    revision: Annotated[
        int | None, typer.Option("--from", metavar="REVISION", help=_("From this revision on."))
    ] = None,
    delivery: Annotated[int | None, typer.Option(metavar="NUMBER", help=_("Only this delivery."))] = None,
) -> None:
    """Send everything again from a revision on, or one delivery; the workers do it."""
    from kundekort.cli.refusals import CommandRefused

    with report_failures():
        if (revision is None) == (delivery is None):
            raise CommandRefused("options_exclude", options=["--from", "--delivery"])
        setup.setup_django()
        from kundekort.services import webhooks

        webhook = webhooks.find(name, actor=actor())
        if revision is not None:
            webhooks.replay_from(webhook.pk, revision, actor=actor())
        elif delivery is not None:
            webhooks.replay(delivery, actor=actor())


@app.command(help=_("Leave out a delivery that waits."))
def skip(delivery: Annotated[int, typer.Argument(metavar="NUMBER", help=_("Only this delivery."))]) -> None:
    """Leave out a delivery that waits, so that those after it are sent."""
    with report_failures():
        setup.setup_django()
        from kundekort.services import webhooks

        webhooks.skip(delivery, actor=actor())


@app.command(help=_("Switch a webhook on: it goes on where it was."))
def on(name: Name) -> None:
    """Have a receiver told of changes again, from where it was."""
    _switch(name, on=True)


@app.command(help=_("Switch a webhook off for a while."))
def off(name: Name) -> None:
    """Have a receiver told of nothing for a while."""
    _switch(name, on=False)


def _switch(name: str, *, on: bool) -> None:
    with report_failures():
        setup.setup_django()
        from kundekort.services import webhooks

        webhooks.switch(webhooks.find(name, actor=actor()).pk, on=on, actor=actor())


def _state(webhook: Webhook) -> str:
    """How a webhook stands, as a word for programs."""
    if not webhook.active:
        return "off"
    return "failing" if webhook.failing_since else "on"


def _told(webhook: Webhook) -> dict[str, Any]:
    """A webhook for programs, which rely on the keys."""
    return {
        "id": webhook.pk,
        "name": webhook.name,
        "url": webhook.url,
        "events": webhook.events,
        "values": webhook.values,
        "state": _state(webhook),
        "notice": webhook.notice or None,
        "failing_since": webhook.failing_since.isoformat() if webhook.failing_since else None,
    }


def _delivery(one: Delivery) -> dict[str, Any]:
    """A delivery for programs, which rely on the keys."""
    return {
        "id": one.pk,
        "event_id": one.event_id,
        "type": one.type,
        "state": one.state,
        "attempts": one.attempts,
        "status": one.status,
        "fault": one.fault or None,
        "milliseconds": one.milliseconds,
        "created_at": one.created_at.isoformat(),
        "attempted_at": one.attempted_at.isoformat() if one.attempted_at else None,
    }


def _line(one: Delivery) -> str:
    from django.utils.timezone import localtime

    when = localtime(one.attempted_at or one.created_at).strftime("%Y-%m-%d %H:%M:%S")
    answer = one.fault if one.status is None else str(one.status)
    return f"{one.pk:>6}  {when}  {one.state:9}  {one.attempts:>3}  {one.type}  {answer}".rstrip()


def _print(data: object) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2))
