"""Who acts on the command line: whoever may run programs on the server, by the name they have there."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kundekort.services.accounts import Actor


def actor() -> Actor:
    """The user of the operating system as an administrator."""
    from kundekort.services.accounts import Actor

    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        name = "system"
    return Actor.system(name)
