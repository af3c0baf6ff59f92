"""Several hosts with nothing in common but a database and a storage of files."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests import object_store, postgres
from tests.torture.client import Client
from tests.torture.installation import PASSWORD
from tests.waiting import until

pytestmark = pytest.mark.slow

ROWS = 60_000
"""More than are planned or written while a person waits."""
PROGRAM = (sys.executable, "-m", "kundekort.cli")


class Host:
    """A machine with a folder of its own."""

    def __init__(self, folder: Path, shared: dict[str, str]) -> None:
        folder.mkdir()
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
        self.folder, self.log = folder, folder / "log"
        self.environment = kept | shared | {"KUNDEKORT_DATA": str(folder), "LANG": "C.UTF-8"}
        self.environment["DJANGO_SETTINGS_MODULE"] = "kundekort.config.settings"

    def run(self, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        """What comes of a command."""
        command = [*PROGRAM, *arguments]
        return subprocess.run(command, env=self.environment, input=text, capture_output=True, text=True, check=False)

    @contextmanager
    def running(self, *command: str) -> Iterator[subprocess.Popen[bytes]]:
        """A process of this host, as long as the block goes."""
        with (
            self.log.open("ab") as log,
            subprocess.Popen(command, env=self.environment, stdout=log, stderr=log) as process,
        ):
            try:
                yield process
            finally:
                process.terminate()
                process.wait()

    def worker(self) -> AbstractContextManager[object]:
        """A worker of this host."""
        return self.running(*PROGRAM, "worker")

    @contextmanager
    def web(self) -> Iterator[Client]:
        """Somebody logged in at a web server of this host, which runs no jobs."""
        port = object_store.free_port()
        with self.running(sys.executable, "-m", "django", "collectstatic", "--noinput") as collecting:
            collecting.wait()
        with self.running(
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)),
            *("--log-level", "warning", "kundekort.config.wsgi:application"),
        ):
            until(lambda: object_store.answers(port), otherwise=self.log.read_text)
            client = Client(port)
            client.log_in("kari")
            yield client

    def plans(self) -> set[str]:
        """The plans of which there is a copy on this host."""
        return {path.name for path in self.folder.glob("cache/*/imports/*/plans/*") if len(path.name) == 64}


@pytest.fixture(scope="module")
def storage() -> Iterator[dict[str, str]]:
    with object_store.served("theatre") as environment:
        yield environment


@pytest.fixture(scope="module", params=["server", "pooler"])
def shared(request: pytest.FixtureRequest, storage: dict[str, str]) -> Iterator[dict[str, str]]:
    """What hosts have in common: Debian's PostgreSQL where it is installed, or the newest behind a pooler."""
    versions = postgres.programs()
    version = min(versions, key=int) if request.param == "server" else max(versions, key=int)
    if request.param == "pooler" and postgres.POOLER is None:
        pytest.skip("PgBouncer is not installed")
    with postgres.served(versions[version]) as url:
        common = storage | {
            "KUNDEKORT_SECRET_KEY": "of-all-hosts",
            "KUNDEKORT_STORAGE": f"s3://theatre/{request.param}",
        }
        if request.param == "server":
            yield common | {"KUNDEKORT_DATABASE_URL": url}
        else:
            with postgres.pooled(url) as pooled:
                yield common | {"KUNDEKORT_DATABASE_URL": pooled}


def test_an_import_goes_from_host_to_host(shared: dict[str, str], tmp_path: Path) -> None:
    """It is uploaded and shown by B, planned by A, written by C, and exported by D."""
    a, b, c, d = (Host(tmp_path / name, shared) for name in "abcd")
    made = a.run("createuser", "kari", "--role", "administrator", "--password-stdin", text=PASSWORD)
    assert made.returncode == 0, made.stderr
    rows = [f"0;Navn{n};Etternavn{n};kunde{n}@example.no;{n % 3}" for n in range(ROWS)]
    header = "CustomerID;FirstName;LastName;Email;Gender"
    with b.web() as kari:
        with a.worker():
            number = kari.upload("\n".join([header, *rows]).encode())
            preview = f"/imports/{number}/"
            until(lambda: "digest" in kari.get(preview), otherwise=a.log.read_text)
        assert "kunde59999@example.no" in kari.get(f"{preview}rows/?offset=59990")
        assert (len(a.plans()), a.plans()) == (1, b.plans())
        digest = re.search(r'name="digest" value="(\w{64})"', kari.get(preview))
        assert digest is not None
        with c.worker():
            kari.post(f"/imports/{number}/confirm/", digest=digest[1])
            until(lambda: "successfully imported" in kari.get(preview), otherwise=c.log.read_text)
        assert c.plans() == {digest[1]}
    done = d.run("export")
    assert done.stdout.count("@example.no") == ROWS, done.stderr


def test_a_host_that_does_not_share_the_storage_is_refused(shared: dict[str, str], tmp_path: Path) -> None:
    a = Host(tmp_path / "a", shared)
    assert a.run("imports").returncode == 0
    alone = {name: value for name, value in shared.items() if name != "KUNDEKORT_STORAGE"}
    refused = Host(tmp_path / "b", alone).run("worker")
    assert (refused.returncode, "KUNDEKORT_STORAGE" in refused.stderr) == (1, True)
