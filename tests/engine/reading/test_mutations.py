"""Whatever is done to a workbook: its rows come, or a refusal with words; never a crash, a hang or much memory."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundekort.engine.recipe import DialectOverrides
from tests.engine.reading.mutations import LIMITS, files, mutated, read


@pytest.mark.parametrize("kind", sorted(files()))
def test_what_is_not_changed_is_read(kind: str) -> None:
    assert isinstance(read(files()[kind]), int)


@settings(max_examples=150)
@given(kind=st.sampled_from(sorted(files())), seed=st.integers(0, 10**9), visible_only=st.booleans())
def test_a_changed_workbook_is_read_or_refused(kind: str, seed: int, visible_only: bool) -> None:
    read(mutated(kind, seed), DialectOverrides(visible_only=visible_only))


@pytest.mark.parametrize("kind", sorted(files()))
def test_a_changed_workbook_takes_no_more_memory_than_it_may(kind: str) -> None:
    read(files()[kind])
    tracemalloc.start()
    try:
        for seed in range(20):
            read(mutated(kind, seed))
        assert tracemalloc.get_traced_memory()[1] < 8 * LIMITS.expanded
    finally:
        tracemalloc.stop()
