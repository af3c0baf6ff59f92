"""Whether a port can be listened on. The Makefile runs this file as a program, before anything is installed.

So it may import nothing but the standard library, of any Python 3.
"""

from __future__ import annotations

import socket
import sys
from contextlib import closing


def refuse_busy(host: str, port: int) -> None:
    """Raises OSError where nothing can listen: EADDRINUSE, or what else the operating system has against it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def main(host: str, wish: str) -> None:
    """End the program with a sentence where the wished port cannot be listened on."""
    if not (wish.isascii() and wish.isdigit() and 0 < int(wish) < 65536):
        sys.exit(f"PORT={wish} is no port: choose a number up to 65535, as in make demo PORT=8080")
    try:
        refuse_busy(host, int(wish))
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        sys.exit(f"Port {wish} cannot be used ({why}): choose another, as in make demo PORT={_free(host)}")


def _free(host: str) -> int:
    """A port that nobody listens on just now; 8080 if the likely ones are all taken."""
    for port in range(8001, 8100):
        try:
            refuse_busy(host, port)
        except OSError:
            continue
        return port
    return 8080


if __name__ == "__main__":
    main("127.0.0.1", sys.argv[1])
