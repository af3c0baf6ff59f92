"""The words of sources: what cannot be one, why one could not be read, and why an import waits; tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SOURCE_FAULTS: Final[Mapping[str, str | Promise]] = {
    "name_missing": _("The source has no name, or a very long one. Give it a name of at most 100 characters."),
    "name_taken": _("There is already a source “%(name)s”. Choose another name."),
    "url_unknown": _("The address is none of these: a folder (/…), sftp://server/folder, https://server/file."),
    "url_folder": _("Files are read only from folders that KUNDEKORT_SOURCE_FOLDERS names: %(folders)s."),
    "username_missing": _("A server of files (SFTP) wants a user name."),
    "host_key_missing": _("The server’s key is missing, or is none. Paste a line such as “ssh-ed25519 AAAA…”."),
    "secret_anew": _("The address leads to another server. Enter the password for it anew."),
    "minutes_unknown": _("There is no such interval. Choose one of the list."),
    "most_cards_wrong": _("Choose a whole number from 0 to %(limit)s."),
    "owner_wrong": _("Files cannot be imported on behalf of this user. Choose somebody who may import."),
}
"""Why a source cannot be saved, by the reason of its refusal."""

READ_FAULTS: Final[Mapping[str, str | Promise]] = {
    "owner_locked": _("Its owner is locked, or may not import any more. Choose another owner."),
    "gone": _("The folder or the file is not there."),
    "forbidden": _("The folder or the file cannot be opened."),
    "broken_off": _("Reading broke off."),
    "changing": _("The file changed while it was read."),
    "too_many_files": _("There are more than %(limit)s files. Choose a narrower pattern, or tidy up."),
    "file_too_large": _("A file is larger than %(limit)s, which is the most."),
    "login": _("The server does not let us in: the user name, password, key or token is wrong."),
    "private_key": _("The private key cannot be read. It must be one of OpenSSH without a passphrase."),
    "host_key": _("The server shows another key than the one that is known (%(fingerprint)s). Nothing was read."),
    "no_sftp": _("The server does not speak SFTP with us."),
    "status": _("The server answered with %(status)s."),
    "no_length": _("The server does not say how long the file is, so that nobody knows whether it is whole."),
}
"""Why a source could not be read, by the reason of its refusal."""

SOURCE_REASONS: Final[Mapping[str, str | Promise]] = {
    "by_hand": _("A person confirms the imports of this source."),
    "columns": _("It has to be said what the columns are, or how dates are written."),
    "failed": _("The file could not be understood or planned."),
    "errors": _("Some rows have errors."),
    "conflicts": _("Somebody has changed the same cells meanwhile."),
    "findings": _("Something in the file is doubtful."),
    "consents": _("Consents would change."),
    "too_many": _("More customers would be written than may be without a person."),
    "earlier": _("An earlier file of this source waits."),
    "second_person": _("Two persons have to agree on it."),
}
"""Why an import of a source was not confirmed by itself."""

FILE_STATES: Final[Mapping[str, str | Promise]] = {
    "seen": pgettext_lazy("file", "Left until it is still"),
    "imported": pgettext_lazy("file", "Imported"),
    "known": pgettext_lazy("file", "Nothing new"),
    "refused": pgettext_lazy("file", "Too large"),
}
"""By the value of a `SourceFile.State`."""

SOURCE_MAIL: Final[Mapping[str, str | Promise]] = {
    "import.subject": _("Kundekort: import %(import_id)s of “%(source)s” waits for somebody"),
    "import.body": _(
        "A file of the source “%(source)s” was read: import %(import_id)s.\n\n"
        "Rows: %(rows)s. Would be changed: %(changed)s. Would be new: %(new)s. With errors: %(errors)s.\n\n"
        "It was not confirmed by itself, because:\n%(why)s\n\nLook at it and confirm or cancel it. %(where)s"
    ),
    "fault.subject": _("Kundekort: the source “%(source)s” cannot be read"),
    "fault.body": _(
        "%(why)s\n\nIt is tried again, and stands under Settings. You are told once, until it has been read again."
    ),
}
"""Letters to those who are told about a source."""


INTERVALS: Final[Mapping[str, str | Promise]] = {
    "5": _("Every 5 minutes"),
    "15": _("Every 15 minutes"),
    "60": _("Every hour"),
    "360": _("Every 6 hours"),
    "1440": _("Once a day"),
}
"""How often a source is looked at, by the minutes between two looks."""


def interval(minutes: int) -> str:
    """How often a source is looked at."""
    return str(INTERVALS[str(minutes)])


def source_reason(reason: str) -> str:
    """Why an import of a source was not confirmed by itself."""
    return str(SOURCE_REASONS.get(reason, reason))


def source_file_state(state: str) -> str:
    """How a file of a source stands."""
    return str(FILE_STATES[state])
