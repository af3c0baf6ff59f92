"""What fields are called: by a schema that is handed in, because only the register knows its own fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kundekort.engine.mapping import FULL_NAME
from kundekort.engine.schema import Schema
from kundekort.wording.segments import SUBJECTS

_provider: Final[ContextVar[Callable[[], Schema]]] = ContextVar("schema", default=lambda: Schema(fields=()))


def use_schema(provider: Callable[[], Schema]) -> None:
    """From now on call fields as the given schema does, which is asked for once, and only when a field is named."""
    _provider.set(cache(provider))


@contextmanager
def schema(provider: Callable[[], Schema]) -> Iterator[None]:
    """A block in which fields are called as the given schema does, whatever happens to it meanwhile.

    It is asked for once, and only when a field is named.
    """
    token = _provider.set(cache(provider))
    try:
        yield
    finally:
        _provider.reset(token)


def current_schema() -> Schema:
    """The schema by which fields are called; one without fields where none was handed in."""
    return _provider.get()()


def field(key: str) -> str:
    """The label of a field or of what a segment can ask besides; the key itself for a column without a field."""
    if key in SUBJECTS:
        return str(SUBJECTS[key])
    if key == FULL_NAME:
        return str(_("First and last name in one"))
    known = current_schema()
    return known[key].label(get_language() or "en") if key in known else key
