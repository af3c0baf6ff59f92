"""The audit of the dependencies, asked of a service on this machine that answers as OSV does."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.object_store import free_port

ROOT = Path(__file__).parent.parent.parent
LOCK = f"django==5.2.19 \\\n    --hash=sha256:{'0' * 64}\nwhitenoise==6.12.0 \\\n    --hash=sha256:{'0' * 64}\n"
FAULT: dict[str, Any] = {
    "id": "PYSEC-2030-1",
    "aliases": ["CVE-2030-12345"],
    "summary": "Anybody can do anything.",
    "affected": [
        {
            "package": {"name": "django", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "5.2.20"}]}],
        }
    ],
}


@contextmanager
def service(faults: dict[str, list[dict[str, Any]]], *, silent: bool = False) -> Iterator[str]:
    """The address of a service that knows these faults of packages, or never says a word."""
    over = threading.Event()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if silent:
                over.wait()
                return
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found = faults.get(asked["package"]["name"])
            body = json.dumps({"vulns": found} if found else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing is written."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/v1/query"
        finally:
            over.set()
            server.shutdown()


def audit(folder: Path, address: str, *options: str, accepted: str = "") -> tuple[int, str, str]:
    """The code, what is said, and what is complained of."""
    (folder / "lock.txt").write_text(LOCK)
    (folder / "accepted.txt").write_text(accepted)
    command = [sys.executable, ROOT / "requirements" / "audit.py", "--osv-url", address, "--lock", folder / "lock.txt"]
    done = subprocess.run(
        [*command, "--accepted", folder / "accepted.txt", *options], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def test_it_passes_where_no_faults_are_known(tmp_path: Path) -> None:
    with service({}) as address:
        assert audit(tmp_path, address) == (0, "2 dependencies audited, 0 known faults.\n", "")


def test_it_fails_where_one_is_and_says_what_to_do(tmp_path: Path) -> None:
    with service({"django": [FAULT]}) as address:
        code, said, complaint = audit(tmp_path, address)
    assert (code, said) == (1, "2 dependencies audited, 1 known faults.\n")
    assert complaint.startswith("django 5.2.19: CVE-2030-12345, PYSEC-2030-1, fixed in 5.2.20. Anybody")


@pytest.mark.parametrize("name", ["PYSEC-2030-1", "CVE-2030-12345"])
def test_a_fault_is_accepted_with_a_reason_only(tmp_path: Path, name: str) -> None:
    with service({"django": [FAULT]}) as address:
        code, said, _ = audit(tmp_path, address, accepted=f"# a remark\n{name} nothing of it is used here\n")
        assert (code, said) == (0, "2 dependencies audited, 0 known faults; 1 accepted.\n")
        code, _, complaint = audit(tmp_path, address, accepted=f"{name}\n")
        assert (code, f"why is {name} accepted?" in complaint) == (1, True)


def test_it_says_so_in_a_sentence_where_nobody_answers(tmp_path: Path) -> None:
    gone = audit(tmp_path, f"http://127.0.0.1:{free_port()}/")
    with service({}, silent=True) as address:
        silent = audit(tmp_path, address, "--seconds", "1")
    for code, said, complaint in (gone, silent):
        assert (code, complaint) == (0, "")
        assert said.startswith("The dependencies were not audited")
        assert len(said.splitlines()) == 1


def test_it_is_part_of_what_is_checked() -> None:
    rules = (ROOT / "Makefile").read_text()
    assert "\ncheck: quick audit test " in rules
    assert "requirements/audit.py" in rules
