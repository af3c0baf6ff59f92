"""A real S3 service on this machine, for the tests of storage: moto's server, a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import Request, urlopen

from tests.waiting import until

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "of-storage", "AWS_REGION": "eu-north-1"}


def free_port() -> int:
    """A port on which nobody listens just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether somebody listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def served(bucket: str) -> Iterator[dict[str, str]]:
    """The environment of a process that is to find a bucket of that name, as long as the block goes."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-p", str(port)]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ)
    ) as server:
        try:
            until(lambda: answers(port))
            address = f"http://127.0.0.1:{port}"
            urlopen(Request(f"{address}/{bucket}", method="PUT", headers={"Host": f"127.0.0.1:{port}"})).close()
            yield CREDENTIALS | {"AWS_ENDPOINT_URL": address, "KUNDEKORT_STORAGE": f"s3://{bucket}/kunder"}
        finally:
            server.kill()
