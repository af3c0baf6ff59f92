"""Tokens by which programs act for people: made, shown once, and asked for at every request.

A token may what its scopes say, and never more than its person may at that moment; that of somebody who is locked is
dead at once. Only a hash of it is kept.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from kundekort.engine.values.text import line
from kundekort.services import accounts, audit
from kundekort.services.accounts import Actor, Role
from kundekort.services.audit import Event
from kundekort.services.refusals import NotFound, TokenInvalid
from kundekort.store.models import ApiToken

PREFIX: Final = "kk_"
"""What every token begins with, so that whoever finds one in a file knows what it is."""
HINT: Final = 8
"""Characters of a token that are kept and shown."""
LONGEST_NAME: Final = 100
LONGEST_DAYS: Final = 366
"""Days after which every token has expired."""
NOTED_EVERY: Final = 10 * 60
"""Seconds in which the same token refused for the same reason is one entry of the log."""


class Scope(StrEnum):
    """A part of the register that a token opens. To write does not mean to read."""

    CUSTOMERS_READ = "customers:read"
    CUSTOMERS_WRITE = "customers:write"
    CUSTOMERS_ANONYMISE = "customers:anonymise"
    IMPORTS_READ = "imports:read"
    IMPORTS_WRITE = "imports:write"
    SEGMENTS_READ = "segments:read"
    SEGMENTS_WRITE = "segments:write"
    EXPORTS = "exports"
    CHANGES_READ = "changes:read"
    SETTINGS_READ = "settings:read"
    SETTINGS_WRITE = "settings:write"


LEAST: Final[Mapping[Scope, Role]] = {
    Scope.CUSTOMERS_READ: Role.READER,
    Scope.CUSTOMERS_WRITE: Role.IMPORTER,
    Scope.CUSTOMERS_ANONYMISE: Role.ADMINISTRATOR,
    Scope.IMPORTS_READ: Role.IMPORTER,
    Scope.IMPORTS_WRITE: Role.IMPORTER,
    Scope.SEGMENTS_READ: Role.READER,
    Scope.SEGMENTS_WRITE: Role.IMPORTER,
    Scope.EXPORTS: Role.IMPORTER,
    Scope.CHANGES_READ: Role.IMPORTER,
    Scope.SETTINGS_READ: Role.READER,
    Scope.SETTINGS_WRITE: Role.ADMINISTRATOR,
}
"""The least role with which a scope opens anything."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is shown: `username` is whose, `hint` how it begins."""

    id: int
    username: str
    name: str
    scopes: tuple[str, ...]
    hint: str
    created: datetime
    expires: datetime
    last_used: datetime | None
    revoked: datetime | None

    @property
    def is_alive(self) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked is None and self.expires > timezone.now()


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was made, and its secret, which is kept nowhere and can be shown this once."""

    token: Token
    secret: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose program sends a request, by which token, and the how many-th request of this minute it is."""

    token_id: int
    actor: Actor
    scopes: frozenset[str]
    calls: int


def offered(role: Role | None) -> tuple[Scope, ...]:
    """The scopes that somebody with a role can give a token."""
    return tuple(scope for scope, least in LEAST.items() if accounts.has_role(role, least))


def list_of(user_id: int, *, actor: Actor) -> tuple[Token, ...]:
    """All tokens of a person, the newest first; others' require an administrator."""
    _require(user_id, actor)
    found = ApiToken.objects.select_related("user").filter(user=user_id).order_by("-pk")
    return tuple(map(_token, found))


def list_all(*, actor: Actor) -> tuple[Token, ...]:
    """All tokens of everybody, the newest first."""
    actor.require(Role.ADMINISTRATOR)
    return tuple(map(_token, ApiToken.objects.select_related("user").order_by("-pk")))


@transaction.atomic
def create(user_id: int, *, name: str, scopes: Collection[str], days: int, actor: Actor) -> NewToken:
    """A token for a person that expires after some days; for somebody else it requires an administrator.

    Raises NotFound, and TokenInvalid for what no token can be.
    """
    _require(user_id, actor)
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFound(id=user_id)
    if not user.is_active:
        raise TokenInvalid(reason="token_owner_locked")
    name, role = line(name), accounts.role_of(user)
    if not name:
        raise TokenInvalid(reason="token_name_missing")
    if len(name) > LONGEST_NAME:
        raise TokenInvalid(reason="token_name_too_long", limit=LONGEST_NAME)
    if not scopes:
        raise TokenInvalid(reason="scopes_missing")
    if beyond := sorted(set(scopes) - set(offered(role))):
        raise TokenInvalid(reason="scope_beyond_role", scope=beyond[0])
    if not 1 <= days <= LONGEST_DAYS:
        raise TokenInvalid(reason="token_days", limit=LONGEST_DAYS)
    secret = PREFIX + secrets.token_urlsafe(32)
    made = ApiToken.objects.create(
        user=user,
        name=name,
        scopes=[scope for scope in Scope if scope in scopes],
        digest=_digest(secret),
        hint=secret[:HINT],
        expires_at=timezone.now() + timedelta(days=days),
    )
    made.refresh_from_db()
    said = {"username": user.username, "name": name, "scopes": ", ".join(made.scopes)}
    audit.record(Event.TOKEN_CREATION, actor=actor, **said)
    return NewToken(_token(made), secret)


@transaction.atomic
def revoke(token_id: int, *, actor: Actor) -> Token:
    """Have a token open nothing any more; somebody else's requires an administrator. Raises Forbidden, NotFound."""
    token = ApiToken.objects.select_for_update(of=("self",)).select_related("user").filter(pk=token_id).first()
    _require(token.user_id if token else None, actor)
    if token is None:
        raise NotFound(id=token_id)
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        audit.record(Event.TOKEN_REVOCATION, actor=actor, username=token.user.username, name=token.name)
    return _token(token)


@transaction.atomic
def revoke_all(user_id: int, *, actor: Actor) -> int:
    """Have no token of a person open anything any more, and say how many did; others' require an administrator."""
    _require(user_id, actor)
    alive = ApiToken.objects.filter(user=user_id, revoked_at=None, expires_at__gt=timezone.now())
    return len([revoke(number, actor=actor) for number in alive.values_list("pk", flat=True)])


def authenticate(secret: str, *, address: str) -> Caller | None:
    """Whose token a secret is, which counts the request; None for one that opens nothing.

    That somebody tries one which did once is told in the audit log. `address` is that of the program's computer.
    """
    token = ApiToken.objects.select_related("user").filter(digest=_digest(secret)).first()
    if token is None:
        return None
    if reason := _refusal(token):
        if cache.add(f"token-refusal:{token.pk}:{reason}", True, timeout=NOTED_EVERY):
            who = Actor(name=token.user.get_username(), role=None, user=token.user, address=address)
            params = {"username": token.user.username, "name": token.name, "reason": reason}
            audit.record(Event.TOKEN_REFUSAL, actor=who, **params)
        return None
    actor = accounts.actor_of(token.user, address=address)
    return Caller(token_id=token.pk, actor=actor, scopes=frozenset(token.scopes), calls=_count(token.pk))


def _count(token_id: int) -> int:
    """Count a request of a token: the how many-th of this minute it is, whichever process answers it."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kundekort_apitoken SET last_used_at = %s, minute = %s,"
            " calls = CASE WHEN minute = %s THEN calls + 1 ELSE 1 END WHERE id = %s RETURNING calls",
            [now, minute := now.replace(second=0, microsecond=0), minute, token_id],
        )
        found = cursor.fetchone()
    return int(found[0]) if found else 1


def _refusal(token: ApiToken) -> str:
    """Why a token opens nothing; '' where it does."""
    if not token.user.is_active:
        return "locked"
    if token.revoked_at is not None:
        return "revoked"
    return "expired" if token.expires_at <= timezone.now() else ""


def _require(user_id: int | None, actor: Actor) -> None:
    if actor.user is None or actor.user.pk != user_id:
        actor.require(Role.ADMINISTRATOR)


def _digest(secret: str) -> str:
    """What is kept of a secret: it is long and made by chance, so that one round of a fast hash is enough."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _token(token: ApiToken) -> Token:
    return Token(
        id=token.pk,
        username=token.user.username,
        name=token.name,
        scopes=tuple(token.scopes),
        hint=token.hint,
        created=token.created_at,
        expires=token.expires_at,
        last_used=token.last_used_at,
        revoked=token.revoked_at,
    )
