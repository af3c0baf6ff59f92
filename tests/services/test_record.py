"""What an import did can be read afterwards, from its plan or from the log, whatever has happened since."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kundekort.engine.recipe import Policy
from kundekort.services import confirming, editing, merging, planning, record
from kundekort.services.accounts import Actor
from kundekort.services.preview import Row
from kundekort.store import packages, plans
from kundekort.store.models import Customer, Import
from kundekort.store.pages import Filter
from tests.taking_back import take_back

Load = Callable[..., Import]

BEFORE = "CustomerID;FirstName;Email;Gender\n0;Åse;a@example.no;2\n0;Per;p@example.no;1\n0;Kim;k@example.no;0\n"


@pytest.fixture
def ids(load: Load) -> list[int]:
    load(BEFORE)
    return list(Customer.objects.order_by("pk").values_list("pk", flat=True))


@pytest.fixture
def imp(ids: list[int], upload: Load, bob: Actor) -> Import:
    """A new card, a changed one, an unchanged one, another new one and a row that is left out."""
    imp = upload(
        "CustomerID;FirstName;Email;Gender;City\n"
        f"0;Ny;n@example.no;1;Oslo\n{ids[0]};Åse M;;2;Bergen\n{ids[1]};Per;p@example.no;1;\n0;Ola;;0;\n0;Feil;;7;\n"
    )
    planning.leave_out_errors(imp.pk, actor=bob, leave_out=True)
    imp.refresh_from_db()
    return confirming.confirm(imp.pk, digest=imp.digest, actor=bob)


def rows(imp: Import, **wanted: Any) -> list[Row]:
    return list(record.page(imp, Filter(**wanted), offset=0, limit=100).rows)


def told(rows: list[Row]) -> list[tuple[str, int | None, dict[str, str], dict[str, str]]]:
    """What is the same wherever it is read: without the places of the rows, and without cells of nothing."""
    found = [(r.status, r.id, {k: v for k, v in r.cells.items() if v}, dict(r.old)) for r in rows]
    return sorted(found, key=lambda row: (row[0], row[1]))


def lose_plan(imp: Import) -> None:
    shutil.rmtree(packages.plan_folder(imp.pk, imp.digest))


def test_it_gives_new_cards_the_numbers_they_got(imp: Import, ids: list[int]) -> None:
    new, ola = Customer.objects.filter(pk__gt=max(ids)).order_by("pk").values_list("pk", flat=True)
    assert [(r.line, r.status, r.id) for r in rows(imp)] == [
        (2, "new", new),
        (3, "changed", ids[0]),
        (4, "unchanged", ids[1]),
        (5, "new", ola),
        (6, "left_out", 0),
    ]
    assert [r.line for r in rows(imp, search=str(ola))] == [5]
    assert [r.line for r in rows(imp, card=new)] == [2]
    assert [r.old for r in rows(imp, box="changed")] == [
        {"first_name": "Åse", "email": "a@example.no", "city": ""},
    ]


def test_it_leaves_the_plan_as_its_digest_says(imp: Import) -> None:
    rows(imp)
    assert plans.digest(packages.plan_folder(imp.pk, imp.digest)) == imp.digest
    assert packages.numbers_file(imp.pk).exists()
    assert record.of(imp).whole


def test_it_makes_the_numbers_again_when_they_are_gone(imp: Import) -> None:
    before = rows(imp)
    packages.numbers_file(imp.pk).unlink()
    assert rows(imp) == before


def damage(part: Path) -> None:
    part.write_bytes(part.read_bytes()[:-1] + b"?")


def lose_part(part: Path) -> None:
    part.unlink()


def lose_folder(part: Path) -> None:
    shutil.rmtree(part.parent)


def lose_package(part: Path) -> None:
    shutil.rmtree(part.parent.parent.parent)


@pytest.mark.parametrize("harm", [damage, lose_part, lose_folder, lose_package])
@pytest.mark.parametrize("looked_at", [False, True])
def test_it_reads_the_log_when_the_plan_is_not_what_it_was(
    imp: Import, harm: Callable[[Path], None], looked_at: bool
) -> None:
    if looked_at:
        assert record.of(imp).whole
    expected = [row for row in told(rows(imp)) if row[0] in ("new", "changed")]
    if not looked_at:
        packages.numbers_file(imp.pk).unlink()
    harm(plans.value_parts(packages.plan_folder(imp.pk, imp.digest))[0])
    found = record.of(imp)
    assert (found.whole, found.lines, found.untold) == (False, False, 2)
    totals = found.summary.totals
    assert (totals.rows, totals.new, totals.changed, totals.unchanged, totals.left_out) == (3, 2, 1, 0, 0)
    assert told(rows(imp)) == expected
    assert [r.status for r in rows(imp, box="changed", column="city")] == ["changed"]
    assert [r.status for r in rows(imp, search="ola")] == ["new"]


def test_it_goes_back_to_the_plan_when_that_comes_back(imp: Import) -> None:
    before, folder = rows(imp), packages.plan_folder(imp.pk, imp.digest)
    folder.rename(folder.with_name("elsewhere"))
    assert len(rows(imp)) < len(before)
    folder.with_name("elsewhere").rename(folder)
    os.utime(plans.value_parts(folder)[0])
    assert rows(imp) == before


def test_it_tells_the_same_after_edits_merges_and_undoing(imp: Import, ids: list[int], alice: Actor) -> None:
    expected = [row for row in told(rows(imp)) if row[0] in ("new", "changed")]
    new, ola = (r.id or 0 for r in rows(imp, box="new"))
    editing.edit(new, version=1, values={"first_name": "Nyere", "mobile": "+4791234567"}, actor=alice)
    editing.edit(ids[0], version=2, values={"city": "Odda", "email": "ny@example.no"}, actor=alice)
    merging.merge(master=ids[2], others=[ola], versions={ids[2]: 1, ola: 1}, values={}, actor=alice)
    undone = take_back(imp.revision, actor=alice).revision
    assert Customer.objects.filter(pk=new).exists(), "edited since, so it stays"
    assert undone is not None
    assert undone.changed == 1
    lose_plan(imp)
    assert told(rows(imp)) == expected


def test_it_tells_what_a_created_card_began_with_after_it_was_removed(imp: Import, alice: Actor) -> None:
    expected = [row for row in told(rows(imp)) if row[0] in ("new", "changed")]
    take_back(imp.revision, actor=alice)
    lose_plan(imp)
    assert told(rows(imp)) == expected


def of_undo(imp: Import, actor: Actor) -> Import:
    """An import that has taken another back, with a plan that is gone."""
    undone = take_back(imp.revision, actor=actor)
    lose_plan(undone)
    return undone


def test_it_tells_what_an_undo_removed_and_gave_back(imp: Import, ids: list[int], alice: Actor) -> None:
    new, ola = (r.id for r in rows(imp, box="new"))
    undo_import = of_undo(imp, alice)
    assert [(r.status, r.id) for r in rows(undo_import)] == [("removed", new), ("removed", ola), ("changed", ids[0])]
    removed, _, changed = rows(undo_import)
    assert removed.old == {"first_name": "Ny", "email": "n@example.no", "gender": "1", "city": "Oslo"}
    assert not any(removed.cells.values())
    assert (changed.old["first_name"], changed.cells["first_name"]) == ("Åse M", "Åse")
    assert record.columns(undo_import)[0].field == "id"
    assert [r.id for r in rows(undo_import, search="n@example")] == [new], "by what it said"
    assert [r.id for r in rows(undo_import, card=new)] == [new]


def test_it_has_nothing_to_tell_of_an_import_that_wrote_nothing(load: Load, ids: list[int]) -> None:
    imp = load(f"CustomerID;FirstName\n{ids[0]};Åse\n")
    assert [r.status for r in rows(imp)] == ["unchanged"]
    lose_plan(imp)
    assert rows(imp) == []
    assert record.of(imp).untold == 1


def test_it_shows_the_number_of_a_card_that_the_file_has_no_column_for(load: Load) -> None:
    imp = load("FirstName;Gender\nA;1\n", policy=Policy(keys=()))
    assert [(c.field, c.header) for c in record.columns(imp)] == [
        ("id", None),
        ("first_name", "FirstName"),
        ("gender", "Gender"),
    ]
    assert [r.id for r in rows(imp)] == [Customer.objects.get().pk]
