"""The words of imports and exports on their way: where they stand, and why nothing would change; tables only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

PHASES: Final[Mapping[str, str | Promise]] = {
    "planning": _("Comparing the file with the register"),
    "undoing": _("Finding what was there before"),
    "keeping": _("Keeping the preview"),
    "waiting": _("Waiting for its turn"),
    "writing": _("Writing to the register"),
    "indexing": _("Making the customers searchable"),
    "exporting": _("Writing the list"),
    "copying": _("Copying the files"),
    "dumping": _("Copying the database"),
    "unpacking": _("Restoring the files"),
    "loading": _("Restoring the database"),
}

WRITERS: Final[Mapping[str, str | Promise]] = {
    "import": _("%(name)s’s import is being written since %(since)s."),
    "undo": _("%(name)s has been undoing an import since %(since)s."),
    "merge": _("%(name)s has been merging customers since %(since)s."),
    "anonymisation": _("%(name)s has been anonymising customers since %(since)s."),
    "": _("Somebody else is writing to the register just now."),
}
"""Who has the register, by what is being done; the last where that is not known."""

STATES: Final[Mapping[str, str | Promise]] = {
    "received": _("Received"),
    "columns": _("Waiting for columns"),
    "preview": _("Waiting for confirmation"),
    "confirming": _("Being imported"),
    "done": _("Done"),
    "cancelled": _("Cancelled"),
    "refused": _("Refused"),
}

EXPORT_STATES: Final[Mapping[str, str | Promise]] = {
    "waiting": _("Being written"),
    "done": _("Ready"),
    "failed": _("Failed"),
    "cancelled": _("Cancelled"),
}

REASONS: Final[Mapping[str, str | Promise]] = {
    "all_unchanged": ngettext_lazy(
        "The file’s only row says what the register already says.",
        "All %(count)s rows say what the register already says.",
        "count",
    ),
    "all_decided": ngettext_lazy(
        "What you decided leaves nothing to change in the file’s only row. It can be taken back beside the rows.",
        "What you decided leaves nothing to change in the %(count)s rows. It can be taken back beside the rows.",
        "count",
    ),
    "only_errors": ngettext_lazy("The file’s only row has errors.", "All %(count)s rows have errors.", "count"),
    "errors_or_left_out": ngettext_lazy(
        "The file’s only row has errors or is left out.", "All %(count)s rows have errors or are left out.", "count"
    ),
    "all_left_out": ngettext_lazy("The file’s only row is left out.", "All %(count)s rows are left out.", "count"),
    "unchanged_or_errors": ngettext_lazy(
        "%(unchanged)s row says what the register already says. With errors: %(errors)s.",
        "%(unchanged)s rows say what the register already says. With errors: %(errors)s.",
        "unchanged",
    ),
    "unchanged_or_both": ngettext_lazy(
        "%(unchanged)s row says what the register already says. With errors: %(errors)s, left out: %(left_out)s.",
        "%(unchanged)s rows say what the register already says. With errors: %(errors)s, left out: %(left_out)s.",
        "unchanged",
    ),
    "unchanged_or_left_out": ngettext_lazy(
        "%(unchanged)s row says what the register already says. Left out: %(left_out)s.",
        "%(unchanged)s rows say what the register already says. Left out: %(left_out)s.",
        "unchanged",
    ),
    "problem": ngettext_lazy(
        "%(count)s row, line %(line)s: %(problem)s",
        "%(count)s rows, the first on line %(line)s: %(problem)s",
        "count",
    ),
    "columns_ignored": _("These columns were left aside, because no field has their name: %(headers)s."),
    "empty_cells_kept": ngettext_lazy(
        "%(count)s empty cell left the stored value as it is. If it should be emptied: “Change how it is read”.",
        "%(count)s empty cells left the stored values as they are. If they should be emptied: “Change how it is read”.",
        "count",
    ),
}
"""Why nothing would change. `problem` stands for all rows with one kind of problem in one field."""
