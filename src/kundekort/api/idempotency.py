"""The Idempotency-Key of a request: what it names, and how an answer is told again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final, TypeVar

from kundekort.api.access import ApiRequest
from kundekort.api.refusals import RequestRefused
from kundekort.services import idempotency

Answer = TypeVar("Answer")

HEADER: Final = "Idempotency-Key"
LONGEST: Final = 255


def once(request: ApiRequest, act: Callable[[], int], show: Callable[[int], Answer]) -> Answer:
    """The answer to a request that makes something: `act` makes it, unless a request with the same key has, and gives
    its number, of which `show` makes the answer."""
    key = request.headers.get(HEADER)
    if key is None:
        return show(act())
    if not 0 < len(key) <= LONGEST:
        fault = {"where": f"header.{HEADER}", "code": "length_invalid"}
        raise RequestRefused(
            "request_invalid", 422, errors=[fault | {"message": f"It has from 1 to {LONGEST} characters."}]
        )
    number, before = idempotency.once(request.auth.token_id, key, fingerprint=_fingerprint(request), act=act)
    request.api_replayed = before  # type: ignore[attr-defined]
    return show(number)


def _fingerprint(request: ApiRequest) -> str:
    """What was asked, in hexadecimal digits: the address, and every byte of what was sent along."""
    told = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type != "multipart/form-data":
        told.update(request.body)
        return told.hexdigest()
    for name, texts in sorted(request.POST.lists()):
        told.update(repr((name, texts)).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            told.update(repr((name, file.name, file.size)).encode())
            for piece in file.chunks():
                told.update(piece)
            file.seek(0)
    return told.hexdigest()
