"""A receiver of webhooks for tests: a real server, which answers as it is told and keeps what it was sent."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Request:
    """What was sent."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`answer` says by which status a request is answered, None for never; `said` is what stands in every answer."""

    url: str = ""
    requests: list[Request] = field(default_factory=list)
    answer: Callable[[Request], int | None] = lambda request: 204
    said: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def receiver() -> Iterator[Receiver]:
    here = Receiver()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            request = Request(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            here.requests.append(request)
            status = here.answer(request)
            if status is None:
                here.over.wait()
                return
            self.send_response(status)
            for name, value in here.headers.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(here.said)))
            self.end_headers()
            if status != 204:
                self.wfile.write(here.said)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            """Nothing is written."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        here.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield here
        finally:
            here.over.set()
            server.shutdown()
