"""Installs packages of Debian and its like, where somebody may."""

from __future__ import annotations

import os
import shutil
import subprocess


def install(package: str) -> None:
    """Install a package; nothing where there is no apt, or no right to use it."""
    sudo = [] if os.geteuid() == 0 else [tool] if (tool := shutil.which("sudo")) else None
    if shutil.which("apt-get") and sudo is not None:
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", package]):
            subprocess.run(
                [*sudo, "apt-get", *command], check=False, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
            )
