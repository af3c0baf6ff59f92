"""The rows of an import, and what is decided about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal, TypeAlias

from django.http import StreamingHttpResponse
from django.utils import translation
from django.utils.http import content_disposition_header
from ninja import File, Path, Query, Router
from ninja.files import UploadedFile

from kundekort.api import cursors
from kundekort.api.access import ApiRequest, Takes, actor_of, needs
from kundekort.api.import_requests import ChoiceIn, DecisionsIn, ErrorsIn
from kundekort.api.import_schemas import ImportOut, RowPage
from kundekort.api.openapi import files_of
from kundekort.api.schemas import Cursor, Limit, Number
from kundekort.engine.decisions import Action, Choice, Decision
from kundekort.services import decision_rules, imports, mended_rows, planning, record
from kundekort.services.accounts import Role
from kundekort.services.lists import FileFormat
from kundekort.services.preview_json import rows_json, whole_json
from kundekort.services.refusals import NotFound, NotWaiting, PlanDamaged, PlanMismatch
from kundekort.services.tokens import Scope
from kundekort.store.models import Import
from kundekort.store.pages import Filter
from kundekort.wording.lists import mended_name

router = Router(tags=["imports"])
READS = needs(Scope.IMPORTS_READ, Role.IMPORTER)
ACTS = needs(Scope.IMPORTS_WRITE, Role.IMPORTER)
SAYS = needs(Scope.IMPORTS_WRITE, Role.IMPORTER, takes=Takes.JSON)

Box: TypeAlias = Literal[
    "all", "changes", "new", "changed", "unchanged", "errors", "left_out", "conflicts", "removed", "restored"
]
Word: TypeAlias = Annotated[str, Query(max_length=1000)]


@router.get("/{int:import_id}/rows", **READS, response=RowPage)
def list_rows(
    request: ApiRequest,
    import_id: Path[Number],
    box: Box = "changes",
    column: Word = "",
    code: Word = "",
    field: Word = "",
    finding: Word = "",
    search: Word = "",
    customer_id: Annotated[int | None, Query(ge=1, le=10**18 - 1)] = None,
    limit: Limit = cursors.USUAL,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """List the rows of an import that waits or is done, with every cell that differs from the card.

    `box`: by what becomes of them; `column`: that change in this field; `code` and `field`: with this problem there;
    `finding` and `field`: with this evidence; `search`: with a text; `customer_id`: about this customer.
    """
    imp = imports.get(import_id, actor=actor_of(request))
    wanted = Filter(box=box, column=column, code=code, field=field, search=search, card=customer_id, finding=finding)
    digest, offset = cursors.decode(f"rows {import_id}", cursor) or (imp.digest, 0)
    if imp.state not in record.SHOWN:
        raise NotWaiting(state=imp.state)
    if digest != imp.digest:
        raise PlanMismatch
    try:
        told, found = record.of(imp), record.page(imp, wanted, offset=offset, limit=limit)
    except PlanDamaged:
        _refuse_if_moved(imp)
        raise
    end = offset + len(found.rows)
    more = cursors.encode(f"rows {import_id}", [imp.digest, end]) if found.rows and end < found.total else None
    source = "plan" if told.whole else "log"
    return {"total": found.total, "source": source, "items": rows_json(imp, found.rows), "next": more}


@router.post("/{int:import_id}/decisions", **SAYS, response=ImportOut)
def decide(request: ApiRequest, import_id: Path[Number], said: DecisionsIn) -> dict[str, Any]:
    """Decide about cells, rows, columns or findings, all of it or nothing; the import is planned anew.

    An answer to a finding has its `code` and `field`, and as action one of its `answers`.
    """
    actor = actor_of(request)
    imp = imports.get(import_id, actor=actor)
    taken = [part for one in said.decisions for part in decision_rules.completed(imp, one.decision())]
    planning.decide(import_id, *taken, actor=actor)
    return _now(request, import_id)


@router.delete("/{int:import_id}/decisions/{int:number}", **ACTS, response=ImportOut)
def withdraw_decision(request: ApiRequest, import_id: Path[Number], number: Path[Number]) -> dict[str, Any]:
    """Take a decision back, by its number; the import is planned anew."""
    actor = actor_of(request)
    if all(step.number != number for step in imports.get(import_id, actor=actor).decisions.steps):
        raise NotFound(id=number)
    planning.withdraw(import_id, number, actor=actor)
    return _now(request, import_id)


@router.put("/{int:import_id}/errors", **SAYS, response=ImportOut)
def leave_out_errors(request: ApiRequest, import_id: Path[Number], said: ErrorsIn) -> dict[str, Any]:
    """Leave rows with errors out, or take them back in; the import is planned anew."""
    planning.leave_out_errors(import_id, actor=actor_of(request), leave_out=said.leave_out)
    return _now(request, import_id)


@router.post("/{int:import_id}/conflicts", **SAYS, response=ImportOut)
def settle_conflicts(request: ApiRequest, import_id: Path[Number], said: ChoiceIn) -> dict[str, Any]:
    """Say whose value stays in cells that others have changed too; the import is planned anew."""
    return _choose(request, import_id, planning.settle, said.choice())


@router.post("/{int:import_id}/conflicts/withdraw", **SAYS, response=ImportOut)
def unsettle_conflicts(request: ApiRequest, import_id: Path[Number], said: ChoiceIn) -> dict[str, Any]:
    """Take back what was said of conflicts, in the same words; the import is planned anew."""
    return _choose(request, import_id, planning.unsettle, said.choice())


@router.get("/{int:import_id}/failing-rows", **READS, openapi_extra=files_of("csv", "plain", "xlsx"))
def failing_rows(
    request: ApiRequest, import_id: Path[Number], format: Literal["csv", "plain", "xlsx"] = "csv"
) -> StreamingHttpResponse:
    """Take the rows that cannot be imported as they are as a file, with what is wrong in a column Problem."""
    form, language = FileFormat(format), translation.get_language() or "en"
    pieces = mended_rows.stream(import_id, form=form, actor=actor_of(request))
    name = f"{mended_name(language)}-{import_id}.{form.extension}"
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    return StreamingHttpResponse(_speaking(language, pieces), content_type=form.media_type, headers=headers)


@router.post(
    "/{int:import_id}/mended-rows",
    **needs(Scope.IMPORTS_WRITE, Role.IMPORTER, takes=Takes.FILE),
    response=ImportOut,
)
def send_mended_rows(
    request: ApiRequest,
    import_id: Path[Number],
    file: File[UploadedFile],
) -> dict[str, Any]:
    """Send the file of failing rows back, mended; the import is planned anew with them."""
    actor = actor_of(request)
    name, rows = mended_rows.receive(import_id, file, actor=actor)  # type: ignore[arg-type]  # it reads
    planning.decide(import_id, Decision(Action.MEND, name, count=rows), actor=actor)
    return _now(request, import_id)


def _choose(request: ApiRequest, import_id: int, act: Callable[..., None], choice: Choice) -> dict[str, Any]:
    act(import_id, choice, actor=actor_of(request))
    return _now(request, import_id)


def _now(request: ApiRequest, import_id: int) -> dict[str, Any]:
    return whole_json(imports.get(import_id, actor=actor_of(request)))


def _refuse_if_moved(imp: Import) -> None:
    """Raises NotWaiting or PlanMismatch where an import is not what it was when its rows were looked for."""
    digest = imp.digest
    imp.refresh_from_db()
    if imp.state not in record.SHOWN:
        raise NotWaiting(state=imp.state)
    if imp.digest != digest:
        raise PlanMismatch


def _speaking(language: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces of a file, which are made when the answer has left the door, with words in its language."""
    while True:
        with translation.override(language):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece
