"""A mail server that takes whatever it is sent, for tests: real bytes over a real connection."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class _Letters(socketserver.StreamRequestHandler):
    """One conversation of SMTP."""

    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                letter = b"".join(line[1:] if line.startswith(b"..") else line for line in lines)
                self.server.letters.append(message_from_bytes(letter, policy=policy.default))  # type: ignore[attr-defined]
            self.say("221 bye" if verb == b"QUIT" else "250 well")
            if verb == b"QUIT":
                return

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[tuple[int, list[EmailMessage]]]:
    """Its port, and the letters it has got so far."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Letters) as server:
        server.letters = letters = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1], letters
        finally:
            server.shutdown()
            thread.join()
