"""Finds the browser that the tests drive, and its menus; run as a program, it installs one where there is none."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from tests import apt

if TYPE_CHECKING:
    from playwright.sync_api import Page

SHELL = "chromium-headless-shell"
"""Chromium without windows, for which a new page is a sixth of the work."""
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def executable() -> str | None:
    """The path of an installed Chromium; None where only Playwright's own may be there."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def pick(page: Page, menu: str, option: str) -> None:
    """Open a menu in the line of filters, and choose what begins with these words."""
    page.locator("#grid tbody tr").first.wait_for()  # the script is there
    page.locator(".kk-popup > summary", has_text=menu).click()
    page.locator(".kk-popup[open] .kk-option", has_text=option).first.click()


def install() -> None:
    """Install Debian's Chromium where that is possible; else the one that Playwright brings, if there is none."""
    apt.install(SHELL)
    if executable() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"], check=True)


if __name__ == "__main__" and shutil.which(SHELL) is None:
    install()
