"""The choices of an administrator for the whole register. What an installation needs to start is not here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from django.db import transaction

from kundekort.services.accounts import Actor, Role
from kundekort.services.refusals import SettingInvalid
from kundekort.store.models import Setting


@dataclass(frozen=True, slots=True)
class Settings:
    """Every choice with what holds until somebody chooses.

    `allow_merge`: duplicates may be merged. `preview_days`: after how many days an import to which nobody comes back is
    cancelled.
    """

    allow_merge: bool = True
    preview_days: int = 14


LIMITS: Final[Mapping[str, tuple[int, int]]] = {"preview_days": (1, 3650)}
"""The least and the most of each choice that is a number."""


def current() -> Settings:
    """The choices as they are."""
    known = {f.name for f in fields(Settings)}
    return Settings(**dict(Setting.objects.filter(key__in=known).values_list("key", "value")))


@transaction.atomic
def change(*, actor: Actor, **choices: Any) -> Settings:
    """Choose; what is not named stays. Raises SettingInvalid; TypeError for a choice that does not exist."""
    actor.require(Role.ADMINISTRATOR)
    Settings(**choices)
    for key, (least, most) in LIMITS.items():
        if key in choices and not least <= choices[key] <= most:
            raise SettingInvalid(least=least, most=most)
    for key, value in choices.items():
        Setting.objects.update_or_create(key=key, defaults={"value": value})
    return current()
