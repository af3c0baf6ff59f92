"""What somebody shows besides a password: codes of an app, a passkey or a security key, codes for an emergency."""

from __future__ import annotations

from typing import Final

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from kundekort.services import audit, sessions
from kundekort.services.accounts import Actor, Role, actor_of
from kundekort.services.audit import Event
from kundekort.services.refusals import NotFound

REAL: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Those that count: codes for an emergency are only there besides one of them."""


def of(user: User) -> list[Authenticator]:
    """What somebody has, the oldest first."""
    return list(Authenticator.objects.filter(user=user).order_by("pk"))


def has_any(user: User) -> bool:
    """Whether somebody logs in with more than a password."""
    return Authenticator.objects.filter(user=user, type__in=REAL).exists()


def owners() -> set[int]:
    """The numbers of all users who log in with more than a password."""
    return set(Authenticator.objects.filter(type__in=REAL).values_list("user_id", flat=True))


def are_offered() -> bool:
    """Whether this installation lets people have a second factor."""
    return str(settings.KUNDEKORT_SECOND_FACTOR) != "off"


def are_required(user: User) -> bool:
    """Whether this installation demands a second factor of somebody."""
    rule = settings.KUNDEKORT_SECOND_FACTOR
    return rule == "everybody" or (rule == "administrators" and actor_of(user).role is Role.ADMINISTRATOR)


@transaction.atomic
def remove_all(user_id: int, *, actor: Actor) -> None:
    """Take all second factors from somebody who has lost them, and end their sessions; requires an administrator.

    Raises Forbidden, NotFound.
    """
    actor.require(Role.ADMINISTRATOR)
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFound(id=user_id)
    for factor in of(user):
        factor.delete()
        note_removal(factor, actor=actor)
    sessions.end_all(user_id, actor=actor)


def note_addition(factor: Authenticator, *, actor: Actor) -> None:
    """Say in the audit log that somebody has got a factor."""
    _note(Event.SECOND_FACTOR_ADDITION, factor, actor)


def note_removal(factor: Authenticator, *, actor: Actor) -> None:
    """Say in the audit log that somebody has lost a factor."""
    _note(Event.SECOND_FACTOR_REMOVAL, factor, actor)


def _note(event: Event, factor: Authenticator, actor: Actor) -> None:
    audit.record(event, actor=actor, username=factor.user.get_username(), factor=str(factor.type))
