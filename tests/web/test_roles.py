"""Every address as everybody: a stranger, somebody without a role, and each of the roles."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import get_resolver

from kundekort.services.accounts import Role, create_user
from kundekort.services.audit import Event
from kundekort.store.models import AuditEntry, Import
from tests.web.conftest import HEADER

NOBODY, READER, IMPORTER, ADMINISTRATOR = None, Role.READER, Role.IMPORTER, Role.ADMINISTRATOR

ADDRESSES = {
    NOBODY: (
        "start logout customer-columns template mfa_authenticate",
        # one's own account, whoever one is
        "account tokens token-new token-revoke",
        "account-password account_reauthenticate sessions-end factor-required mfa_activate_totp",
        "mfa_deactivate_totp mfa_add_webauthn mfa_remove_webauthn mfa_view_recovery_codes",
        "mfa_generate_recovery_codes mfa_reauthenticate mfa_reauthenticate_webauthn",
    ),
    READER: ("customers customer customer-count segments segment segment-count segment-result",),
    IMPORTER: (
        "customer-edit customer-new duplicates duplicates-several merge duplicates-dismiss undo",
        "imports import-inspect imports-list import import-progress import-cancel import-again import-take-back",
        "import-columns import-hidden-rows",
        "import-dialect import-mapping import-empty-cells import-confirmed import-rows import-bands import-examples",
        "import-failing import-mended import-errors import-decisions import-conflicts import-outlook import-confirm",
        "segment-new segment-copy segment-delete exports export export-progress export-file export-cancel",
    ),
    ADMINISTRATOR: (
        "layouts layout layout-delete limits merge-allow preview-days fields field-new field field-retire field-move",
        "people person-new person person-lock person-unlock person-factors person-reset person-tokens",
        "audit audit-file four-eyes",
        "customer-anonymise customer-disclose retention retention-rule retention-hold retention-anonymise",
        "webhooks webhook-new webhook webhook-act webhook-delivery sources source-new source source-act",
        "export-new",  # of all customers, as without anything in its address
    ),
}
LEAST = {name: role for role, lines in ADDRESSES.items() for line in lines for name in line.split()}
"""The least role for which an address does anything; None for everybody who is logged in."""
OPEN = {
    *("guide", "guide-page", "language", "login", "account_login", "mfa_login_webauthn"),
    *("upload-permission", "password-forgotten", "password-reset", "openid_connect_login", "openid_connect_callback"),
}
"""What strangers may see: the ways to log in."""


def patterns() -> dict[str, str]:
    return {str(p.name): str(p.pattern) for p in get_resolver().url_patterns[0].url_patterns}


def address(name: str, number: int) -> str:
    return "/" + re.sub("<int:[^>]+>", str(number), re.sub("<(slug|str):[^>]+>", "csv", patterns()[name]))


def contents() -> dict[str, list[tuple[object, ...]]]:
    """All that is in the tables of the register and of its people, but for what is noted of whoever tries."""
    with connection.cursor() as cursor:
        tables = [
            table
            for table in connection.introspection.table_names(cursor)
            if table.startswith(("kund", "auth")) and table not in ("kundekort_auditentry", "kundekort_cache")
        ]
        rows = {}
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
            rows[table] = cursor.fetchall()
    return rows


def test_it_says_of_every_address_who_may() -> None:
    assert set(LEAST) | OPEN == set(patterns())


@pytest.fixture
def waiting(three: list[int], upload: Callable[..., Import]) -> Import:
    """An import that waits for somebody to confirm it."""
    return upload(HEADER + f"{three[0]};Karen;Nordmann;kari@example.com;2\n")


def may(role: Role | None, name: str) -> bool:
    """Whether an address does anything for whoever has a role, or none."""
    least = LEAST[name]
    return least is None or (role is not None and list(Role).index(role) >= list(Role).index(least))


@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role or "none")
def test_below_its_role_an_address_shows_and_does_nothing(
    client: Client, waiting: Import, three: list[int], role: Role | None
) -> None:
    user = create_user(username="x", password="", role=role or Role.READER, check_password=False)
    if role is None:
        user.groups.clear()
    client.force_login(User.objects.get(pk=user.pk))
    client.raise_request_exception = False
    sent = {"digest": waiting.digest, "id": three[:2], "master": three[0], "taken": three[:2], "name": "x", "days": 3}
    before, seen = contents(), {}
    for name in LEAST:
        where = address(name, three[0] if "customer" in patterns()[name] else waiting.pk)
        if not may(role, name):
            shown, done = client.get(where), client.post(where, sent)
            assert {"Nordmann" in answer.content.decode() for answer in (shown, done)} == {False}, name
            seen[name] = (shown.status_code, done.status_code)
            assert contents() == before, name
        elif name != "logout":
            assert client.get(where).status_code != 403, name
    shown_or_led = {name for name, (shown, done) in seen.items() if shown == 200 or (shown, done) == (302, 405)}
    assert shown_or_led == set()  # a way is only shown to the page above, where an address takes answers alone
    assert {code for codes in seen.values() for code in codes} <= {302, 400, 403, 404, 405}


def test_the_log_tells_who_was_refused_where_once(client: Client, db: None) -> None:
    user = create_user(username="rita", password="", role=Role.READER, check_password=False)
    client.force_login(user)
    for address in ("/imports/", "/imports/", "/settings/people/?search=kari"):
        assert client.get(address).status_code == 403
    assert client.post("/imports/", {"file": ""}).status_code == 403
    noted = AuditEntry.objects.filter(event=Event.DENIAL, user=user.pk).order_by("pk")
    assert [entry.params["path"] for entry in noted] == ["/imports/", "/settings/people/"]
