"""What a browser sends of a passkey or a security key. allauth and fido2 read it, and trip over what is none."""

from __future__ import annotations

from allauth.mfa.webauthn import forms

from kundekort import wording


class _Readable:
    """A form that says that a credential is wrong, instead of failing, whatever a stranger has made up for one."""

    def full_clean(self) -> None:
        """Look at what was sent."""
        try:
            super().full_clean()  # type: ignore[misc]
        except (LookupError, ValueError, TypeError, AttributeError, RecursionError):
            self.add_error("credential", str(wording.LOGIN_FAULTS["passkey_wrong"]))  # type: ignore[attr-defined]


class AddKeyForm(_Readable, forms.AddWebAuthnForm):
    """A new one, and what it is called."""


class FactorForm(_Readable, forms.AuthenticateWebAuthnForm):
    """The second step of logging in."""


class PasskeyLoginForm(_Readable, forms.LoginWebAuthnForm):
    """Logging in with it alone."""


class ConfirmKeyForm(_Readable, forms.ReauthenticateWebAuthnForm):
    """Showing again who one is."""
