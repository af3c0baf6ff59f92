"""Who acts on the pages: whoever is logged in, from the computer they sit at."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest

from kundekort.services import accounts
from kundekort.services.accounts import Actor

_KNOWN: Final = "_kundekort_actor"


def actor_of(request: HttpRequest) -> Actor:
    """The person who sent a request; nobody in particular where nobody is logged in.

    What they may do is asked once for a request, unless somebody logs in or out by it.
    """
    user, actor = getattr(request, _KNOWN, (None, None))
    if actor is None or user is not request.user:
        actor = accounts.actor_of(request.user, address=request.META.get("REMOTE_ADDR", ""))
        setattr(request, _KNOWN, (request.user, actor))
    return actor
