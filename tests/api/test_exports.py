"""Lists of customers for programs: begun and taken, or streamed."""

from __future__ import annotations

from typing import Any

import pytest

from kundekort.services import exports
from kundekort.store.models import AuditEntry, Export
from tests.api.conftest import Program
from tests.api.test_door import problem


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_a_list_is_begun_and_taken(bobs: Program, three: list[int]) -> None:
    answer = bobs.post("exports", {"search": "kari", "format": "plain"}, idempotency_key="k")
    told = answer.json()
    assert (answer.status_code, told["state"], told["rows"], told["everybody"]) == (201, "done", 1, False)
    assert answer["Location"] == f"/api/exports/{told['id']}"
    assert bobs.post("exports", {"search": "kari", "format": "plain"}, idempotency_key="k").json() == told
    assert bobs.get(f"exports/{told['id']}").json() == told
    file = bobs.get(f"exports/{told['id']}/file")
    assert told["file"] in file["Content-Disposition"]
    lines = text_of(file).splitlines()
    assert (len(lines), "kari@example.com" in lines[1]) == (2, True)
    events = AuditEntry.objects.order_by("pk").values_list("event", flat=True)
    assert [event for event in events if event.startswith("export")] == ["export", "export_download"]
    assert problem(bobs.post(f"exports/{told['id']}/cancel"), 409)["code"] == "export_not_waiting"


def test_it_is_streamed_by_rules_and_nothing_is_kept(bobs: Program, three: list[int]) -> None:
    rules = {"all": [{"field": "last_name", "operator": "is", "values": ["Nordmann"]}]}
    answer = bobs.post("exports/stream", {"rules": rules, "format": "csv"})
    assert len(text_of(answer).splitlines()) == 3
    kept = Export.objects.get()
    assert (kept.streamed, kept.size, kept.rows) == (True, None, 2)
    (told,) = bobs.get("exports").json()["items"]
    assert (told["rules"], told["file"], told["exported_by_user"]["username"]) == (rules, None, "bob")
    assert problem(bobs.get(f"exports/{kept.pk}/file"), 404)["code"] == "not_found"


def test_all_customers_are_an_administrators(bobs: Program, alices: Program, three: list[int]) -> None:
    assert problem(bobs.post("exports", {"everybody": True}), 403)["code"] == "forbidden"
    told = alices.post("exports", {"everybody": True, "format": "xlsx"}).json()
    assert (told["rows"], told["everybody"], told["state"]) == (3, True, "done")
    assert problem(bobs.get(f"exports/{told['id']}/file"), 403)
    assert bobs.get("exports").json()["items"][0]["id"] == told["id"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "request_invalid"),
        ({"search": "  "}, "request_invalid"),
        ({"everybody": True, "search": "kari"}, "request_invalid"),
        ({"segment": "a", "search": "kari"}, "request_invalid"),
        ({"rules": {"all": "x"}}, "request_invalid"),
        ({"rules": {"field": "nobody", "operator": "is", "values": ["1"]}}, "segment_invalid"),
        ({"search": "kari", "format": "pdf"}, "request_invalid"),
    ],
)
def test_what_says_nobody_is_refused(bobs: Program, said: dict[str, Any], code: str) -> None:
    assert problem(bobs.post("exports", said), 422)["code"] == code
    assert not Export.objects.exists()


def test_what_there_is_not_is_told(bobs: Program) -> None:
    for said in ({"segment": "nobody"}, {"search": "x", "layout": "nothing"}):
        assert problem(bobs.post("exports", said), 404)["code"] == "not_found"
    assert problem(bobs.get("exports/999999"), 404)["params"] == {"id": 999999}


def test_a_long_list_waits_for_a_job_and_can_be_given_up(
    bobs: Program, three: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "INLINE_CUSTOMERS", 0)
    numbers = [bobs.post("exports", {"search": "nordmann"}).json()["id"] for _ in range(3)]
    assert bobs.get(f"exports/{numbers[0]}").json()["state"] == "waiting"
    assert bobs.post(f"exports/{numbers[0]}/cancel").json()["state"] == "cancelled"
    exports.make(numbers[1])
    assert bobs.get(f"exports/{numbers[1]}").json()["state"] == "done"
    first = bobs.get("exports", {"limit": 2}).json()
    second = bobs.get("exports", {"limit": 2, "cursor": first["next"]}).json()
    assert [one["id"] for one in first["items"] + second["items"]] == numbers[::-1]
