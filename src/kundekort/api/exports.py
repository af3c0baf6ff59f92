"""Lists of customers as files: begun, waited for and taken, or streamed at once. Every list is in the event log."""

from __future__ import annotations

from typing import Any, Literal

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.utils import translation
from ninja import Field, Path, Router, Schema, Status

from kundekort.api import cursors
from kundekort.api.access import ApiRequest, Takes, actor_of, needs
from kundekort.api.idempotency import once
from kundekort.api.import_schemas import ProgressOut, Said
from kundekort.api.openapi import files_of
from kundekort.api.refusals import RequestRefused
from kundekort.api.rules import Condition, parse
from kundekort.api.schemas import Cursor, Limit, Moment, Number, Page, User
from kundekort.services import exports
from kundekort.services.accounts import Role
from kundekort.services.export_json import export_json
from kundekort.services.lists import FileFormat
from kundekort.services.tokens import Scope
from kundekort.store.selection import Selection

router = Router(tags=["exports"])
TAKES = needs(Scope.EXPORTS, Role.IMPORTER)
SAYS = needs(Scope.EXPORTS, Role.IMPORTER, takes=Takes.JSON)
Format = Literal["csv", "plain", "xlsx"]


class ExportIn(Schema):
    """Which customers: those of a `segment` by its name, those whom `search` and `rules` find, or `everybody`.

    `layout` is the name of a column layout, the default one without; csv is for spreadsheets, plain for programs.
    `language` is that of the names of files and sheets.
    """

    segment: str | None = Field(None, min_length=1, max_length=200)
    search: str | None = Field(None, min_length=1, max_length=1000)
    rules: Condition | None = None
    everybody: bool = False
    layout: str | None = Field(None, min_length=1, max_length=200)
    format: Format = "csv"
    language: str | None = Field(None, pattern="^[a-z]{2}$")

    def options(self) -> dict[str, Any]:
        """The same for the service. Raises RequestRefused, SegmentInvalid."""
        rules = parse(self.rules) if self.rules is not None else None
        what = Selection(segment=self.segment, search=self.search, rules=rules)
        if what.everybody != self.everybody or (self.segment and (self.search or rules)):
            fault = {"where": "body", "code": "value_error", "message": "Say which customers: in one way."}
            raise RequestRefused("request_invalid", 422, errors=[fault])
        language = self.language or translation.get_language() or "en"
        return {"what": what, "form": FileFormat(self.format), "layout": self.layout, "language": language}


class ExportOut(Schema):
    """A list: whose, of whom, and where it stands. `file` is its name while it can be taken."""

    id: int
    state: Literal["waiting", "done", "failed", "cancelled"]
    segment: str | None
    search: str | None
    rules: dict[str, Any] | None
    everybody: bool
    layout: str
    format: Format
    language: str
    rows: int | None
    size: int | None
    file: str | None
    streamed: bool
    created_at: Moment
    finished_at: Moment | None
    exported_by: str
    exported_by_user: User | None
    notice: Said | None
    progress: ProgressOut | None


class ExportPage(Page):
    """Some lists, the newest first."""

    items: list[ExportOut]


@router.get("", **TAKES, response=ExportPage)
def list_exports(request: ApiRequest, limit: Limit = cursors.USUAL, cursor: Cursor = None) -> dict[str, Any]:
    """List who has taken which list when, the newest first."""
    before = cursors.decode("exports", cursor)
    found = exports.recent(limit=limit + 1, before=before, actor=actor_of(request))
    shown, more = found[:limit], len(found) > limit
    last = cursors.encode("exports", shown[-1].pk) if more else None
    return {"items": [export_json(export) for export in shown], "next": last}


@router.post(
    "",
    **needs(Scope.EXPORTS, Role.IMPORTER, takes=Takes.JSON, idempotent=True),
    response={201: ExportOut},
)
def start_export(request: ApiRequest, response: HttpResponse, said: ExportIn) -> Status[dict[str, Any]]:
    """Begin a list; a short one is done at once, a longer one is `waiting` until a job has written it."""
    options, actor = said.options(), actor_of(request)

    def show(number: int) -> Status[dict[str, Any]]:
        response["Location"] = f"/api/exports/{number}"
        return Status(201, export_json(exports.get(number, actor=actor)))

    return once(request, lambda: exports.start(**options, actor=actor).pk, show)


@router.post("/stream", **SAYS, openapi_extra=files_of("csv", "plain", "xlsx"))
def stream_export(request: ApiRequest, said: ExportIn) -> StreamingHttpResponse:
    """Take a list as it is written; nothing of it is kept."""
    options = said.options()
    pieces = exports.stream(**options, actor=actor_of(request))
    return StreamingHttpResponse(pieces, content_type=options["form"].media_type)


@router.get("/{int:export_id}", **TAKES, response=ExportOut)
def show_export(request: ApiRequest, export_id: Path[Number]) -> dict[str, Any]:
    """Tell how far a list is."""
    return export_json(exports.get(export_id, actor=actor_of(request)))


@router.get("/{int:export_id}/file", **TAKES, openapi_extra=files_of("csv", "plain", "xlsx"))
def take_export(request: ApiRequest, export_id: Path[Number]) -> FileResponse:
    """Take the file of a list that is done, for some days."""
    content, name, media_type = exports.open_file(export_id, actor=actor_of(request))
    return FileResponse(content, as_attachment=True, filename=name, content_type=media_type)


@router.post("/{int:export_id}/cancel", **TAKES, response=ExportOut)
def cancel_export(request: ApiRequest, export_id: Path[Number]) -> dict[str, Any]:
    """Give a list up that is not written yet."""
    exports.cancel(export_id, actor=actor_of(request))
    return export_json(exports.get(export_id, actor=actor_of(request)))
