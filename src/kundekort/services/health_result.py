"""What `doctor` finds; a value that can be made where not even the settings can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Mark(StrEnum):
    """How well it is."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class HealthResult:
    """How it is with one thing: a code of `wording.HEALTH`, or that of a refusal, and what the words need."""

    check: str
    mark: Mark
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
