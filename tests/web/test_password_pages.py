"""Another password: by the one there is, and by a link in the mail."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django.fixtures import Settings

from kundekort.config import environment
from kundekort.services import jobs
from kundekort.services.accounts import Actor
from kundekort.store.models import AuditEntry
from tests.smtp import mail_server

pytestmark = pytest.mark.django_db

NEW = "a much better one than before"


@pytest.fixture
def letters(settings: Settings) -> Iterator[list[EmailMessage]]:
    """The letters that a mail server has got, which the settings name."""
    with mail_server() as (port, letters), pytest.MonkeyPatch.context() as patch:
        patch.setenv("KUNDEKORT_EMAIL_URL", f"smtp://127.0.0.1:{port}")
        patch.setenv("KUNDEKORT_EMAIL_FROM", "Kundekort <kundekort@venue.example>")
        for name, value in environment.mail().items():
            setattr(settings, name, value)
        settings.KUNDEKORT_MAIL = True
        yield letters


@pytest.fixture
def bob_by_mail(bob: Actor) -> User:
    """Bob, with an e-mail address."""
    User.objects.filter(username="bob").update(email="Bob@venue.example")
    return User.objects.get(username="bob")


def change(client: Client, old: str, new: str, again: str | None = None) -> str:
    answer = client.post("/account/password/", {"old": old, "new": new, "again": new if again is None else again})
    return answer.content.decode() if answer.status_code == 200 else answer["Location"]


def posted(client: Client, email: str) -> str:
    page = client.post("/login/forgotten/", {"email": email}).content.decode().replace(email, "X")
    return re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", page)


def ask(client: Client, email: str) -> str:
    page = posted(client, email)
    for job in ProcrastinateJob.objects.filter(task_name="send_password_link"):
        jobs.send_password_link(**job.args)
    return page


def link(letter: EmailMessage) -> str:
    found = re.search(r"http://testserver(/login/new-password/\S+)", letter.get_content())
    assert found
    return found[1]


def follow(client: Client, path: str, new: str) -> str:
    page = client.get(path, follow=True)
    if "Nytt passord" not in page.content.decode():
        return page.content.decode()
    assert path not in page.request["PATH_INFO"]
    answer = client.post(page.request["PATH_INFO"], {"new": new, "again": new}, follow=True)
    return answer.content.decode()


def test_it_changes_the_password_and_ends_the_other_sessions(as_bob: Client, bob: Actor) -> None:
    elsewhere = Client()
    elsewhere.post("/login/", {"username": "bob", "password": "theatre-doors"})
    assert elsewhere.get("/account/").status_code == 200
    before = as_bob.cookies["sessionid"].value
    assert change(as_bob, "theatre-doors", NEW) == "/account/"
    assert as_bob.cookies["sessionid"].value != before
    assert "Passordet ditt er byttet" in as_bob.get("/account/").content.decode()
    assert elsewhere.get("/account/").status_code == 302
    assert Client().post("/login/", {"username": "bob", "password": NEW}).status_code == 302
    entry = AuditEntry.objects.get(event="password_change")
    assert (entry.user, entry.params) == (bob.user.pk, {"username": "bob"})


@pytest.mark.parametrize(
    ("old", "new", "again", "words"),
    [
        ("wrong", NEW, NEW, "Dette er ikke passordet du har nå"),
        ("theatre-doors", NEW, NEW + "!", "De to er ikke like"),
        ("theatre-doors", "too short", "too short", "Passordet er for kort. Bruk minst 12 tegn"),
        ("theatre-doors", "x" * 129, "x" * 129, "Passordet er for langt. Bruk høyst 128 tegn"),
        ("theatre-doors", "bob bob 2026", "bob bob 2026", "Passordet er laget av et navn"),
        ("theatre-doors", "Passw0rd1234", "Passw0rd1234", "Mange bruker dette passordet"),
    ],
)
def test_it_says_why_it_does_not(as_bob: Client, bob: Actor, old: str, new: str, again: str, words: str) -> None:
    assert words in change(as_bob, old, new, again)
    bob.user.refresh_from_db()
    assert bob.user.check_password("theatre-doors")


def test_it_lets_nobody_guess_the_password_of_a_session_left_open(as_bob: Client) -> None:
    for _ in range(5):
        change(as_bob, "wrong", NEW)
    assert "Det var for mange forsøk" in change(as_bob, "theatre-doors", NEW)


def test_it_counts_a_wrong_password_as_a_failed_login_and_tells_of_it(as_bob: Client, bob: Actor) -> None:
    assert bob.user
    for _ in range(5):
        change(as_bob, "wrong", NEW)
    told = AuditEntry.objects.values_list("event", "user", "params")
    assert list(told) == [("login_failure", bob.user.pk, {"username": "bob"})] * 5
    assert Client().post("/login/", {"username": "bob", "password": "theatre-doors"}).status_code == 429


def test_it_sends_a_link_that_works_once(client: Client, bob_by_mail: User, letters: list[EmailMessage]) -> None:
    ask(client, "bob@VENUE.example")
    [letter] = letters
    assert (letter["To"], letter["From"]) == ("Bob@venue.example", "Kundekort <kundekort@venue.example>")
    assert letter["Subject"] == "Nytt passord til Kundekort"
    path = link(letter)
    assert "Passordet er for kort" in follow(client, path, "short")
    assert "Du har fått nytt passord" in follow(client, path, NEW)
    assert client.get("/account/").status_code == 302
    bob_by_mail.refresh_from_db()
    assert bob_by_mail.check_password(NEW)
    assert "Denne lenken gjelder ikke lenger" in follow(Client(), path, "another one for the thief")
    assert [entry.event for entry in AuditEntry.objects.all()] == ["password_reset"]


def test_it_sends_no_link_that_outlives_an_hour(
    client: Client, bob_by_mail: User, letters: list[EmailMessage], settings: Settings
) -> None:
    ask(client, "bob@venue.example")
    assert settings.PASSWORD_RESET_TIMEOUT == 3600
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "Denne lenken gjelder ikke lenger" in follow(client, link(letters[0]), NEW)


def test_it_takes_no_link_for_somebody_else(client: Client, bob_by_mail: User, letters: list[EmailMessage]) -> None:
    ask(client, "bob@venue.example")
    path = link(letters[0])
    for other in (path.replace("/new-password/", "/new-password/x"), path[:-3] + "x/", "/login/new-password/MQ/-/"):
        assert "Denne lenken gjelder ikke lenger" in follow(Client(), other, NEW)


def test_it_answers_the_same_for_an_address_that_nobody_has(
    client: Client, bob_by_mail: User, letters: list[EmailMessage]
) -> None:
    assert ask(client, "bob@venue.example") == ask(client, "nobody@venue.example")
    User.objects.filter(username="bob").update(is_active=False)
    ProcrastinateJob.objects.all().delete()
    ask(client, "bob@venue.example")
    assert len(letters) == 2  # the first job has been run twice, and nothing else has been sent


def test_it_sends_at_most_three_letters_an_hour(client: Client, bob_by_mail: User, letters: list[EmailMessage]) -> None:
    assert len({posted(client, "bob@venue.example") for _ in range(5)}) == 1
    assert ProcrastinateJob.objects.filter(task_name="send_password_link").count() == 3


def test_it_leaves_the_second_factor_as_it_is(client: Client, bob_by_mail: User, letters: list[EmailMessage]) -> None:
    TOTP.activate(bob_by_mail, generate_totp_secret())
    ask(client, "bob@venue.example")
    follow(client, link(letters[0]), NEW)
    assert client.post("/login/", {"username": "bob", "password": NEW})["Location"] == "/login/factor/"


def test_it_says_to_ask_an_administrator_where_there_is_no_mail(client: Client) -> None:
    assert "En administrator kan gi deg et nytt" in client.get("/login/").content.decode()
    assert client.get("/login/forgotten/").status_code == 404
    assert client.post("/login/forgotten/", {"email": "bob@venue.example"}).status_code == 404


@pytest.mark.parametrize(
    ("address", "port", "tls", "ssl"),
    [
        ("smtp://mail.venue.example", 25, False, False),
        ("smtp+tls://user:p%40ss@mail.venue.example", 587, True, False),
        ("smtps://mail.venue.example:1465", 1465, False, True),
    ],
)
def test_it_understands_addresses_of_mail_servers(
    monkeypatch: pytest.MonkeyPatch, address: str, port: int, tls: bool, ssl: bool
) -> None:
    monkeypatch.setenv("KUNDEKORT_EMAIL_URL", address)
    monkeypatch.setenv("KUNDEKORT_EMAIL_FROM", "kundekort@venue.example")
    mail = environment.mail()
    assert (mail["EMAIL_HOST"], mail["EMAIL_PORT"]) == ("mail.venue.example", port)
    assert (mail["EMAIL_USE_TLS"], mail["EMAIL_USE_SSL"]) == (tls, ssl)
    assert mail["EMAIL_HOST_PASSWORD"] == ("p@ss" if "user" in address else "")


@pytest.mark.parametrize("name", ["KUNDEKORT_EMAIL_FROM", ""])
def test_it_refuses_addresses_that_are_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("KUNDEKORT_EMAIL_URL", "mail.venue.example" if name else "smtp://mail.venue.example")
    if name:
        monkeypatch.setitem(os.environ, name, "kundekort@venue.example")
    with pytest.raises(ImproperlyConfigured):
        environment.mail()
