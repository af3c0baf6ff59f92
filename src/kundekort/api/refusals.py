"""What the API itself refuses of a request, beside the refusals of the services. The words stand in `wording`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class RequestRefused(Exception):
    """A no of the API's own: `code` has words in `wording.REFUSALS`; `headers` go with the answer."""

    def __init__(self, code: str, status: int, *, headers: Mapping[str, str] | None = None, **params: Any) -> None:
        super().__init__(code)
        self.code, self.status = code, status
        self.headers, self.params = dict(headers or {}), params
