"""After a decision about a large file only the rows that it is about are planned again, which nobody can tell."""

from __future__ import annotations

import errno
import io
import shutil
from pathlib import Path

import polars as pl
import pytest

from kundekort.engine import pipeline
from kundekort.engine.decisions import Action, Decision, Decisions
from kundekort.engine.writing import xlsx
from kundekort.services import confirming, imports, mended_rows, planner, planning, preview
from kundekort.services.accounts import Actor
from kundekort.services.lists import FileFormat
from kundekort.store import cells, packages, plans
from kundekort.store.models import Customer, Import
from kundekort.store.pages import Filter

pytestmark = pytest.mark.django_db(transaction=True)
FILE = "CustomerID;LastName;Gender;Email\n" + "".join(
    f"0;Ås{n};{'Herre?' if n % 7 == 3 else 1};a{n}{'@@' if n == 5 else '@'}example.no\n" for n in range(40)
)
EMAIL = Decision(Action.SET, "e@example.no", field="email", rows=(5,))
GENDER = Decision(Action.SET, "1", field="gender", text="Herre?")
FAULT = Decision(Action.SET, "2", field="gender", code="gender_unknown")
OUT = Decision(Action.LEAVE_OUT, rows=(1, 2, 999))
COUNTRY = Decision(Action.SET, "NO", field="country")


@pytest.fixture(autouse=True)
def _large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is a large one, and its values stand in several files."""
    monkeypatch.setattr(planner, "INLINE_BYTES", 0)
    monkeypatch.setattr(plans, "GROUP", 6)


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A line for each time that a whole file is planned."""
    times, plan = [], pipeline.plan

    def counted(*args: object, **options: object) -> object:
        times.append("whole")
        return plan(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "plan", counted)
    return times


def received(content: bytes, actor: Actor) -> Import:
    return planning.plan(imports.receive(io.BytesIO(content), filename="list", actor=actor).pk)


def decide(imp: Import, decision: Decision, actor: Actor) -> Import:
    planning.decide(imp.pk, decision, actor=actor)
    imp.refresh_from_db()
    return imp


def seen(imp: Import) -> tuple[object, ...]:
    """All that a person sees of a plan."""
    page = preview.page(imp, Filter(), offset=0, limit=1000)
    summary = preview.summary(imp)
    return page, summary.totals, summary.problems, summary.changes, summary.findings, summary.columns


def planned_whole(imp: Import) -> tuple[object, ...]:
    """The same, of the file planned from its beginning."""
    shutil.rmtree(packages.plan_folder(imp.pk, imp.digest) / plans.DRAFT)
    Import.objects.filter(pk=imp.pk).update(state=Import.State.RECEIVED)
    return seen(planning.plan(imp.pk))


def workbook(text: str) -> bytes:
    header, *rows = (line.split(";") for line in text.splitlines())
    frame = pl.DataFrame(rows, schema=header, orient="row")
    return b"".join(xlsx.workbook([(xlsx.Sheet("Kunder", tuple(map(xlsx.Column, header))), iter([frame]))]))


@pytest.mark.parametrize("content", [FILE.encode(), workbook(FILE)], ids=["text", "workbook"])
def test_it_plans_only_the_rows_that_are_decided_about(content: bytes, alice: Actor, whole: list[str]) -> None:
    imp = received(content, alice)
    assert (imp.totals.new, imp.totals.errors) == (33, 7)
    for decision, errors in ((EMAIL, 6), (OUT, 6), (GENDER, 0), (FAULT, 0)):
        assert decide(imp, decision, alice).state == Import.State.PREVIEW
        assert imp.totals.errors == errors
    planning.withdraw(imp.pk, imp.decisions.steps[2].number, actor=alice)
    imp.refresh_from_db()
    assert (imp.state, imp.totals.errors, imp.totals.left_out) == (Import.State.PREVIEW, 0, 2)
    planning.leave_out_errors(imp.pk, leave_out=True, actor=alice)
    imp.refresh_from_db()
    assert whole == ["whole"]
    assert seen(imp) == planned_whole(imp)
    assert whole == ["whole"] * 2
    imp.refresh_from_db()
    confirming.apply(imp.pk, digest=imp.digest, actor=alice)
    assert Customer.objects.count() == 38
    assert set(Customer.objects.filter(last_name__in=["Ås3", "Ås10"]).values_list("gender", flat=True)) == {2}
    assert not (packages.plan_folder(imp.pk, imp.digest) / plans.DRAFT).exists()


def test_it_plans_only_the_rows_that_come_back_mended(alice: Actor, whole: list[str]) -> None:
    imp = received(FILE.encode(), alice)
    for wrong, right, errors in (("@@", "@", 6), ("Herre?", "1", 5), ("Herre?", "2", 4)):
        text = b"".join(mended_rows.stream(imp.pk, form=FileFormat.CSV, actor=alice)).decode("utf-8-sig")
        file = io.BytesIO(text.replace(wrong, right, 1).encode())
        name, rows = mended_rows.receive(imp.pk, file, actor=alice)
        assert decide(imp, Decision(Action.MEND, name, count=rows), alice).state == Import.State.PREVIEW
        assert imp.totals.errors == errors
    assert whole == ["whole"]
    assert seen(imp) == planned_whole(imp)


def test_what_is_about_all_rows_is_left_to_a_job(alice: Actor) -> None:
    imp = decide(received(FILE.encode(), alice), COUNTRY, alice)
    assert imp.state == Import.State.RECEIVED
    assert planning.plan(imp.pk).state == Import.State.PREVIEW


def test_it_plans_the_whole_file_when_the_day_or_the_answers_are_others(
    alice: Actor, whole: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    imp = received(FILE.encode(), alice)
    planning.choose(imp.pk, columns={0: "id", 1: "last_name", 2: "gender"}, words={2: {}}, actor=alice)
    assert planning.plan(imp.pk).state == Import.State.PREVIEW
    monkeypatch.setattr("kundekort.services.planner.settings.KUNDEKORT_COUNTRY", "SE")
    assert decide(imp, OUT, alice).state == Import.State.RECEIVED
    planning.plan(imp.pk)
    assert whole == ["whole"] * 3


@pytest.mark.parametrize("part", ["cells", "draft"])
def test_it_plans_the_whole_file_when_what_was_kept_is_damaged(part: str, alice: Actor) -> None:
    imp = received(FILE.encode(), alice)
    folder = packages.plan_folder(imp.pk, imp.digest)
    kept = folder / plans.DRAFT if part == "draft" else next((folder.parent.parent / "cells").iterdir())
    file = max(kept.glob("*.parquet"), key=lambda part: part.stat().st_size)
    content = file.read_bytes()
    file.write_bytes(content[:40] + bytes([content[40] ^ 1]) + content[41:])
    assert decide(imp, GENDER, alice).state == Import.State.RECEIVED
    assert planning.plan(imp.pk).totals.errors == 1


def test_a_plan_that_has_no_room_for_its_draft_is_made_all_the_same(
    alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Path.write_text

    def full(path: Path, text: str) -> int:
        if path.name == cells.ABOUT:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, text)

    monkeypatch.setattr(Path, "write_text", full)
    imp = received(FILE.encode(), alice)
    assert (imp.state, imp.totals.errors) == (Import.State.PREVIEW, 7)
    folder = packages.plan_folder(imp.pk, imp.digest)
    assert not (folder / plans.DRAFT / cells.ABOUT).exists()
    assert decide(imp, GENDER, alice).state == Import.State.RECEIVED
    assert planning.plan(imp.pk).totals.errors == 1


def test_a_plan_by_earlier_decisions_comes_too_late(alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    imp = received(FILE.encode(), alice)
    keep = packages.keep_plan

    def late(*args: object) -> None:
        monkeypatch.setattr(packages, "keep_plan", keep)
        keep(*args)  # type: ignore[arg-type]
        Import.objects.filter(pk=imp.pk).update(state=Import.State.PREVIEW)  # as another process leaves it
        planning.decide(imp.pk, GENDER, actor=alice)

    planning.leave_out_errors(imp.pk, leave_out=True, actor=alice, then=lambda number: None)
    monkeypatch.setattr(packages, "keep_plan", late)
    planning.plan(imp.pk)
    imp.refresh_from_db()
    assert (imp.state, len(imp.decisions.steps)) == (Import.State.PREVIEW, 1)
    assert imp.totals.left_out == 1
    assert seen(imp) == planned_whole(imp)


def test_it_reads_the_register_anew_when_that_has_moved(alice: Actor) -> None:
    imp = received(FILE.encode(), alice)
    other = received(b"CustomerID;LastName;Gender;Email\n0;Lie;2;a7@example.no\n", alice)
    confirming.apply(other.pk, digest=other.digest, actor=alice)
    assert not any(finding.code == "already_card" for finding in preview.summary(imp).findings)
    planning.replan(imp.pk, notice="stale_plan", decisions=Decisions())
    planning.plan(imp.pk)
    imp.refresh_from_db()
    assert any(finding.code == "already_card" for finding in preview.summary(imp).findings)
