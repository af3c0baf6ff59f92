"""Where the data folder is, before anything is made or started. This module may know nothing of what stands in it."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def path() -> Path:
    """KUNDEKORT_DATA, or the per-user data folder (for root the system's); it may not be there yet."""
    default = Path("/var/lib/kundekort") if os.geteuid() == 0 else platformdirs.user_data_path("kundekort")
    return Path(os.environ.get("KUNDEKORT_DATA") or default).expanduser().absolute()
