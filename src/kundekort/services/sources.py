"""Sources: from where files are read by themselves, as administrators say it. `services.source_runs` reads them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from kundekort.services import accounts, audit, encryption, http_client, identities, source_places, source_queue
from kundekort.services.accounts import Actor, Role
from kundekort.services.audit import Event
from kundekort.services.refusals import NotFound, SourceInvalid
from kundekort.services.source_places import Address
from kundekort.store.models import Source, SourceFile

LONGEST_NAME: Final = 100
MINUTES: Final = (5, 15, 60, 360, 1440)
"""How many minutes may lie between two looks."""
MOST_CARDS: Final = 100_000
"""Cards up to which an import may be allowed to confirm itself."""


@dataclass(frozen=True, slots=True)
class Description:
    """What an administrator says of a source.

    `secret` is a password, a private key or, without a `username`, a token; None keeps the one that is kept. `owner` is
    the number of the user on whose behalf files are imported, `notify` those who are told of what waits. `site` is the
    address of the website, where it is known.
    """

    name: str
    url: str
    pattern: str = "*"
    username: str = ""
    secret: str | None = None
    host_key: str = ""
    minutes: int = 60
    keeps_empty: bool = False
    confirms: bool = False
    most_cards: int = 100
    owner: int = 0
    notify: Collection[int] = field(default_factory=tuple)
    site: str = ""


def list_all(*, actor: Actor) -> list[Source]:
    """All sources by name, with their owners."""
    actor.require(Role.ADMINISTRATOR)
    return list(Source.objects.select_related("owner").order_by("name"))


def get(source_id: int, *, actor: Actor) -> Source:
    """A source by its number. Raises NotFound."""
    actor.require(Role.ADMINISTRATOR)
    found = Source.objects.select_related("owner").filter(pk=source_id).first()
    if found is None:
        raise NotFound(id=source_id)
    return found


def find(name: str, *, actor: Actor) -> Source:
    """A source by its name, however its letters are written. Raises NotFound."""
    actor.require(Role.ADMINISTRATOR)
    found = Source.objects.select_related("owner").filter(name__iexact=name).order_by("pk").first()
    if found is None:
        raise NotFound(id=name)
    return found


def files(source_id: int, *, limit: int = 50, actor: Actor) -> list[SourceFile]:
    """The files that a source has had, the newest first. Raises NotFound."""
    source = get(source_id, actor=actor)
    return list(SourceFile.objects.filter(source=source).select_related("imp").order_by("-pk")[:limit])


@transaction.atomic
def add(said: Description, *, actor: Actor) -> Source:
    """A new source, which is looked at soon. Raises SourceInvalid, NotReached."""
    actor.require(Role.ADMINISTRATOR)
    source = Source.objects.create(**_checked(said), secret=_kept(said.secret))
    _record(source, "added", actor)
    source_queue.look(source.pk)
    return source


@transaction.atomic
def change(source_id: int, said: Description, *, actor: Actor) -> Source:
    """Say something else of a source. Raises NotFound, SourceInvalid, NotReached."""
    source = get(source_id, actor=actor)
    checked = _checked(said, but=source)
    kept = {} if said.secret is None else {"secret": _kept(said.secret)}
    moved = _server(said.url.strip()) != _server(source.url)
    if said.secret is None and source.secret and moved:  # else whoever may move it would be sent the secret
        raise SourceInvalid(reason="secret_anew")
    changed = checked | kept | {"look_at": timezone.now(), "fault": "", "fault_params": {}, "etag": ""}
    Source.objects.filter(pk=source_id).update(**changed)
    _record(source, "changed", actor)
    source_queue.look(source_id)
    return get(source_id, actor=actor)


@transaction.atomic
def remove(source_id: int, *, actor: Actor) -> None:
    """Forget a source and which files it has had; what was imported stays. Raises NotFound."""
    source = get(source_id, actor=actor)
    _record(source, "deleted", actor)
    source.delete()


@transaction.atomic
def switch(source_id: int, *, on: bool, actor: Actor) -> None:
    """Look at a source again, or not for a while. Raises NotFound."""
    source = get(source_id, actor=actor)
    if source.active != on:
        Source.objects.filter(pk=source_id).update(active=on, look_at=timezone.now())
        _record(source, "resumed" if on else "paused", actor)
        if on:
            source_queue.look(source_id)


@transaction.atomic
def hurry(source_id: int, *, actor: Actor) -> None:
    """Have a source looked at now. Raises NotFound."""
    source = get(source_id, actor=actor)
    Source.objects.filter(pk=source_id).update(look_at=timezone.now())
    _record(source, "run", actor)
    source_queue.look(source_id)


def address(source: Source) -> Address:
    """What has to be known of a source to read it. Raises SecretUnreadable."""
    secret = encryption.decrypt(source.secret) if source.secret else ""
    return Address(source.url, source.pattern, source.username, secret, source.host_key)


def importers(*, actor: Actor) -> dict[int, str]:
    """Everybody who may import: names by the numbers of users."""
    actor.require(Role.ADMINISTRATOR)
    users = User.objects.filter(is_active=True).prefetch_related("groups")
    with identities.once():
        return {user.pk: identities.current(user.pk) for user in users if may_own(user)}


def may_own(user: User) -> bool:
    """Whether files may be imported on behalf of a user."""
    return user.is_active and accounts.role_of(user) in (Role.IMPORTER, Role.ADMINISTRATOR)


def _checked(said: Description, *, but: Source | None = None) -> dict[str, Any]:
    """The fields of a source as described, without its secret. Raises SourceInvalid, NotReached."""
    name, url = " ".join(said.name.split()), said.url.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise SourceInvalid(reason="name_missing")
    others = Source.objects.filter(name__iexact=name)
    if (others.exclude(pk=but.pk) if but else others).exists():
        raise SourceInvalid(reason="name_taken", name=name)
    parts = source_places.parsed(url)
    if parts.scheme == "sftp":
        assert parts.hostname is not None
        if not said.username.strip():
            raise SourceInvalid(reason="username_missing")
        source_places.host_key(parts.hostname, parts.port or 22, said.host_key)
        http_client.resolved(parts.hostname, parts.port or 22)
    elif parts.scheme != "file":
        http_client.checked(url)
    if said.minutes not in MINUTES:
        raise SourceInvalid(reason="minutes_unknown")
    if not 0 <= said.most_cards <= MOST_CARDS:
        raise SourceInvalid(reason="most_cards_wrong", limit=MOST_CARDS)
    owner = User.objects.filter(pk=said.owner).first()
    if owner is None or not may_own(owner):
        raise SourceInvalid(reason="owner_wrong")
    return {
        "name": name,
        "url": url,
        "pattern": said.pattern.strip() or "*",
        "username": said.username.strip(),
        "host_key": said.host_key.strip(),
        "minutes": said.minutes,
        "keeps_empty": said.keeps_empty,
        "confirms": said.confirms,
        "most_cards": said.most_cards,
        "owner": owner,
        "notify": sorted(User.objects.filter(pk__in=said.notify).values_list("pk", flat=True)),
        **({"site": said.site} if said.site else {}),
    }


def _kept(secret: str | None) -> str:
    return encryption.encrypt(secret) if secret else ""


def _server(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _record(source: Source, act: str, actor: Actor) -> None:
    audit.record(Event.SOURCE_CHANGE, actor=actor, name=source.name, act=act)
