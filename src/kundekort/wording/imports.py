"""The words of the list of imports: what they are called, and what they came to; tables and the two that read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from kundekort.wording.sentences import Count

UNDO_TITLES: Final[Mapping[str, str | Promise]] = {
    "import": _("Undo: %(file)s"),
    "edit": _("Undo: an edit of a customer card"),
    "merge": _("Undo: a merge"),
    "undo import": _("Redo: %(file)s"),
    "undo edit": _("Redo: an edit of a customer card"),
    "undo merge": _("Redo: a merge"),
    "undo undo": _("Undo once more"),
    "undo": _("Undo: an undo"),
}
"""What an import is called that takes something back, by the kinds of what it takes back."""

DAY_COUNTS: Final[Mapping[str, str | Promise]] = {
    "changed": ngettext_lazy("%(count)s changed", "%(count)s changed", "count"),
    "new": ngettext_lazy("%(count)s new", "%(count)s new", "count"),
    "left_out": ngettext_lazy("%(count)s left out", "%(count)s left out", "count"),
    "removed": ngettext_lazy("%(count)s removed", "%(count)s removed", "count"),
}
"""What the imports of a day came to."""


def import_title(filename: str, *, undone: Sequence[str] = ()) -> str:
    """What an import is called: its file, or what it takes back, by the kinds on the way there."""
    return str(UNDO_TITLES[" ".join(undone)] % {"file": filename}) if undone else filename


def day_counts(counts: Mapping[str, int]) -> str:
    """What the imports of a day came to, without what there was none of."""
    return ", ".join(str(DAY_COUNTS[key] % {"count": Count(count)}) for key, count in counts.items() if count)
