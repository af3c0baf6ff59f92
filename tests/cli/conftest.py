"""What tests of whole processes share: an installation of their own."""

from collections.abc import Iterator

import pytest

from tests.cli.places import register


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """The environment of an installation whose register is empty."""
    with register(LANG="C.UTF-8", TERM="xterm-256color") as here:
        yield here.environment
        stopped = not (here.data / "postgres" / "postmaster.pid").exists()
    assert stopped, "the embedded PostgreSQL is stopped by whoever used it last"
