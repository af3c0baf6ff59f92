"""Who acts on the pages: whoever is logged in, from the computer they sit at."""

from __future__ import annotations

from django.http import HttpRequest

from kundekort.services import accounts
from kundekort.services.accounts import Actor


def actor_of(request: HttpRequest) -> Actor:
    """The person who sent a request; nobody in particular where nobody is logged in."""
    return accounts.actor_of(request.user, address=request.META.get("REMOTE_ADDR", ""))
