"""The demonstration's register and its own administrator, whose password everybody knows.

The register bears a mark from the moment it is made. Only where that stands, and only as long as the site is for this
machine alone, can somebody log in with that password; a backup that is restored has lost the mark.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest

from kundekort.services import accounts
from kundekort.services.accounts import Actor, Role
from kundekort.services.refusals import DemoPublic, RegisterNotEmpty
from kundekort.store.models import Customer, Import, Setting

KEY: Final = "demo"
"""The row of the settings that says that the register is the demonstration's."""
USER: Final = "demo"
PASSWORD: Final = "demo"  # noqa: S105 - for a register of invented people on this machine
_OWN_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})


@transaction.atomic
def begin() -> Actor:
    """The demonstration's administrator, made where missing, in a register that is the demonstration's or empty.

    Raises RegisterNotEmpty for one that has users, customers or imports of its own, and DemoPublic.
    """
    refuse_public()
    accounts.lock()
    if not is_demo():
        if any(model.objects.exists() for model in (User, Customer, Import)):
            raise RegisterNotEmpty
        Setting.objects.create(key=KEY, value=True)
    user = User.objects.filter(username=USER).first() or accounts.create_user(
        username=USER, password=PASSWORD, role=Role.ADMINISTRATOR, check_password=False
    )
    return accounts.actor_of(user)


def is_demo() -> bool:
    """Whether the register is the demonstration's."""
    return Setting.objects.filter(key=KEY).exists()


def refuse_public(host: str = "127.0.0.1") -> None:
    """Raises DemoPublic where the site is for others than this machine: by its settings, or where it listens."""
    if _is_public() or not _is_loopback(host):
        raise DemoPublic


def _is_public() -> bool:
    return bool(settings.HTTPS) or not _OWN_HOSTS.issuperset(settings.ALLOWED_HOSTS)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class DemoBackend:
    """Asked before any other way to log in: nobody gets in anywhere else with the password that everybody knows."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> None:
        """Let whoever it is be looked for by others. Raises PermissionDenied, after which nobody is asked."""
        known = (username or "").strip().casefold() == USER and password == PASSWORD
        if known and (_is_public() or not is_demo()):
            raise PermissionDenied
