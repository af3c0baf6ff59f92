"""The audit log says who did what, when and from where, and nobody can change what it says."""

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction

from kundekort.services import audit
from kundekort.services.accounts import Role, actor_of, create_user
from kundekort.services.audit import Event
from kundekort.store.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return create_user(username="kari", password="", role=Role.IMPORTER, full_name="Kari Moe", check_password=False)


def test_it_tells_who_did_what_from_where(user: User) -> None:
    audit.record(Event.UNDO, actor=actor_of(user, address="192.0.2.7"), import_id=12)
    entry = AuditEntry.objects.get()
    assert (entry.user, entry.actor_name, entry.address) == (user.pk, "Kari Moe", "192.0.2.7")
    assert (entry.event, entry.params) == ("undo", {"import_id": 12})


def test_it_keeps_an_entry_as_it_is(user: User) -> None:
    audit.record(Event.LOGOUT, actor=actor_of(user))
    for statement in ("UPDATE kundekort_auditentry SET actor_name = 'Ola'", "DELETE FROM kundekort_auditentry"):
        with (
            pytest.raises(DatabaseError, match="only be added to"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert AuditEntry.objects.get().actor_name == "Kari Moe"


def test_it_cannot_be_emptied(user: User) -> None:
    audit.record(Event.LOGOUT, actor=actor_of(user))
    with pytest.raises(DatabaseError, match="only be added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL kundekort.test_run = off; TRUNCATE kundekort_auditentry")
    assert AuditEntry.objects.count() == 1
