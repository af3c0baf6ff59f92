"""The choices of an administrator for the whole register. What an installation needs to start is not here."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from django.db import transaction

from kundekort.services.accounts import Actor, Role
from kundekort.store.models import Setting


@dataclass(frozen=True, slots=True)
class Settings:
    """Every choice with what holds until somebody chooses. `allow_merge`: duplicates may be merged."""

    allow_merge: bool = True


def current() -> Settings:
    """The choices as they are."""
    known = {f.name for f in fields(Settings)}
    return Settings(**dict(Setting.objects.filter(key__in=known).values_list("key", "value")))


@transaction.atomic
def change(*, actor: Actor, **choices: Any) -> Settings:
    """Choose; what is not named stays. TypeError for a choice that does not exist."""
    actor.require(Role.ADMINISTRATOR)
    Settings(**choices)
    for key, value in choices.items():
        Setting.objects.update_or_create(key=key, defaults={"value": value})
    return current()
