"""Finds the browser that the tests drive, and its menus; run as a program, it installs one where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def executable() -> str | None:
    """The path of an installed Chromium; None where only Playwright's own may be there."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def pick(page: Page, menu: str, option: str) -> None:
    """Open a menu in the line of filters, and choose what begins with these words."""
    page.locator("#grid tbody tr").first.wait_for()  # the script is there
    page.locator(".kk-popup > summary", has_text=menu).click()
    page.locator(".kk-popup[open] .kk-option", has_text=option).first.click()


def install() -> None:
    """Install Debian's Chromium where that is possible, else the one that Playwright brings."""
    sudo = [] if os.geteuid() == 0 else [tool] if (tool := shutil.which("sudo")) else None
    if shutil.which("apt-get") and sudo is not None:
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
            subprocess.run(
                [*sudo, "apt-get", *command], check=False, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
            )
    if executable() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__" and executable() is None:
    install()
