"""The words for every code: what is wrong, why, and the way on, in the language that is active.

The tables beside it and in it are the only ones of messages, for all doors. Codes and parameters come in, sentences go
out; nothing here decides anything. A parameter that is missing leaves a gap in the sentence rather than no sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, Final

from django.template.defaultfilters import filesizeformat
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext_lazy, override
from django.utils.translation import gettext_lazy as _

from kundekort.engine.schema import Schema
from kundekort.store.fields import CUSTOM_PREFIX, SCHEMA
from kundekort.wording.columns import COLUMN_FAULTS, KINDS
from kundekort.wording.problems import PROBLEM_KINDS, PROBLEMS, WARNINGS
from kundekort.wording.refusals import REFUSALS
from kundekort.wording.segments import FAULTS, OPERATORS, SUBJECTS

REASONS: Final[Mapping[str, str | Promise]] = {
    "all_unchanged": ngettext_lazy(
        "The file’s only row says what the register already says.",
        "All %(count)s rows say what the register already says.",
        "count",
    ),
    "only_errors": ngettext_lazy(
        "The file’s only row has errors.", "All %(count)s rows have errors or were left out.", "count"
    ),
    "unchanged_or_errors": ngettext_lazy(
        "%(unchanged)s row says what the register already says; with errors or left out: %(errors)s.",
        "%(unchanged)s rows say what the register already says; with errors or left out: %(errors)s.",
        "unchanged",
    ),
    "problem": ngettext_lazy(
        "%(count)s row, line %(line)s: %(problem)s",
        "%(count)s rows, the first on line %(line)s: %(problem)s",
        "count",
    ),
    "columns_ignored": _("These columns were left aside, because no field has their name: %(headers)s."),
    "empty_cells_kept": ngettext_lazy(
        "%(count)s empty cell left the stored value as it is; choose to overwrite if it should be emptied.",
        "%(count)s empty cells left the stored values as they are; choose to overwrite if they should be emptied.",
        "count",
    ),
}
"""Why nothing would change. `problem` stands for all rows with one kind of problem in one field."""

PHASES: Final[Mapping[str, str | Promise]] = {
    "planning": _("Comparing the file with the register"),
    "keeping": _("Keeping the preview"),
    "writing": _("Writing to the register"),
    "exporting": _("Writing the list"),
}

EXPORT_STATES: Final[Mapping[str, str | Promise]] = {
    "waiting": _("Being written"),
    "done": _("Ready"),
    "failed": _("Failed"),
    "cancelled": _("Cancelled"),
}

FORMS: Final[Mapping[str, str | Promise]] = {
    "xlsx": _("Excel workbook (.xlsx)"),
    "csv": _("CSV for spreadsheets"),
    "plain": _("CSV for programs"),
}
"""The kinds of files that lists are written to."""

STATES: Final[Mapping[str, str | Promise]] = {
    "received": _("Received"),
    "columns": _("Waiting for columns"),
    "preview": _("Waiting for confirmation"),
    "confirming": _("Being imported"),
    "done": _("Imported"),
    "cancelled": _("Cancelled"),
    "refused": _("Refused"),
}

SEPARATORS: Final[Mapping[str, str | Promise]] = {
    ";": _("semicolon"),
    ",": _("comma"),
    "\t": _("tab"),
    "|": _("vertical bar"),
}

ENCODINGS: Final[Mapping[str, str]] = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "windows-1252": "Windows-1252",
    "iso-8859-1": "ISO-8859-1",
    "iso-8859-15": "ISO-8859-15",
    "mac-roman": "Mac Roman",
    "xlsx": "Excel",
}

FILE_KINDS: Final[Mapping[str, str | Promise]] = {
    "xlsx": _("an Excel workbook"),
    "xls": _("an old Excel workbook"),
    "ods": _("an OpenDocument spreadsheet"),
    "xlsb": _("a binary Excel workbook"),
    "docx": _("a Word document"),
    "pptx": _("a presentation"),
    "pdf": _("a PDF"),
    "image": _("a picture"),
    "zip": _("a compressed archive"),
}

_SHOWN: Final = 60
"""Characters of a cell that a sentence quotes; the whole cell stands beside it."""


def problem(code: str, params: Mapping[str, Any], value: str | None = None, field_label: str = "") -> str:
    """What is wrong with a cell, or with the whole row, and what to do about it."""
    return _sentence(PROBLEMS, code, {**params, "value": value or "", "field": field_label})


def warning(code: str, params: Mapping[str, Any]) -> str:
    """What is worth knowing before confirming."""
    return _sentence(WARNINGS, code, params)


def refusal(code: str, params: Mapping[str, Any]) -> str:
    """Why something cannot be done, and the way on."""
    if code == "segment_invalid":
        params = {"fault": segment_fault(params["reason"], params["path"], params)}
    if code in ("field_invalid", "layout_invalid"):
        params = {"fault": column_fault(params["reason"], params)}
    return _sentence(REFUSALS, code, params)


def reason(code: str, params: Mapping[str, Any]) -> str:
    """Why an import changed nothing: one of the reasons, or the refusal of the whole file."""
    if code == "problem":
        label = field(params["field"]) if params.get("field") else ""
        return _sentence(REASONS, code, {**params, "problem": kind_of_problem(params["code"], label)})
    return _sentence(REASONS if code in REASONS else REFUSALS, code, params)


def segment_fault(reason: str, path: Sequence[int], params: Mapping[str, Any]) -> str:
    """What is wrong with a part of a segment; rules are counted from 1, 2.1 is the first of the second group."""
    told = _sentence(FAULTS, reason, params)
    place = {"rule": ".".join(str(position + 1) for position in path), "fault": told}
    return str(_("Rule %(rule)s: %(fault)s") % place) if path else told


def column_fault(reason: str, params: Mapping[str, Any]) -> str:
    """What is wrong with an own field or a column layout."""
    return _sentence(COLUMN_FAULTS, reason, params)


def kind_of_field(name: str) -> str:
    """The kind of an own field."""
    return str(KINDS.get(name, name))


def operator(name: str) -> str:
    """What a rule asks."""
    return str(OPERATORS.get(name, name))


def kind_of_problem(code: str, field_label: str = "") -> str:
    """A kind of problem in a few words, with the field it is about."""
    return f"{field_label}: {PROBLEM_KINDS[code]}" if field_label else str(PROBLEM_KINDS[code])


def phase(name: str) -> str:
    """What a job is doing."""
    return str(PHASES.get(name, name))


def state(name: str) -> str:
    """Where an import is on its way."""
    return str(STATES.get(name, name))


def export_state(name: str) -> str:
    """Where an export is on its way."""
    return str(EXPORT_STATES.get(name, name))


def form(name: str) -> str:
    """The kind of file that a list is written to."""
    return str(FORMS.get(name, name))


def separator(character: str) -> str:
    """The name of a separator, in lower case; a workbook has none."""
    return str(SEPARATORS.get(character, character) if character else _("cell borders"))


def encoding(name: str) -> str:
    """The name of an encoding as spreadsheets write it."""
    return ENCODINGS.get(name, name)


def field(key: str) -> str:
    """The label of a field or of what a segment can ask besides; the key itself for a column without a field."""
    if key in SUBJECTS:
        return str(SUBJECTS[key])
    schema = known(key)
    return schema[key].label(get_language() or "en") if key in schema else key


def known(key: str) -> Schema:
    """A schema with the field of that name, in use or retired, if there is one; only own fields are looked up."""
    return _fetched.get()() if key.startswith(CUSTOM_PREFIX) else SCHEMA


@contextmanager
def looking_once() -> Iterator[None]:
    """A block in which the names of own fields are looked up once at most, whatever happens to them meanwhile."""
    token = _fetched.set(cache(_fetch))
    try:
        yield
    finally:
        _fetched.reset(token)


def in_english() -> AbstractContextManager[object]:
    """A block in which all words are English, whatever language is active: for programs that read them."""
    return override("en")


class Count(int):
    """A number that writes itself with the thousands separator of the active language."""

    def __str__(self) -> str:
        return str(number_format(int(self), force_grouping=True))


def _fetch() -> Schema:
    from kundekort.services import fields  # knows the tables, which words of other things do without

    return fields.schema(retired=True)


_fetched: Final[ContextVar[Callable[[], Schema]]] = ContextVar("fetched", default=_fetch)


class _Gap(dict[str, Any]):
    """Parameters of a sentence; what is missing is written as an ellipsis."""

    def __missing__(self, key: str) -> str:
        return "…"


def _sentence(table: Mapping[str, str | Promise], code: str, params: Mapping[str, Any]) -> str:
    words = table[code]
    shown = _Gap({name: _shown(code, name, value) for name, value in params.items()})
    return str(words % shown)


def _shown(code: str, name: str, value: object) -> object:
    """A parameter as a sentence shows it."""
    match name, value:
        case "value", str():
            line = " ".join(value.split())
            return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
        case "field", str():
            return field(value)
        case "operator", str():
            return operator(value)
        case "code", str():
            return kind_of_problem(value)
        case "headers", list() | tuple():
            return _listed([str(_("“%(header)s”") % {"header": header}) for header in value])
        case "fields", list() | tuple():
            return _listed([field(key) for key in value])
        case "separator", str():
            return separator(value)
        case "encoding", str():
            return encoding(value)
        case "why", str():  # the first sentence of what another program said
            return value.strip().partition("\n")[0].rstrip(". ")
        case "kind", str():
            return str(FILE_KINDS.get(value, _("of an unknown kind")))
        case "limit", int() if code in ("file_too_large", "file_expands"):
            return filesizeformat(value)
        case "count" | "errors" | "unchanged" | "limit" | "length" | "columns" | "cells" | "expected", int():
            return Count(value)
        case _, list() | tuple():
            return _listed([str(item) for item in value])
    return value


def _listed(items: list[str]) -> str:
    """The first few of many, so that a sentence stays a sentence."""
    return ", ".join(items[:8]) + ", …" * (len(items) > 8)
