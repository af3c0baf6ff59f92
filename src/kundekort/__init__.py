"""Kundekort: change many customer cards at once without fear."""

from __future__ import annotations

from functools import cache


@cache
def version() -> str:
    """The version that is installed, for people to quote: `--version` and the foot of every page say it."""
    from importlib import metadata

    return metadata.version("kundekort")
