"""A server of files for tests: SFTP by paramiko's own server classes, over a folder, with a key and a password."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import paramiko

USER, PASSWORD = "kundekort", "between the scenes"


@dataclass
class Served:
    """`host_key` is the server's public key as `ssh-keyscan` tells it; `allowed` are keys that may log in."""

    port: int
    host_key: str
    allowed: list[paramiko.PKey] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"sftp://127.0.0.1:{self.port}/"


def new_key() -> paramiko.PKey:
    return paramiko.ECDSAKey.generate()


@contextmanager
def sftp_server(folder: Path) -> Iterator[Served]:
    key = new_key()

    class Server(paramiko.ServerInterface):
        def get_allowed_auths(self, username: str) -> str:
            return "password,publickey"

        def check_auth_password(self, username: str, password: str) -> int:
            here.logins.append("password")
            good = (username, password) == (USER, PASSWORD)
            return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED

        def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
            here.logins.append("key")
            return paramiko.AUTH_SUCCESSFUL if key in here.allowed else paramiko.AUTH_FAILED

        def check_channel_request(self, kind: str, chanid: int) -> int:
            return paramiko.OPEN_SUCCEEDED

    class Files(paramiko.SFTPServerInterface):
        def list_folder(self, path: str) -> object:
            try:
                found = []
                for entry in sorted(Path(folder, path.lstrip("/")).iterdir()):
                    attributes = paramiko.SFTPAttributes.from_stat(entry.lstat())
                    attributes.filename = entry.name
                    found.append(attributes)
                return found
            except OSError as error:
                return paramiko.SFTPServer.convert_errno(error.errno)

        def stat(self, path: str) -> object:
            try:
                return paramiko.SFTPAttributes.from_stat(Path(folder, path.lstrip("/")).stat())
            except OSError as error:
                return paramiko.SFTPServer.convert_errno(error.errno)

        lstat = stat

        def open(self, path: str, flags: int, attr: object) -> object:
            if flags & (os.O_WRONLY | os.O_RDWR):
                return paramiko.SFTP_PERMISSION_DENIED
            try:
                file = Path(folder, path.lstrip("/")).open("rb")  # noqa: SIM115 - the handle closes it
            except OSError as error:
                return paramiko.SFTPServer.convert_errno(error.errno)
            handle = paramiko.SFTPHandle(flags)
            handle.readfile = file
            return handle

    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    here = Served(port, f"{key.get_name()} {key.get_base64()}")
    transports: list[paramiko.Transport] = []

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                transport = paramiko.Transport(connection)
                transport.add_server_key(key)
                transport.set_subsystem_handler("sftp", paramiko.SFTPServer, Files)
                transports.append(transport)
                with suppress(paramiko.SSHException, EOFError):
                    transport.start_server(server=Server())

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for transport in transports:
            transport.close()
            transport.join()
            transport.sock.close()
        thread.join()
