"""Before a byte of what is sent is read: who sends it, where to, and how much it is."""

from __future__ import annotations

import io
from typing import Any, NoReturn

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver

from kundekort.services import people
from kundekort.services.accounts import Actor, Role, create_user
from tests.web.conftest import HEADER
from tests.web.test_site import addresses

HUGE = 200 * 2**20
UPLOADS = {"imports": "/imports/", "import-mended": "/imports/1/mended/", "import-inspect": "/imports/inspect/"}


class Unread:
    """A body of which nothing may be read."""

    def read(self, *_: Any) -> NoReturn:
        raise AssertionError("it was read")

    readline = readlines = __iter__ = read


@pytest.fixture(autouse=True)
def _behind_a_proxy(settings: pytest.FixtureRequest) -> None:
    """It takes what browsers go on sending; nobody here does."""
    settings.KUNDEKORT_PROXIES = ["192.0.2.1"]


def begin(client: Client, address: str, *, length: int = HUGE, **more: Any) -> HttpResponse:
    """The answer to a request of which only the head was looked at, sent by a browser that has been here before."""
    client.cookies["csrftoken"] = "a" * 32
    client.handler.enforce_csrf_checks = True
    kind = "multipart/form-data; boundary=x"
    more |= {"wsgi.input": Unread(), "CONTENT_LENGTH": str(length)}
    return client.generic("POST", address, b"", kind, **more)


@pytest.mark.parametrize(("name", "address"), addresses())
def test_of_a_stranger_nothing_is_read(client: Client, db: None, name: str, address: str) -> None:
    answer = begin(client, address)
    if answer.status_code == 413:  # where strangers may post, but not as much
        assert "For mye på én gang" in answer.content.decode()
        assert "logout" not in answer.content.decode()
    else:
        assert (answer.status_code, answer["Location"][:7]) == (302, "/login/")


@pytest.mark.parametrize(("name", "address"), addresses())
def test_of_people_nothing_large_is_read_where_no_file_belongs(as_alice: Client, name: str, address: str) -> None:
    if name not in UPLOADS:
        answer = begin(as_alice, address)
        assert answer.status_code == 413
        assert "For mye på én gang" in answer.content.decode()


def test_of_whoever_has_to_change_their_password_nothing_is_read(client: Client, alice: Actor) -> None:
    person = people.add("kari", role=Role.IMPORTER, actor=alice).person
    client.force_login(User.objects.get(pk=person.id))
    for address in ("/imports/", "/customers/new/"):
        assert begin(client, address, length=1000)["Location"] == "/account/password/"


@pytest.mark.parametrize("address", UPLOADS.values())
@pytest.mark.parametrize("length", [1, HUGE])
def test_of_a_reader_no_file_is_read(client: Client, db: None, address: str, length: int) -> None:
    client.force_login(create_user(username="rita", password="theatre-doors", role=Role.READER))
    answer = begin(client, address, length=length)
    assert answer.status_code == 403
    assert "Du har ikke tilgang" in answer.content.decode()


@pytest.mark.parametrize("length", [1, HUGE])
def test_nothing_is_read_where_there_is_nothing_or_under_another_name(client: Client, db: None, length: int) -> None:
    assert begin(client, "/nowhere/", length=length).status_code == 404
    assert begin(client, "/login/", length=length, HTTP_HOST="evil.example").status_code == 400


def test_nothing_is_read_for_an_error_of_ours(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kundekort.web.bodies.length", lambda request: 1 // 0)
    client.raise_request_exception = False
    assert begin(client, "/login/").status_code == 500


@pytest.mark.parametrize("address", ["/imports/", "/login/", "/nowhere/"])
def test_without_a_proxy_all_is_taken_and_nothing_kept(
    client: Client, db: None, settings: pytest.FixtureRequest, address: str
) -> None:
    settings.KUNDEKORT_PROXIES = []
    sent = io.BytesIO(b"a" * 3_000_000)
    more: dict[str, Any] = {"wsgi.input": sent, "CONTENT_LENGTH": "3000000"}
    answer = client.generic("POST", address, b"", "multipart/form-data; boundary=x", **more)
    assert answer.status_code in (302, 404, 413)
    assert sent.read() == b""
    assert not answer.wsgi_request.FILES


def test_a_proxy_is_told_who_may_send_a_file(client: Client, bob: Actor) -> None:
    assert client.get("/imports/permission/").status_code == 401
    client.force_login(create_user(username="rita", password="theatre-doors", role=Role.READER))
    assert client.get("/imports/permission/").status_code == 403
    client.force_login(bob.user)
    assert client.get("/imports/permission/").status_code == 204


def test_a_proxy_is_told_of_a_password_and_of_a_factor_that_are_wanted_first(
    client: Client, alice: Actor, bob: Actor, settings: pytest.FixtureRequest
) -> None:
    made = people.add("kari", role=Role.IMPORTER, actor=alice)
    client.login(username="kari", password=made.password)
    assert client.get("/imports/permission/").status_code == 403
    settings.KUNDEKORT_SECOND_FACTOR = "everybody"
    client.force_login(bob.user)
    assert client.get("/imports/permission/").status_code == 403


def test_files_can_be_sent_to_these_addresses_and_no_others() -> None:
    patterns = get_resolver().url_patterns[0].url_patterns
    assert {p.name for p in patterns if hasattr(p.callback, "takes_file")} == set(UPLOADS)


def test_a_small_file_where_none_belongs_is_not_kept(as_alice: Client) -> None:
    file = SimpleUploadedFile("customers.csv", b"a" * 500_000)
    for address in ("/login/", "/customers/new/", "/segments/new/"):
        assert not as_alice.post(address, {"file": file, "search": "kari"}).wsgi_request.FILES


def test_a_form_may_be_as_large_as_the_largest_one(as_alice: Client, three: list[int]) -> None:
    rows = ",".join(str(n) for n in range(100_000_000, 100_060_000))  # 600 kB
    answer = as_alice.post("/imports/1/decisions/", {"action": "accept", "rows": rows})
    assert answer.status_code != 413


@pytest.mark.parametrize("length", ["", "many", "-5"])
def test_a_length_that_is_none_is_taken_for_no_body(client: Client, bob: Actor, length: str) -> None:
    assert client.generic("POST", "/login/", HEADER, CONTENT_LENGTH=length).status_code < 500
