"""What all refusals are."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """A use case that will not do what was asked, for an expected reason. `params` is what the words need."""

    code: str = ""

    def __init__(self, **params: Any) -> None:
        super().__init__(self.code)
        self.params = params
