"""Somebody at a web browser, without the browser: logs in, sends forms, and can be cut off at any moment."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from typing import Final
from urllib.parse import urlencode

from tests.torture.installation import PASSWORD

SECONDS: Final = 120
"""For an answer that will not come; a slow machine must never reach it."""


class CutOff(Exception):
    """The server has gone while it was asked, or could not answer for want of a database."""


class Client:
    """A logged-in person."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cookies: dict[str, str] = {}

    def log_in(self, name: str) -> None:
        """Log in. Raises CutOff."""
        self.get("/login/")
        self.post("/login/", username=name, password=PASSWORD)
        assert "sessionid" in self._cookies

    def get(self, path: str) -> str:
        """A page. Raises CutOff."""
        return self._ask("GET", path)[1]

    def post(self, path: str, **fields: str | int | list[int]) -> str:
        """Send a form; where the answer leads. Raises CutOff."""
        body = urlencode(fields, doseq=True).encode()
        return self._ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})[0]

    def upload(self, data: bytes, name: str = "kunder.csv") -> int:
        """Upload a file; the number of its import. Raises CutOff."""
        mark = uuid.uuid4().hex
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        body = f"{head}Content-Type: text/csv\r\n\r\n".encode() + data + f"\r\n--{mark}--\r\n".encode()
        place, page = self._ask("POST", "/imports/", body, {"Content-Type": f"multipart/form-data; boundary={mark}"})
        return numbered("imports", place, page)

    def _ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[str, str]:
        """Where the answer leads, and what it says."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=SECONDS)
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        sent = {"Cookie": cookies, "X-CSRFToken": self._cookies.get("csrftoken", ""), **(headers or {})}
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, HTTPException) as error:
            raise CutOff from error
        finally:
            connection.close()
        if answer.status >= 500:  # 503, or 500 where the connection broke in the middle of something
            raise CutOff(f"{answer.status}: {text[:200]}")
        assert answer.status < 400, f"{method} {path}: {answer.status} {text[:2000]}"
        for given in answer.headers.get_all("Set-Cookie") or ():
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(given).items()}
        return answer.headers.get("Location", ""), text


def numbered(room: str, place: str, page: str = "") -> int:
    """The number in an address."""
    found = re.search(rf"/{room}/(\d+)/", place)
    assert found, f"led to {place!r}: {page[:2000]}"
    return int(found[1])
