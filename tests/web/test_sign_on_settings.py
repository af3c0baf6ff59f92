"""The settings of logging in: what cannot be meant is refused when the site starts."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from kundekort.config import environment

SERVICE = {
    "KUNDEKORT_OIDC_ISSUER": "https://login.venue.example/",
    "KUNDEKORT_OIDC_CLIENT_ID": "kundekort",
    "KUNDEKORT_OIDC_CLIENT_SECRET": "secret",
}


def set_all(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_it_knows_no_service_where_none_is_named() -> None:
    assert environment.sign_on() == []


def test_it_knows_people_of_one_issuer_apart_from_those_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, SERVICE)
    [service] = environment.sign_on()
    assert (service["name"], service["client_id"], service["secret"]) == ("login.venue.example", "kundekort", "secret")
    assert service["settings"]["server_url"] == "https://login.venue.example"
    assert service["settings"]["oauth_pkce_enabled"] is True
    set_all(monkeypatch, {"KUNDEKORT_OIDC_ISSUER": "https://other.example", "KUNDEKORT_OIDC_DOMAINS": "a.no, b.no"})
    [other] = environment.sign_on()
    assert other["provider_id"] != service["provider_id"]
    assert other["settings"]["verified_email"] == ["a.no", "b.no"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"KUNDEKORT_OIDC_ISSUER": "http://login.venue.example"},
        {"KUNDEKORT_OIDC_ISSUER": "login.venue.example"},
        {"KUNDEKORT_OIDC_CLIENT_SECRET": ""},
        {"KUNDEKORT_OIDC_CLIENT_ID": ""},
    ],
)
def test_it_refuses_half_a_service(monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str]) -> None:
    set_all(monkeypatch, SERVICE | wrong)
    with pytest.raises(ImproperlyConfigured):
        environment.sign_on()


def test_it_refuses_words_and_hours_that_mean_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUNDEKORT_SECOND_FACTOR", "sometimes")
    with pytest.raises(ImproperlyConfigured, match="off, optional, administrators, everybody"):
        environment.choice("KUNDEKORT_SECOND_FACTOR", "optional", ("off", "optional", "administrators", "everybody"))
    monkeypatch.setenv("KUNDEKORT_SESSION_IDLE", "0")
    with pytest.raises(ImproperlyConfigured, match="more than 0"):
        environment.hours("KUNDEKORT_SESSION_IDLE", 8)
    monkeypatch.setenv("KUNDEKORT_SESSION_IDLE", "1.5")
    assert environment.hours("KUNDEKORT_SESSION_IDLE", 8) == 5400
