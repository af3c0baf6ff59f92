"""The imports: listed, uploaded, answered, confirmed and taken back, as on the website."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ninja import Router

from kundekort.api import cursors
from kundekort.api.access import ApiRequest, actor_of, needs
from kundekort.api.import_schemas import ImportPage, State
from kundekort.api.schemas import Cursor, Limit
from kundekort.services import import_list
from kundekort.services.accounts import Role
from kundekort.services.import_json import line_json
from kundekort.services.import_list import ImportFilter
from kundekort.services.tokens import Scope

router = Router(tags=["imports"])
reads = needs(Scope.IMPORTS_READ, Role.IMPORTER)


@router.get("", **reads, response=ImportPage)
def list_imports(
    request: ApiRequest,
    state: State | None = None,
    file: str = "",
    since: date | None = None,
    until: date | None = None,
    limit: Limit = cursors.USUAL,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """List imports, the newest first.

    `file` is a part of the name of the file; `since` and `until` are days, both included.
    """
    wanted = ImportFilter(states=(state,) if state else (), file=file, since=since, until=until)
    place = cursors.decode("imports", cursor)
    before = (datetime.fromisoformat(place[0]), int(place[1])) if place else None
    found = import_list.search(wanted, limit=limit + 1, before=before, actor=actor_of(request)).lines
    shown, more = found[:limit], len(found) > limit
    last = cursors.encode("imports", [shown[-1].when.isoformat(), shown[-1].imp.pk]) if more else None
    return {"items": [line_json(line) for line in shown], "next": last}
