"""The words about users and their tokens: what they may do, and what is wrong with a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

ROLES: Final[Mapping[str, str | Promise]] = {
    "reader": _("Reader"),
    "importer": _("Importer"),
    "administrator": _("Administrator"),
    "": _("No role"),
}
"""By the name of a role; '' is none."""

ROLE_HELP: Final[Mapping[str, str | Promise]] = {
    "reader": _("May look customers up, and change nothing."),
    "importer": _("May also import, edit and merge customers, and take lists of segments."),
    "administrator": _("May also take a list of all customers, and look after users and settings."),
    "": _("May log in, and see nothing."),
}

PERSON_FAULTS: Final[Mapping[str, str | Promise]] = {
    "username_missing": _("Give a user name, such as kari."),
    "username_too_long": _("The user name is longer than %(limit)s characters. Choose a shorter one."),
    "username_characters": _("A user name has only letters, digits and . _ - + @, and no spaces. Choose another."),
    "full_name_too_long": _("The name is longer than %(limit)s characters. Shorten it."),
    "full_name_characters": _(
        "The name holds characters that cannot be seen, or a line break. Type it in instead of pasting it."
    ),
    "role_missing": _("Choose what this user may do."),
    "email_invalid": _("This is no e-mail address. Check it, or leave it empty."),
    "email_taken": _("Another user has this e-mail address. Give each their own, or leave it empty."),
}
"""By the reason of `PersonInvalid`."""

TOKEN_FAULTS: Final[Mapping[str, str | Promise]] = {
    "token_name_missing": _("Give the token a name that says which program has it."),
    "token_name_too_long": _("The name is longer than %(limit)s characters. Shorten it."),
    "scopes_missing": _("Choose what the program may do."),
    "scope_beyond_role": _("“%(scope)s” is more than the role of its owner allows, or there is no such scope."),
    "token_days": _("Choose after how many days it expires, from 1 to %(limit)s."),
    "token_owner_locked": _("Its owner is locked, and a token would open nothing."),
}
"""By the reason of `TokenInvalid`."""

SCOPES: Final[Mapping[str, str | Promise]] = {
    "customers:read": _("Look customers up"),
    "customers:write": _("Make and change customers"),
    "customers:anonymise": _("Anonymise customers for good"),
    "imports:read": _("See imports and their rows"),
    "imports:write": _("Upload, decide about, confirm and undo imports"),
    "segments:read": _("Count segments and list their members"),
    "segments:write": _("Save and delete segments"),
    "exports": _("Take lists of customers"),
    "changes:read": _("Follow what changes in the register"),
    "settings:read": _("Read fields and column layouts"),
    "settings:write": _("Change fields, column layouts and settings"),
}
"""What a token may, by its scope."""

SECOND_PERSON: Final[Mapping[str, str | Promise]] = {
    "cards": ngettext_lazy(
        "it touches %(count)s customer, and one person alone may touch at most %(limit)s",
        "it touches %(count)s customers, and one person alone may touch at most %(limit)s",
        "count",
    ),
    "emptied": ngettext_lazy(
        "it empties %(count)s cell, and one person alone may empty at most %(limit)s",
        "it empties %(count)s cells, and one person alone may empty at most %(limit)s",
        "count",
    ),
    "consents": ngettext_lazy(
        "it gives or withdraws %(count)s consent",
        "it gives or withdraws %(count)s consents",
        "count",
    ),
}
"""By the value of a `four_eyes.Why`."""


def no_user(name: str) -> str:
    """Who did something in the terminal of the server, where a user of the register has the same name."""
    return gettext("%(name)s (on the server)") % {"name": name}
