"""Asking other servers by HTTP: only those that may be asked, no longer than agreed, and no more than agreed.

A name is resolved once, and what it means is looked at before a connection is made to just that: an address that is not
public is asked only where the installation names its network. No redirect is followed.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import os
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO, Final
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from kundekort import version
from kundekort.services.refusals import NotReached

CHUNK: Final = 2**16
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: its status, its headers by small letters, and how long it took in milliseconds."""

    status: int
    headers: Mapping[str, str]
    milliseconds: int


def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None = None,
    seconds: float,
    limit: int,
    sink: BinaryIO | None = None,
) -> Answer:
    """Ask a server and write what it says into a `sink`: at most `limit` bytes, within so many seconds altogether.

    Raises NotReached.
    """
    parts, addresses = checked(url)
    began = time.monotonic()
    connection = _Connection(parts, addresses, seconds)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.connect()
        with _Deadline(connection.sock, began + seconds - time.monotonic()) as deadline:
            try:
                connection.request(method, target, body, _HEADERS | dict(headers))
                with connection.getresponse() as answer:
                    whole = _read(answer, sink or io.BytesIO(), limit)
            except (OSError, http.client.HTTPException, ValueError) as error:
                raise NotReached(reason="timeout" if deadline.over else _reason(error)) from error
            if deadline.over:
                raise NotReached(reason="timeout")
        if not whole:
            raise NotReached(reason="too_large", limit=limit)
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, found, round((time.monotonic() - began) * 1000))
    finally:
        connection.close()


_HEADERS: Final = {"User-Agent": f"Kundekort/{version()}", "Connection": "close", "Accept-Encoding": "identity"}


def checked(url: str) -> tuple[SplitResult, list[str]]:
    """The parts of an address, and the network addresses behind it, all of which may be asked. Raises NotReached."""
    parts = parsed(url)
    assert parts.hostname is not None
    found = resolved(parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))
    if parts.scheme != "https" and not all(map(_is_named, found)):
        raise NotReached(reason="plain")
    return parts, found


def parsed(url: str) -> SplitResult:
    """The parts of an address that could be asked. Raises NotReached."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises where there is no such port
        ascii_ = bool(parts.hostname and parts.hostname.encode("idna"))
    except (ValueError, UnicodeError) as error:
        raise NotReached(reason="address") from error
    printable = url.isascii() and not any(character.isspace() or not character.isprintable() for character in url)
    if parts.scheme not in ("https", "http") or not ascii_ or not printable or "@" in parts.netloc:
        raise NotReached(reason="address")
    return parts


def resolved(host: str, port: int) -> list[str]:
    """The network addresses of a host, all of which may be asked. Raises NotReached."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotReached(reason="unknown_host") from error
    addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
    if not all(_may_be_asked(address) for address in addresses):
        raise NotReached(reason="private")
    return addresses


def _may_be_asked(address: str) -> bool:
    meant = _meant(address)
    return (meant.is_global and not meant.is_multicast) or _is_named(address)


def _is_named(address: str) -> bool:
    """Whether the installation names the network of an address."""
    meant = _meant(address)
    return any(meant in network for network in settings.KUNDEKORT_PRIVATE_NETWORKS)


def _meant(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The address where packets end: that of IPv4 within one of IPv6."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv4Address):
        return found
    if found in _NAT64:
        return ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    inside = found.ipv4_mapped or found.sixtofour or (found.teredo and found.teredo[1])
    return inside or found


class _Connection(http.client.HTTPConnection):
    """A connection to one of several addresses, which shows a certificate of its name."""

    def __init__(self, parts: SplitResult, addresses: list[str], seconds: float) -> None:
        assert parts.hostname is not None
        self._secure, self._addresses = parts.scheme == "https", addresses
        if self._secure:
            self.default_port = 443
        super().__init__(parts.hostname, parts.port, timeout=seconds)

    def connect(self) -> None:
        """Connect to the first address that answers. Raises NotReached."""
        fault: OSError = OSError()
        for address in self._addresses:
            try:
                self.sock = socket.create_connection((address, self.port), self.timeout)
                if self._secure:
                    context = ssl.create_default_context()
                    self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
                return
            except OSError as error:
                if self.sock:
                    self.sock.close()
                fault = error
        raise NotReached(reason=_reason(fault)) from fault


class _Deadline:
    """Ends a connection when it has taken too long altogether, however little is said at a time."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self.over = False
        self._other = socket.socket(fileno=os.dup(sock.fileno()))
        self._timer = threading.Timer(max(0.0, seconds), self._end)
        self._timer.daemon = True

    def _end(self) -> None:
        self.over = True
        with suppress(OSError):
            self._other.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> _Deadline:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()
        self._other.close()


def _read(answer: http.client.HTTPResponse, sink: BinaryIO, limit: int) -> bool:
    """Write what a server says; whether that was all of it."""
    left = limit
    while piece := answer.read(min(CHUNK, left + 1)):
        left -= len(piece)
        if left < 0:
            return False
        sink.write(piece)
    if answer.length:  # it was cut off
        raise http.client.IncompleteRead(b"", answer.length)
    return True


def _reason(error: Exception) -> str:
    """Why a server was not reached, as the code of `NotReached`."""
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "certificate"
    if isinstance(error, ssl.SSLError):
        return "tls"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    return "broken" if isinstance(error, (http.client.HTTPException, ConnectionError, ValueError)) else "unreachable"
