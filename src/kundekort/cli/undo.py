"""The command `undo`: preview the taking back of an import, and on a yes carry it out."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from kundekort.cli import confirming, setup
from kundekort.cli.actor import actor
from kundekort.cli.language import _
from kundekort.cli.refusals import CommandRefused

if TYPE_CHECKING:
    from kundekort.store.models import Import


def undo(
    import_id: Annotated[int, typer.Argument(min=1, help=_("The number of the import, as `kundekort imports` says."))],
    preview: Annotated[bool, typer.Option("--preview", help=_("Show what would happen and write nothing."))] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Undo without asking."))] = False,
    leave_out_errors: Annotated[
        bool, typer.Option("--leave-out-errors", help=_("Undo the other cards when some cannot be."))
    ] = False,
    conflicts: Annotated[
        confirming.Whose | None,
        typer.Option(help=_("Whose value stays in cells edited since: mine takes these back too, theirs keeps them.")),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help=_("Print one JSON object; without --yes nothing is written."))
    ] = False,
) -> None:
    """Take an import back: see every change, then confirm or cancel; what was edited since stays as it is.

    One that is confirmed and not written yet waits for confirmation again, without a question.
    Exit codes as those of import: 0 done, 2 cannot be undone, 3 cards need a decision, 4 the register moved since the
    preview.
    """

    def begin() -> tuple[Import, bool]:
        setup.setup_django()
        from kundekort.services import planning, undoing

        if yes or not (preview or as_json):
            _take_back(import_id)
        revision = undoing.revision_of(import_id, actor=actor())
        own = undoing.waiting(revision.pk) is None
        decided = leave_out_errors or conflicts
        decisions = confirming.decisions(leave_out_errors=leave_out_errors, conflicts=conflicts) if decided else None
        return undoing.start(revision.pk, decisions=decisions, actor=actor(), then=planning.queue_fallback), own

    confirming.carry_out(begin, preview=preview, yes=yes, as_json=as_json)


def _take_back(import_id: int) -> None:
    """Raises CommandRefused when there is no more to do: the import was confirmed, and nothing of it is written."""
    from kundekort.services import confirming as services
    from kundekort.services import imports
    from kundekort.services.refusals import AlreadyWritten
    from kundekort.store.models import Import

    if imports.get(import_id, actor=actor()).state != Import.State.CONFIRMING:
        return
    with suppress(AlreadyWritten):  # in this very moment: it is undone as any other
        services.take_back(import_id, actor=actor())
        raise CommandRefused("taken_back")
