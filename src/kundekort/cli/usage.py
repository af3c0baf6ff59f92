"""How a command that was not understood is told a program. Nothing here knows what the options mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer
from typer.core import TyperCommand

from kundekort.cli.failures import Failure, report_failures
from kundekort.cli.json_output import import_json, write

if TYPE_CHECKING:
    from typer._click import Context


class ToldInJson(TyperCommand):
    """A command whose mistakes in usage are one JSON object too when `--json` is among its arguments."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """The arguments that are left over; as Typer does it."""
        as_json = "--json" in args  # looked for now, for the parser takes the list apart
        try:
            return super().parse_args(ctx, args)
        except typer.TyperException as error:
            if not as_json:
                raise
            failure = Failure("usage", {"why": error.format_message()})
        with report_failures():
            write(import_json(None, failure=failure))
        raise typer.Exit(failure.exit_code)
