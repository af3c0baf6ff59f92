"""What the audit log says of logging in, as a sentence."""

from __future__ import annotations

import pytest

from kundekort import wording


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"method": "password"}, "Logged in (with a password)"),
        ({"method": "password", "factor": "totp"}, "Logged in (with a password and a code from an app)"),
        ({"method": "sso", "factor": "webauthn"}, "Logged in (by single sign-on and a passkey or security key)"),
        ({"method": "passkey"}, "Logged in (with a passkey)"),
    ],
)
def test_it_says_how_somebody_has_logged_in(params: dict[str, str], words: str) -> None:
    with wording.in_english():
        assert wording.audit_event("login", params) == words


def test_it_says_which_address_somebody_had_and_has() -> None:
    with wording.in_english():
        told = wording.audit_event("email_change", {"username": "bob", "was": "", "email": "b@example.no"})
    assert told == "Changed the e-mail address of bob from – to b@example.no"
