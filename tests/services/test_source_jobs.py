"""Sources by workers: looked at when their time comes, and decided about once they are planned."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone

from kundekort.services import source_runs, sources
from kundekort.services.accounts import Actor
from kundekort.services.sources import Description
from kundekort.store.models import Customer, Import, Source, SourceFile
from tests.services.workers import Workers, ask, forget_jobs, rows
from tests.waiting import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_jobs")]


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bob: Actor, alice: Actor) -> Source:
    monkeypatch.setenv("KUNDEKORT_SOURCE_FOLDERS", str(tmp_path))
    monkeypatch.setattr("django.conf.settings.KUNDEKORT_SOURCE_FOLDERS", [tmp_path])
    assert bob.user
    said = Description("Billett", str(tmp_path), "*.csv", owner=bob.user.pk, confirms=True, most_cards=100_000)
    return sources.add(said, actor=alice)


def look_soon(source: Source) -> None:
    """Have it looked at as after a while."""
    SourceFile.objects.update(seen_at=timezone.now() - source_runs.STILL)
    Source.objects.update(look_at=timezone.now())
    for number in source_runs.due():
        from kundekort.services import source_queue

        source_queue.look(number)


def test_a_worker_imports_a_large_file_and_confirms_it(source: Source, tmp_path: Path, worker: Workers) -> None:
    (tmp_path / "alle.csv").write_bytes(rows(21_000))
    worker()
    until(lambda: SourceFile.objects.exists())
    look_soon(source)
    imp = until(lambda: Import.objects.first())
    until(lambda: Import.objects.get(pk=imp.pk).state == Import.State.PREVIEW)
    look_soon(source)
    until(lambda: Import.objects.get(pk=imp.pk).state == Import.State.DONE)
    assert Customer.objects.count() == 21_000
    look_soon(source)
    until(lambda: SourceFile.objects.get().judged)
    assert SourceFile.objects.get().waits_for == []


def test_one_look_is_queued_however_many_ask_for_it(source: Source, alice: Actor) -> None:
    forget_jobs()
    for _ in range(3):
        sources.hurry(source.pk, actor=alice)
    assert ask("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'look_at_source'") == [(1,)]
