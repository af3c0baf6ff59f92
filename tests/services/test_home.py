"""What waits for whom, and what it needs next."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from kundekort.services import accounts, home, imports, settings, undoing
from kundekort.services.accounts import Actor, Role, actor_of
from kundekort.services.home import Step
from kundekort.services.refusals import Forbidden
from kundekort.store.models import Anonymisation, Export, Import, Source, Webhook
from kundekort.store.selection import Selection
from tests.past import unfinished_import

pytestmark = pytest.mark.django_db

HEADER = "CustomerID;FirstName;Email;Gender\n"
ONE = HEADER + "0;Kari;kari@example.com;2\n"
Upload = Callable[..., Import]


@pytest.fixture
def carla(db: None) -> Actor:
    """Another importer."""
    return actor_of(accounts.create_user(username="carla", password="theatre-doors", role=Role.IMPORTER))


def steps(actor: Actor) -> list[tuple[str, Step, int]]:
    """What waits for somebody: the files, what each needs, and of how much."""
    waiting = home.waiting(actor=actor)
    return [(task.line.imp.filename, task.step, task.count) for task in waiting.tasks]


def test_it_says_what_each_import_needs_next(upload: Upload, bob: Actor, carla: Actor) -> None:
    upload(ONE, filename="ready.csv")
    upload(HEADER + "0;Kari;nonsense;2\n0;Ola;nonsense;1\n", filename="errors.csv")
    upload("CustomerID;FirstName;Ticket;Gender\n0;Kari;7;2\n", filename="columns.csv", ask=True)
    unfinished_import("waiting.csv", state=Import.State.RECEIVED)
    unfinished_import("failed.csv", state=Import.State.RECEIVED, notice="failed")
    assert steps(bob) == [
        ("failed.csv", Step.TRY_AGAIN, 0),
        ("columns.csv", Step.COLUMNS, 0),
        ("errors.csv", Step.ERRORS, 2),
        ("ready.csv", Step.CONFIRM, 1),
        ("waiting.csv", Step.WORKING, 0),
    ]
    assert steps(carla) == []


def test_what_is_taken_back_waits_too_and_nothing_that_is_over(load: Upload, bob: Actor) -> None:
    done = load(ONE)
    assert home.waiting(actor=bob).nothing
    assert done.revision is not None
    taken = undoing.start(done.revision.pk, actor=bob)
    assert [(task.line.imp.pk, task.step) for task in home.waiting(actor=bob).tasks] == [(taken.pk, Step.CONFIRM)]
    imports.cancel(taken.pk, actor=bob)
    assert home.waiting(actor=bob).nothing


def test_whoever_can_be_the_second_person_is_told(upload: Upload, alice: Actor, bob: Actor, carla: Actor) -> None:
    settings.change(actor=alice, four_eyes=True, four_eyes_cards=0)
    upload(ONE, filename="far.csv")
    assert steps(bob) == [("far.csv", Step.OTHER, 1)]
    assert steps(carla) == [("far.csv", Step.SECOND_PERSON, 1)]
    settings.change(actor=alice, four_eyes=False)
    assert steps(bob) == [("far.csv", Step.CONFIRM, 1)]
    assert steps(carla) == []


def test_what_a_program_has_sent_waits_for_every_importer(bob: Actor, carla: Actor) -> None:
    unfinished_import("nightly.csv", by=Actor.system("cli"), state=Import.State.COLUMNS)
    assert steps(bob) == steps(carla) == [("nightly.csv", Step.COLUMNS, 0)]


def test_it_shows_some_and_counts_the_others(bob: Actor) -> None:
    for n in range(home.SHOWN + 3):
        unfinished_import(f"{n}.csv", state=Import.State.COLUMNS)
    waiting = home.waiting(actor=bob)
    assert (len(waiting.tasks), waiting.more) == (home.SHOWN, 3)


def test_it_tells_of_ones_own_lists_that_are_not_there(bob: Actor, carla: Actor) -> None:
    for state in Export.State:
        Export.objects.create(
            created_by=bob.user, actor_name="bob", selection=Selection(search="x"), state=state, form="csv"
        )
    assert [one.state for one in home.waiting(actor=bob).exports] == ["failed", "waiting"]
    assert home.waiting(actor=carla).exports == ()


def test_administrators_are_told_of_anonymising_that_failed(alice: Actor, bob: Actor) -> None:
    for state in Anonymisation.State:
        Anonymisation.objects.create(actor_name="alice", customers=[1], state=state)
    assert [one.state for one in home.waiting(actor=alice).anonymisations] == ["failed", "waiting"]
    assert home.waiting(actor=bob).nothing


def test_administrators_are_told_of_sources_and_receivers_that_fail(alice: Actor, bob: Actor) -> None:
    for name, fault, active in [("fine", "", True), ("broken", "source_unreachable", True), ("paused", "x", False)]:
        Source.objects.create(name=name, url="/srv", fault=fault, active=active, owner=bob.user)
    told = {
        "url": "https://example.com",
        "events": ["card.changed"],
        "secret": "x",
        "position": 0,
        "actor_name": "alice",
    }
    now = timezone.now()
    Webhook.objects.create(name="fine", **told)
    Webhook.objects.create(name="failing", failing_since=now, **told)
    Webhook.objects.create(name="given up", active=False, failing_since=now, notice="failing", **told)
    Webhook.objects.create(name="not wanted", active=False, **told)
    waiting = home.waiting(actor=alice)
    assert [source.name for source in waiting.sources] == ["broken"]
    assert [webhook.name for webhook in waiting.webhooks] == ["failing", "given up"]
    assert home.waiting(actor=bob).nothing


def test_readers_have_nothing_to_wait_for(charlie: Actor) -> None:
    with pytest.raises(Forbidden):
        home.waiting(actor=charlie)
