"""The command `doctor`: how the installation is, one line for each thing; nothing that is wrong stops it."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from kundekort import data_folder, embedded, version
from kundekort.cli import setup
from kundekort.cli.failures import report_failures
from kundekort.cli.json_output import write
from kundekort.cli.language import _
from kundekort.cli.refusals import CommandRefused

if TYPE_CHECKING:
    from kundekort.services.health_result import HealthResult

_NOWHERE: Final = "postgresql://"
"""A database that nobody asks for anything, so that all else can be looked at."""
_COLOURS: Final = {"ok": typer.colors.GREEN, "warning": typer.colors.YELLOW, "fault": typer.colors.RED}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help=_("Print one JSON list."))] = False,
) -> None:
    """Look at the installation: one line for each thing, and 1 as exit code where something is wrong."""
    with report_failures():
        faults = _told_as_json() if as_json else _told()
    if faults:
        raise typer.Exit(1)


def _told() -> bool:
    """Say each finding when it is there; whether there was a fault."""
    from kundekort import wording

    faults, widths = False, None
    for finding in _findings():
        widths = widths or [max(map(len, map(str, t.values()))) for t in (wording.MARKS, wording.CHECKS)]
        mark, check = str(wording.MARKS[finding.mark]), str(wording.CHECKS[finding.check])
        if sys.stdout.isatty():
            print(typer.style(mark.ljust(widths[0]), fg=_COLOURS[finding.mark]), end="  ")
        else:
            print(mark.ljust(widths[0]), end="  ")
        print(check.ljust(widths[1]), wording.health(finding.code, finding.params), sep="  ", flush=True)
        faults = faults or finding.mark == "fault"
    return faults


def _told_as_json() -> bool:
    from kundekort import wording

    findings = list(_findings())
    with wording.in_english():
        write(
            [
                {
                    "check": finding.check,
                    "mark": finding.mark,
                    "code": finding.code,
                    "message": wording.health(finding.code, finding.params),
                    **finding.params,
                }
                for finding in findings
            ]
        )
    return any(finding.mark == "fault" for finding in findings)


def _findings() -> Iterator[HealthResult]:
    """What is found, also where no database starts."""
    away: tuple[str, Mapping[str, Any]] | None = None
    if not os.environ.get("KUNDEKORT_DATABASE_URL") and not embedded.exists(data_folder.path()):
        away = ("register_missing", {})
        os.environ["KUNDEKORT_DATABASE_URL"] = _NOWHERE
    try:
        try:
            setup.setup_django(migrated=False)
        except CommandRefused as refused:
            if refused.code != "database_will_not_start":
                raise
            away = (refused.code, refused.params)
            os.environ["KUNDEKORT_DATABASE_URL"] = _NOWHERE
            setup.setup_django(migrated=False)
    except CommandRefused as refused:
        yield from _in_the_way(refused)
        return
    from kundekort.services import health

    yield from health.examine(away)


def _in_the_way(refused: CommandRefused) -> Iterator[HealthResult]:
    """What is found where not even the settings can be read: what is in the way, and nothing else."""
    from kundekort import wording
    from kundekort.services.health_result import HealthResult, Mark

    setup.setup_translations()
    fault = "data" if refused.code == "data_unusable" else "settings"
    for check in wording.CHECKS:
        if check == "version":
            versions = {"version": version(), "python": platform.python_version()}
            yield HealthResult(check, Mark.OK, "versions", versions)
        elif check == fault:
            yield HealthResult(check, Mark.FAULT, refused.code, refused.params)
        else:
            yield HealthResult(check, Mark.FAULT, "not_looked_at")
