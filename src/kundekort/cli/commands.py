"""A group of commands of which only the one that is asked for is loaded. What they are says `app`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

if TYPE_CHECKING:
    from typer._click import Command, Context, HelpFormatter


@dataclass(frozen=True, slots=True)
class Entry:
    """A command, or a group of commands: its module in this package, and the function or the `Typer` there.

    `summary` is its line in the list of all commands. `help` is the group's own where it is ''. `in_json`: its mistakes
    in usage are told as JSON to who asked for that.
    """

    module: str
    name: str
    summary: str
    help: str = ""
    in_json: bool = False

    def load(self) -> Command:
        """The command."""
        there = getattr(import_module(f"kundekort.cli.{self.module}"), self.name)
        if isinstance(there, typer.Typer):
            there.rich_markup_mode = None
            return get_group(there)
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        kind = import_module("kundekort.cli.usage").ToldInJson if self.in_json else None
        alone.command(cls=kind, help=self.help or self.summary)(there)
        return get_command(alone)


class Commands(TyperGroup):
    """The commands of `entries`, by their names."""

    entries: ClassVar[Mapping[str, Entry]] = {}

    def list_commands(self, ctx: Context) -> list[str]:
        """Their names, in their order."""
        return list(self.entries)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """The command of a name, None where there is none; then all are loaded, of which Typer names what is alike."""
        for name in (cmd_name,) if cmd_name in self.entries else self.entries:
            if name not in self.commands:
                self.commands[name] = self.entries[name].load()
                self.commands[name].name = name
        return self.commands.get(cmd_name)

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write their names and summaries."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in self.entries.items()])
