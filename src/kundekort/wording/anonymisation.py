"""How far an anonymisation is, and what is left of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

ANONYMISATION_STATES: Final[Mapping[str, str | Promise]] = {
    "waiting": _("Waiting to be done"),
    "clearing": _("Out of the register; the disk is being cleared"),
    "done": _("Done"),
    "failed": _("Failed"),
}
"""How far it is."""

CLEARING: Final[Mapping[str, str | Promise]] = {
    "planning": _("Another import is being read or written; it may have looked at them before."),
    "pooler": _(
        "A pooler stands before the database, through which tables cannot be written anew. "
        "Run “kundekort customers clear” with the address of the database itself."
    ),
    "reading": _("Somebody still looks at the register as it was before, such as a backup or an export."),
    "statistics_kept": _(
        "The database’s own statistics may hold single values until it tidies them up by itself, "
        "since Kundekort’s user does not own the database."
    ),
    "wal_kept": _(
        "The database’s write-ahead log holds what was deleted until it is used again, "
        "since Kundekort’s user may not clear it."
    ),
}
"""What is waited for, and what this database does not let us clear, by the words of a notice."""


def anonymised() -> str:
    """What stands in place of the name of a customer of whom nothing but the number is known."""
    return gettext("anonymised")


def anonymisation_state(code: str) -> str:
    """How far an anonymisation is."""
    return str(ANONYMISATION_STATES[code])


def clearing(notice: str) -> list[str]:
    """What a notice of an anonymisation says, a sentence for each of its words; what is no word of it is left aside."""
    return [str(CLEARING[word]) for word in notice.split() if word in CLEARING]
