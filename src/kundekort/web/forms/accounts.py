"""What people enter to log in, and to get another password."""

from __future__ import annotations

from typing import Any, Final

from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm
from django import forms

from kundekort.services import password_rules
from kundekort.services.accounts import user_named

LONGEST: Final = 1_000
"""Characters of a password that are looked at; no longer one can have been set."""


class Password(forms.CharField):
    """A password exactly as it is typed or pasted, in the normal form in which it is compared."""

    def __init__(self) -> None:
        super().__init__(strip=False, max_length=LONGEST)

    def clean(self, value: Any) -> str:
        """The password that was meant."""
        return password_rules.normal(super().clean(value))


class LoginForm(AllauthLoginForm):
    """A user name or an e-mail address, and a password. `user` is whoever they belong to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= {"login": forms.CharField(max_length=254), "password": Password()}

    def add_prefix(self, field_name: str) -> str:
        """The name of a field on the page, by which browsers know what to offer."""
        return super().add_prefix("username" if field_name == "login" else field_name)

    def user_credentials(self) -> dict[str, str]:
        """Name and password; whoever enters an e-mail address means the user who has it."""
        login = self.cleaned_data["login"]
        user = user_named(login)
        return {"username": user.get_username() if user else login, "password": self.cleaned_data["password"]}


class ConfirmForm(ReauthenticateForm):
    """The password of whoever is logged in already."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = Password()


class NewPasswordForm(forms.Form):
    """A new password, twice so that it is the one that was meant."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= {"new": Password(), "again": Password()}

    def differs(self) -> bool:
        """Whether the two are not the same."""
        return bool(self.cleaned_data["new"] != self.cleaned_data["again"])


class ChangePasswordForm(NewPasswordForm):
    """The password somebody has, and a new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old"] = Password()


class ResetRequestForm(forms.Form):
    """The e-mail address of somebody who has forgotten their password."""

    email = forms.EmailField(max_length=254)
