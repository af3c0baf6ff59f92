"""The words of the audit log: what somebody did, as a sentence without its subject; a table only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

AUDIT_EVENTS: Final[Mapping[str, str | Promise]] = {
    "login": _("Logged in (%(method)s)"),
    "login_failure": _("Failed to log in as “%(username)s”"),
    "login_throttled": _("Was refused after too many attempts to log in as “%(username)s”"),
    "logout": _("Logged out"),
    "session_end": _("Ended a session of %(username)s"),
    "password_change": _("Changed the password of %(username)s"),
    "password_reset": _("Set a new password for %(username)s, because the old one was forgotten"),
    "second_factor_addition": _("Added a second factor for %(username)s (%(factor)s)"),
    "second_factor_removal": _("Removed a second factor of %(username)s (%(factor)s)"),
    "user_creation": _("Added %(username)s as %(role)s"),
    "user_change": _("Changed the name or the address of %(username)s"),
    "role_change": _("Made %(username)s %(new)s instead of %(old)s"),
    "user_lock": _("Locked %(username)s"),
    "user_unlock": _("Unlocked %(username)s"),
    "confirmation": _("Confirmed import %(import_id)s"),
    "undo": _("Took import %(import_id)s back"),
    "export": _("Exported %(rows)s customers (export %(export_id)s)"),
    "anonymisation": _("Anonymised customer %(customer_id)s"),
    "disclosure": _("Took out all there is about customer %(customer_id)s"),
    "setting_change": _("Changed the setting %(key)s from %(old)s to %(new)s"),
    "field_change": _("Changed the own field %(key)s"),
    "layout_change": _("Changed the column layout “%(name)s”"),
}
