"""Where the data folder is, before anything is made or started. This module may know nothing of what stands in it."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def path() -> Path:
    """KUNDEKORT_DATA, or the per-user data folder (for root the system's); it may not be there yet."""
    return Path(os.environ.get("KUNDEKORT_DATA") or _default()).expanduser().absolute()


def _default() -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib/kundekort")
    import platformdirs

    return platformdirs.user_data_path("kundekort")


def make(folder: Path) -> None:
    """Make the data folder when it is missing: nobody else can look into it, but root's can be passed through.

    Root's database runs as an ordinary user who has to get to its own folder in there. Raises PermissionError for one
    that somebody else has put where everybody can, as below /tmp.
    """
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        shared = folder.parent.stat().st_mode & stat.S_ISVTX
        if shared and folder.lstat().st_uid not in (0, os.geteuid()):
            raise PermissionError(errno.EACCES, "somebody else has made it", str(folder)) from None
        return
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
