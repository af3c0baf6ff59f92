"""The commands `customers`: give a person all there is about them, anonymise customers, and those who are inactive."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Final

import typer

from kundekort.cli import output, setup
from kundekort.cli.actor import actor
from kundekort.cli.failures import report_failures
from kundekort.cli.files import OutputFile
from kundekort.cli.language import _, ngettext
from kundekort.cli.refusals import CommandRefused

if TYPE_CHECKING:
    from kundekort.store.models import Anonymisation

PATIENCE: Final = 60
"""Seconds that a command waits for those who still look at the register as it was before."""

app = typer.Typer(
    help=_("Give a person all there is about them, or anonymise customers for good."), no_args_is_help=True
)

Yes = Annotated[bool, typer.Option("--yes", "-y", help=_("Anonymise without asking; it cannot be undone."))]


@app.command(
    help=_("Write all there is about a customer into a zip: card, history, consents with their sources, imports."),
    short_help=_("Write all there is about a customer into a zip."),
)
def disclose(
    number: Annotated[int, typer.Argument(min=1, metavar="ID", help=_("The customer number."))],
    to: OutputFile,
) -> None:
    """Write all there is about a customer into a zip."""
    with report_failures():
        setup.setup_django()
        setup.setup_translations()
        from kundekort.services import disclosure

        output.write([disclosure.write(number, actor=actor())[1]], to)


@app.command(
    help=_("Delete all that is known of customers, for good: card, history, and every kept file that has them."),
    short_help=_("Delete all that is known of customers, for good."),
)
def anonymise(
    numbers: Annotated[list[int], typer.Argument(min=1, metavar="ID...", help=_("The customer numbers."))],
    yes: Yes = False,
) -> None:
    """Delete all that is known of customers, for good."""
    with report_failures():
        setup.setup_django()
        setup.setup_translations()
        from kundekort.services import anonymising

        ids = sorted(set(numbers))
        for number in ids:
            outlook = anonymising.outlook(number, actor=actor())
            words = ngettext(
                "Customer %(number)s: the card and %(count)s value in its history.",
                "Customer %(number)s: the card and %(count)s values in its history.",
                outlook.changes,
            )
            print(words % {"number": number, "count": outlook.changes}, file=sys.stderr)
        _agree(yes)
        _carry_out(anonymising.begin(ids, actor=actor()))


@app.command(
    help=_(
        "List the customers with whom nothing has happened for long, by the rule of the register; --yes anonymises."
    ),
    short_help=_("List inactive customers, or anonymise them."),
)
def inactive(yes: Yes = False) -> None:
    """List the customers with whom nothing has happened for long; with --yes they are anonymised."""
    with report_failures():
        setup.setup_django()
        setup.setup_translations()
        from kundekort.services import anonymising, inactivity

        found = inactivity.proposal(limit=1_000_000_000, actor=actor())
        for card, changed in found.rows:
            names = [str(card[key]) for key in ("first_name", "last_name", "company") if card[key]]
            print(f"{card['id']:>9}  {changed:%Y-%m-%d}  {output.printable(' '.join(names))}".rstrip())
        words = ngettext(
            "%(count)s customer without any change since %(day)s.",
            "%(count)s customers without any change since %(day)s.",
            found.total,
        )
        print(words % {"count": found.total, "day": found.before.isoformat()}, file=sys.stderr)
        if yes and found.total:
            ids = inactivity.confirmed(digest=found.digest, actor=actor())
            _carry_out(anonymising.begin(ids, actor=actor(), by_rule=True))


@app.command(help=_("Remove from the disk what is left of anonymised customers, where that was not possible yet."))
def clear() -> None:
    """Remove from the disk what is left of anonymised customers, where that was not possible yet."""
    with report_failures():
        setup.setup_django()
        setup.setup_translations()
        from kundekort.services import clearing

        for number in clearing.pending():
            _clear(number)


def _agree(yes: bool) -> None:
    """Go on only after a yes. Raises CommandRefused."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise CommandRefused("no_terminal_to_agree")
    print(_("This cannot be undone. Backups from before still have them."), file=sys.stderr)
    if input(_("Anonymise for good? Write yes to go on: ")).strip().lower() not in (_("yes"), "yes"):
        raise CommandRefused("declined")


def _carry_out(made: Anonymisation) -> None:
    from kundekort.cli import show
    from kundekort.services import anonymising

    with show.progress(shown=True) as report:
        made = anonymising.write(made.pk, actor=actor(), report=report)
    count = len(made.customers)
    words = ngettext("%(count)s customer was anonymised.", "%(count)s customers were anonymised.", count)
    print(words % {"count": count}, file=sys.stderr)
    _clear(made.pk)


def _clear(number: int) -> None:
    from kundekort import wording
    from kundekort.services import clearing
    from kundekort.services.refusals import NotCleared

    try:
        made = clearing.clear(number, patience=PATIENCE)
    except NotCleared as refusal:
        for note in wording.clearing(refusal.params["reason"]):
            print(note, file=sys.stderr)
        raise
    print(_("Nothing is left of them on the disk; backups from before still have them."), file=sys.stderr)
    for note in wording.clearing(made.notice):
        print(note, file=sys.stderr)
