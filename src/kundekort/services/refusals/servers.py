"""Other servers: those that are told of changes, and those from which files are read."""

from __future__ import annotations

from kundekort.services.refusals.refusal import Refusal


class NotReached(Refusal):
    """Another server was not asked, or gave no whole answer; params: reason; limit (bytes); fault."""

    code = "not_reached"


class SecretUnreadable(Refusal):
    """A secret was kept under another secret key than the installation has."""

    code = "secret_unreadable"


class WebhookInvalid(Refusal):
    """A webhook cannot be as described; params: reason; fault."""

    code = "webhook_invalid"


class DeliveryOver(Refusal):
    """A delivery does not wait any more; params: id."""

    code = "delivery_over"
