"""Whole sentences: what is wrong, why, and the way on.

A parameter that is missing leaves a gap in the sentence rather than no sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Final

from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from kundekort.wording.audit import AUDIT_EVENTS, AUDIT_WORDS, SETTINGS
from kundekort.wording.columns import COLUMN_FAULTS
from kundekort.wording.fields import field
from kundekort.wording.files import FILE_KINDS, file_size
from kundekort.wording.health import HEALTH
from kundekort.wording.names import encoding, kind_of_problem, operator, role, separator
from kundekort.wording.people import PERSON_FAULTS, SECOND_PERSON, TOKEN_FAULTS
from kundekort.wording.places import country_name
from kundekort.wording.problems import CARD_PROBLEMS, PROBLEMS, WARNINGS
from kundekort.wording.progress import REASONS, WRITERS
from kundekort.wording.refusals import REFUSALS
from kundekort.wording.segments import FAULTS
from kundekort.wording.servers import DELIVERY_FAULTS, SERVER_FAULTS, WEBHOOK_FAULTS, WEBHOOK_NOTICES
from kundekort.wording.sources import READ_FAULTS, SOURCE_FAULTS

_SHEETS: Final = 6
"""Names of sheets that a sentence gives at most."""
_SHOWN: Final = 60
"""Characters of a cell that a sentence quotes; the whole cell stands beside it."""


def problem(code: str, params: Mapping[str, Any], value: str | None = None, field_label: str = "") -> str:
    """What is wrong with a cell, or with the whole row, and what to do about it."""
    return _sentence(PROBLEMS, code, {**params, "value": value or "", "field": field_label})


def card_problem(code: str, params: Mapping[str, Any], value: str | None = None, field_label: str = "") -> str:
    """The same where a card is edited by hand, which has fields and no file."""
    return _sentence({**PROBLEMS, **CARD_PROBLEMS}, code, {**params, "value": value or "", "field": field_label})


def warning(code: str, params: Mapping[str, Any]) -> str:
    """What is worth knowing before confirming."""
    if code == "header_damaged":
        params = {"line": params["line"], "problem": problem(params["problem"], {})}
    if code == "lines_above":
        lines = [
            _("“%(text)s” (line %(line)s)") % {"text": _cut(one["text"]), "line": one["line"]}
            for one in params["lines"]
        ]
        params = {"count": params["count"], "lines": lines}
    return _sentence(WARNINGS, code, params)


def refusal(code: str, params: Mapping[str, Any]) -> str:
    """Why something cannot be done, and the way on."""
    if code == "segment_invalid":
        params = {"fault": segment_fault(params["reason"], params["path"], params)}
    if code in ("field_invalid", "layout_invalid"):
        params = {"fault": column_fault(params["reason"], params)}
    if code == "second_person_needed":
        params = {"why": _listed([second_person(*reason) for reason in params.get("reasons", ())])}
    if code == "person_invalid":
        params = {"fault": person_fault(params["reason"], params)}
    if code == "token_invalid":
        params = {"fault": _sentence(TOKEN_FAULTS, params["reason"], params)}
    if code == "not_reached":
        params = {"fault": server_fault(params["reason"], params)}
    if code == "source_invalid":
        params = {"fault": source_fault(params["reason"], params)}
    if code == "source_unread":
        params = {"fault": _sentence(READ_FAULTS, params["reason"], params)}
    if code == "webhook_invalid":
        params = {"fault": webhook_fault(params["reason"], params)}
    if code == "register_busy":
        params = {"writer": writer(params.get("writing", ""), params.get("name", ""), params.get("since"))}
    if code == "cell_invalid":
        params = {"fault": problem(params["problem"], {}, params["value"], field(params["field"]))}
    told = _sentence(REFUSALS, code, params)
    if others := params.get("other_sheets"):
        of = _("This is about the sheet “%(sheet)s”. Others are: %(others)s.")
        told += " " + of % {"sheet": params["sheet"], "others": _names(others)}
    return told


def server_fault(reason: str, params: Mapping[str, Any]) -> str:
    """Why another server was not reached, or what it said; '' for a reason of '', as where nothing went wrong."""
    return _sentence({**SERVER_FAULTS, **DELIVERY_FAULTS}, reason, params) if reason else ""


def source_fault(reason: str, params: Mapping[str, Any]) -> str:
    """What is wrong with a source as it was described."""
    return _sentence(SOURCE_FAULTS, reason, params)


def webhook_fault(reason: str, params: Mapping[str, Any]) -> str:
    """What is wrong with a webhook as it was described."""
    return _sentence(WEBHOOK_FAULTS, reason, params)


def webhook_notice(notice: str, *, days: int) -> str:
    """Why a webhook was switched off that nobody has switched off."""
    return _sentence(WEBHOOK_NOTICES, notice, {"days": days})


def writer(kind: str, name: str, since: datetime | None) -> str:
    """Who has the register and since when; a day is told where it is not today."""
    if not name or since is None:
        return str(WRITERS[""])
    begun = localtime(since)
    form = "TIME_FORMAT" if begun.date() == localtime().date() else "SHORT_DATETIME_FORMAT"
    return str(WRITERS[kind] % {"name": name, "since": date_format(begun, form)})


def health(code: str, params: Mapping[str, Any]) -> str:
    """How it is with some part of the installation: a finding of `doctor`, or a refusal."""
    return _sentence(HEALTH if code in HEALTH else REFUSALS, code, params)


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


def second_person(why: str, count: int, limit: int) -> str:
    """Why an import needs a second person, as a part of a sentence: how far it reaches, and what one alone may."""
    return _sentence(SECOND_PERSON, why, {"count": count, "limit": limit})


def person_fault(reason: str, params: Mapping[str, Any]) -> str:
    """What is wrong with a user as they were described."""
    return _sentence(PERSON_FAULTS, reason, params)


def audit_event(event: str, params: Mapping[str, Any]) -> str:
    """What somebody did, as the audit log tells it: a sentence without its subject."""
    if event not in AUDIT_EVENTS:  # of a version that knew more
        return event
    shown = {name: _audit_word(name, value, params) for name, value in params.items()}
    if event == "undo":
        shown["what"] = _audit_word("what", params.get("kind", "import"), params)
    if event == "login" and "factor" in shown:
        shown["method"] = AUDIT_WORDS["method.and_factor"] % _Gap(shown)
    return str(AUDIT_EVENTS[event] % _Gap(shown))


def _audit_word(name: str, value: object, params: Mapping[str, Any]) -> object:
    """A parameter of an entry as its sentence shows it."""
    if (words := AUDIT_WORDS.get(f"{name}.{value}")) is not None:
        return str(words % _Gap(params))
    match name, value:
        case "role" | "old" | "new", str():
            return role(value).lower()
        case "was" | "email", "":
            return "–"
        case "key", str():
            return str(SETTINGS[value]) if value in SETTINGS else field(value)
        case _, bool():
            return str(_("yes") if value else _("no"))
        case "made_at", str():
            return date_format(localtime(datetime.fromisoformat(value)), "SHORT_DATETIME_FORMAT")
        case "rows" | "customers" | "old" | "new", int():
            return Count(value)
    return value


def _names(sheets: Sequence[str]) -> str:
    """Some names of sheets, in quotes."""
    return _listed([_("“%(header)s”") % {"header": name} for name in sheets[:_SHEETS]]) + "…" * (len(sheets) > _SHEETS)


def in_english() -> AbstractContextManager[object]:
    """A block in which all words are English, whatever language is active: for programs that read them."""
    return override("en")


class Count(int):
    """A number that writes itself with the thousands separator of the active language."""

    def __str__(self) -> str:
        return str(number_format(int(self), force_grouping=True))


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
            return _cut(value)
        case "field", str():
            return field(value)
        case "operator", str():
            return operator(value)
        case "code", str():
            return kind_of_problem(value)
        case "headers", list() | tuple():
            return _listed([_("“%(header)s”") % {"header": header} for header in value])
        case "fields", list() | tuple():
            return _listed([field(key) for key in value])
        case "when", str():
            return date_format(localtime(datetime.fromisoformat(value)), "DATE_FORMAT")
        case "separator", str():
            return separator(value)
        case "encoding", str():
            return encoding(value)
        case "ways", list():
            words = _("“%(words)s” as %(encoding)s")
            return _listed([words % {"words": " ".join(read), "encoding": encoding(name)} for name, read in value])
        case "country", str():
            return country_name(value)
        case "why", str():  # the first sentence of what another program said
            return value.strip().partition("\n")[0].rstrip(". ")
        case "kind", str():
            return str(FILE_KINDS.get(value) or _("of an unknown kind"))
        case "size", int():
            return file_size(value)
        case "limit", int() if code in ("file_too_large", "file_expands", "body_too_large", "too_large"):
            return file_size(value)
        case "count" | "errors" | "unchanged" | "limit" | "length" | "columns" | "cells" | "expected", int():
            return Count(value)
        case _, list() | tuple():
            return _listed([str(item) for item in value])
    return value


def _cut(text: str) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def _listed(items: list[str]) -> str:
    """The first few of many, so that a sentence stays a sentence."""
    return ", ".join(items[:8]) + ", …" * (len(items) > 8)
