from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import residents, until

USE = """
import sys, psycopg
from pathlib import Path
from kundekort import embedded
with psycopg.connect(embedded.start(Path(sys.argv[1])), autocommit=True) as conn:
    conn.execute("create table if not exists t (n int)")
    conn.execute("insert into t values (1)")
    print(conn.execute("select count(*) from t").fetchone()[0], flush=True)
    if sys.argv[2:]:
        sys.stdin.read()
"""


def use(data: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", USE, str(data), *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def rows(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


def server(data: Path) -> int:
    return int((data / "postgres" / "postmaster.pid").read_text().splitlines()[0])


@pytest.fixture
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for parent in (folder, *folder.parents[:2]):
        parent.chmod(0o755)  # pytest closes its folders to others; root's server runs as one
    return folder


def end(*processes: subprocess.Popen[str]) -> None:
    for process in processes:
        process.communicate(timeout=60)


def test_it_runs_as_long_as_somebody_uses_it(data: Path) -> None:
    first = use(data, "stay")
    assert rows(first) == 1
    second = use(data)
    assert rows(second) == 2
    end(second)
    assert server(data)
    end(first)
    assert not (data / "postgres" / "postmaster.pid").exists()
    third = use(data)
    assert rows(third) == 3
    end(third)


def test_it_survives_the_killing_of_its_users(data: Path) -> None:
    first = use(data, "stay")
    assert rows(first) == 1
    first.kill()
    first.wait()
    second = use(data)
    assert rows(second) == 2
    end(first, second)
    assert not (data / "postgres" / "postmaster.pid").exists()


def test_it_recovers_when_the_plug_is_pulled(data: Path) -> None:
    first = use(data, "stay")
    assert rows(first) == 1
    os.kill(server(data), signal.SIGKILL)
    first.kill()
    end(first)
    until(lambda: not residents(data / "postgres"))  # its children notice that it is gone, and leave
    second = use(data)
    assert rows(second) == 2
    end(second)


def test_it_begins_again_where_making_it_was_interrupted(data: Path) -> None:
    (data / "postgres").mkdir()
    (data / "postgres" / "base").mkdir()
    process = use(data)
    assert rows(process) == 1
    end(process)


def test_it_lets_nobody_else_in(data: Path) -> None:
    process = use(data, "stay")
    assert rows(process) == 1
    socket = next((data / "postgres").glob(".s.PGSQL.*[0-9]"))
    assert socket.stat().st_mode & 0o077 == 0
    end(process)


def test_it_works_where_the_path_is_long(data: Path) -> None:
    deep = data / ("dyp" * 20) / ("mappe" * 10)
    process = use(deep)
    assert rows(process) == 1
    end(process)
