"""What a confirmation will do, in the words of the button and of the terminal's question."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kundekort.engine.facts import Totals
from kundekort.wording.sentences import Count


def confirmation(totals: Totals, *, undoes: bool, consents: int = 0) -> str:
    """Exactly what will be done: how many cards are changed, created, removed and brought back.

    With `undoes` a changed card gets former values back. Of the cells that change, `consents` are consents.
    """
    changed = _("restore %(count)s") if undoes else _("change %(count)s")
    acts = [
        (changed, totals.changed),
        (_("create %(count)s"), totals.new),
        (_("remove %(count)s"), totals.removed),
        (_("bring back %(count)s"), totals.restored),
    ]
    told = [(words % {"count": Count(count)}, count) for words, count in acts if count]
    if not told:
        return _("Confirm: change nothing")
    *first, (last, count) = told
    what = _("%(first)s and %(last)s") % {"first": ", ".join(w for w, _n in first), "last": last} if first else last
    said = ngettext("Confirm: %(what)s customer", "Confirm: %(what)s customers", count) % {"what": what}
    if not consents:
        return said
    words = ngettext("%(said)s, and change %(count)s consent", "%(said)s, and change %(count)s consents", consents)
    return words % {"said": said, "count": Count(consents)}
