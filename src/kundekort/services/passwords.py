"""Passwords that somebody gets: their own choice, or one that an administrator gives them."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import User
from django.db import transaction

from kundekort.services import audit, password_rules
from kundekort.services.accounts import Actor, Role
from kundekort.services.audit import Event
from kundekort.services.refusals import Forbidden, NotFound, PasswordUnchanged, PasswordWrong
from kundekort.store.models import Profile


@transaction.atomic
def set_password(user_id: int, password: str, *, actor: Actor, event: Event = Event.PASSWORD_CHANGE) -> None:
    """Give somebody a password, which ends all their sessions; requires an administrator.

    `event` is what it is called in the audit log. Raises Forbidden, NotFound or WeakPassword.
    """
    actor.require(Role.ADMINISTRATOR)
    _set(user_id, password, actor=actor, event=event)


@transaction.atomic
def change_own(old: str, password: str, *, actor: Actor) -> User:
    """Another password for whoever is logged in; the user as they are now, whose other sessions have ended.

    Raises Forbidden for nobody, PasswordWrong or WeakPassword.
    """
    if actor.user is None:
        raise Forbidden(role=Role.READER.value)
    if not actor.user.check_password(password_rules.normal(old)):
        raise PasswordWrong
    return _set(actor.user.pk, password, actor=actor, event=Event.PASSWORD_CHANGE)


@transaction.atomic
def choose(user: User, password: str, *, address: str) -> None:
    """Another password for somebody who has shown by a link in their mail who they are. Raises WeakPassword."""
    actor = Actor(name=user.get_full_name() or user.get_username(), role=None, user=user, address=address)
    _set(user.pk, password, actor=actor, event=Event.PASSWORD_RESET)


def _set(user_id: int, password: str, *, actor: Actor, event: Event) -> User:
    """The only place where a password that somebody chose is set: none that was handed over is left after it."""
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound(id=user_id)
    password_rules.check(password, user)
    password = password_rules.normal(password)
    profile = Profile.objects.filter(user=user).exclude(handed_over="")
    known = [user.password, *profile.values_list("handed_over", flat=True)]
    if any(check_password(password, one) for one in known):
        raise PasswordUnchanged
    user.set_password(password)
    user.save(update_fields=["password"])
    profile.update(handed_over="")
    audit.record(event, actor=actor, username=user.get_username())
    return user
