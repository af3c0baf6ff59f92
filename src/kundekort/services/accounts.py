"""Who acts, and what they may do: three roles, each allowing all that the one before it allows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Group, User
from django.db import transaction
from django.db.models import Q

from kundekort.services import password_rules
from kundekort.services.refusals import Forbidden, NameTaken


class Role(StrEnum):
    """What a person may do; kept as membership of the group of that name."""

    READER = "reader"
    IMPORTER = "importer"
    ADMINISTRATOR = "administrator"


_RANK = list(Role)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who does something: a user, or a program that runs on their behalf.

    `address` is the network address of their computer, '' for the server's own.
    """

    name: str
    role: Role | None
    user: User | None = None
    address: str = ""

    @classmethod
    def system(cls, name: str) -> Self:
        """Whoever runs programs on the server itself, who may do everything anyway."""
        return cls(name=name, role=Role.ADMINISTRATOR)

    def require(self, role: Role) -> None:
        """Raises Forbidden unless the actor has the role or a higher one."""
        if self.role is None or _RANK.index(self.role) < _RANK.index(role):
            raise Forbidden(role=role.value)


def actor_of(user: AbstractBaseUser | AnonymousUser, *, address: str = "") -> Actor:
    """The actor that a logged-in user is; nobody in particular for an anonymous one."""
    if not isinstance(user, User) or not user.is_active:
        return Actor(name="", role=None, address=address)
    groups = set(user.groups.values_list("name", flat=True))
    held = [role for role in _RANK if role in groups]
    role = Role.ADMINISTRATOR if user.is_superuser else (held[-1] if held else None)
    return Actor(name=user.get_full_name() or user.get_username(), role=role, user=user, address=address)


def nobody_yet() -> bool:
    """Whether there is no user at all, so that nobody can log in: what a new register has to say first."""
    return not User.objects.exists()


@transaction.atomic
def create_user(*, username: str, password: str, role: Role, full_name: str = "", check_password: bool = True) -> User:
    """A new user with a role. Raises NameTaken or WeakPassword."""
    if User.objects.filter(username__iexact=username).exists():
        raise NameTaken(name=username)
    first, _, last = full_name.partition(" ")
    user = User(username=username, first_name=first, last_name=last)
    if check_password:
        password_rules.check(password, user)
    user.set_password(password_rules.normal(password))
    user.save()
    user.groups.add(Group.objects.get_or_create(name=role.value)[0])
    return user


def user_named(login: str) -> User | None:
    """Whoever is called this, or is the only one with this e-mail address, in capital letters or small ones."""
    found = list(User.objects.filter(Q(username__iexact=login) | Q(email__iexact=login, email__gt="")).order_by("pk"))
    named = [user for user in found if user.username.casefold() == login.casefold()] or found
    return named[0] if len(named) == 1 else None
