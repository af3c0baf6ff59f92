"""What the command line itself refuses, beside the refusals of the services. The words stand in `wording`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class CommandRefused(Exception):
    """A no of the command line's own; `code` has words in `wording.REFUSALS`."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, Any] = params
