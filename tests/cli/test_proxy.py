"""The site behind each of the proxies that come with it, while others send it requests that never end."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPMessage, HTTPSConnection
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.cli.places import Place, register
from tests.object_store import free_port
from tests.reverse_proxy import PROXIES
from tests.waiting import PATIENCE

pytestmark = pytest.mark.slow

PASSWORD = "between the scenes 9"
LIST = "CustomerID;FirstName;LastName;Email;Gender\n0;Kari;Nordmann;kari@example.com;2\n"
FORM = "application/x-www-form-urlencoded"


@dataclass
class Browser:
    """Somebody at a web browser, without the browser; `source` is the address of their computer."""

    port: int
    source: str = "127.0.0.1"
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, path: str, body: bytes | None = None, kind: str = FORM, **headers: str
    ) -> tuple[int, HTTPMessage, str]:
        """The status, the headers and the page."""
        origin = f"https://127.0.0.1:{self.port}"
        said = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "Referer": f"{origin}/"} | headers
        trusting = ssl._create_unverified_context()
        connection = HTTPSConnection(
            "127.0.0.1", self.port, timeout=PATIENCE, context=trusting, source_address=(self.source, 0)
        )
        try:
            connection.request(
                "GET" if body is None else "POST", path, body, said | ({"Content-Type": kind} if body else {})
            )
            answer = connection.getresponse()
            for given in answer.headers.get_all("Set-Cookie") or ():
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(given).items()}
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    def token(self, path: str) -> str:
        found = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', self.ask(path)[2])
        assert found
        return found[1]

    def log_in(self, **headers: str) -> None:
        """Log in as Kari, in a browser that was never used."""
        self.cookies.clear()
        said = {"username": "kari", "password": PASSWORD, "csrfmiddlewaretoken": self.token("/login/")}
        assert self.ask("/login/", urlencode(said).encode(), **headers)[0] == 302

    def upload(self, data: bytes, *, token: str) -> tuple[int, HTTPMessage, str]:
        """Send a file."""
        part = '--x\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
        body = part.format("csrfmiddlewaretoken", "") + token + "\r\n" + part.format("file", '; filename="kunder.csv"')
        return self.ask("/imports/", body.encode() + data + b"\r\n--x--\r\n", "multipart/form-data; boundary=x")


@contextmanager
def half_requests(port: int, heads: list[str], *, times: int) -> Iterator[list[ssl.SSLSocket]]:
    """Many connections from another address, over which a request goes on byte by byte and never ends."""
    trusting, stop = ssl._create_unverified_context(), threading.Event()
    held: list[ssl.SSLSocket] = []
    for head in heads:
        for _ in range(times):
            plain = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE, source_address=("127.0.0.2", 0))
            held.append(trusting.wrap_socket(plain))
            held[-1].sendall(head.encode())

    def go_on() -> None:
        while not stop.wait(1):
            for one in held:
                with suppress(OSError):  # which is how such a request ends
                    one.sendall(b"a")

    sending = threading.Thread(target=go_on)
    sending.start()
    try:
        yield held
    finally:
        stop.set()
        sending.join()
        for one in held:
            one.close()


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def installation(request: pytest.FixtureRequest) -> Iterator[tuple[Place, Browser, int, Path]]:
    """A site behind its proxy, a browser there, the port without HTTPS, and where the proxy puts things by."""
    if request.param not in PROXIES:
        pytest.skip(f"{request.param} is not installed: make proxy, and the packages of the tests")
    port, http, https = free_port(), free_port(), free_port()
    with register(KUNDEKORT_HTTPS="1", KUNDEKORT_ORIGINS=f"https://127.0.0.1:{https}") as here, here.held():
        here.script(
            "from kundekort.services.accounts import Role, create_user\n"
            f"create_user(username='kari', password={PASSWORD!r}, role=Role.IMPORTER)"
        )
        with here.start("serve", "--port", str(port), "--processes", "1") as server:
            assert server.stderr is not None
            assert "ready" in server.stderr.readline().decode()
            try:
                with PROXIES[request.param](port, http=http, https=https) as kept:
                    yield here, Browser(https), http, kept
            finally:
                server.terminate()
                server.communicate()


@pytest.fixture
def site(installation: tuple[Place, Browser, int, Path]) -> tuple[Browser, int, Path]:
    """All of it but the place."""
    return installation[1:]


HEAD = (
    "POST {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nCookie: __Host-csrf={}\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n"
)


def test_it_serves_people_while_others_send_halves_of_requests(site: tuple[Browser, int, Path]) -> None:
    person, _, kept = site
    heads = [
        f"GET /login/ HTTP/1.1\r\nHost: 127.0.0.1:{person.port}\r\nX-Slow: ",
        HEAD.format("/login/", person.port, "a" * 32, FORM, 100_000),
        HEAD.format("/imports/", person.port, "a" * 32, "multipart/form-data; boundary=x", 100_000_000),
    ]
    with half_requests(person.port, heads, times=80):
        person.log_in()
        status, headers, page = person.upload(LIST.encode(), token=person.token("/imports/"))
        assert (status, page) == (302, "")
        assert "Bekreft: opprette 1 kunde" in person.ask(headers["Location"])[2]
    assert [path for path in kept.rglob("*") if path.is_file()] == []


def test_the_audit_log_names_the_persons_own_address(installation: tuple[Place, Browser, int, Path]) -> None:
    place, person, _, _ = installation
    forged = {"X-Forwarded-For": "192.0.2.66", "X_Forwarded_For": "192.0.2.66", "X-Real-IP": "192.0.2.66"}
    Browser(person.port, source="127.0.0.3").log_in(**forged)
    told = place.script(
        "from kundekort.store.models import AuditEntry\n"
        "print(*AuditEntry.objects.filter(event='login').order_by('pk').values_list('address', flat=True))"
    )
    assert told.split()[-1] == "127.0.0.3"
    assert "192.0.2.66" not in told


def test_nothing_of_a_strangers_file_is_put_by(site: tuple[Browser, int, Path]) -> None:
    person, _, kept = site
    for path in ("/imports/", "/imports/7/mended/"):
        head = HEAD.format(path, person.port, "a" * 32, "multipart/form-data; boundary=x", 200 * 2**20)
        trusting = ssl._create_unverified_context()
        with trusting.wrap_socket(socket.create_connection(("127.0.0.1", person.port), timeout=PATIENCE)) as stranger:
            stranger.sendall(head.encode() + b"--x\r\n" + b"a" * 100_000)
            answer = stranger.recv(4096).decode()
        assert answer.startswith("HTTP/1.1 303")
        assert (
            f"\r\nLocation: https://127.0.0.1:{person.port}{path}\r\n" in answer
            or f"\r\nLocation: {path}\r\n" in answer
        )
        assert [place for place in kept.rglob("*") if place.is_file()] == []
    status, headers, _ = Browser(person.port).ask("/imports/")
    assert (status, headers["Location"]) == (302, "/login/?next=/imports/")


def test_a_program_sends_files_by_its_token_and_a_strangers_is_refused_at_its_head(
    installation: tuple[Place, Browser, int, Path],
) -> None:
    place, person, _, kept = installation
    token = place.script(
        "from django.contrib.auth.models import User\n"
        "from kundekort.services import tokens\nfrom kundekort.services.accounts import Actor\n"
        "kari = User.objects.get(username='kari')\n"
        "print(tokens.create(kari.pk, name='till', scopes=[tokens.Scope.IMPORTS_WRITE, tokens.Scope.IMPORTS_READ],"
        " days=7, actor=Actor.system('tests')).secret)"
    )
    rows = "".join(f"0;Navn{n};Etternavn{n};kunde{n}@example.no;2\n" for n in range(60_000))
    part = '--x\r\nContent-Disposition: form-data; name="file"; filename="kunder.csv"\r\n\r\n'
    body = f"{part}CustomerID;FirstName;LastName;Email;Gender\n{rows}\r\n--x--\r\n".encode()
    assert len(body) > 2 * 2**20
    kind = "multipart/form-data; boundary=x"
    program = Browser(person.port)
    status, _, answer = program.ask("/api/imports", body, kind, Authorization=f"Bearer {token}")
    assert (status, '"id"' in answer) == (201, True), answer
    trusting = ssl._create_unverified_context()
    with trusting.wrap_socket(socket.create_connection(("127.0.0.1", person.port), timeout=PATIENCE)) as stranger:
        head = HEAD.format("/api/imports", person.port, "a", kind, 200 * 2**20)
        stranger.sendall(head.replace("Cookie:", "Authorization: Bearer nobody\r\nCookie:").encode() + b"--x\r\n")
        told = stranger.recv(65536).decode()
    assert told.startswith("HTTP/1.1 401")
    assert "application/problem+json" in told
    assert [path for path in kept.rglob("*") if path.is_file()] == []


def test_a_file_over_the_limit_is_told_of_on_the_page(site: tuple[Browser, int, Path]) -> None:
    person, _, _ = site
    person.log_in()
    head = HEAD.format("/imports/", person.port, "a" * 32, "multipart/form-data; boundary=x", 700 * 2**20)
    trusting = ssl._create_unverified_context()
    with trusting.wrap_socket(socket.create_connection(("127.0.0.1", person.port), timeout=PATIENCE)) as sender:
        sender.sendall(head.encode())
        assert "/imports/?too-large\r\n" in sender.recv(4096).decode()
    assert person.ask("/imports/?too-large")[1]["Location"] == "/imports/"
    assert "Filen er større enn" in person.ask("/imports/")[2]


def test_it_leads_to_https_and_says_so_for_a_year(site: tuple[Browser, int, Path]) -> None:
    person, http, _ = site
    with socket.create_connection(("127.0.0.1", http), timeout=PATIENCE) as plain:
        plain.sendall(b"GET /customers/?search=kari HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        led = re.search(r"Location: https://127.0.0.1(:\d+)?/customers/\?search=kari\r\n", plain.recv(4096).decode())
        assert led is not None
    assert person.ask("/login/")[1]["Strict-Transport-Security"] == "max-age=31536000"
