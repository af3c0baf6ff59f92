"""What is going on when somebody is killed: planning, confirming, taking back, merging and exporting, by every door.

Each act knows the register to which it leads; nothing may ever be between that one and the one before.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any, ClassVar, Final

import polars as pl

from tests.torture import files, kills
from tests.torture.client import Client, numbered
from tests.torture.installation import Installation
from tests.waiting import until

PAIRS: Final = 12
"""Merges of one act."""


class Act:
    """Something that somebody does; `before` is the register that it finds, once it is prepared."""

    victims: ClassVar[tuple[str, ...]] = ()
    """Who can be killed meanwhile."""
    told: ClassVar[bool] = True
    """Whether the database tells others while it is worked on."""

    def __init__(self, house: Installation, client: Client, *, before: pl.DataFrame, mark: str, chance: Random) -> None:
        self.house, self.client, self.before, self.mark, self.chance = house, client, before, mark, chance
        self.command: subprocess.Popen[bytes] | None = None
        self.begun = False
        """Whether somebody was told that it will be done."""

    def prepare(self) -> None:
        """Do, undisturbed, what has to be done before."""

    def perform(self) -> None:
        """Do it to its end. Raises CutOff."""
        raise NotImplementedError

    def lead(self) -> list[pl.DataFrame]:
        """The registers in which it may have ended: without versions, new cards without numbers."""
        return [self.before.drop("version")]

    def check(self) -> None:
        """Look at what else has to be so once everything is quiet again."""

    def ask(self, query: str, *values: object) -> Any:
        """The one answer of the database to a question; None where there is none."""
        rows = self.house.ask(query, *values)
        return rows[0][0] if rows else None

    def run(self, *arguments: str) -> None:
        """Run a command to its end, which may come too early but not with a traceback."""
        self.command = self.house.command(*arguments)
        told = self.command.communicate()[1].decode()
        assert self.command.returncode in (0, 1, -9), told
        assert "Traceback" not in told, told


class OfFile(Act):
    """An act about a file."""

    rows: ClassVar[int] = files.MANY

    def prepare(self) -> None:
        """Write the file."""
        self.data, self.left = files.changes(self.before, rows=self.rows, mark=self.mark, chance=self.chance)
        self.path = self.house.data / f"{self.mark}.csv"
        self.path.write_bytes(self.data)

    @property
    def state(self) -> str | None:
        """The state of its import; None where there is none."""
        return self.ask("SELECT state FROM kundekort_import WHERE filename = %s", self.path.name)

    def upload(self) -> int:
        """Upload the file and wait for its preview; the number of its import. Raises CutOff."""
        number = self.client.upload(self.data, self.path.name)
        until(lambda: self.state == "preview")
        return number

    def check(self) -> None:
        """A file that was received is planned, whoever has died meanwhile."""
        assert self.state in ("preview", None), self.state


class Confirming(OfFile):
    """An act after which the customers of a file are written."""

    def lead(self) -> list[pl.DataFrame]:
        """As before unless the import is done; then as the file says."""
        return [self.left if self.state == "done" else self.before.drop("version")]

    def check(self) -> None:
        """What was confirmed is done, whoever has died meanwhile."""
        assert self.state in (("done",) if self.begun else ("preview", "done", None)), self.state


class PlanByCommand(OfFile):
    """A file is looked at on the command line."""

    victims = (kills.COMMAND, kills.DATABASE, kills.CONNECTION)

    def perform(self) -> None:
        self.run("import", str(self.path), "--preview")


class ImportByCommand(Confirming):
    """A file is imported on the command line."""

    victims = (kills.COMMAND, kills.DATABASE, kills.CONNECTION)

    def perform(self) -> None:
        self.run("import", str(self.path), "--yes")


class PlanByJob(OfFile):
    """A large file is uploaded and planned by a job."""

    victims = (kills.WORKER, kills.DATABASE, kills.CONNECTION, kills.WEB, kills.SUPERVISOR)

    def perform(self) -> None:
        self.upload()


class PlanAtOnce(OfFile):
    """A small file is uploaded and planned while the person waits."""

    rows = files.FEW
    victims = (kills.WEB, kills.DATABASE)

    def perform(self) -> None:
        self.upload()


class ConfirmByJob(Confirming):
    """A large plan is confirmed and written by a job."""

    victims = (kills.WORKER, kills.DATABASE, kills.CONNECTION, kills.WEB, kills.SUPERVISOR)

    def prepare(self) -> None:
        super().prepare()
        self.number = self.upload()

    def perform(self) -> None:
        digest = self.ask("SELECT digest FROM kundekort_import WHERE id = %s", self.number)
        self.client.post(f"/imports/{self.number}/confirm/", digest=digest)
        self.begun = True
        until(lambda: self.state == "done")


class ConfirmAtOnce(ConfirmByJob):
    """A small plan is confirmed and written while the person waits."""

    rows = files.FEW
    victims = (kills.WEB, kills.DATABASE, kills.CONNECTION, kills.SUPERVISOR)


class UndoByJob(ConfirmByJob):
    """An import is taken back: planned by a job, confirmed, and written by a job."""

    def prepare(self) -> None:
        super().prepare()
        self.former = self.before.drop("version")
        ConfirmByJob.perform(self)
        self.revision = self.ask("SELECT revision_id FROM kundekort_import WHERE id = %s", self.number)
        self.begun = False

    @property
    def undoing(self) -> str | None:
        """The state of the import that takes the other one back."""
        return self.ask("SELECT state FROM kundekort_import WHERE undoes_id = %s", self.revision)

    def perform(self) -> None:
        number = numbered("imports", self.client.post(f"/revisions/{self.revision}/undo/"))
        until(lambda: self.undoing == "preview")
        digest = self.ask("SELECT digest FROM kundekort_import WHERE id = %s", number)
        self.client.post(f"/imports/{number}/confirm/", digest=digest)
        self.begun = True
        until(lambda: self.undoing == "done")

    def lead(self) -> list[pl.DataFrame]:
        return [self.former if self.undoing == "done" else self.before.drop("version")]

    def check(self) -> None:
        assert self.undoing in (("done",) if self.begun else ("preview", "done", None)), self.undoing


class Merge(Act):
    """Cards are merged, pair by pair; what the person was told to be merged is."""

    victims = (kills.WEB, kills.DATABASE, kills.CONNECTION, kills.SUPERVISOR)
    told = False

    def prepare(self) -> None:
        ids = self.chance.sample(self.before["id"].to_list(), 2 * PAIRS)
        self.pairs = list(zip(ids[::2], ids[1::2], strict=True))
        self.versions: Mapping[int, int] = dict(self.before.select("id", "version").iter_rows())
        self.merged = 0

    def perform(self) -> None:
        keys = [key for key in self.before.columns if key not in ("id", "version")]
        for master, other in self.pairs:
            versions = {f"version-{n}": self.versions[n] for n in (master, other)}
            chosen = {f"value-{key}": master for key in keys}
            place = self.client.post(
                "/customers/duplicates/merge/", master=master, taken=[master, other], **versions, **chosen
            )
            assert "merged=" in place, place
            self.merged += 1

    def lead(self) -> list[pl.DataFrame]:
        cards = self.before.drop("version")
        gone = [other for _, other in self.pairs]
        counts = {self.merged, min(self.merged + 1, PAIRS)}  # of the last one it is not known
        return [cards.filter(~pl.col("id").is_in(gone[:count])) for count in sorted(counts)]


class ExportByJob(Act):
    """A long list is written by a job."""

    victims = (kills.WORKER, kills.DATABASE, kills.CONNECTION, kills.SUPERVISOR)
    number: int | None = None

    def perform(self) -> None:
        self.number = numbered("exports", self.client.post("/exports/new/", form="plain"))
        until(lambda: self.state == "done")

    @property
    def state(self) -> str | None:
        """The state of the export; None where there is none."""
        return self.ask("SELECT state FROM kundekort_export WHERE id = %s", self.number)

    def check(self) -> None:
        if self.number:
            assert self.state == "done"
            files.is_list(self.house.data / "exports" / str(self.number), of=self.before)


class ExportByCommand(Act):
    """A list is written on the command line: whole, or there is none."""

    victims = (kills.COMMAND, kills.DATABASE, kills.CONNECTION)
    told = False

    @property
    def path(self) -> Path:
        """Where it is to stand."""
        return self.house.data / f"{self.mark}-list.csv"

    def perform(self) -> None:
        self.run("export", "--output", str(self.path), "--plain")

    def check(self) -> None:
        if self.path.exists():
            files.is_list(self.path, of=self.before)


ACTS: Final[tuple[type[Act], ...]] = (
    PlanByCommand,
    ImportByCommand,
    PlanByJob,
    PlanAtOnce,
    ConfirmByJob,
    ConfirmAtOnce,
    UndoByJob,
    Merge,
    ExportByJob,
    ExportByCommand,
)
