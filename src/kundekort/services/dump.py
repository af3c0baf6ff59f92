"""The database as one dump in SQL, gzipped: made by the `pg_dump` that comes with the package, and read back.

It is read back on Django's own connection rather than by `psql`: whoever is killed meanwhile has committed nothing,
more can be done in the same transaction, and an archive cannot run programs.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from psycopg import Connection

from kundekort import embedded
from kundekort.services.refusals import DumpFailed, PoolerBetween, ToolsTooOld
from kundekort.store.archive import BLOCK

_COMPRESSION: Final = "gzip:3"
"""Of 300,000 customers 67 MB become 15.7 in 0.9 s; 17.3 in 0.8 at level 1, 13.8 in 1.6 at level 6."""
_SHRUNK: Final = 5
"""How many times smaller a dump is than the tables it is of, more or less; indexes are not in it."""
_COPY: Final = re.compile(rb"COPY .+ FROM stdin;\n")
_END: Final = b"\\.\n"
_LEFT_OUT: Final = (b"\\restrict ", b"\\unrestrict ", b"SET transaction_timeout = 0;")
"""Lines for `psql` alone, and the one setting of a dump that servers before 17 do not know."""


def refuse_pooled(conn: Connection) -> None:
    """Raises PoolerBetween for a connection on which nothing can be dumped or read back."""
    if is_pooled(conn):
        raise PoolerBetween


def refuse_newer(conn: Connection) -> None:
    """Raises ToolsTooOld for a server that the tools of the package do not know."""
    server = conn.info.server_version // 10_000
    if server > int(embedded.VERSION):
        raise ToolsTooOld(server=server, tools=embedded.VERSION)


def is_pooled(conn: Connection) -> bool:
    """Whether a pooler stands before the server: it tells everybody a process number of its own making."""
    told = conn.execute("SELECT pg_backend_pid()").fetchone()
    return told is not None and told[0] != conn.info.backend_pid


def make(conn: Connection, *, snapshot: str) -> Iterator[bytes]:
    """The dump as pieces, as the database is in a snapshot that a transaction has exported. Raises DumpFailed."""
    command = [
        *(str(embedded.client("pg_dump")), "--no-owner", "--no-privileges", "--no-publications", "--no-subscriptions"),
        *(f"--compress={_COMPRESSION}", f"--snapshot={snapshot}", f"--dbname={conn.info.dsn}"),
    ]
    environment = os.environ | {"LC_ALL": "C"} | ({"PGPASSWORD": conn.info.password} if conn.info.password else {})
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(  # noqa: S603 - our own program with our own arguments
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, env=environment
        ) as dumping,
    ):
        assert dumping.stdout is not None
        try:
            while piece := dumping.stdout.read(BLOCK):
                yield piece
        except BaseException:  # whoever wanted it does so no more
            dumping.kill()
            raise
        if dumping.wait() != 0:
            said.seek(0)
            raise DumpFailed(why=said.read().strip().rpartition("\n")[2])


def size(conn: Connection) -> int:
    """About how many bytes a dump will have, for telling how far it has come."""
    told = conn.execute(
        "SELECT coalesce(sum(pg_table_size(oid)), 0)::bigint FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    ).fetchone()
    assert told is not None
    return int(told[0]) // _SHRUNK


def load(conn: Connection, pieces: Iterable[bytes]) -> None:
    """Run a dump in the transaction that is open. Raises what psycopg does."""
    script = _Lines(_unpacked(pieces))
    statements = bytearray()
    while line := script.line():
        if _COPY.fullmatch(line):
            conn.execute(bytes(statements))
            statements.clear()
            with conn.cursor() as cursor, cursor.copy(line) as copy:
                for block in script.until(_END):
                    copy.write(block)
        elif not line.startswith(_LEFT_OUT):
            statements += line
    conn.execute(bytes(statements))
    conn.execute("RESET ALL")  # the dump has set what suits itself


def _unpacked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    unpacking = zlib.decompressobj(wbits=31)
    for piece in pieces:
        while piece:  # a piece may be a thousand times as large when unpacked
            yield unpacking.decompress(piece, BLOCK)
            piece = unpacking.unconsumed_tail
    yield unpacking.flush()


class _Lines:
    """A stream of bytes that is read by lines or by blocks of whole lines."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._block, self._at = pieces, b"", 0

    def line(self) -> bytes:
        """The next line with its end; nothing once there is none."""
        while (end := self._block.find(b"\n", self._at)) < 0:
            if not self._more():
                end = len(self._block) - 1
                break
        line = self._block[self._at : end + 1]
        self._at = end + 1
        return line

    def until(self, last: bytes) -> Iterator[bytes]:
        """Blocks of whole lines, up to a line that says no more than `last`, which is read and not given."""
        while True:
            if self._block.startswith(last, self._at):
                self._at += len(last)
                return
            place = self._block.find(b"\n" + last, self._at)
            end = (place if place >= 0 else self._block.rfind(b"\n")) + 1  # what is no whole line may begin the last
            if end > self._at:
                yield self._block[self._at : end]
                self._at = end
            if place < 0 and not self._more():
                raise EOFError("a dump ends within a table")

    def _more(self) -> bool:
        """Have more to read, if there is."""
        piece = next((piece for piece in self._pieces if piece), b"")
        self._block, self._at = self._block[self._at :] + piece, 0
        return bool(piece)
