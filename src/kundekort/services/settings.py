"""The choices of an administrator for the whole register. What an installation needs to start is not here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from django.db import transaction

from kundekort.engine.guards.blast import Thresholds
from kundekort.services import audit
from kundekort.services.accounts import Actor, Role
from kundekort.services.audit import Event
from kundekort.services.refusals import SettingInvalid
from kundekort.store.models import Setting


@dataclass(frozen=True, slots=True)
class Settings:
    """Every choice with what holds until somebody chooses.

    `allow_merge`: duplicates may be merged. `preview_days`: after how many days an import to which nobody comes back is
    cancelled. `four_eyes`: an import that writes more than `four_eyes_cards` cards, empties more than
    `four_eyes_emptied` cells or, with `four_eyes_consents`, gives or withdraws a consent, is confirmed by somebody else
    than whose it is. The rest says from where on a column of a file is a finding: at least `finding_cards` cards, and
    more than so many per cent of the register that are changed, emptied, or given one and the same value.

    `retention_months`: customers with whom nothing has happened for so long are proposed for anonymising, 0 for nobody;
    with `retention_field`, the key of an own date, what it says counts too; `retention_consent`: whoever has given a
    consent is not proposed.
    """

    allow_merge: bool = True
    preview_days: int = 14
    finding_cards: int = 50
    changed_percent: int = 20
    emptied_percent: int = 5
    alike_percent: int = 1
    four_eyes: bool = False
    four_eyes_cards: int = 1_000
    four_eyes_emptied: int = 100
    four_eyes_consents: bool = True
    retention_months: int = 0
    retention_field: str = ""
    retention_consent: bool = True

    @property
    def thresholds(self) -> Thresholds:
        """From where on a column of a file is a finding."""
        return Thresholds(
            cards=self.finding_cards,
            changed=self.changed_percent,
            emptied=self.emptied_percent,
            alike=self.alike_percent,
        )


LIMITS: Final[Mapping[str, tuple[int, int]]] = {
    "preview_days": (1, 3650),
    "retention_months": (0, 1200),
    "finding_cards": (1, 1_000_000),
    "four_eyes_cards": (0, 10_000_000),
    "four_eyes_emptied": (0, 10_000_000),
    **dict.fromkeys(("changed_percent", "emptied_percent", "alike_percent"), (0, 100)),
}
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
    before = current()
    for key, value in choices.items():
        Setting.objects.update_or_create(key=key, defaults={"value": value})
        if (old := getattr(before, key)) != value:
            audit.record(Event.SETTING_CHANGE, actor=actor, key=key, old=old, new=value)
    return current()
