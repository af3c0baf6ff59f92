"""Logs as JSON lines for programs: what happened, to which number, by whom by number, and nothing about anybody.

Names, e-mail addresses, query strings and bodies are never in them. Our own sentences name things by their numbers;
those of others are told by their pattern, without what they put into it, and errors by their kind and place, because a
database quotes the value that it did not want.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final

FIELDS: Final = "fields"
"""The attribute of a record with what it says beside its sentence: `extra={FIELDS: {…}}`."""
_OURS: Final = ("kundekort", "_granian")
"""Whose sentences name nobody: our own, and the web server's, which knows processes and ports."""
_DEEPEST: Final = 20
"""Frames of a traceback that are told, the last ones."""

_bound: ContextVar[dict[str, Any] | None] = ContextVar("bound", default=None)


@contextmanager
def bound(**fields: Any) -> Iterator[None]:
    """A block in which every line says these fields too, such as the number of a request or a job."""
    token = _bound.set((_bound.get() or {}) | fields)
    try:
        yield
    finally:
        _bound.reset(token)


class JsonFormatter(logging.Formatter):
    """Writes records as JSON objects, each in a line: `time` (ISO 8601, UTC), `level`, `logger`, `message`, fields."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        ours = record.name.partition(".")[0] in _OURS
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage() if ours else _pattern(record),
        }
        line |= _bound.get() or {}
        line |= getattr(record, FIELDS, {}) if ours else {"at": _place(record.pathname, record.lineno)}
        if isinstance(status := getattr(record, "status_code", None), int):  # as Django says it of requests
            line["status"] = status
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__qualname__
            line["frames"] = _frames(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False, default=str)


def _pattern(record: logging.LogRecord) -> str:
    """What somebody else's record says whatever it is about: a word of its own for that, or the sentence to fill in."""
    action = getattr(record, "action", None)  # as the queue has it
    if isinstance(action, str):
        return action
    return str(record.msg) if record.args else ""


def _frames(trace: TracebackType | None) -> list[str]:
    """Where an error came through, without what it says."""
    return [f"{_place(frame.filename, frame.lineno)} {frame.name}" for frame in traceback.extract_tb(trace)[-_DEEPEST:]]


def _place(file: str, line: int | None) -> str:
    """A line of a program, by the last folders of its path."""
    return f"{'/'.join(Path(file).parts[-3:])}:{line}"
