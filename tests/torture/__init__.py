"""Processes are killed, people race, and whatever happens is told apart from what may not; see `docs/trust.md`."""

import pytest

pytest.register_assert_rewrite(*(f"tests.torture.{name}" for name in ("acts", "client", "files", "people", "scene")))
