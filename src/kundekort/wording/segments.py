"""The words of segments: what is wrong with rules, what can be asked, and of what; tables only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FAULTS: Final[Mapping[str, str | Promise]] = {
    "shape": _("This is neither a rule nor a group of rules."),
    "too_deep": _("More than %(limit)s groups stand inside each other. Take one away."),
    "too_many_rules": _("There are more than %(limit)s rules. Put values together with “is one of”."),
    "too_many_values": _("There are more than %(limit)s values. Take some away."),
    "value_too_long": _("A value has more than %(limit)s characters. Shorten it."),
    "field_unknown": _("There is no field “%(field)s”. Choose another one."),
    "field_retired": _("The field %(field)s is no longer in use. Choose another one, or take the rule away."),
    "operator_unknown": _("There is no question “%(operator)s”. Choose another one."),
    "operator_unfit": _("“%(operator)s” cannot be asked of %(field)s. Choose another question."),
    "values_missing": _("%(field)s “%(operator)s” needs a value. Fill it in."),
    "values_needless": _("%(field)s “%(operator)s” has too many values. Take some away."),
    "value_invalid": _("“%(value)s” cannot stand in %(field)s: %(code)s. Write it in another way."),
    "number_out_of_range": _("“%(value)s” is not a whole number from %(least)s to %(most)s."),
    "changed_meanwhile": _(
        "%(who)s has changed this segment since you opened it. Look at it in another window; "
        "save again to put yours first."
    ),
    "name_missing": _("The segment has no name, or a very long one. Give it a name of at most 100 characters."),
    "name_taken": _("There is already a segment “%(name)s”. Choose another name."),
}
"""What is wrong with a rule, with the whole, or with the segment's name."""

OPERATORS: Final[Mapping[str, str | Promise]] = {
    "is": _("is"),
    "is_not": _("is not"),
    "one_of": _("is one of"),
    "contains": _("contains"),
    "starts_with": _("starts with"),
    "less_than": _("is less than"),
    "more_than": _("is more than"),
    "before": _("is before"),
    "after": _("is after"),
    "between": _("is from … to …"),
    "in_last_days": _("is in the last … days"),
    "in_next_days": _("is in the next … days"),
    "birthday_in_month": _("has birthday in month"),
    "birthday_within_days": _("has birthday within … days"),
    "age_between": _("gives an age from … to …"),
    "has": _("has"),
    "has_any": _("has any of"),
    "has_all": _("has all of"),
    "has_none": _("has none of"),
    "empty": _("is empty"),
    "not_empty": _("is not empty"),
}
"""What a rule asks, as it stands between the field and the values."""

SUBJECTS: Final[Mapping[str, str | Promise]] = {
    "created_at": _("Created on"),
    "changed_at": _("Last changed on"),
    "created_by_import": _("Created by import"),
    "changed_by_import": _("Changed by import"),
    "email_shared": _("E-mail shared with another card"),
}
"""What a rule can ask about besides the fields."""
