"""What is made while the one before it is used, in a thread beside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def ahead(items: Iterable[T]) -> Iterator[T]:
    """The items in their order, none of them None, each made in a thread while the one before it is used."""
    coming = iter(items)
    with ThreadPoolExecutor(1, "ahead") as thread:
        item = thread.submit(next, coming, None)
        while (current := item.result()) is not None:
            item = thread.submit(next, coming, None)
            yield current
