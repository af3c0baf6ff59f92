"""Where somebody is logged in, and how that ends: by hand, by a new password or factor, or because nobody is there."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from kundekort.services import audit
from kundekort.services.accounts import Actor, Role
from kundekort.services.audit import Event
from kundekort.services.refusals import NotFound

_BROWSER: int = UserSession._meta.get_field("user_agent").max_length or 0
UNKNOWN_ADDRESS = "0.0.0.0"  # noqa: S104 - nothing listens here; it stands for a computer without an address


def of(user_id: int, *, actor: Actor) -> list[UserSession]:
    """The sessions of somebody that have not ended, the last heard of first; others' require an administrator."""
    _require(user_id, actor)
    alive = UserSession.objects.filter(Exists(_alive()), user=user_id)
    return [session for session in alive.order_by("-last_seen_at", "-pk") if not session.purge()]


def note(user_id: int, key: str, *, address: str, browser: str) -> None:
    """Remember when and from where a session was heard of last."""
    told = {"ip": address or UNKNOWN_ADDRESS, "user_agent": browser[:_BROWSER], "last_seen_at": timezone.now()}
    if not UserSession.objects.filter(session_key=key, user=user_id).update(**told):
        UserSession.objects.update_or_create(session_key=key, defaults={"user_id": user_id, **told})


def rename(old: str, new: str) -> None:
    """Have a session that has got another key stay the same to whom it belongs."""
    UserSession.objects.filter(session_key=old).update(session_key=new)


def forget(key: str) -> None:
    """Take a session that its own person has ended from the list."""
    UserSession.objects.filter(session_key=key).delete()


@transaction.atomic
def end(user_id: int, session_id: int, *, actor: Actor) -> None:
    """End a session; somebody else's requires an administrator. Raises Forbidden, NotFound."""
    _require(user_id, actor)
    session = UserSession.objects.filter(user=user_id, pk=session_id).first()
    if session is None:
        raise NotFound(id=session_id)
    _end([session], actor)


@transaction.atomic
def end_all(user_id: int, *, actor: Actor, but: str = "") -> int:
    """End the sessions of somebody but that with a key, and say how many; others' require an administrator."""
    _require(user_id, actor)
    return _end(list(UserSession.objects.filter(user=user_id).exclude(session_key=but)), actor)


def remove_expired() -> None:
    """Remove sessions that have ended by themselves."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    UserSession.objects.exclude(Exists(_alive())).delete()


def _require(user_id: int, actor: Actor) -> None:
    if actor.user is None or actor.user.pk != user_id:
        actor.require(Role.ADMINISTRATOR)


def _end(sessions: list[UserSession], actor: Actor) -> int:
    for session in sessions:
        session.end()
        audit.record(Event.SESSION_END, actor=actor, username=session.user.get_username())
    return len(sessions)


def _alive() -> QuerySet[Session]:
    return Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gte=timezone.now())
