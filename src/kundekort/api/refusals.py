"""What the API itself refuses of a request, beside the refusals of the services. The words stand in `wording`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class RequestRefused(Exception):
    """A no of the API's own: `code` has words in `wording.REFUSALS`; `headers` go with the answer.

    `errors` say what is wrong where, each as a `problems.Fault`.
    """

    def __init__(
        self,
        code: str,
        status: int,
        *,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[dict[str, str]] = (),
        **params: Any,
    ) -> None:
        super().__init__(code)
        self.code, self.status, self.errors = code, status, list(errors)
        self.headers, self.params = dict(headers or {}), params
