"""The image, the services beside it and the units of systemd: that they can be read, and that what they name works."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import yaml

from tests import object_store, postgres
from tests.cli.places import place
from tests.cli.test_proxy import PASSWORD, Browser
from tests.release.conftest import ROOT
from tests.reverse_proxy import CADDY, caddy
from tests.waiting import until

WANTED = {"KUNDEKORT_HOST": "127.0.0.1", "KUNDEKORT_SECRET_KEY": "of-all-hosts", "STORE_SECRET": "of-the-store"}
SERVICE = {
    *(
        "image",
        "build",
        "restart",
        "stop_grace_period",
        "cap_drop",
        "security_opt",
        "environment",
        "networks",
        "command",
    ),
    *("depends_on", "ports", "volumes", "healthcheck", "deploy", "shm_size"),
}
"""What a service may say; a word that Compose does not know is refused by it."""
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}
DOCKERFILE = re.split(r"(?<!\\)\n", re.sub(r"(?m)^#.*\n|^\n", "", (ROOT / "Dockerfile").read_text()).strip())


def composed(**values: str) -> dict[str, Any]:
    """What `compose.yaml` says with such variables; fails where one is wanted and not there, as Compose does."""

    def value(found: re.Match[str]) -> str:
        name, given = found[1], values.get(found[1], "")
        assert given or found[2] != ":?", f"{name} is wanted"
        return given or found[3]

    text = re.sub(r"\$\{(\w+)(:[?-])?(.*?)\}", value, (ROOT / "compose.yaml").read_text())
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


@pytest.fixture
def services() -> dict[str, Any]:
    found: dict[str, Any] = composed(**WANTED, POSTGRES_PASSWORD="secret")["services"]
    return found


def instructions(name: str) -> list[str]:
    """What a Dockerfile says with an instruction."""
    return [line.partition(" ")[2].replace("\\\n", "").strip() for line in DOCKERFILE if line.startswith(f"{name} ")]


def test_the_services_are_as_compose_wants_them(services: dict[str, Any]) -> None:
    whole = composed(**WANTED, POSTGRES_PASSWORD="secret")
    assert set(services) == {"caddy", "migrate", "web", "worker", "postgres", "store"}
    for name, service in services.items():
        assert set(service) <= SERVICE, name
        assert "image" in service
        assert all(isinstance(value, str) for value in service.get("environment", {}).values()), name
        assert set(service["networks"]) <= set(whole["networks"])
        for other, how in service.get("depends_on", {}).items():
            assert other in services
            assert how["condition"] in CONDITIONS
            healthy = "healthcheck" in services[other] or "build" in services[other]
            assert how["condition"] != "service_healthy" or healthy
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert source in whole["volumes"] or (ROOT / source).exists(), volume
    assert services["worker"]["deploy"]["replicas"] == 2
    assert not [line for line in (ROOT / "compose.yaml").read_text().splitlines() if "latest" in line]


def test_compose_reads_them() -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("Docker Compose is not installed")
    done = subprocess.run(
        [docker, "compose", "config", "--quiet"],
        cwd=ROOT,
        env=os.environ | WANTED | {"POSTGRES_PASSWORD": "secret"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_image_runs_as_nobody_in_particular_and_says_how_it_is() -> None:
    known = {"FROM", "RUN", "WORKDIR", "COPY", "ENV", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "CMD"}
    assert {line.partition(" ")[0] for line in DOCKERFILE} == known
    stages = instructions("FROM")
    assert [stage.partition(" AS ")[2] for stage in stages] == ["build", ""]
    assert len({stage.partition(" AS ")[0] for stage in stages}) == 1
    assert instructions("USER") == ["kundekort"]
    assert DOCKERFILE.index("USER kundekort") < next(i for i, line in enumerate(DOCKERFILE) if line.startswith("CMD"))
    for copied in instructions("COPY"):
        source = copied.split()[-2]
        assert copied.startswith("--from=build ") or (ROOT / source).exists()
    assert json.loads(instructions("CMD")[0]) == ["kundekort", "serve"]
    assert "--require-hashes" in "".join(instructions("RUN"))


@pytest.mark.parametrize("unit", ["kundekort.service", "kundekort-worker@.service"])
def test_systemd_reads_the_units(unit: str, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd is not installed")
    program = Path(sys.executable).parent / "kundekort"
    text = (ROOT / "deploy" / unit).read_text()
    assert "/opt/kundekort/bin/kundekort" in text
    (tmp_path / unit).write_text(text.replace("/opt/kundekort/bin/kundekort", shutil.which("true") or str(program)))
    done = subprocess.run([analyze, "verify", tmp_path / unit], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def running() -> Iterator[tuple[dict[str, Any], dict[str, str], Browser]]:
    """Each service as a process with the command and the environment that `compose.yaml` names, but for addresses.

    PostgreSQL and the store are those of the tests. Gives the services, their environment, and a browser before them.
    """
    if CADDY is None:
        pytest.skip("Caddy is not installed")
    port, http, https = (object_store.free_port() for _ in range(3))
    versions = postgres.programs()
    with ExitStack() as stack:
        database = stack.enter_context(postgres.served(versions[max(versions, key=int)]))
        store = stack.enter_context(object_store.served("kundekort"))
        said = composed(**WANTED, POSTGRES_PASSWORD=postgres.PASSWORD.replace(" ", "%20"))["services"]
        addresses = {
            "postgres:5432/kundekort": database.rpartition("@")[2],
            "http://store:7070": store["AWS_ENDPOINT_URL"],
            "172.31.250.0/24": "127.0.0.1",
            "https://127.0.0.1": f"https://127.0.0.1:{https}",
        }
        environment = dict(said["web"]["environment"])
        for there, here in addresses.items():
            assert any(there in value for value in environment.values()), there
            environment = {name: value.replace(there, here) for name, value in environment.items()}

        def start(service: str) -> Any:
            """A process of a service, in a container of its own as far as data go."""
            home = stack.enter_context(place(**environment, KUNDEKORT_LOG_FORMAT="json"))
            program, *arguments = said[service]["command"]
            assert program == "kundekort"
            process = home.start(*(str(port) if word == "8000" else word for word in arguments))
            stack.callback(process.communicate)
            stack.callback(process.terminate)
            return process

        migrating = start("migrate")
        assert migrating.wait() == 0, migrating.stderr.read()
        web = start("web")
        for _ in range(said["worker"]["deploy"]["replicas"]):
            start("worker")
        until(lambda: object_store.answers(port) or web.poll() is not None)
        assert web.poll() is None, web.stderr.read()
        stack.enter_context(caddy(port, http=http, https=https))
        yield said, environment | {"port": str(port)}, Browser(https)


@pytest.mark.slow
def test_the_services_work_together_as_processes(
    running: tuple[dict[str, Any], dict[str, str], Browser],
) -> None:
    _, environment, kari = running
    with place(**environment) as here:
        here.script(
            "from kundekort.services.accounts import Role, create_user\n"
            f"create_user(username='kari', password={PASSWORD!r}, role=Role.IMPORTER)"
        )
    check = json.loads(instructions("HEALTHCHECK")[0].partition("CMD ")[2])
    assert check[0] == "python"
    probe = [sys.executable, *(word.replace("8000", environment["port"]) for word in check[1:])]
    until(lambda: subprocess.run(probe, capture_output=True, check=False).returncode == 0)
    with urlopen(f"http://127.0.0.1:{environment['port']}/readyz") as answer:
        assert json.load(answer)["status"] == "ready"
    kari.log_in()
    rows = "".join(f"0;Navn{n};Etternavn{n};kunde{n}@example.no;2\n" for n in range(60_000))
    data = ("CustomerID;FirstName;LastName;Email;Gender\n" + rows).encode()
    status, headers, _ = kari.upload(data, token=kari.token("/imports/"))
    assert status == 302
    until(lambda: "60" in kari.ask(headers["Location"])[2] and 'name="digest"' in kari.ask(headers["Location"])[2])
