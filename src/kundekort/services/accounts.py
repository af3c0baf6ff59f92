"""Who acts, and what they may do: three roles, each allowing all that the one before it allows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Group, User
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db import connection, transaction
from django.db.models import Q, prefetch_related_objects

from kundekort.services import password_rules, person_names
from kundekort.services.refusals import Forbidden, NameTaken, PersonInvalid

_LOCK: Final = 0x7573_6572  # "user"
_LONGEST_EMAIL: Final = 254


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
        if not has_role(self.role, role):
            raise Forbidden(role=role.value)


def has_role(held: Role | None, least: Role) -> bool:
    """Whether a role that somebody holds allows all that another does."""
    return held is not None and _RANK.index(held) >= _RANK.index(least)


def actor_of(user: AbstractBaseUser | AnonymousUser, *, address: str = "") -> Actor:
    """The actor that a logged-in user is; nobody in particular for an anonymous one."""
    if not isinstance(user, User) or not user.is_active:
        return Actor(name="", role=None, address=address)
    return Actor(name=user.get_full_name() or user.get_username(), role=role_of(user), user=user, address=address)


def role_of(user: User) -> Role | None:
    """The highest role of a user, None for one without any."""
    prefetch_related_objects([user], "groups")  # asked once, however often a page wants to know
    groups = {group.name for group in user.groups.all()}
    held = [role for role in _RANK if role in groups]
    return Role.ADMINISTRATOR if user.is_superuser else (held[-1] if held else None)


def nobody_yet() -> bool:
    """Whether there is no user at all, so that nobody can log in: what a new register has to say first."""
    return not User.objects.exists()


@transaction.atomic
def create_user(
    *, username: str, password: str, role: Role, full_name: str = "", email: str = "", check_password: bool = True
) -> User:
    """A new user with a role. Raises NameTaken, PersonInvalid or WeakPassword."""
    lock()
    username, full_name = person_names.checked_username(username), person_names.checked_full_name(full_name)
    if User.objects.filter(username__iexact=username).exists():
        raise NameTaken(name=username)
    user = User(username=username, email=checked_email(email))
    user.first_name, user.last_name = person_names.parts(full_name)
    if check_password:
        password_rules.check(password, user)
    user.set_password(password_rules.normal(password))
    user.save()
    give_role(user, role)
    return user


def give_role(user: User, role: Role) -> None:
    """Have a user that one role and no other."""
    group, _ = Group.objects.get_or_create(name=role.value)
    user.groups.set([group])
    if user.is_superuser:
        user.is_superuser = user.is_staff = False
        user.save(update_fields=["is_superuser", "is_staff"])


def checked_email(text: str, *, user: User | None = None) -> str:
    """An address for a user, '' for none. Raises PersonInvalid for what is none, or is another user's."""
    text = text.strip()
    if not text:
        return ""
    try:
        EmailValidator()(text)
    except ValidationError as error:
        raise PersonInvalid(reason="email_invalid") from error
    if len(text) > _LONGEST_EMAIL:
        raise PersonInvalid(reason="email_invalid")
    others = User.objects.filter(email__iexact=text)
    if (others.exclude(pk=user.pk) if user else others).exists():
        raise PersonInvalid(reason="email_taken")
    return text


def lock() -> None:
    """Have nobody else change users until the transaction ends: whoever comes second sees what the first has done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def user_named(login: str) -> User | None:
    """Whoever is called this, or is the only one with this e-mail address, in capital letters or small ones."""
    found = list(User.objects.filter(Q(username__iexact=login) | Q(email__iexact=login, email__gt="")).order_by("pk"))
    named = [user for user in found if user.username.casefold() == login.casefold()] or found
    return named[0] if len(named) == 1 else None
