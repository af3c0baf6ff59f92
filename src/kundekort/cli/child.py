"""A command in a process of its own, so that somebody is left to say why it ended when the system has ended it.

A library that gets no memory may end its process on the spot, and a system that has none kills one; no exception tells.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
from collections.abc import Callable
from typing import Final

from kundekort import processes
from kundekort.cli import failures
from kundekort.cli.failures import Failure, lacks_memory, tell
from kundekort.cli.language import _

OUT_OF_MEMORY: Final = (signal.SIGABRT, signal.SIGKILL, signal.SIGSEGV, signal.SIGBUS)
"""The signals by which a process ends that gets no memory."""

_WATCHED: Final = (signal.SIGINT, signal.SIGCHLD)
"""What the parent waits for."""
_OF_TERMINAL: Final = 0x80
"""The code of a signal that the terminal sends (SI_KERNEL): everybody in front of it has got it."""


def run(command: Callable[[], None]) -> None:
    """Run a command in a child, and end as it does; where it was ended for want of memory, say so.

    Ctrl-C reaches both, and the child answers; what somebody sends the parent alone is passed on. The child ends with
    its parent. To be called before there are threads.
    """
    parent = os.getpid()
    signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    child = os.fork()
    if not child:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _WATCHED)
        processes.end_with_parent(parent, signal.SIGKILL)
        failures.parent_tells = True
        codes: list[int] = []
        atexit.register(_leave, codes)  # what is registered first is done last
        try:
            command()
        except SystemExit as end:
            codes += [end.code] if isinstance(end.code, int) else []
            raise
        except Exception as error:
            if not lacks_memory(error):
                raise
            os.kill(os.getpid(), signal.SIGKILL)  # there was none even to say so
        return
    status = _wait(child)
    if os.WIFEXITED(status):
        sys.stdout.flush()
        os._exit(os.WEXITSTATUS(status))
    number = os.WTERMSIG(status)
    if number not in OUT_OF_MEMORY:
        signal.signal(number, signal.SIG_DFL)
        os.kill(parent, number)
    failure = Failure("out_of_memory")
    try:
        tell(failure)
    except Exception:  # all words together take more memory than there may be
        print(_("The memory was not enough."), file=sys.stderr)
    sys.exit(failure.exit_code)


def _leave(codes: list[int]) -> None:
    """End at once with the code of a command that has come to its end, when all else that is due then has been done.

    Taking apart piece by piece what goes with the process anyway is a twentieth of a short command.
    """
    if codes:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(codes[0])


def _wait(child: int) -> int:
    """How a child has ended."""
    while True:
        told = signal.sigwaitinfo(_WATCHED)
        if told.si_signo == signal.SIGINT and told.si_code != _OF_TERMINAL:
            os.kill(child, signal.SIGINT)
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
