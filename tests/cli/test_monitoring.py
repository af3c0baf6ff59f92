"""What a site tells those who watch it, by its log, its figures and its traces, while somebody imports a file."""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests import postgres
from tests.cli.collector import Collector, collecting
from tests.cli.places import place, register
from tests.object_store import free_port
from tests.torture.client import Client
from tests.torture.installation import PASSWORD
from tests.waiting import until

pytestmark = pytest.mark.slow

TOKEN = "of-the-one-who-watches"
ROWS = 30_000
"""More than are planned or written while a person waits, so that jobs have their part in it."""
PERSONAL = ("Ragnfrid", "Tverrfjell", "ragnfrid", "hemmelig", "Torvgata", "kari", "Kari", PASSWORD)
"""What stands in the files, in searches, and in the names of those who work here."""


def get(port: int, path: str, **headers: str) -> tuple[int, str]:
    """The status and the body."""
    try:
        with urlopen(Request(f"http://127.0.0.1:{port}{path}", headers=headers)) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


@dataclass
class Site:
    """A site that somebody has used: its port, the lines of its log, and what a collector got of it."""

    port: int
    log: Path
    collector: Collector

    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def figures(self) -> Counter[tuple[str, ...]]:
        """The figures by name, route, step and kind of job; of all methods and states together."""
        status, text = get(self.port, "/metrics", Authorization=f"Bearer {TOKEN}")
        assert status == 200, text
        told: Counter[tuple[str, ...]] = Counter()
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                told[sample.name, *(sample.labels.get(name, "") for name in ("route", "step", "task"))] += sample.value
        return told


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    port = free_port()
    with collecting() as collector, register() as here:
        here.more |= {
            "KUNDEKORT_LOG_FORMAT": "json",
            "KUNDEKORT_METRICS_TOKEN": TOKEN,
            "KUNDEKORT_TELEMETRY": "1",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.port}",
            "OTEL_BSP_SCHEDULE_DELAY": "200",
        }
        with here.held():
            here.script(
                "from kundekort.services.accounts import Role, create_user\n"
                f"create_user(username='kari', password={PASSWORD!r}, role=Role.ADMINISTRATOR,"
                " full_name='Kari Tverrfjell', email='kari@hemmelig.example')"
            )
            log = here.data.parent / "log"
            with log.open("wb") as stream:
                command = [sys.executable, "-m", "kundekort.cli", "serve", "--port", str(port), "--processes", "2"]
                pid = os.posix_spawn(
                    sys.executable,
                    command,
                    here.environment,
                    file_actions=[(os.POSIX_SPAWN_DUP2, stream.fileno(), 1), (os.POSIX_SPAWN_DUP2, stream.fileno(), 2)],
                )
                try:
                    until(lambda: "ready at" in log.read_text(), otherwise=log.read_text)
                    import_a_file(port)
                    yield Site(port, log, collector)
                finally:
                    os.kill(pid, 15)
                    os.waitpid(pid, 0)


def import_a_file(port: int) -> None:
    """A large file by jobs, a small one at once with mistakes, searches, an error, and a link for a new password."""
    kari = Client(port)
    kari.log_in("kari")
    header = "CustomerID;FirstName;LastName;Email;Address;Gender\n"
    rows = "".join(f"0;Ragnfrid {n};Tverrfjell;ragnfrid{n}@hemmelig.example;Torvgata {n};2\n" for n in range(ROWS))
    number = kari.upload((header + rows).encode(), name="ragnfrid-tverrfjell.csv")
    page = f"/imports/{number}/"
    until(lambda: 'name="digest"' in kari.get(page))
    digest = re.search(r'name="digest" value="(\w{64})"', kari.get(page))
    assert digest is not None
    kari.get(f"{page}rows/?search=ragnfrid17")
    kari.post(f"{page}confirm/", digest=digest[1])
    until(lambda: "successfully imported" in kari.get(page))
    kari.upload((header + "0;Ragnfrid;;ragnfrid-at-hemmelig;Torvgata 1;9\n").encode())
    kari.get("/customers/?search=Ragnfrid")
    with suppress(AssertionError):
        kari.get("/kari/hemmelig/?email=ragnfrid1@hemmelig.example")
    get(port, "/healthz")


def test_every_line_of_the_log_is_json_and_names_nobody(site: Site) -> None:
    lines = site.lines()
    assert {word for word in PERSONAL if word in site.log.read_text()} == set()
    assert all({"time", "level", "logger", "message"} <= set(line) for line in lines)
    requests = [line for line in lines if line["logger"] == "kundekort.requests"]
    shown = next(line for line in requests if line["route"] == "import-rows")
    assert (shown["method"], shown["status"], shown["actor"]) == ("GET", 200, 1)
    assert isinstance(shown["milliseconds"], float)
    assert len({line["request"] for line in requests}) == len(requests)
    assert {line["route"] for line in requests if line["status"] == 404} == {"(none)"}
    done = {line["task"] for line in lines if line["message"] == "job" and line["outcome"] == "done"}
    assert {"plan_import", "apply_import"} <= done


def test_an_answer_names_its_line(site: Site) -> None:
    with urlopen(f"http://127.0.0.1:{site.port}/login/") as answer:
        number = answer.headers["X-Request-ID"]
    [line] = until(lambda: [line for line in site.lines() if line.get("request") == number])
    assert (line["route"], line["actor"]) == ("login", None)


def test_any_web_process_tells_of_the_requests_of_all(site: Site) -> None:
    name = ("kundekort_request_seconds_count", "login", "", "")
    before = site.figures()[name]
    for _ in range(20):
        get(site.port, "/login/")
    until(lambda: {site.figures()[name] for _ in range(6)} == {before + 20})
    told = site.figures()
    assert not [key for key in told if key[1] in ("healthz", "readyz", "metrics")]
    assert told["kundekort_step_rows_total", "", "plan", ""] == ROWS + 1
    assert told["kundekort_step_rows_total", "", "write", ""] == ROWS
    assert told["kundekort_workers", "", "", ""] == 1


def test_requests_jobs_and_the_phases_of_an_import_are_traced(site: Site) -> None:
    collector = site.collector
    for name in ("GET import-rows", "POST import-confirm", "plan_import", "apply_import"):
        until(lambda name=name: collector.named(name))
    assert collector.services == {"kundekort"}
    [job] = collector.named("apply_import")
    until(lambda: [span for span in collector.spans if span.trace_id == job.trace_id and span.name == "import.write"])
    of_job = {span.name: span for span in collector.spans if span.trace_id == job.trace_id}
    assert set(of_job) == {"apply_import", "import.write", "import.open", "register.wait", "register.write"}
    assert of_job["register.write"].parent_span_id == of_job["import.write"].span_id
    assert of_job["import.write"].parent_span_id == job.span_id
    [planned] = collector.named("plan_import")
    of_plan = {span.name for span in collector.spans if span.trace_id == planned.trace_id}
    assert of_plan == {"plan_import", "import.plan", "import.understand", "import.compare", "import.keep"}
    [rows] = [a.value.int_value for a in of_job["register.write"].attributes if a.key == "kundekort.cards"]
    assert rows == ROWS
    [request] = collector.named("POST import-confirm")
    told = {a.key: a.value.string_value or a.value.int_value for a in request.attributes}
    assert told["http.route"] == "import-confirm"
    assert (told["enduser.id"], told["http.response.status_code"]) == (1, 302)
    assert {word for word in PERSONAL if word.encode() in b"".join(collector.raw)} == set()


def test_it_says_which_package_is_missing_for_traces(tmp_path: Path) -> None:
    """As where Kundekort was installed without them: a package that hides what is there."""
    (tmp_path / "opentelemetry").mkdir()
    (tmp_path / "opentelemetry" / "__init__.py").touch()
    with place(KUNDEKORT_TELEMETRY="1") as here:
        here.more["PYTHONPATH"] = os.pathsep.join([str(tmp_path), here.environment.get("PYTHONPATH", "")])
        said = here.run("migrate", code=1).decode()
    assert "pip install 'kundekort[telemetry]'" in said
    assert "Traceback" not in said


def test_a_site_without_its_database_lives_and_is_not_ready() -> None:
    versions = postgres.programs()
    port = free_port()

    def ready() -> tuple[int, str]:
        with suppress(URLError, OSError):
            return get(port, "/readyz")
        return 0, ""

    with place() as here:
        with postgres.served(versions[max(versions, key=int)]) as url:
            here.more |= {"KUNDEKORT_DATABASE_URL": url, "KUNDEKORT_METRICS_TOKEN": TOKEN}
            server = here.start("serve", "--port", str(port), "--processes", "1", "--workers", "0")
            assert server.stderr is not None
            assert b"createuser" in [server.stderr.readline() for _ in range(2)][1]
            assert until(lambda: ready()[0] == 200)
        try:
            until(lambda: ready()[0] == 503)
            text = ready()[1]
            assert json.loads(text)["checks"] == {"database": "failed", "migrations": "failed", "storage": "ok"}
            assert "postgres" not in text
            assert get(port, "/healthz") == (200, "ok\n")
            assert get(port, "/metrics", Authorization=f"Bearer {TOKEN}")[0] == 503
        finally:
            server.terminate()
            server.communicate()
