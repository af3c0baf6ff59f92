"""Who somebody was: one person by the number of their user, with the name they had then, told from all others.

What was done is kept with the name that its author had. A name that is somebody else's as well, or is their own no
more, is shown with the user name, which never changes and is nobody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.contrib.auth.models import User

from kundekort import wording
from kundekort.store.models import ColumnMapping, Export, Import, Revision, Segment


@dataclass(frozen=True, slots=True)
class Users:
    """All users: user names and names by their numbers, and whose a name is, however its letters are written."""

    usernames: Mapping[int, str]
    names: Mapping[int, str]
    bearers: Mapping[str, frozenset[int]]


def _load() -> Users:
    rows = User.objects.values_list("pk", "username", "first_name", "last_name")
    usernames = {pk: username for pk, username, _first, _last in rows}
    names = {pk: f"{first} {last}".strip() or username for pk, username, first, last in rows}
    bearers: dict[str, set[int]] = {}
    for pk, name in (*usernames.items(), *names.items()):
        bearers.setdefault(name.casefold(), set()).add(pk)
    return Users(usernames, names, {name: frozenset(users) for name, users in bearers.items()})


_provider: Final[ContextVar[Callable[[], Users]]] = ContextVar("users", default=_load)


@contextmanager
def once() -> Iterator[None]:
    """A block in which users are asked for once, and only when somebody is named."""
    token = _provider.set(cache(_load))
    try:
        yield
    finally:
        _provider.reset(token)


def shown(name: str, user: int | None) -> str:
    """What to call whoever did something under a name; `user` is their number, None for who is no user."""
    if not name:
        return ""
    users = _provider.get()()
    others = users.bearers.get(name.casefold(), frozenset()) - {user}
    if user is None:
        return wording.no_user(name) if others else name
    username = users.usernames.get(user)
    if username is None or (not others and name in (username, users.names[user])):
        return name
    return f"{name} ({username})"


def current(user: int) -> str:
    """What to call a user by the name they have now; '' for a number that is nobody's."""
    return shown(_provider.get()().names.get(user, ""), user)


def uploader(imp: Import) -> str:
    """Who uploaded an import, or began to take something back."""
    return shown(imp.actor_name, imp.created_by_id)


def confirmer(imp: Import) -> str:
    """Who confirmed an import, '' as long as nobody has."""
    return shown(imp.confirmer_name, imp.confirmed_by_id)


def author(of: Revision | Segment | ColumnMapping | Export) -> str:
    """Whose act a revision is, or who has made something."""
    return shown(of.actor_name, of.created_by_id)


def told(user: int | None) -> dict[str, Any] | None:
    """A user for programs, which rely on the keys; None for who is no user."""
    return None if user is None else {"id": user, "username": _provider.get()().usernames.get(user)}
