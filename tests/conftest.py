"""What all tests share: the people, and the way to import a text as a file. The database is a real PostgreSQL."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import translation
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker

from kundekort import wording
from kundekort.services import accounts, confirming, database, imports, planning
from kundekort.services.accounts import Actor, Role
from kundekort.store import packages
from kundekort.store.fields import SCHEMA
from kundekort.store.models import Import
from tests import emptying
from tests.waiting import PATIENCE, until


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no core is idle at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(autouse=True)
def _in_norwegian() -> Iterator[None]:
    """Begin in the site's own language and with the built-in fields, whatever the test before has left."""
    with translation.override("nb"), wording.schema(lambda: SCHEMA):
        yield


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nobody refused because a busy machine let another hold a card for seconds."""
    monkeypatch.setattr(database, "PATIENCE", f"{PATIENCE}s")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database of the tests, which is dropped once nobody else is connected.

    Threads of the live server end after the last test, and a statement of a killed worker may run on for a while.
    Whoever is connected for longer is a mistake of a test; what it asked last tells which.
    """
    emptying.install()
    yield
    with django_db_blocker.unblock():
        connection.close()  # a test may have had it ended, and those in the browser have others of their own
    with django_db_blocker.unblock(), connection.cursor() as cursor:

        def others() -> list[object]:
            cursor.execute(
                "SELECT pid, state, query FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            return list(cursor.fetchall())

        until(lambda: not others(), otherwise=lambda: f"still connected: {others()}")


@pytest.fixture
def alice(db: None) -> Actor:
    """An administrator."""
    return accounts.actor_of(
        accounts.create_user(username="alice", password="theatre-doors", role=Role.ADMINISTRATOR, full_name="Alice Ås")
    )


@pytest.fixture
def bob(db: None) -> Actor:
    """An importer."""
    return accounts.actor_of(accounts.create_user(username="bob", password="theatre-doors", role=Role.IMPORTER))


@pytest.fixture
def charlie(db: None) -> Actor:
    """Somebody who may log in and nothing else."""
    from django.contrib.auth.models import User

    return accounts.actor_of(User.objects.create_user("charlie", password="theatre-doors"))


@pytest.fixture
def nothing_kept() -> None:
    """No files of imports that other tests have left behind, and that are searched for whoever is anonymised."""
    kept = packages.contents()
    for number in kept.imports:
        packages.erase(number)
    for number in kept.exports:
        packages.erase_export(number)


@pytest.fixture
def upload(bob: Actor) -> Callable[..., Import]:
    """Plan a text as an uploaded file, on Bob's behalf."""

    def upload(text: str | bytes, *, filename: str = "customers.csv", ask: bool = False, **options: Any) -> Import:
        data = text.encode() if isinstance(text, str) else text
        imp = imports.receive(io.BytesIO(data), filename=filename, actor=bob, **options)
        return planning.plan(imp.pk, ask=ask)

    return upload


@pytest.fixture
def load(upload: Callable[..., Import], bob: Actor) -> Callable[..., Import]:
    """Upload a text and confirm it at once."""

    def load(text: str | bytes, **options: Any) -> Import:
        imp = upload(text, **options)
        assert imp.state == Import.State.PREVIEW, imp.question
        return confirming.confirm(imp.pk, digest=imp.digest, actor=bob)

    return load


# Machines are shared; time is measured by the bench. The examples are the same in every run, so that what fails is
# what was changed; `make laws` and `make torture` draw others each time.
settings.register_profile(
    "kundekort", derandomize=True, deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("random", settings.get_profile("kundekort"), derandomize=False, max_examples=300)
settings.load_profile("kundekort")
