"""Requests that programs have named by a key, so that what they ask for is done once, however often they ask.

Nothing of what was sent or answered is kept, only a hash and the number of what was made: an answer that is told again
tells of that as it is by now.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.db.models import Q
from django.utils import timezone

from kundekort.services.refusals import KeyMismatch, KeyRunning
from kundekort.store.models import IdempotencyKey

KEPT: Final = timedelta(hours=24)
"""How long a key is remembered."""
CUT_OFF: Final = timedelta(hours=1)
"""After what time a request that has not finished never will: its process is gone, and the key is free again."""


def once(token_id: int, key: str, *, fingerprint: str, act: Callable[[], int]) -> tuple[int, bool]:
    """The number of what a request has made, and whether it had been made before.

    Raises KeyRunning where it is being made, KeyMismatch where the key belongs to another request, and what `act`
    raises, after which the key is free.
    """
    said = {"fingerprint": fingerprint}
    named, is_new = IdempotencyKey.objects.get_or_create(token_id=token_id, key=key, defaults=said)
    if not is_new:
        if named.fingerprint != fingerprint:
            raise KeyMismatch
        if named.result is None:
            raise KeyRunning
        return named.result, True
    try:
        number = act()
    except BaseException:
        named.delete()
        raise
    IdempotencyKey.objects.filter(pk=named.pk).update(result=number)
    return number, False


def remove_old() -> None:
    """Forget keys that are kept no longer."""
    now = timezone.now()
    IdempotencyKey.objects.filter(Q(created_at__lt=now - KEPT) | Q(result=None, created_at__lt=now - CUT_OFF)).delete()
