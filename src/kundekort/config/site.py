"""The site as the web processes of `kundekort serve` load it: each ends with the one that started it.

Left behind they would go on answering, and nobody else could have the port.
"""

from __future__ import annotations

import multiprocessing
import signal

from kundekort import processes
from kundekort.config.wsgi import application

if (parent := multiprocessing.parent_process()) is not None and parent.pid is not None:
    processes.end_with_parent(parent.pid, signal.SIGKILL)  # nobody is left who would kill one that does not listen

__all__ = ["application"]
