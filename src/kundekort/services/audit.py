"""The audit log: what people did to the register as a whole and to its doors, and what they tried.

What becomes of single cards is in their history. No customer's data are named here, only numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from kundekort.services.accounts import Actor
from kundekort.store.models import AuditEntry

AT_A_TIME: Final = 1_000
"""Entries that are added by one statement."""


class Event(StrEnum):
    """What happened; its words are in `wording.audit`. The comments name what its `params` hold."""

    LOGIN = "login"  # method: password, sso, passkey
    LOGIN_FAILURE = "login_failure"  # username: as it was typed, at most 150 characters
    LOGIN_THROTTLED = "login_throttled"  # username
    LOGOUT = "logout"
    DENIAL = "denial"  # path: the address for which somebody's role is not enough
    SESSION_END = "session_end"  # username: whose
    PASSWORD_CHANGE = "password_change"  # noqa: S105 - username: whose
    PASSWORD_RESET = "password_reset"  # noqa: S105 - username: whose
    SECOND_FACTOR_ADDITION = "second_factor_addition"  # username, factor: totp, webauthn, recovery_codes
    SECOND_FACTOR_REMOVAL = "second_factor_removal"  # username, factor
    USER_CREATION = "user_creation"  # username, role
    USER_CHANGE = "user_change"  # username
    EMAIL_CHANGE = "email_change"  # username, was, email: '' for none
    ROLE_CHANGE = "role_change"  # username, old, new
    USER_LOCK = "user_lock"  # username
    USER_UNLOCK = "user_unlock"  # username
    TOKEN_CREATION = "token_creation"  # noqa: S105 - username: whose; name, scopes: those of the token
    TOKEN_REVOCATION = "token_revocation"  # noqa: S105 - username: whose; name: that of the token
    TOKEN_REFUSAL = "token_refusal"  # noqa: S105 - username, name; reason: expired, revoked, locked
    CONFIRMATION = "confirmation"  # import_id, uploader
    UNDO = "undo"  # import_id: the one that does it; kind: of the revision that is taken back; undone: its import
    WITHDRAWAL = "withdrawal"  # import_id
    EXPORT = "export"  # export_id, rows
    EXPORT_DOWNLOAD = "export_download"  # export_id, rows
    ANONYMISATION = "anonymisation"  # customer_id; an entry for each
    DISCLOSURE = "disclosure"  # customer_id: all there is about them was given out
    SETTING_CHANGE = "setting_change"  # key, old, new
    FIELD_CHANGE = "field_change"  # key, act: added, changed, retired, restored
    FIELD_ORDER = "field_order"
    LAYOUT_CHANGE = "layout_change"  # name, act: added, changed, deleted
    WEBHOOK_CHANGE = "webhook_change"
    # name, act: added, changed, deleted, new_secret, paused, resumed, switched_off, tested, replayed, skipped
    SOURCE_CHANGE = "source_change"  # name, act: added, changed, deleted, paused, resumed, run
    SOURCE_CONFIRMATION = "source_confirmation"  # name, import_id: it was confirmed by itself
    AUDIT_EXPORT = "audit_export"
    BACKUP = "backup"  # customers
    RESTORE = "restore"  # customers, made_at: when the backup was made


def record(event: Event, *, actor: Actor, **params: Any) -> None:
    """Add an entry, in the transaction of what it tells of, so that both are kept or neither."""
    record_each(event, actor=actor, params=[params])


def record_each(event: Event, *, actor: Actor, params: Iterable[Mapping[str, Any]]) -> None:
    """Add an entry for each of several things that somebody did at once, however many they are."""
    user = actor.user.pk if actor.user else None
    about = {"event": event, "user": user, "actor_name": actor.name, "address": actor.address}
    AuditEntry.objects.bulk_create((AuditEntry(**about, params=one) for one in params), batch_size=AT_A_TIME)
