"""Who is killed, always by SIGKILL: nobody is asked, nobody can tidy up."""

from __future__ import annotations

import os
import signal
import subprocess
from collections import Counter
from contextlib import suppress
from random import Random
from typing import Final

import psycopg

from tests.torture.installation import Installation
from tests.waiting import alive, until

COMMAND: Final = "command"
WORKER: Final = "worker"
WEB: Final = "web server"
SUPERVISOR: Final = "supervisor"
DATABASE: Final = "database"
CONNECTION: Final = "database connection"


class Tally:
    """What a run has come to: kills by victim, by act, and by what was going on just then."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = {"victims": Counter(), "acts": Counter(), "moments": Counter()}

    def count(self, **what: str) -> None:
        """One more kill."""
        for table, name in what.items():
            self.counts[table][name] += 1


def kill(victim: str, house: Installation, command: subprocess.Popen[bytes] | None, chance: Random) -> None:
    """Kill one of those who are at work, and wait until it is dead and, of a web server, those have noticed who do."""
    webs = set(house.processes(b"granian"))
    number = None
    if victim == COMMAND and command is not None:
        number = command.pid
    elif victim == WORKER:
        number = next(iter(house.processes(b"kundekort.cli\0worker")), None)
    elif victim == WEB:  # the process that answers, or the one that would start it again
        number = chance.choice(sorted(webs) or [None])
    elif victim == SUPERVISOR:
        number = house.server
    elif victim == DATABASE:
        number = house.postmaster
    elif victim == CONNECTION:
        number = _connection(house, chance)
    if number:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
        until(lambda: not alive(number))
    if victim == SUPERVISOR:  # its first thread may be dead before the others
        until(lambda: house.server is None)
    if victim == WEB:  # another one is started, or all the rest stops
        until(lambda: house.server is None or set(house.processes(b"granian")) - webs)


def _connection(house: Installation, chance: Random) -> int | None:
    """One of the database's processes that answer somebody; with it the server ends all others and recovers."""
    with suppress(psycopg.Error), house.database() as conn:
        found = conn.execute(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchall()
        return int(chance.choice(found)[0]) if found else None
    return None
