"""A link by mail for whoever has forgotten their password. It is made and sent by a job.

So nobody who asks can tell by the time it takes whether an address is known, and a mail server that is away for a while
is tried again.
"""

from __future__ import annotations

from typing import Final

from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.utils import translation
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from procrastinate.contrib.django import app

from kundekort.wording import PASSWORD_MAIL

USER: Final = "USER"
TOKEN: Final = "TOKEN"  # noqa: S105 - no token, but its place
"""What stands in the address of the page for a new password until it is somebody's."""


def queue(email: str, *, page: str, language: str) -> None:
    """Have a link sent to an address, if it is somebody's. `page` leads to the page with USER and TOKEN in it."""
    app.configure_task("send_password_link").defer(email=email, page=page, language=language)


def send(email: str, *, page: str, language: str) -> None:
    """Send everybody who has this address, a password and no lock a link that holds for an hour, once."""
    for user in User.objects.filter(email__iexact=email, is_active=True):
        if user.has_usable_password():
            with translation.override(language):
                words = {"address": _link(user, page), "name": user.get_username()}
                subject, body = (str(PASSWORD_MAIL[part]) % words for part in ("subject", "body"))
                send_mail(subject, body, None, [user.email])


def person(user: str, token: str) -> User | None:
    """Whoever a link belongs to, by its two parts; None where it is over, was used, or never was."""
    try:
        found = User.objects.filter(pk=int(force_str(urlsafe_base64_decode(user))), is_active=True).first()
    except (ValueError, OverflowError):
        return None
    return found if found and default_token_generator.check_token(found, token) else None


def _link(user: User, page: str) -> str:
    number = urlsafe_base64_encode(str(user.pk).encode())
    return page.replace(USER, number).replace(TOKEN, default_token_generator.make_token(user))
