"""Who has changed what a person wants to change too."""

from __future__ import annotations

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _


def author(who: str, when: datetime | None, *, whole: bool = False) -> str:
    """Who has changed a cell too, or edited a card, and when; an ellipsis for what is not known."""
    words = _("%(who)s has edited this card since, %(when)s") if whole else _("%(who)s changed this too, %(when)s")
    day = date_format(localtime(when), "SHORT_DATETIME_FORMAT") if when else "…"
    return words % {"who": who or "…", "when": day}


def whole_card() -> str:
    """What a conflict is about where it is no cell."""
    return _("The whole card")
