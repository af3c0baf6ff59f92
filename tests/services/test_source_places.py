"""Where sources read: servers of files whose key is known, addresses, folders; and what cannot be one."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from kundekort.services import sources
from kundekort.services.accounts import Actor
from kundekort.services.refusals import Forbidden, NotFound, NotReached, SourceInvalid
from kundekort.services.source_runs import Look
from kundekort.services.sources import Description
from kundekort.store.models import Import, Source
from tests.incoming import KARI, OLA, again, look, put
from tests.receiver import Receiver, Request, receiver
from tests.sftp import PASSWORD, USER, Served, new_key, sftp_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.KUNDEKORT_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]
    made = tmp_path / "incoming"
    made.mkdir()
    settings.KUNDEKORT_SOURCE_FOLDERS = [made]
    return made


@pytest.fixture
def said(folder: Path, bob: Actor) -> Description:
    assert bob.user
    return Description("Billett", str(folder), "*.csv", owner=bob.user.pk, confirms=True, notify=[bob.user.pk])


@pytest.fixture
def source(said: Description, alice: Actor) -> Source:
    return sources.add(said, actor=alice)


@pytest.fixture
def served(folder: Path) -> Iterator[Served]:
    with sftp_server(folder) as here:
        yield here


def by_sftp(said: Description, served: Served, **other: Any) -> Description:
    return replace(said, url=served.url, username=USER, **({"secret": PASSWORD, "host_key": served.host_key} | other))


def test_it_reads_a_server_by_sftp_with_a_password(
    said: Description, served: Served, folder: Path, alice: Actor
) -> None:
    source = sources.add(by_sftp(said, served), actor=alice)
    put(folder, "kunder.csv", KARI + "0;x;y;1\n" * 5_000)
    (folder / "link.csv").symlink_to("/etc/hostname")
    assert look(source) == Look(left=1)
    assert look(source) == Look(imported=1)
    assert Import.objects.get().size == len(KARI + "0;x;y;1\n" * 5_000)
    assert PASSWORD not in str(list(Source.objects.values()))
    assert again(source).fault == ""


def test_it_reads_a_server_by_sftp_with_a_key(said: Description, served: Served, folder: Path, alice: Actor) -> None:
    key, text = new_key(), io.StringIO()
    key.write_private_key(text)
    served.allowed.append(key)
    source = sources.add(by_sftp(said, served, secret=text.getvalue()), actor=alice)
    put(folder, "kunder.csv", KARI)
    look(source)
    assert look(source) == Look(imported=1)
    assert set(served.logins) == {"key"}


@pytest.mark.parametrize("other", [True, False])
def test_no_password_is_given_to_a_server_with_another_key(
    said: Description, served: Served, alice: Actor, other: bool
) -> None:
    import paramiko

    key = new_key() if other else paramiko.RSAKey.generate(2048)
    source = sources.add(by_sftp(said, served, host_key=f"host {key.get_name()} {key.get_base64()}"), actor=alice)
    look(source)
    assert again(source).fault_params["reason"] == "host_key"
    assert served.logins == []


def test_it_says_what_is_wrong_with_a_server(said: Description, served: Served, folder: Path, alice: Actor) -> None:
    for change, reason in (
        ({"secret": "wrong"}, "login"),
        ({"secret": "-----BEGIN OPENSSH PRIVATE KEY-----\nx\n-----END OPENSSH PRIVATE KEY-----"}, "private_key"),
        ({"url": served.url + "nowhere"}, "gone"),
    ):
        source = sources.add(replace(by_sftp(said, served), name=reason, **change), actor=alice)  # type: ignore[arg-type]
        look(source)
        assert (reason, again(source).fault_params["reason"]) == (reason, reason)


@pytest.fixture
def there(folder: Path) -> Iterator[Receiver]:
    with receiver() as here:
        here.said = KARI.encode()
        here.answer = lambda request: 200
        yield here


def test_it_reads_an_address_and_asks_only_for_what_is_new(said: Description, there: Receiver, alice: Actor) -> None:
    there.headers = {"ETag": '"1"'}
    url = there.url.replace("/hook", "/lister/kunder.csv?alle=1")
    source = sources.add(replace(said, url=url, secret="token"), actor=alice)
    assert look(source) == Look(imported=1)
    assert Import.objects.get().filename == "kunder.csv"
    (request,) = there.requests
    assert (request.path, request.headers["authorization"]) == ("/lister/kunder.csv?alle=1", "Bearer token")

    def unchanged(request: Request) -> int:
        return 304 if request.headers.get("if-none-match") == '"1"' else 200

    there.answer = unchanged
    there.said = b""
    assert look(source) == Look()
    there.answer, there.said, there.headers = (lambda request: 200), KARI.encode(), {"ETag": '"2"'}
    assert look(source) == Look(), "the same bytes under another name"
    there.said = OLA.encode()
    assert look(source) == Look(imported=1)
    there.said = KARI.encode()
    assert look(source) == Look()
    assert Import.objects.count() == 2


@pytest.mark.parametrize(
    ("status", "headers", "reason"),
    [
        (404, {}, "status"),
        (401, {}, "login"),
        (302, {"Location": "/x"}, "status"),
        (200, {"X": "too long"}, "file_too_large"),
    ],
)
def test_it_says_what_is_wrong_with_an_address(
    said: Description, there: Receiver, alice: Actor, settings: Any, status: int, headers: dict[str, str], reason: str
) -> None:
    if reason == "file_too_large":
        settings.KUNDEKORT_MAX_BYTES = 10
    there.answer, there.headers = (lambda request: status), headers
    source = sources.add(replace(said, url=there.url, username="kari", secret="ord"), actor=alice)
    assert look(source) == Look()
    assert again(source).fault_params["reason"] == reason
    assert len(there.requests) == 1
    assert there.requests[0].headers["authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"name": " "}, "name_missing"),
        ({"url": "/etc"}, "url_folder"),
        ({"url": "file://localhost/etc"}, "url_folder"),
        ({"url": "ftp://x/"}, "url_unknown"),
        ({"url": "sftp://a@127.0.0.1/", "username": "a"}, "url_unknown"),
        ({"url": "sftp://127.0.0.1/"}, "username_missing"),
        ({"url": "sftp://127.0.0.1/", "username": "a", "host_key": "ssh-ed25519 x"}, "host_key_missing"),
        ({"minutes": 7}, "minutes_unknown"),
        ({"most_cards": -1}, "most_cards_wrong"),
        ({"owner": 0}, "owner_wrong"),
    ],
)
def test_it_refuses_what_cannot_be(said: Description, alice: Actor, change: dict[str, Any], reason: str) -> None:
    with pytest.raises(SourceInvalid) as refused:
        sources.add(replace(said, **change), actor=alice)
    assert refused.value.params["reason"] == reason


def test_a_folder_is_what_it_leads_to(said: Description, folder: Path, alice: Actor, settings: Any) -> None:
    (folder / "out").symlink_to("/etc")
    with pytest.raises(SourceInvalid):
        sources.add(replace(said, url=str(folder / "out")), actor=alice)
    (folder / "in").mkdir()
    source = sources.add(replace(said, url=str(folder / "in")), actor=alice)
    settings.KUNDEKORT_SOURCE_FOLDERS = []
    look(source)
    assert again(source).fault == "source_invalid"
    settings.KUNDEKORT_PRIVATE_NETWORKS = []
    with pytest.raises(NotReached):
        sources.add(replace(said, name="X", url="http://127.0.0.1/x.csv"), actor=alice)


def test_a_secret_goes_to_no_other_server(said: Description, there: Receiver, alice: Actor, bob: Actor) -> None:
    source = sources.add(replace(said, url=there.url, secret="token"), actor=alice)
    other = replace(said, url="http://127.0.0.2/x.csv", secret=None)
    with pytest.raises(SourceInvalid) as refused:
        sources.change(source.pk, other, actor=alice)
    assert refused.value.params["reason"] == "secret_anew"
    sources.change(source.pk, replace(said, url=there.url + "?a=1", secret=None), actor=alice)
    assert sources.address(again(source)).secret == "token"
    with pytest.raises(Forbidden):
        sources.list_all(actor=bob)
    with pytest.raises(NotFound):
        sources.get(10**9, actor=alice)
