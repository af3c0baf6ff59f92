"""The reverse proxies before the site: whom it believes where a request came from, and whom it answers at all.

Everybody can send headers that name an address and a scheme; those of the proxies alone are believed, and nothing
behind this module sees any others. Where there are proxies, nobody gets past them, but for what machines ask who watch
over the site (`kundekort.web.probes`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

Address = IPv4Address | IPv6Address
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_HEADERS = ("HTTP_X_FORWARDED", "HTTP_FORWARDED", "HTTP_X_REAL_IP")
_PEER = "kundekort.peer"
"""Where a request keeps who has sent it while the headers of a proxy are read."""
_REFUSAL = b"Kundekort is reached through its reverse proxy only.\n"


def addresses(words: Sequence[str]) -> list[str]:
    """Addresses and networks as they were written in a setting, in the one way they are spelt.

    Raises ValueError for anything else.
    """
    found = [ip_network(word) if "/" in word else ip_address(word) for word in words]
    return [str(place) for place in found]


def behind(proxies: Sequence[str], site: Application, *, open_paths: Collection[str] = ()) -> Application:
    """The site as the web server runs it: the address and the scheme of a request are those of the person's browser.

    `proxies` are `addresses`. Whoever is neither one of them nor on this machine is refused, unless there are none, or
    asks for one of `open_paths`.
    """
    from granian.utils.proxies import wrap_wsgi_with_proxy_headers  # which nobody needs for the settings

    believed = wrap_wsgi_with_proxy_headers(_forgetful(site), list(proxies))
    networks = [ip_network(place) for place in proxies]

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        peer = _address(environ.get("REMOTE_ADDR", ""))
        environ["REMOTE_ADDR"] = environ[_PEER] = str(peer or "")
        known = peer and (peer.is_loopback or any(peer in network for network in networks))
        if networks and not known and environ.get("PATH_INFO") not in open_paths:
            start("403 Forbidden", [("Content-Type", "text/plain"), ("Content-Length", str(len(_REFUSAL)))])
            return [_REFUSAL]
        answered: Iterable[bytes] = believed(environ, start)
        return answered

    return answer


def _forgetful(site: Application) -> Application:
    """A site that sees no header of a proxy, whoever has sent it; where those name no address it is the proxy's own."""

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        peer = environ.pop(_PEER)
        environ["REMOTE_ADDR"] = str(_address(environ["REMOTE_ADDR"]) or peer)
        for name in [key for key in environ if key.startswith(_HEADERS)]:
            del environ[name]
        return site(environ, start)

    return answer


def _address(words: str) -> Address | None:
    """An address; of one of the old kind that came in by the new the old."""
    with suppress(ValueError):
        address = ip_address(words)
        return getattr(address, "ipv4_mapped", None) or address
    return None
