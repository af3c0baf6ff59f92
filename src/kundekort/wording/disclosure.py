"""The words of what a person is given who asks for all there is about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

DISCLOSURE_FILES: Final[Mapping[str, str | Promise]] = {
    "folder": pgettext_lazy("file name", "customer"),
    "about": pgettext_lazy("file name", "README"),
    "card": pgettext_lazy("file name", "card"),
    "history": pgettext_lazy("file name", "history"),
    "consents": pgettext_lazy("file name", "consents"),
    "imports": pgettext_lazy("file name", "imports"),
    "all": pgettext_lazy("file name", "everything"),
}
"""What the files are called, without what says of which kind they are."""

DISCLOSURE_HEADERS: Final[Mapping[str, str | Promise]] = {
    "field": gettext_lazy("Field"),
    "value": gettext_lazy("Value"),
    "when": gettext_lazy("When"),
    "customer": gettext_lazy("Customer number"),
    "act": gettext_lazy("What happened"),
    "old": gettext_lazy("Before"),
    "new": gettext_lazy("After"),
    "by": gettext_lazy("By"),
    "door": gettext_lazy("Where it came from"),
    "import": gettext_lazy("Import"),
    "file": gettext_lazy("File"),
    "undone": gettext_lazy("Undone since"),
    "uploaded": gettext_lazy("Uploaded"),
    "imported": gettext_lazy("Imported"),
    "kept": gettext_lazy("The file is kept and has this person in it"),
}
"""The heads of the columns."""

DISCLOSURE_ACTS: Final[Mapping[str, str | Promise]] = {
    "created": gettext_lazy("Customer created"),
    "changed": gettext_lazy("Changed"),
    "merged": gettext_lazy("Merged with another card of the same person"),
    "removed": gettext_lazy("Removed"),
    "restored": gettext_lazy("Brought back"),
}
"""What happened to a card."""

DISCLOSURE_DOORS: Final[Mapping[str, str | Promise]] = {
    "import": gettext_lazy("a file that was imported"),
    "edit": gettext_lazy("written on the card by a colleague"),
    "merge": gettext_lazy("a merge of several cards"),
    "undo": gettext_lazy("something that was undone"),
    "anonymisation": gettext_lazy("an anonymisation"),
    "": gettext_lazy("not known"),
}
"""Where a value came from, by the kind of the act that wrote it."""


def colleague(number: int) -> str:
    """Whoever wrote something, without their name."""
    return _("Colleague %(number)s") % {"number": number}


def about_disclosure(*, number: int, when: str, exports: int) -> str:
    """The text that stands beside the files: what they are, and what is not among them."""
    names = {key: str(name) for key, name in DISCLOSURE_FILES.items()}
    parts = [
        _("All there is about customer %(number)s, taken out of the customer register on %(when)s."),
        "\n".join(
            (
                _("%(card)s.csv: what the card says now."),
                _("%(history)s.csv: every change of it, from the first day on, and of cards that were merged into it."),
                _("%(consents)s.csv: every consent that was ever given or withdrawn, when, and where it came from."),
                _("%(imports)s.csv: the files of customers in which this person was."),
                _("%(all)s.json: all of it in one file, for programs."),
            )
        ),
        _(
            "The files with .csv open in a spreadsheet. An apostrophe at the beginning of a cell keeps the spreadsheet "
            "from taking it for a formula."
        ),
        _(
            "Colleagues who wrote something are numbered instead of named: they are persons with a right to their data "
            "too. The venue knows who they are."
        ),
        _(
            "Left out, since they are of others: the name of a file in which this person was found only by what others "
            "may share, as an e-mail or a telephone number; and the values of a merge with somebody else’s card that "
            "was undone since."
        ),
        _(
            "Not in here: backups of the register, which hold the same for as long as they are kept; and lists that "
            "colleagues took out of the register and keep elsewhere (%(exports)s of them in all, whoever was in them)."
        ),
    ]
    return "\n\n".join(parts) % (names | {"number": number, "when": when, "exports": exports}) + "\n"
