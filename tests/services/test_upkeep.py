"""What is looked after however processes end: nothing waits for a job that there is not, and no file is left."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from kundekort.services import confirming, exports, imports, planning, record, retention, undoing, upkeep
from kundekort.services.accounts import Actor
from kundekort.services.lists import FileFormat
from kundekort.services.refusals import NotFound
from kundekort.store import packages
from kundekort.store.models import Export, Import
from kundekort.store.pages import Filter
from kundekort.store.selection import Selection

pytestmark = pytest.mark.django_db

FILE = "CustomerID;FirstName;Gender\n0;A;1\n0;B;2\n"


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Files of other tests would be found too, and their numbers need not be those of this database."""
    monkeypatch.setattr(settings, "DATA", tmp_path)


@pytest.fixture(autouse=True)
def _no_jobs(db: None) -> None:
    """The queue's tables are not Django's to empty after tests that commit."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


def jobs() -> list[tuple[str, int]]:
    """The jobs that will be run, and what they are about."""
    found = ProcrastinateJob.objects.filter(status="todo").order_by("pk")
    return [(job.task_name, job.args.get("import_id") or job.args["export_id"]) for job in found]


def test_it_queues_what_waits_without_a_job(upload: Callable[..., Import], bob: Actor) -> None:
    received = imports.receive(io.BytesIO(FILE.encode()), filename="a.csv", actor=bob)
    confirmed, _shown = upload(FILE), upload(FILE)
    Import.objects.filter(pk=confirmed.pk).update(state=Import.State.CONFIRMING)
    export = Export.objects.create(form="csv", actor_name="bob")
    upkeep.queue_forgotten()
    expected = [("plan_import", received.pk), ("apply_import", confirmed.pk), ("make_export", export.pk)]
    assert jobs() == expected
    upkeep.queue_forgotten()
    assert jobs() == expected, "they wait no more"


def test_it_queues_the_writing_of_what_only_a_plan_is_queued_for(upload: Callable[..., Import]) -> None:
    imp = upload(FILE)
    planning.queue_fallback(imp.pk)
    Import.objects.filter(pk=imp.pk).update(state=Import.State.CONFIRMING)
    upkeep.queue_forgotten()
    assert jobs() == [("plan_import", imp.pk), ("apply_import", imp.pk)]
    done = confirming.apply(imp.pk, digest=imp.digest)
    assert done.state == Import.State.DONE


def a_day_passes() -> None:
    """Let a day pass for all files."""
    then = time.time() - retention.UNTOUCHED - 60
    for path in Path(settings.DATA).glob("*ports/**/*"):
        os.utime(path, (then, then))


def names() -> set[str]:
    """What stands in the folders of imports and exports."""
    return {str(path.relative_to(settings.DATA)) for path in Path(settings.DATA).glob("*ports/**/*")}


def test_it_removes_the_files_that_nobody_knows(upload: Callable[..., Import], alice: Actor) -> None:
    a_day_passes()
    upkeep.tidy_up()  # of the tests before
    imp, gone, unknown = upload(FILE), upload(FILE), upload(FILE)
    export, given_up = (exports.start(what=Selection(), form=FileFormat.CSV, actor=alice) for _ in range(2))
    plan = packages.plan_folder(imp.pk, imp.digest)
    kept = {f"imports/{imp.pk}/source", f"exports/{export.pk}", str(plan.relative_to(settings.DATA))}
    Import.objects.filter(pk=gone.pk).update(state=Import.State.CANCELLED)
    Export.objects.filter(pk=given_up.pk).update(state=Export.State.CANCELLED)
    unknown.delete()
    for name in ("0" * 64, "new-abc"):
        (plan.with_name(name)).mkdir()
        (plan.with_name(name) / "index.parquet").touch()
    (Path(settings.DATA) / "exports" / "new-abc").touch()

    before = names()
    upkeep.tidy_up()
    assert names() == before, "what was written today may be in use"
    a_day_passes()
    upkeep.tidy_up()
    parts = {str(path.relative_to(settings.DATA)) for path in plan.iterdir()}
    assert names() == kept | parts | {f"imports/{imp.pk}", f"imports/{imp.pk}/plans"}


def test_it_removes_what_a_plan_that_is_written_was_made_from(upload: Callable[..., Import], bob: Actor) -> None:
    written, shown = upload(FILE), upload(FILE)
    confirming.confirm(written.pk, digest=written.digest, actor=bob)
    for imp in (written, shown):  # of one who was killed after writing, before tidying up
        packages.cells_folder(imp.pk, "x").mkdir(parents=True)
        (packages.plan_folder(imp.pk, imp.digest) / "draft").mkdir(exist_ok=True)
    upkeep.tidy_up()
    assert {name.split("/")[1] for name in names() if name.endswith(("/cells", "/draft"))} == {str(shown.pk)}


def test_it_leaves_files_whose_numbers_were_never_given_out(upload: Callable[..., Import]) -> None:
    number = upload(FILE).pk + 1
    file = packages.plan_folder(number, "").with_name("source")
    file.parent.mkdir()
    file.touch()
    a_day_passes()
    upkeep.tidy_up()
    assert file.exists(), "it may belong to a database that is to be restored"


def test_it_removes_the_files_of_an_import_after_months_and_keeps_its_history(
    load: Callable[..., Import], upload: Callable[..., Import], bob: Actor
) -> None:
    old, new = load(FILE), load(FILE.replace("A", "C").replace("B", "D"))
    waiting = upload(FILE.replace("A", "E").replace("B", "F"))
    before = timezone.now() - timedelta(days=settings.KUNDEKORT_KEEP_FILES)
    Import.objects.filter(pk=old.pk).update(finished_at=before)
    Import.objects.filter(pk=new.pk).update(finished_at=before + timedelta(hours=1))
    upkeep.tidy_up()
    assert {name.split("/")[1] for name in names() if name.startswith("imports/")} == {str(new.pk), str(waiting.pk)}
    old = imports.get(old.pk, actor=bob)
    shown = record.page(old, Filter(), offset=0, limit=9)
    assert (shown.total, record.of(old).whole) == (2, False), "its rows are told by the log"
    assert old.revision_id is not None
    undo = undoing.start(old.revision_id, actor=bob)
    assert planning.plan(undo.pk).totals.removed == 2


def test_it_serves_no_list_that_is_old_whether_it_was_removed_or_not(alice: Actor) -> None:
    export = exports.start(what=Selection(), form=FileFormat.CSV, actor=alice)
    exports.open_file(export.pk, actor=alice)[0].close()
    before = timezone.now() - timedelta(days=exports.KEPT_DAYS, seconds=1)
    Export.objects.filter(pk=export.pk).update(created_at=before)
    with pytest.raises(NotFound):
        exports.open_file(export.pk, actor=alice)
    assert exports.recent(actor=alice)[0].size is None
