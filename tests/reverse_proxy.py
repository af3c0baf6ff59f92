"""The reverse proxies that come with Kundekort, on this machine and before a site of the tests.

Run as a program, it installs nginx where there is none; Caddy comes with the packages of the tests.
"""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Final

from tests import apt
from tests.waiting import until

DEPLOY: Final = Path(__file__).parent.parent / "deploy"
_PATH = os.environ["PATH"] + ":/usr/sbin"
NGINX = shutil.which("nginx", path=_PATH)
"""Debian keeps it where only root looks."""
CADDY = shutil.which("caddy", path=Path(sys.executable).parent)
"""That of the packages, not Debian's, which is years older than the image of `compose.yaml`."""
OPENSSL = shutil.which("openssl", path=_PATH)


@contextmanager
def nginx(port: int, *, http: int, https: int) -> Iterator[Path]:
    """Nginx before a site, as it is shipped but for places and ports; the folder where it keeps what it puts by."""
    with _folder() as folder:
        _certify(folder)
        text = (DEPLOY / "nginx.conf").read_text()
        kept = "".join(
            f"{kind}_temp_path {folder}/kept/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        for shipped, here in {
            "server 127.0.0.1:8000;": f"server 127.0.0.1:{port};",
            "listen 80 ": f"listen 127.0.0.1:{http} ",
            "listen 443 ": f"listen 127.0.0.1:{https} ",
            "/etc/nginx/certificates": str(folder),
            "/run/nginx.pid": f"{folder}/pid",
            "http {": "http { " + kept,
        }.items():
            assert shipped in text
            text = text.replace(shipped, here)
        (folder / "nginx.conf").write_text(text)
        command = [str(NGINX), "-c", str(folder / "nginx.conf"), "-e", str(folder / "log"), "-g", "daemon off;"]
        with _running(command, folder, https, dict(os.environ)):
            yield folder / "kept"


@contextmanager
def caddy(port: int, *, http: int, https: int) -> Iterator[Path]:
    """Caddy before a site, as it is shipped but for ports; it makes a certificate of its own for an address."""
    with _folder() as folder:
        text = (DEPLOY / "Caddyfile").read_text()
        ports = f"\n\tskip_install_trust\n\thttp_port {http}\n\thttps_port {https}\n\tdefault_bind 127.0.0.1\n"
        assert text.count("\tadmin off\n") == 1
        (folder / "Caddyfile").write_text(text.replace("\tadmin off\n", "\tadmin off" + ports))
        environment = os.environ | {
            "KUNDEKORT_HOST": "127.0.0.1",
            "KUNDEKORT_WEB": f"127.0.0.1:{port}",
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_CONFIG_HOME": str(folder / "config"),
        }
        command = [str(CADDY), "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
        with _running(command, folder, https, environment):
            yield folder / "kept"


PROXIES: Final[dict[str, Callable[..., AbstractContextManager[Path]]]] = {
    name: proxy
    for name, proxy, needed in (("nginx", nginx, (NGINX, OPENSSL)), ("caddy", caddy, (CADDY,)))
    if all(needed)
}
"""Those that can be had on this machine."""


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="kundekort-proxy-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        (folder / "kept").mkdir()
        yield folder


@contextmanager
def _running(command: list[str], folder: Path, port: int, environment: dict[str, str]) -> Iterator[None]:
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log, env=environment) as proxy,
    ):
        try:
            until(lambda: _speaks(port), otherwise=(folder / "log").read_text)
            yield
        finally:
            proxy.terminate()


def _speaks(port: int) -> bool:
    """Whether somebody speaks TLS on a port, for which a proxy may have to make a certificate first."""
    trusting = ssl._create_unverified_context()
    with suppress(OSError), socket.create_connection(("127.0.0.1", port)) as plain, trusting.wrap_socket(plain):
        return True
    return False


def _certify(folder: Path) -> None:
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = [str(OPENSSL), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *files, *names]
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    for name, found in (("nginx-light", NGINX), ("openssl", OPENSSL)):
        if found is None:
            apt.install(name)
