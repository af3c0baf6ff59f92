"""The JSON form of a segment, on which other programs rely: its keys never go away.

The command line and the API have it in common. Words are in the language that is active.
"""

from __future__ import annotations

from typing import Any

from kundekort import wording
from kundekort.engine.segments.condition import to_json
from kundekort.services.segments import SavedSegment


def segment_json(saved: SavedSegment) -> dict[str, Any]:
    """A segment with its rules and what is wrong with them."""
    return {
        "id": saved.id,
        "name": saved.name,
        "description": saved.description,
        "rules": to_json(saved.condition),
        "faults": [
            {"code": f.reason, "path": list(f.path), "message": wording.segment_fault(f.reason, f.path, f.params)}
            for f in saved.faults
        ],
        "changed_at": saved.changed_at.isoformat(),
        "changed_by": saved.who,
    }
