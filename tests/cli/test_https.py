"""An installation behind a proxy that speaks HTTPS, and the refusal to do without one beyond this machine."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from kundekort.cli.refusals import CommandRefused
from kundekort.cli.server import is_loopback, refuse_strangers
from tests.cli.places import place, register

DJANGO = [sys.executable, "-W", "error", "-m", "django"]

ANSWERS = """
from django.test import Client
from kundekort.services.accounts import Role, create_user
from django.conf import settings
from django.core.management import call_command
call_command("collectstatic", interactive=False, verbosity=0)
settings.ALLOWED_HOSTS = ["testserver"]
create_user(username="rita", password="theatre-doors-9", role=Role.READER)
browser = Client()
print(browser.get("/login/").headers["Location"])
answer = browser.get("/login/", secure=True)
print(answer.headers)
browser.post("/login/", {"username": "rita", "password": "theatre-doors-9"}, secure=True)
browser.post("/language/", {"language": "en"}, secure=True)
print(*[cookie.OutputString() for cookie in browser.cookies.values()], sep="\\n")
"""


@pytest.mark.slow
def test_it_is_ready_for_the_network_when_a_proxy_speaks_https() -> None:
    with register(KUNDEKORT_HTTPS="1", KUNDEKORT_HOSTS="kunder.example.no") as site, site.held():
        environment = site.environment | {"DJANGO_SETTINGS_MODULE": "kundekort.config.settings"}
        command = [*DJANGO, "check", "--deploy", "--fail-level", "WARNING"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        location, headers, *cookies = site.script(ANSWERS).splitlines()
    assert location == "https://testserver/login/"
    assert "'Strict-Transport-Security': 'max-age=31536000'" in headers
    names = {name for cookie in cookies if (name := cookie.partition("=")[0])}
    assert names == {"__Host-session", "__Host-csrf", "__Host-known", "django_language"}
    for cookie in cookies:
        assert re.search("; HttpOnly;.* Path=/; SameSite=Lax; Secure$", cookie), cookie


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "kunder.example.no"])
def test_it_listens_to_the_network_only_behind_a_proxy(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandRefused, match="proxy_missing"):
        refuse_strangers(host)
    monkeypatch.setenv("KUNDEKORT_PROXY", "10.1.0.7")
    refuse_strangers(host)


def test_it_listens_to_this_machine_without_one() -> None:
    assert all(is_loopback(host) for host in ("127.0.0.1", "127.3.2.1", "::1", "localhost"))


def test_it_says_in_words_that_there_has_to_be_a_proxy() -> None:
    with place() as site:
        told = site.run("serve", "--host", "0.0.0.0", code=2).decode()
        assert "KUNDEKORT_PROXY" in told
        assert len(told.splitlines()) == 1
        assert not site.data.exists()
    with place(KUNDEKORT_PROXY="everybody") as site:
        assert "KUNDEKORT_PROXY names addresses" in site.run("migrate", code=1).decode()
