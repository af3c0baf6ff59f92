"""The change feed over HTTP: read on page by page, from a place or from now."""

from __future__ import annotations

from typing import Any

import pytest

from kundekort.services import editing
from kundekort.services.accounts import Actor, Role, actor_of, create_user
from tests.api.conftest import Program, program


def test_it_is_read_on_from_where_one_was(bobs: Program, three: list[int], bob: Actor) -> None:
    first = bobs.get("changes", {"limit": 2}).json()
    assert [(item["type"], item["customer_id"]) for item in first["items"]] == [("created", n) for n in three[:2]]
    assert first["more"]
    rest = bobs.get("changes", {"after": first["next"]}).json()
    assert [item["customer_id"] for item in rest["items"]] == three[2:]
    assert not rest["more"]
    editing.edit(three[0], version=1, values={"city": "Oslo"}, actor=bob)
    (item,) = bobs.get("changes", {"after": rest["next"], "values": "true"}).json()["items"]
    assert (item["type"], item["act"], item["by"]) == ("changed", "edit", "person")
    assert (item["fields"], item["values"]) == (["city"], {"city": "Oslo"})


def test_it_begins_at_the_end_for_who_has_the_register_already(bobs: Program, three: list[int]) -> None:
    now = bobs.get("changes", {"after": "latest"}).json()
    assert (now["items"], now["more"]) == ([], False)
    assert bobs.get("changes", {"after": now["next"]}).json() == now


def test_it_tells_only_what_is_wanted(bobs: Program, three: list[int]) -> None:
    assert bobs.get("changes?type=changed&type=merged").json()["items"] == []
    assert len(bobs.get("changes?type=created&type=merged").json()["items"]) == 3


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"after": "x"}, 422, "change_cursor_invalid"),
        ({"after": "999-1"}, 410, "change_cursor_unknown"),
        ({"type": "eaten"}, 422, "request_invalid"),
        ({"limit": "0"}, 422, "request_invalid"),
    ],
)
def test_it_refuses_what_there_is_not(bobs: Program, query: dict[str, Any], status: int, code: str) -> None:
    answer = bobs.get("changes", query)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_it_wants_the_scope_and_the_role(bob: Actor, three: list[int]) -> None:
    assert program(bob, "customers:read").get("changes").status_code == 403
    assert program(bob, "changes:read").get("changes").status_code == 200
    reader = actor_of(create_user(username="rita", password="theatre-doors", role=Role.READER))
    assert program(reader, "customers:read").get("changes").status_code == 403
