"""Who may ask an endpoint what: by which token, with which scope and role, and how much may be sent along.

All of it is looked at before a byte of what is sent is read.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from ninja.security import HttpBearer

from kundekort.api.problems import WHO
from kundekort.api.refusals import RequestRefused
from kundekort.engine.errors import FileRefused
from kundekort.services import audit, tokens
from kundekort.services.accounts import Actor, Role
from kundekort.services.audit import Event
from kundekort.services.refusals import CannotImport, Forbidden
from kundekort.services.tokens import NOTED_EVERY, Caller, Scope
from kundekort.services.uploading import LimitedUpload, length, too_large

ROWS_BYTES: Final = 16 * 2**20
"""Bytes of an import that is sent as JSON rows, all of which are in memory at once; a larger one is sent as a file."""


class ApiRequest(HttpRequest):
    """A request of which it is known who sends it."""

    auth: Caller


class Takes(StrEnum):
    """What is sent to an endpoint."""

    NOTHING = "nothing"
    JSON = "application/json"
    ROWS = "rows"
    FILE = "multipart/form-data"


class Bearer(HttpBearer):
    """What an endpoint asks of who sends a request: a token with a scope, of a person with a role."""

    def __init__(self, scope: Scope, role: Role, takes: Takes, *, idempotent: bool) -> None:
        super().__init__()
        self.scope, self.role, self.takes, self.idempotent = scope, role, takes, idempotent

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """Whose program it is. Raises RequestRefused, Forbidden, CannotImport."""
        caller = tokens.authenticate(token.strip(), address=request.META.get("REMOTE_ADDR", ""))
        if caller is None:
            told = {"WWW-Authenticate": WHO["WWW-Authenticate"] + ', error="invalid_token"'}
            raise RequestRefused("unauthenticated", 401, headers=told)
        request.auth = caller  # type: ignore[attr-defined]  # also of who is refused: the answer says how many are left
        if caller.calls > settings.KUNDEKORT_API_RATE:
            wait = seconds_left()
            headers = {"Retry-After": str(wait)}
            limit = settings.KUNDEKORT_API_RATE
            raise RequestRefused("rate_exceeded", 429, headers=headers, limit=limit, seconds=wait)
        if self.scope not in caller.scopes:
            told = {"WWW-Authenticate": f'{WHO["WWW-Authenticate"]}, error="insufficient_scope", scope="{self.scope}"'}
            raise RequestRefused("scope_missing", 403, headers=told, scope=self.scope.value)
        try:
            caller.actor.require(self.role)
        except Forbidden:
            note_denial(caller.actor, request.path)
            raise
        self._look_at_body(request)
        return caller

    def _look_at_body(self, request: HttpRequest) -> None:
        size = length(request)
        if not request.META.get("CONTENT_LENGTH") and request.META.get("HTTP_TRANSFER_ENCODING"):
            raise RequestRefused("length_missing", 411)
        if self.takes is Takes.FILE:
            if too_large(size):
                limit = settings.KUNDEKORT_MAX_BYTES
                raise CannotImport(FileRefused("file_too_large", size=size, limit=limit))
            request.upload_handlers = [LimitedUpload(request)]
        else:
            limit = ROWS_BYTES if self.takes is Takes.ROWS else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
            if size > limit:
                raise RequestRefused("body_too_large", 413, limit=limit)
        if self.takes is Takes.NOTHING:
            return
        expected = Takes.JSON.value if self.takes is Takes.ROWS else self.takes.value
        if request.content_type != expected:
            raise RequestRefused("media_type_unsupported", 415, expected=expected, sent=request.content_type or "")
        if self.takes is Takes.ROWS:
            request._body = request.read(size)  # Django's own limit is that of forms


def needs(scope: Scope, role: Role, *, takes: Takes = Takes.NOTHING, idempotent: bool = False) -> dict[str, Any]:
    """The options of an operation that says who may ask it; `idempotent`: it takes an Idempotency-Key."""
    return {"auth": Bearer(scope, role, takes, idempotent=idempotent)}


def actor_of(request: ApiRequest) -> Actor:
    """The person on whose behalf a request is sent."""
    return request.auth.actor


def seconds_left() -> int:
    """Seconds until requests are counted from one again, at least 1."""
    return max(1, 60 - datetime.now(UTC).second)


def note_denial(actor: Actor, path: str) -> None:
    """Tell the audit log who was refused where for want of a role, once in a while."""
    assert actor.user is not None
    if cache.add(f"denial:{actor.user.pk}:{path}", True, timeout=NOTED_EVERY):
        audit.record(Event.DENIAL, actor=actor, path=path)
