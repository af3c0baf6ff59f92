"""What fails is told, loses nothing, and can be tried again; what is confirmed can be taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kundekort.engine.recipe import EmptyCells, Policy
from kundekort.services import confirming, exports, planning, upkeep
from kundekort.services.accounts import Actor
from kundekort.services.lists import FileFormat
from kundekort.services.refusals import AlreadyWritten, NotWaiting
from kundekort.store.models import Change, Customer, Export, Import
from tests.services.workers import (
    Workers,
    ask,
    confirmed,
    cut_off,
    held,
    no_job_is_left,
    queued,
    rows,
    silence,
    state,
)
from tests.waiting import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_jobs")]

DISK_FULL = """
from kundekort.services import jobs
from kundekort.store import packages

jobs.LONGEST_REST = 0


def full(*_):
    raise OSError(28, "No space left on device")


packages.new_plan = packages.keep_export = full
"""
"""What makes the disk of a worker full, and has it try again at once."""
POISONED = """
import os
from kundekort.services import confirming, exports, planning


def die(*_, **__):
    os.kill(os.getpid(), 9)


planning.plan = confirming.apply = exports.make = die
"""
"""What has a worker die of any work, as one that takes all memory does."""


def a_long_list(bob: Actor, alice: Actor, monkeypatch: pytest.MonkeyPatch) -> Export:
    """A list that waits to be written by a job."""
    monkeypatch.setattr(exports, "INLINE_CUSTOMERS", -1)
    return exports.start(what=exports.Selection(), form=FileFormat.CSV, actor=alice)


def test_it_loses_neither_file_nor_decisions_when_the_disk_is_full(bob: Actor, worker: Workers) -> None:
    imp = queued(rows(30_000), bob)
    planning.plan(imp.pk)
    policy = replace(Policy(), empty_cells=EmptyCells.KEEP)
    planning.choose(imp.pk, actor=bob, policy=policy)
    assert state(imp) == Import.State.RECEIVED
    full = worker(DISK_FULL)
    until(lambda: state(imp) and imp.notice)
    assert (imp.state, imp.notice) == (Import.State.RECEIVED, "disk_full")
    no_job_is_left()
    assert ask("SELECT 1 FROM procrastinate_jobs WHERE attempts > 1"), "it was tried again before"
    upkeep.queue_forgotten()
    no_job_is_left()
    full.kill()
    full.wait()
    planning.try_again(imp.pk, actor=bob)
    with pytest.raises(NotWaiting):
        planning.try_again(imp.pk, actor=bob)
    worker()
    until(lambda: state(imp) == Import.State.PREVIEW)
    assert (imp.totals.new, imp.answers.policy, imp.notice) == (30_000, policy, "")


def test_it_says_why_a_list_could_not_be_written(
    alice: Actor, bob: Actor, worker: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = a_long_list(bob, alice, monkeypatch)
    worker(DISK_FULL)
    until(lambda: export.refresh_from_db() or export.state != Export.State.WAITING)
    assert (export.state, export.notice) == (Export.State.FAILED, "disk_full")


@pytest.mark.slow
@pytest.mark.parametrize("task", ["plan_import", "apply_import", "make_export"])
def test_it_ends_a_job_at_which_three_workers_have_died(
    task: str, alice: Actor, bob: Actor, worker: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = {
        "plan_import": lambda: queued(rows(30_000), bob),
        "apply_import": lambda: confirmed(6_000, bob),
        "make_export": lambda: a_long_list(bob, alice, monkeypatch),
    }[task]()
    for _ in range(3):
        assert worker(POISONED).wait() == -9
        assert ask("SELECT status FROM procrastinate_jobs WHERE task_name = %s", task) == [("doing",)]
        silence()
    worker()
    no_job_is_left()
    about.refresh_from_db()
    expected = {
        "plan_import": Import.State.RECEIVED,
        "apply_import": Import.State.PREVIEW,
        "make_export": Export.State.FAILED,
    }
    assert (about.state, about.notice) == (expected[task], "worker_died")
    upkeep.queue_forgotten()
    assert ask("SELECT status FROM procrastinate_jobs WHERE task_name = %s", task) == [("failed",)]


@pytest.mark.slow
def test_it_goes_on_though_it_loses_the_database_more_often_than_workers_may_die(bob: Actor, worker: Workers) -> None:
    imp = confirmed(6_000, bob)
    worker("from kundekort.services import jobs; jobs.LONGEST_REST = 0")
    at_work = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
    with held(Change):
        for times in range(5):
            until(lambda: ask(at_work, Change._meta.db_table))
            cut_off()
            until(lambda: ask("SELECT 1 FROM procrastinate_jobs WHERE attempts > %s", times))  # noqa: B023 - at once
    until(lambda: state(imp) == Import.State.DONE)
    assert Customer.objects.count() == 6_000


def test_it_takes_back_what_is_confirmed_and_not_written_yet(bob: Actor, worker: Workers) -> None:
    imp = confirmed(6_000, bob)
    confirming.take_back(imp.pk, actor=bob)
    assert (state(imp), imp.confirmer_name) == (Import.State.PREVIEW, "")
    with pytest.raises(NotWaiting):
        confirming.take_back(imp.pk, actor=bob)
    worker()
    no_job_is_left()
    assert (state(imp), Customer.objects.count()) == (Import.State.PREVIEW, 0)
    confirming.confirm(imp.pk, digest=imp.digest, actor=bob)
    until(lambda: state(imp) == Import.State.DONE)
    with pytest.raises(AlreadyWritten):
        confirming.take_back(imp.pk, actor=bob)


def test_it_takes_back_what_is_just_being_written(bob: Actor, worker: Workers) -> None:
    imp = confirmed(6_000, bob)
    with held(Change):  # the cards are written then, and their history is not
        worker()
        until(lambda: state(imp) and imp.progress)
        confirming.take_back(imp.pk, actor=bob)
    no_job_is_left()
    assert (state(imp), imp.notice, Customer.objects.count()) == (Import.State.PREVIEW, "", 0)
