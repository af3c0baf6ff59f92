"""Sources of files: what cannot be one, and what cannot be read."""

from __future__ import annotations

from kundekort.services.refusals.refusal import Refusal


class SourceInvalid(Refusal):
    """A source cannot be as described; params: reason; name, folders; fault."""

    code = "source_invalid"


class SourceUnread(Refusal):
    """A source could not be looked at; params: reason; status, limit (bytes), fingerprint; fault."""

    code = "source_unread"
