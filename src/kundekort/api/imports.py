"""The imports: listed, sent, answered, confirmed and taken back, as on the website."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import File, Form, Path, Router, Status
from ninja.files import UploadedFile

from kundekort.api import cursors, problems
from kundekort.api.access import ApiRequest, Takes, actor_of, needs
from kundekort.api.idempotency import once
from kundekort.api.import_requests import Answers, DigestIn, FileOptions, RowsIn
from kundekort.api.import_schemas import ImportOut, ImportPage, OutlookOut, State
from kundekort.api.schemas import Cursor, Day, Limit, Number, day_of
from kundekort.engine.recipe import DialectOverrides
from kundekort.services import confirming, fields, import_list, imports, planning, undoing
from kundekort.services import row_files as files
from kundekort.services.accounts import Role
from kundekort.services.import_json import line_json
from kundekort.services.import_list import ImportFilter
from kundekort.services.preview_json import whole_json
from kundekort.services.refusals import StalePlan
from kundekort.services.tokens import Scope
from kundekort.store.models import Import

router = Router(tags=["imports"])
READS = needs(Scope.IMPORTS_READ, Role.IMPORTER)
ACTS = needs(Scope.IMPORTS_WRITE, Role.IMPORTER)
SAYS = needs(Scope.IMPORTS_WRITE, Role.IMPORTER, takes=Takes.JSON)


@router.get("", **READS, response=ImportPage)
def list_imports(
    request: ApiRequest,
    state: State | None = None,
    file: str = "",
    since: Day = None,
    until: Day = None,
    limit: Limit = cursors.USUAL,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """List imports, the newest first.

    `file` is a part of the name of the file; `since` and `until` are days, both included.
    """
    wanted = ImportFilter(
        states=(state,) if state else (),
        file=file,
        since=day_of(since, where="query.since"),
        until=day_of(until, where="query.until"),
    )
    place = cursors.decode("imports", cursor)
    before = (datetime.fromisoformat(place[0]), int(place[1])) if place else None
    found = import_list.search(wanted, limit=limit + 1, before=before, actor=actor_of(request)).lines
    shown, more = found[:limit], len(found) > limit
    last = cursors.encode("imports", [shown[-1].when.isoformat(), shown[-1].imp.pk]) if more else None
    return {"items": [line_json(line) for line in shown], "next": last}


@router.post(
    "",
    **needs(Scope.IMPORTS_WRITE, Role.IMPORTER, takes=Takes.FILE, idempotent=True),
    response={201: ImportOut},
)
def upload_import(
    request: ApiRequest,
    response: HttpResponse,
    options: Form[FileOptions],
    file: File[UploadedFile],
) -> Status[dict[str, Any]]:
    """Send a file of customers.

    A small one is planned at once; a larger one is `received` until a job has planned it, which `progress` tells of. If
    columns or dates are unclear, it waits in state `columns` for answers.
    """

    def receive() -> int:
        return _received(request, file, file.name or "", options, overrides=options.overrides())

    return once(request, receive, lambda number: _made(request, response, number))


@router.post(
    "/from-rows",
    **needs(Scope.IMPORTS_WRITE, Role.IMPORTER, takes=Takes.ROWS, idempotent=True),
    response={201: ImportOut},
)
def send_rows(request: ApiRequest, response: HttpResponse, said: RowsIn) -> Status[dict[str, Any]]:
    """Send customers as JSON rows, which become an import as a file with the same cells does."""
    rows = files.csv_of(said.rows, schema=fields.schema())

    def receive() -> int:
        return _received(request, rows, said.name, said, overrides=files.OVERRIDES)

    return once(request, receive, lambda number: _made(request, response, number))


@router.get("/permission", **ACTS, response={204: None})
def may_send(request: ApiRequest) -> Status[None]:
    """Say whether this token may send files, before they are sent: 204 for yes. Proxies ask."""
    return Status(204, None)


@router.get("/{int:import_id}", **READS, response=ImportOut)
def show_import(request: ApiRequest, import_id: Path[Number]) -> dict[str, Any]:
    """Tell all there is to know of an import but its rows; while a job works on it, how far that has come."""
    return whole_json(imports.visit(import_id, actor=actor_of(request)))


@router.post("/{int:import_id}/answers", **SAYS, response=ImportOut)
def answer_import(request: ApiRequest, import_id: Path[Number], said: Answers) -> dict[str, Any]:
    """Say how the file is to be read, what its columns become, or choose about all of it; it is planned anew.

    How it is read and what its columns become are said one after the other, because other columns may come of it.
    """
    actor = actor_of(request)
    imp = imports.get(import_id, actor=actor)
    recipe, schema = imports.recipe(imp), fields.schema()
    if said.mapping is not None:
        planning.use_mapping(import_id, said.mapping, actor=actor)
    policy = said.policy(imp.answers.policy)
    asked: dict[str, Any] = {}
    if said.reading is not None:
        asked["overrides"] = said.reading.overrides(imp.answers.dialect)
    elif said.mapping is None:
        asked["columns"] = said.fields_of(recipe, schema)
        asked["words"], asked["save_as"] = said.words_of(recipe, schema), said.save_as
    if asked or policy != imp.answers.policy:
        planning.choose(import_id, policy=policy, **asked, actor=actor)
    return whole_json(imports.get(import_id, actor=actor))


@router.post("/{int:import_id}/confirm", **SAYS, response={200: ImportOut, 202: ImportOut})
def confirm_import(
    request: ApiRequest, import_id: Path[Number], said: DigestIn
) -> Status[dict[str, Any]] | HttpResponse:
    """Carry out the plan that was looked at, all of it, or nothing.

    202: a job does it. Where the register has moved, nothing is written, and the problem has the import as it is then,
    with the cells that others have changed too (`import`); it is looked at and confirmed by its new digest.
    """
    actor = actor_of(request)
    try:
        confirming.confirm(import_id, digest=said.digest, actor=actor)
    except StalePlan as refusal:
        now = whole_json(imports.get(import_id, actor=actor))
        return problems.refused(request, refusal, **{"import": now})
    imp = imports.get(import_id, actor=actor)
    return Status(200 if imp.state == Import.State.DONE else 202, whole_json(imp))


@router.post("/{int:import_id}/cancel", **ACTS, response=ImportOut)
def cancel_import(request: ApiRequest, import_id: Path[Number]) -> dict[str, Any]:
    """Give an import up that waits: its file is forgotten, nothing is written."""
    return _after(request, import_id, imports.cancel)


@router.post("/{int:import_id}/withdraw", **ACTS, response=ImportOut)
def withdraw_confirmation(request: ApiRequest, import_id: Path[Number]) -> dict[str, Any]:
    """Take a confirmation back that a job has not carried out yet."""
    return _after(request, import_id, confirming.take_back)


@router.post("/{int:import_id}/retry", **ACTS, response=ImportOut)
def retry_import(request: ApiRequest, import_id: Path[Number]) -> dict[str, Any]:
    """Have an import planned again whose job has failed."""
    return _after(request, import_id, planning.try_again)


@router.get("/{int:import_id}/undo", **READS, response=OutlookOut)
def undo_outlook(request: ApiRequest, import_id: Path[Number]) -> Any:
    """Say what taking an import back would do now."""
    actor = actor_of(request)
    return undoing.outlook(undoing.revision_of(import_id, actor=actor).pk, actor=actor)


@router.post(
    "/{int:import_id}/undo",
    **needs(Scope.IMPORTS_WRITE, Role.IMPORTER, idempotent=True),
    response={201: ImportOut},
)
def undo_import(request: ApiRequest, response: HttpResponse, import_id: Path[Number]) -> Status[dict[str, Any]]:
    """Begin to take an import back: an import that does so, which is looked at and confirmed as any other."""
    actor = actor_of(request)

    def begin() -> int:
        return undoing.start(undoing.revision_of(import_id, actor=actor).pk, actor=actor).pk

    return once(request, begin, lambda number: _made(request, response, number))


def _received(
    request: ApiRequest, stream: Any, name: str, said: FileOptions | RowsIn, *, overrides: DialectOverrides
) -> int:
    imp = imports.receive(
        stream,
        filename=name,
        policy=said.policy(),
        overrides=overrides,
        decisions=said.decisions(),
        actor=actor_of(request),
    )
    planning.plan_now_or_queue(imp.pk)
    return imp.pk


def _made(request: ApiRequest, response: HttpResponse, import_id: int) -> Status[dict[str, Any]]:
    response["Location"] = f"/api/imports/{import_id}"
    return Status(201, whole_json(imports.get(import_id, actor=actor_of(request))))


def _after(request: ApiRequest, import_id: int, act: Callable[..., object]) -> dict[str, Any]:
    actor = actor_of(request)
    act(import_id, actor=actor)
    return whole_json(imports.get(import_id, actor=actor))
