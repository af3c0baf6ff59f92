"""The words of the audit log: what somebody did, as a sentence without its subject; tables only."""

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
    "denial": _("Was refused the page %(path)s, for want of a role"),
    "session_end": _("Ended a session of %(username)s"),
    "password_change": _("Changed the password of %(username)s"),
    "password_reset": _("Set a new password for %(username)s, because the old one was forgotten"),
    "second_factor_addition": _("Added a second factor for %(username)s (%(factor)s)"),
    "second_factor_removal": _("Removed a second factor of %(username)s (%(factor)s)"),
    "user_creation": _("Added %(username)s as %(role)s"),
    "user_change": _("Changed the name of %(username)s"),
    "email_change": _("Changed the e-mail address of %(username)s from %(was)s to %(email)s"),
    "role_change": _("Made %(username)s %(new)s instead of %(old)s"),
    "user_lock": _("Locked %(username)s"),
    "user_unlock": _("Unlocked %(username)s"),
    "token_creation": _("Made the API token “%(name)s” for %(username)s (%(scopes)s)"),
    "token_revocation": _("Revoked the API token “%(name)s” of %(username)s"),
    "token_refusal": _("Was refused with the API token “%(name)s”: %(reason)s"),
    "confirmation": _("Confirmed import %(import_id)s, uploaded by %(uploader)s"),
    "undo": _("Took back %(what)s (import %(import_id)s)"),
    "withdrawal": _("Withdrew the confirmation of import %(import_id)s before it was written"),
    "export": _("Exported %(rows)s customers (export %(export_id)s)"),
    "export_download": _("Downloaded the list of export %(export_id)s, with %(rows)s customers"),
    "anonymisation": _("Anonymised customer %(customer_id)s"),
    "disclosure": _("Took out all there is about customer %(customer_id)s"),
    "setting_change": _("Changed the setting “%(key)s” from %(old)s to %(new)s"),
    "field_change": _("Own field %(key)s: %(act)s"),
    "field_order": _("Put the own fields in another order"),
    "layout_change": _("Column layout “%(name)s”: %(act)s"),
    "webhook_change": _("Webhook “%(name)s”: %(act)s"),
    "source_change": _("Source “%(name)s”: %(act)s"),
    "source_confirmation": _("Import %(import_id)s of the source “%(name)s” was confirmed by itself"),
    "audit_export": _("Took out the event log as a file"),
    "backup": _("Made a backup with %(customers)s customers"),
    "restore": _("Restored a backup of %(made_at)s with %(customers)s customers"),
}
"""By the value of an `audit.Event`."""

AUDIT_NAMES: Final[Mapping[str, str | Promise]] = {
    "login": _("Login"),
    "login_failure": _("Failed login"),
    "login_throttled": _("Login refused after too many attempts"),
    "logout": _("Logout"),
    "denial": _("Refused for want of a role"),
    "session_end": _("Session ended"),
    "password_change": _("Password changed"),
    "password_reset": _("Password reset"),
    "second_factor_addition": _("Second factor added"),
    "second_factor_removal": _("Second factor removed"),
    "user_creation": _("User added"),
    "user_change": _("User changed"),
    "email_change": _("E-mail address changed"),
    "role_change": _("Role changed"),
    "user_lock": _("User locked"),
    "user_unlock": _("User unlocked"),
    "token_creation": _("API token made"),
    "token_revocation": _("API token revoked"),
    "token_refusal": _("API token refused"),
    "confirmation": _("Import confirmed"),
    "undo": _("Undoing confirmed"),
    "withdrawal": _("Confirmation withdrawn"),
    "export": _("List exported"),
    "export_download": _("List downloaded"),
    "anonymisation": _("Customer anonymised"),
    "disclosure": _("Customer’s data taken out"),
    "setting_change": _("Setting changed"),
    "field_change": _("Own field changed"),
    "field_order": _("Order of own fields changed"),
    "layout_change": _("Column layout changed"),
    "webhook_change": _("Webhook changed"),
    "source_change": _("Source changed"),
    "source_confirmation": _("Import of a source confirmed by itself"),
    "audit_export": _("Event log taken out"),
    "backup": _("Backup made"),
    "restore": _("Backup restored"),
}
"""What kind of thing happened, in a few words."""

AUDIT_GROUPS: Final[Mapping[str, str | Promise]] = {
    "doors": _("Logging in"),
    "people": _("Users"),
    "imports": _("Imports"),
    "lists": _("Customers’ data"),
    "settings": _("Settings"),
    "server": _("The server"),
}
"""By the name of a group of `audit_log.GROUPS`."""

AUDIT_COLUMNS: Final[Mapping[str, str | Promise]] = {
    "when": _("When"),
    "who": _("Who"),
    "user": _("Number of the user"),
    "address": _("From the address"),
    "what": _("What happened"),
    "event": _("Kind"),
    "params": _("Details"),
}
"""The headers of the audit log as a file."""

AUDIT_WORDS: Final[Mapping[str, str | Promise]] = {
    "act.added": _("added"),
    "act.changed": _("changed"),
    "act.retired": _("taken out of use"),
    "act.restored": _("taken back into use"),
    "act.deleted": _("deleted"),
    "act.new_secret": _("new secret"),
    "act.paused": _("switched off"),
    "act.resumed": _("switched on"),
    "act.switched_off": _("switched off by itself, since the receiver fails"),
    "act.tested": _("tested"),
    "act.run": _("looked at now"),
    "act.replayed": _("events sent again"),
    "act.skipped": _("an event left out"),
    "what.import": _("import %(undone)s"),
    "what.edit": _("an edit of a card"),
    "what.merge": _("a merge"),
    "what.undo": _("an undoing"),
    "method.password": _("with a password"),
    "method.sso": _("by single sign-on"),
    "method.passkey": _("with a passkey"),
    "method.and_factor": _("%(method)s and %(factor)s"),
    "reason.expired": _("it has expired"),
    "reason.revoked": _("it has been revoked"),
    "reason.locked": _("its owner is locked"),
    "factor.totp": _("a code from an app"),
    "factor.webauthn": _("a passkey or security key"),
    "factor.recovery_codes": _("recovery codes"),
}
"""What a parameter of an entry says, by its name and value."""

SETTINGS: Final[Mapping[str, str | Promise]] = {
    "allow_merge": _("Merging allowed"),
    "preview_days": _("Days until a preview is cancelled"),
    "finding_cards": _("Fewest customers of a finding"),
    "changed_percent": _("Changed, in per cent of the register"),
    "emptied_percent": _("Emptied, in per cent of the register"),
    "four_eyes": _("A second person confirms"),
    "four_eyes_cards": _("Customers that one person alone may touch"),
    "four_eyes_emptied": _("Cells that one person alone may empty"),
    "four_eyes_consents": _("Consents need a second person"),
    "alike_percent": _("Made alike, in per cent of the register"),
    "retention_months": _("Months until customers are inactive"),
    "retention_field": _("Date that counts as activity"),
    "retention_consent": _("Whoever has consented stays"),
}
"""By the name of a choice in `services.settings`."""
