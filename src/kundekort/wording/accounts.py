"""The words about logging in and about one's own account, where they do not stand on a page; tables only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LOGIN_FAULTS: Final[Mapping[str, str | Promise]] = {
    "username_password_mismatch": _("The user name or the password is wrong. Check both; capital letters count."),
    "too_many_login_attempts": _("There were too many attempts. Wait a few minutes, then try again."),
    "rate_limited": _("There were too many attempts. Wait a few minutes, then try again."),
    "incorrect_code": _("This code is wrong, or has been used already. Wait for the next one and enter that."),
    "incorrect_password": _("The password is wrong. Capital letters count."),
    "account_inactive": _("This account is locked. Ask an administrator of Kundekort."),
    "passkey_wrong": _("The passkey or security key was not accepted. Try again, or log in in another way."),
}
"""By the code that allauth has for a fault, or our own."""

SIGN_ON_FAULTS: Final[Mapping[str, str | Promise]] = {
    "sign_on_cancelled": _("Logging in with %(service)s was cancelled."),
    "sign_on_failed": _(
        "Logging in with %(service)s did not work. Try again; if it happens again, tell an administrator."
    ),
    "sign_on_unknown": _(
        "Nobody with the e-mail address %(email)s has been added here. Ask an administrator to add you."
    ),
    "sign_on_no_email": _("%(service)s does not say which e-mail address you have. Ask an administrator."),
    "sign_on_unverified": _(
        "%(service)s does not say that the e-mail address %(email)s is yours. "
        "Confirm it there, or ask an administrator."
    ),
    "sign_on_ambiguous": _("Several people here have the e-mail address %(email)s. Ask an administrator to mend that."),
    "sign_on_other": _(
        "Whoever has the e-mail address %(email)s here logs in with another account of %(service)s. "
        "Ask an administrator."
    ),
}
"""Why somebody who came from another service is not let in."""

PASSWORD_MAIL: Final[Mapping[str, str | Promise]] = {
    "subject": _("A new password for Kundekort"),
    "body": _(
        "Somebody has asked for a new password for you in Kundekort. "
        "If it was you, open this address within an hour:\n\n"
        "%(address)s\n\n"
        "Your user name is %(name)s. If it was not you, you need do nothing: your password stays as it is."
    ),
}
"""What is sent to whoever has forgotten their password."""
