"""Colleagues: who may log in and what they may do. People are locked, never deleted, so that history stays true.

Whoever changes users has them to themselves until the transaction ends, so that of two administrators who demote each
other one is refused.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction

from kundekort.services import accounts, audit, person_names, second_factors, sessions, sign_on
from kundekort.services.accounts import Actor, Role, actor_of
from kundekort.services.audit import Event
from kundekort.services.refusals import LastAdministrator, NotFound, OwnAccount
from kundekort.store.models import Profile

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""What nobody takes for something else when a password is read out or typed off: no l, 1, i, o, 0."""
_GROUPS: Final = 4
_GROUP: Final = 4
"""A password that is made has so many groups of so many letters: 79 bits."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may log in, unless they are `locked`.

    `role` is None for who may nothing. `second_factor`: they log in with more than a password. `must_change`: they have
    a password that somebody else knows, and choose another at their next login.
    """

    id: int
    username: str
    full_name: str
    email: str
    role: Role | None
    last_login: datetime | None
    locked: bool
    second_factor: bool
    must_change: bool

    @property
    def name(self) -> str:
        """What others see: the full name, else the user name."""
        return self.full_name or self.username


@dataclass(frozen=True, slots=True)
class InitialPassword:
    """A person and the password that was made for them; it is kept nowhere and can be shown this once."""

    person: Person
    password: str


def list_all(*, actor: Actor) -> tuple[Person, ...]:
    """Everybody, those who are locked last, by name."""
    actor.require(Role.ADMINISTRATOR)
    users = User.objects.prefetch_related("groups").select_related("profile")
    owners = second_factors.owners()
    found = [_person(user, second_factor=user.pk in owners) for user in users]
    return tuple(sorted(found, key=lambda person: (person.locked, person.name.casefold(), person.id)))


def get(user_id: int, *, actor: Actor) -> Person:
    """One person by the number of their user. Raises NotFound."""
    actor.require(Role.ADMINISTRATOR)
    return _person(_user(user_id))


def find(username: str, *, actor: Actor) -> Person:
    """One person by their user name, however its letters are written. Raises NotFound."""
    actor.require(Role.ADMINISTRATOR)
    user = User.objects.filter(username__iexact=username).order_by("pk").first()
    if user is None:
        raise NotFound(id=username)
    return _person(user)


@transaction.atomic
def add(
    username: str, *, role: Role, full_name: str = "", email: str = "", password: str | None = None, actor: Actor
) -> InitialPassword:
    """A new colleague. Without a `password` of their own one is made, which they change at their first login.

    Raises NameTaken, PersonInvalid, WeakPassword.
    """
    _lock_for(actor)
    made = password is None
    password = new_password() if password is None else password
    user = accounts.create_user(
        username=username, password=password, role=role, full_name=full_name, email=email, check_password=not made
    )
    if made:
        _hand_over(user)
    audit.record(Event.USER_CREATION, actor=actor, username=user.username, role=role.value)
    return InitialPassword(_person(user), password)


@transaction.atomic
def change(user_id: int, *, full_name: str, email: str, role: Role, actor: Actor) -> Person:
    """Give a person another name, address or role; the user name stays, because history tells people apart by it.

    Raises NotFound, PersonInvalid, OwnAccount for one's own role, LastAdministrator.
    """
    user = _locked_for_change(user_id, actor)
    full_name, email = person_names.checked_full_name(full_name), accounts.checked_email(email, user=user)
    before = _person(user)
    if role is not before.role:
        if before.role is Role.ADMINISTRATOR:
            _refuse_taking_away(user, actor)
        accounts.give_role(user, role)
        old = before.role.value if before.role else ""
        audit.record(Event.ROLE_CHANGE, actor=actor, username=user.username, old=old, new=role.value)
    if (full_name, email) != (before.full_name, before.email):
        user.first_name, user.last_name = person_names.parts(full_name)
        user.email = email
        user.save(update_fields=["first_name", "last_name", "email"])
    if full_name != before.full_name:
        audit.record(Event.USER_CHANGE, actor=actor, username=user.username)
    if email != before.email:
        sign_on.forget(user)  # whom the old address has let in
        audit.record(Event.EMAIL_CHANGE, actor=actor, username=user.username, was=before.email, email=email)
    return _person(_user(user_id))


@transaction.atomic
def lock(user_id: int, *, actor: Actor) -> Person:
    """Let somebody log in no more; where they are logged in, that ends at once. What they have done stays.

    Raises NotFound, OwnAccount, LastAdministrator.
    """
    user = _locked_for_change(user_id, actor)
    if user.is_active:
        _refuse_taking_away(user, actor)
        user.is_active = False
        user.save(update_fields=["is_active"])
        audit.record(Event.USER_LOCK, actor=actor, username=user.username)
    sessions.end_all(user.pk, actor=actor)
    return _person(user)


@transaction.atomic
def unlock(user_id: int, *, actor: Actor) -> Person:
    """Let somebody log in again, with the password they had. Raises NotFound."""
    user = _locked_for_change(user_id, actor)
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
        audit.record(Event.USER_UNLOCK, actor=actor, username=user.username)
    return _person(user)


@transaction.atomic
def reset(user_id: int, *, actor: Actor) -> InitialPassword:
    """A new password for somebody who has forgotten theirs; wherever they are logged in, that ends.

    Raises NotFound, and OwnAccount: one's own is changed by who knows it.
    """
    user = _locked_for_change(user_id, actor)
    if actor.user is not None and actor.user.pk == user.pk:
        raise OwnAccount
    password = new_password()
    user.set_password(password)
    user.save(update_fields=["password"])
    _hand_over(user)
    sessions.end_all(user.pk, actor=actor)
    audit.record(Event.PASSWORD_RESET, actor=actor, username=user.username)
    return InitialPassword(_person(user), password)


def remove_second_factors(user_id: int, *, actor: Actor) -> Person:
    """Take all second factors from somebody who has lost phone, key and codes; wherever they are logged in, that ends.

    Raises NotFound, and OwnAccount: one's own are taken away on one's own page.
    """
    with transaction.atomic():
        user = _locked_for_change(user_id, actor)
        if actor.user is not None and actor.user.pk == user.pk:
            raise OwnAccount
        second_factors.remove_all(user_id, actor=actor)
    return _person(user)


def must_change_password(user: User) -> bool:
    """Whether somebody still has the password that was made for them, which others know."""
    profile: Profile | None = getattr(user, "profile", None)
    return profile is not None and profile.handed_over != ""


def new_password() -> str:
    """A password to be handed over, of letters and figures that can be read out."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))


def _locked_for_change(user_id: int, actor: Actor) -> User:
    """A user whom nobody else changes meanwhile. Raises Forbidden for who may not do so any more, and NotFound."""
    _lock_for(actor)
    return _user(user_id)


def _lock_for(actor: Actor) -> None:
    """Have nobody else change users meanwhile. Raises Forbidden for who may not do so any more."""
    actor.require(Role.ADMINISTRATOR)
    accounts.lock()
    if actor.user is not None:  # demoted or locked by another administrator in this very moment
        actor_of(_user(actor.user.pk)).require(Role.ADMINISTRATOR)


def _refuse_taking_away(user: User, actor: Actor) -> None:
    """Raises OwnAccount and LastAdministrator where a user may not be demoted or locked."""
    if actor.user is not None and actor.user.pk == user.pk:
        raise OwnAccount
    others = User.objects.filter(is_active=True).exclude(pk=user.pk).prefetch_related("groups")
    left = any(accounts.role_of(other) is Role.ADMINISTRATOR for other in others)
    if accounts.role_of(user) is Role.ADMINISTRATOR and not left:
        raise LastAdministrator(name=user.get_username())


def _hand_over(user: User) -> None:
    user.profile, _ = Profile.objects.update_or_create(user=user, defaults={"handed_over": user.password})


def _user(user_id: int) -> User:
    try:
        return User.objects.select_related("profile").get(pk=user_id)
    except User.DoesNotExist as error:
        raise NotFound(id=user_id) from error


def _person(user: User, *, second_factor: bool | None = None) -> Person:
    """A user as a person; `second_factor` is looked up where it is not known."""
    return Person(
        id=user.pk,
        username=user.username,
        full_name=user.get_full_name(),
        email=user.email,
        role=accounts.role_of(user),
        last_login=user.last_login,
        locked=not user.is_active,
        second_factor=second_factors.has_any(user) if second_factor is None else second_factor,
        must_change=must_change_password(user),
    )
