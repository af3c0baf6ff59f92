"""The words of webhooks and of other servers: what is told, how it went, and what went wrong; tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SERVER_FAULTS: Final[Mapping[str, str | Promise]] = {
    "address": _("The address cannot be asked. Write one like https://example.org/path, without a password."),
    "plain": _("The address does not begin with https://, and KUNDEKORT_PRIVATE_NETWORKS does not name its network."),
    "private": _("The server is not a public one, and KUNDEKORT_PRIVATE_NETWORKS does not name its network."),
    "unknown_host": _("The name of the server is not known."),
    "timeout": _("The server took too long."),
    "refused": _("The server refuses connections."),
    "unreachable": _("The server cannot be reached."),
    "certificate": _("The server’s certificate is not valid for its name."),
    "tls": _("No secure connection could be made."),
    "broken": _("The server ended the connection before it had answered."),
    "too_large": _("The server’s answer is larger than %(limit)s, which is the most."),
}
"""Why another server was not reached, by the reason of the refusal."""

WEBHOOK_FAULTS: Final[Mapping[str, str | Promise]] = {
    "name_missing": _("The webhook has no name, or a very long one. Give it a name of at most 100 characters."),
    "name_taken": _("There is already a webhook “%(name)s”. Choose another name."),
    "events_missing": _("No event is chosen. Choose at least one."),
}
"""Why a webhook cannot be saved, by the reason of its refusal."""

DELIVERY_FAULTS: Final[Mapping[str, str | Promise]] = {
    "status": _("It answered with %(status)s."),
    "redirect": _("It answered with %(status)s, which leads elsewhere; that is not followed."),
    "secret_unreadable": _(
        "The installation has another secret key than the secret was kept under. Make a new secret."
    ),
}
"""What went wrong when a receiver was told something, besides `SERVER_FAULTS`."""

DELIVERY_STATES: Final[Mapping[str, str | Promise]] = {
    "waiting": pgettext_lazy("delivery", "Waiting"),
    "delivered": pgettext_lazy("delivery", "Delivered"),
    "skipped": pgettext_lazy("delivery", "Left out"),
    "failed": pgettext_lazy("delivery", "Failed"),
}
"""By the value of a `Delivery.State`."""

WEBHOOK_NOTICES: Final[Mapping[str, str | Promise]] = {
    "failing": _("It was switched off, because the receiver had not taken anything for %(days)s days."),
    "gone": _("It was switched off, because the receiver answered that it is gone for good (410)."),
}
"""Why a webhook was switched off that nobody has switched off, by its notice."""

WEBHOOK_MAIL: Final[Mapping[str, str | Promise]] = {
    "subject": _("Kundekort: the webhook “%(name)s” was switched off"),
    "body": _(
        "The webhook “%(name)s” to %(url)s is not told of changes any more.\n\n%(why)s\n\n"
        "Nothing is lost: when an administrator switches it on again under Settings, it goes on where it was."
    ),
}
"""A letter to whoever made a webhook."""

EVENTS: Final[Mapping[str, str | Promise]] = {
    "customers.created": _("Customers created"),
    "customers.changed": _("Customers changed"),
    "customers.merged": _("Customers merged"),
    "customers.unmerged": _("Merges undone"),
    "customers.removed": _("Customers removed"),
    "customers.restored": _("Customers brought back"),
    "customers.anonymised": _("Customers anonymised"),
    "import.confirmed": _("Import confirmed"),
    "import.undone": _("Import undone"),
    "import.redone": _("Undoing of an import undone"),
    "test": _("Test"),
}
"""By the type of an event."""


def webhook_event(kind: str) -> str:
    """What a type of events is called; one that there is not any more, by its code."""
    return str(EVENTS.get(kind, kind))


def delivery_state(state: str) -> str:
    """How a delivery stands."""
    return str(DELIVERY_STATES[state])
