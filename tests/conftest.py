"""What all tests share: the people, and the way to import a text as a file. The database is a real PostgreSQL."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import translation
from hypothesis import settings

from kundekort import wording
from kundekort.services import accounts, confirming, imports, planning
from kundekort.services.accounts import Actor, Role
from kundekort.store.fields import SCHEMA
from kundekort.store.models import Import


@pytest.fixture(autouse=True)
def _in_norwegian() -> Iterator[None]:
    """Begin in the site's own language and with the built-in fields, whatever the test before has left."""
    with translation.override("nb"), wording.schema(lambda: SCHEMA):
        yield


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
        assert imp.state == Import.State.PREVIEW, imp.refusal
        return confirming.confirm(imp.pk, digest=imp.digest, actor=bob)

    return load


settings.register_profile("kundekort", deadline=None)  # machines are shared; time is measured by the bench
settings.load_profile("kundekort")
