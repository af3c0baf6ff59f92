"""What people call the browser that a session was heard from."""

from __future__ import annotations

from typing import Final

BROWSERS: Final = {"Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
SYSTEMS: Final = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}
"""By what they say of themselves; the first that fits counts, since each claims to be those after it too."""


def name(told: str) -> str:
    """The browser and the system, as far as they are told: 'Firefox, Windows', '' for neither."""
    found = (next((name for mark, name in table.items() if mark in told), "") for table in (BROWSERS, SYSTEMS))
    return ", ".join(filter(None, found))
