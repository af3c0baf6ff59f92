"""Where a request came from and by which scheme: what the proxy says, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from kundekort.config import environment, proxies

PROXIES = ["10.1.0.0/24", "2001:db8::1"]


def seen(peer: str, *, trusted: list[str] = PROXIES, **headers: str) -> dict[str, Any] | str:
    """What the site is told of a request, or the answer of a server that does not ask it."""
    told: dict[str, Any] = {}
    answers: list[str] = []

    def site(environ: dict[str, Any], start: Any) -> list[bytes]:
        told.update(environ)
        return [b""]

    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http"} | headers
    list(proxies.behind(trusted, site)(environ, lambda status, headers: answers.append(status)))
    return answers[0] if answers else told


def address_and_scheme(peer: str, **headers: Any) -> tuple[str, str]:
    told = seen(peer, **headers)
    assert isinstance(told, dict)
    assert not {name for name in told if "FORWARDED" in name or "REAL_IP" in name}
    return told["REMOTE_ADDR"], told["wsgi.url_scheme"]


@pytest.mark.parametrize("proxy", ["10.1.0.7", "2001:db8::1", "::ffff:10.1.0.7"])
def test_the_proxy_is_believed(proxy: str) -> None:
    headers = {"HTTP_X_FORWARDED_FOR": "203.0.113.5", "HTTP_X_FORWARDED_PROTO": "https"}
    assert address_and_scheme(proxy, **headers) == ("203.0.113.5", "https")
    assert address_and_scheme(proxy) == (proxy.rpartition("f:")[2] if "." in proxy else proxy, "http")


def test_what_a_browser_says_of_itself_before_the_proxy_is_not() -> None:
    headers = {"HTTP_X_FORWARDED_FOR": "127.0.0.1, 203.0.113.5", "HTTP_X_REAL_IP": "127.0.0.1"}
    assert address_and_scheme("10.1.0.7", **headers)[0] == "203.0.113.5"
    assert address_and_scheme("10.1.0.7", HTTP_X_FORWARDED_FOR="<script>")[0] == "10.1.0.7"


@pytest.mark.parametrize("trusted", [[], ["10.1.0.7"]])
def test_nobody_else_is_believed(trusted: list[str]) -> None:
    headers = {"HTTP_X_FORWARDED_FOR": "203.0.113.5", "HTTP_X_FORWARDED_PROTO": "https", "HTTP_FORWARDED": "for=a"}
    assert address_and_scheme("127.0.0.1", trusted=trusted, **headers) == ("127.0.0.1", "http")


def test_nobody_gets_past_the_proxy() -> None:
    for peer in ("203.0.113.5", "10.1.1.7", "", "unix"):
        assert seen(peer, HTTP_X_FORWARDED_FOR="10.1.0.7") == "403 Forbidden"
    assert isinstance(seen("::1"), dict)
    assert isinstance(seen("203.0.113.5", trusted=[]), dict)


def test_whoever_watches_gets_past_the_proxy_and_is_still_not_believed() -> None:
    told: dict[str, Any] = {}

    def site(environ: dict[str, Any], start: Any) -> list[bytes]:
        told.update(environ)
        return [b""]

    refused: list[str] = []
    behind = proxies.behind(PROXIES, site, open_paths={"/healthz"})
    for path in ("/healthz", "/healthz/", "/customers/"):
        environ = {"REMOTE_ADDR": "203.0.113.5", "PATH_INFO": path, "HTTP_X_FORWARDED_FOR": "127.0.0.1"}
        list(behind(environ | {"wsgi.url_scheme": "http"}, lambda status, headers, of=path: refused.append(of)))
    assert refused == ["/healthz/", "/customers/"]
    assert (told["REMOTE_ADDR"], "HTTP_X_FORWARDED_FOR" in told) == ("203.0.113.5", False)


def test_the_setting_names_addresses_and_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.proxies(https=False) == []
    assert environment.proxies(https=True) == ["127.0.0.1", "::1"]
    monkeypatch.setenv("KUNDEKORT_PROXY", "10.1.0.0/24, 2001:DB8::1")
    assert environment.proxies(https=True) == ["10.1.0.0/24", "2001:db8::1"]
    for wrong in ("*", "proxy", "10.1.0.7/24", "10.1.0.1, everybody"):
        monkeypatch.setenv("KUNDEKORT_PROXY", wrong)
        with pytest.raises(ImproperlyConfigured, match="KUNDEKORT_PROXY"):
            environment.proxies(https=False)
