"""A backup that is made while others work has every file that its database tells of, and they are the same moment's."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kundekort.services import backup, confirming, exports, imports, planning
from kundekort.services.accounts import Actor
from kundekort.services.lists import FileFormat
from kundekort.store import archive, packages
from kundekort.store.archive import Archive
from kundekort.store.models import Import
from kundekort.store.progress import Progress
from kundekort.store.selection import Selection

pytestmark = pytest.mark.django_db(transaction=True)

TWO = "CustomerID;FirstName;Email;Gender\n0;Kari;kari@example.com;2\n0;Per;per@example.com;1\n0;Ola;ola.example;1\n"


class Target(io.BytesIO):
    """A file in the midst of which something happens: once, where the header of a name is written."""

    def __init__(self, name: str = "", act: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self._name, self._act, self.acted = name.encode(), act, False

    def write(self, block: Any) -> int:
        if self._name and not self.acted and len(block) in (512, 1536) and self._name in bytes(block):
            self.acted = True
            self._act()
        return super().write(block)


def made(target: Target) -> Archive:
    backup.write(target)
    target.seek(0)
    return archive.open_archive(target, Path("backup"))


def names(found: Archive) -> set[str]:
    return {member.name.removeprefix("files/") for member in found.files}


def rows(found: Archive, table: str) -> list[dict[str, str]]:
    """The rows of a table in the dump."""
    text = zlib.decompress(b"".join(found.database()), wbits=31).decode()
    part = re.search(rf"^COPY public\.{table} \((.+?)\) FROM stdin;\n(.*?)^\\\.$", text, re.MULTILINE | re.DOTALL)
    assert part
    columns = part[1].split(", ")
    return [dict(zip(columns, line.split("\t"), strict=True)) for line in part[2].splitlines()]


def test_it_keeps_files_and_leaves_out_what_can_be_made_again(
    upload: Callable[..., Import], load: Callable[..., Import], alice: Actor
) -> None:
    imp = upload(TWO)
    gone = upload(TWO)
    imports.cancel(gone.pk, actor=alice)
    export = exports.start(what=Selection(), form=FileFormat.PLAIN, actor=alice)
    found = made(Target())
    assert {f"imports/{imp.pk}/source", f"exports/{export.pk}"} <= names(found)
    plan = {name for name in names(found) if name.startswith(f"imports/{imp.pk}/plans/{imp.digest}/")}
    assert {Path(name).name for name in plan} >= {"index.parquet", "values-00000.parquet", "problems.parquet"}
    assert [name for name in names(found) if "/draft/" in name or "/cells/" in name] == []
    assert [name for name in names(found) if name.startswith(f"imports/{gone.pk}/")] == []


def leave_out(imp: Import, actor: Actor) -> None:
    planning.leave_out_errors(imp.pk, actor=actor, leave_out=True)
    assert Import.objects.get(pk=imp.pk).digest != imp.digest


def leave_out_and_take_in_again(imp: Import, actor: Actor) -> None:
    leave_out(imp, actor)
    planning.leave_out_errors(imp.pk, actor=actor, leave_out=False)
    assert Import.objects.get(pk=imp.pk).digest == imp.digest


def confirm(imp: Import, actor: Actor) -> None:
    leave_out(imp, actor)
    confirming.confirm(imp.pk, digest=Import.objects.get(pk=imp.pk).digest, actor=actor)


def cancel(imp: Import, actor: Actor) -> None:
    imports.cancel(imp.pk, actor=actor)


@pytest.mark.parametrize("act", [leave_out, leave_out_and_take_in_again, confirm, cancel])
@pytest.mark.parametrize("moment", ["source", "plans/", "secret-key", "database/"])
def test_it_has_every_file_that_its_database_tells_of(
    upload: Callable[..., Import], alice: Actor, act: Callable[[Import, Actor], None], moment: str
) -> None:
    imp = upload(TWO)
    target = Target(moment, lambda: act(imp, alice))
    found = made(target)
    assert target.acted
    [told] = rows(found, "kundekort_import")
    state, digest = told["state"], told["digest"]
    folder = f"imports/{imp.pk}/plans/{digest}"
    if state != Import.State.CANCELLED:
        assert {f"imports/{imp.pk}/source", f"{folder}/index.parquet", f"{folder}/values-00000.parquet"} <= names(found)
    if moment in ("source", "plans/"):  # else the dump had begun
        assert state == Import.objects.get(pk=imp.pk).state
    customers = 2 if state == Import.State.DONE else 0
    assert len(rows(found, "kundekort_customer")) == found.manifest.facts.customers == customers


def test_it_has_every_part_of_a_plan_that_went_and_came_back(upload: Callable[..., Import], alice: Actor) -> None:
    imp = upload(TWO)
    whole = {path.name for path in packages.plan_folder(imp.pk, imp.digest).iterdir() if path.is_file()}
    found = made(Target("plans/", lambda: leave_out_and_take_in_again(imp, alice)))
    kept = {Path(name).name for name in names(found) if f"/plans/{imp.digest}/" in name}
    assert kept == whole


def test_it_tells_how_far_the_database_has_come(upload: Callable[..., Import], tmp_path: Path) -> None:
    upload("FirstName\nKari\n")
    told: list[Progress] = []
    with (tmp_path / "backup").open("wb") as target:
        backup.write(target, report=lambda *said: told.append(Progress(*said)))
    shares = [step.fraction for step in told if step.phase == "dumping"]
    assert (shares[0], shares[-1]) == (0.5, 1.0)
    assert shares == sorted(shares)
