"""The reverse proxy that comes with Kundekort, on this machine and before a site of the tests.

Run as a program, it installs nginx where there is none.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import apt
from tests.object_store import answers
from tests.waiting import until

SHIPPED = Path(__file__).parent.parent / "deploy" / "nginx.conf"
_PATH = os.environ["PATH"] + ":/usr/sbin"
PROGRAM = shutil.which("nginx", path=_PATH)
"""Debian keeps it where only root looks."""
OPENSSL = shutil.which("openssl", path=_PATH)


@contextmanager
def before(port: int, *, http: int, https: int) -> Iterator[Path]:
    """Nginx before a site, as it is shipped but for places and ports; the folder where it keeps what it puts by."""
    with tempfile.TemporaryDirectory(prefix="kundekort-proxy-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        _certify(folder)
        text = SHIPPED.read_text()
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
        (folder / "kept").mkdir()
        command = [PROGRAM, "-c", folder / "nginx.conf", "-e", folder / "log", "-g", "daemon off;"]
        with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as proxy:
            try:
                until(lambda: answers(https), otherwise=(folder / "log").read_text)
                yield folder / "kept"
            finally:
                proxy.terminate()


def _certify(folder: Path) -> None:
    files = ["-keyout", folder / "key.pem", "-out", folder / "certificate.pem"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = [OPENSSL, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *files, *names]
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    for name, found in (("nginx-light", PROGRAM), ("openssl", OPENSSL)):
        if found is None:
            apt.install(name)
