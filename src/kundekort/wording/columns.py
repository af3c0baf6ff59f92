"""The words of own fields and column layouts: what is wrong with one; a table only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

COLUMN_FAULTS: Final[Mapping[str, str | Promise]] = {
    # of an own field, or of a column of a layout
    "header_missing": _("The column name is missing or too long. Give one of at most 100 characters."),
    "header_taken": _("“%(header)s” already means %(field)s in files. Choose another column name."),
    # of an own field
    "kind_unknown": _("There is no such kind of field. Choose one of the list."),
    "choices_missing": _("There are no choices. Write at least one, each on a line of its own."),
    "choices_alike": _("Two choices are the same, or one is very long. Make them different and shorter."),
    # of a layout
    "name_missing": _("The layout has no name, or a very long one. Give it a name of at most 100 characters."),
    "name_taken": _("There is already a layout “%(name)s”. Choose another name."),
    "field_unknown": _("There is no field “%(field)s” any more. Load the page again."),
    "id_missing": _("The column with the customer number is missing. Without it no file can change a customer."),
    "field_twice": _("%(field)s stands in two columns. Keep one of them."),
    "header_twice": _("“%(header)s” is the name of two columns. Rename one of them."),
}
"""Why an own field or a layout cannot be saved, by the reason of its refusal."""

KINDS: Final[Mapping[str, str | Promise]] = {
    "text": _("Text"),
    "number": _("Number"),
    "date": _("Date"),
    "choice": _("Choice from a list"),
    "yes_no": _("Yes or no"),
}
"""The kinds an own field can have."""
