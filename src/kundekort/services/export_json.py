"""The JSON form of a list that leaves the register. Words are in the language that is active."""

from __future__ import annotations

from typing import Any

from kundekort import wording
from kundekort.services import exports, identities
from kundekort.services.preview_json import progress_json
from kundekort.store.models import Export


def export_json(export: Export) -> dict[str, Any]:
    """A list: whose, of whom, and where it stands; `file` is its name while it can be taken."""
    there = export.state == Export.State.DONE and export.size is not None
    finished = export.finished_at
    return {
        "id": export.pk,
        "state": export.state,
        **export.selection.to_json(),
        "everybody": export.selection.everybody,
        "layout": export.layout,
        "format": export.form,
        "language": export.language,
        "rows": export.rows,
        "size": export.size,
        "file": exports.filename(export) if there else None,
        "streamed": export.streamed,
        "created_at": export.created_at.isoformat(timespec="seconds"),
        "finished_at": finished.isoformat(timespec="seconds") if finished else None,
        "exported_by": export.actor_name,
        "exported_by_user": identities.told(export.created_by_id),
        "notice": {"code": export.notice, "message": wording.refusal(export.notice, {})} if export.notice else None,
        "progress": progress_json(export.progress) if export.progress else None,
    }
