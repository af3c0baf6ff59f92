"""How far a job has come, as the page that waits for it shows it. It may not ask the job."""

from __future__ import annotations

from typing import Any

from kundekort.store.progress import Progress


def progress_context(progress: Progress | None, *, poll: str) -> dict[str, Any]:
    """What the progress bar needs of a step; `poll` is the address to ask again at."""
    return {
        "poll": poll,
        "progress": progress,
        "percent": str(round(progress.fraction * 100)) if progress else None,
    }
