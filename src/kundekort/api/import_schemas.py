"""The shapes of imports as they are told: those of the command line's JSON (`services.import_json`)."""

from __future__ import annotations

from typing import Literal, TypeAlias

from ninja import Schema

from kundekort.api.schemas import Moment, Page, User

State: TypeAlias = Literal["received", "columns", "preview", "confirming", "done", "cancelled", "refused"]
"""Where an import is on its way; received and confirming: a job works on it, so ask again."""


class ImportLine(Schema):
    """An import as a list has it. Counts are null until there is a plan; the import `undone_by` took it back."""

    id: int
    created_at: Moment
    finished_at: Moment | None
    state: State
    file: str | None
    undoes: int | None
    uploaded_by: str
    uploaded_by_user: User | None
    confirmed_by: str | None
    confirmed_by_user: User | None
    rows: int | None
    new: int | None
    changed: int | None
    unchanged: int | None
    errors: int | None
    left_out: int | None
    removed: int | None
    restored: int | None
    conflicts: int | None
    revision: int | None
    undone_by: int | None


class ImportPage(Page):
    """Some imports, the newest first."""

    items: list[ImportLine]
