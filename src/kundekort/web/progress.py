"""How far a job has come, as the page that waits for it shows it. It may not ask the job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def progress_context(progress: Mapping[str, Any] | None, *, poll: str) -> dict[str, Any]:
    """What the progress bar needs of a report of `services.progress`; `poll` is the address to ask again at."""
    return {
        "poll": poll,
        "progress": progress,
        "percent": str(round(progress["fraction"] * 100)) if progress else None,
        "in_bytes": bool(progress and progress["phase"] == "reading"),
    }
