"""The page of the audit log, and its file."""

from __future__ import annotations

from html import unescape

from django.test import Client

from kundekort.services import audit
from kundekort.services.accounts import Actor
from kundekort.services.audit import Event
from kundekort.store.models import AuditEntry
from kundekort.web import audit as page


def text(client: Client, address: str) -> str:
    return " ".join(unescape(client.get(address).content.decode()).split())


def test_it_tells_what_happened_in_words(as_alice: Client, bob: Actor) -> None:
    audit.record(Event.CONFIRMATION, actor=bob, import_id=7, uploader="carla")
    audit.record(Event.LOGIN_FAILURE, actor=Actor(name="", role=None, address="192.0.2.7"), username="<b>root</b>")
    told = text(as_alice, "/settings/audit/")
    assert "Bekreftet import 7, lastet opp av carla" in told
    assert "192.0.2.7" in told
    assert "Mislyktes med å logge inn" in told or "<b>root</b>" in told
    assert "<b>root</b>" not in as_alice.get("/settings/audit/").content.decode()


def test_it_turns_pages_and_keeps_the_filter(as_alice: Client, bob: Actor, monkeypatch: object) -> None:
    assert bob.user
    for number in range(page.PAGE + 1):
        audit.record(Event.CONFIRMATION, actor=bob, import_id=number, uploader="carla")
    numbers = list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))
    first = text(as_alice, f"/settings/audit/?who={bob.user.pk}")
    assert f'href="?who={bob.user.pk}&before={numbers[1]}"' in first
    second = text(as_alice, f"/settings/audit/?who={bob.user.pk}&before={numbers[1]}")
    assert f'href="?who={bob.user.pk}&after={numbers[0]}"' in second
    assert "Bekreftet import 0" in second


def test_it_understands_nothing_that_narrows_nothing(as_alice: Client, bob: Actor) -> None:
    audit.record(Event.CONFIRMATION, actor=bob, import_id=7, uploader="carla")
    odd = "?who=nobody-at-all&event=gone&since=i+går&before=x&after=99999999999999999999"
    assert "Bekreftet import 7, lastet opp av carla" in text(as_alice, f"/settings/audit/{odd}")
    assert "Ingen hendelser passer" in text(as_alice, "/settings/audit/?event=backup")


def test_it_gives_a_file_of_what_is_shown(as_alice: Client, bob: Actor) -> None:
    audit.record(Event.CONFIRMATION, actor=bob, import_id=7, uploader="carla")
    audit.record(Event.LOGOUT, actor=bob)
    answer = as_alice.get("/settings/audit/file/?event=confirmation")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "no-store" in answer["Cache-Control"]
    assert len(content.splitlines()) == 2
    assert "Bekreftet import 7, lastet opp av carla" in content


def test_it_is_for_administrators_alone(as_bob: Client) -> None:
    for address in ("", "file/"):
        assert as_bob.get(f"/settings/audit/{address}").status_code == 403
        assert as_bob.post(f"/settings/audit/{address}").status_code in (403, 405)
