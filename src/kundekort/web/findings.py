"""What guards have found, as the preview shows it: a sentence each, and the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kundekort import wording
from kundekort.engine.finding import Finding


def finding_lines(findings: Sequence[Finding], headers: Mapping[str, str]) -> list[dict[str, Any]]:
    """Findings in words, with the words of their answers."""
    return [
        {
            "code": one.code,
            "field": one.field or "",
            "words": wording.finding(one, label(one.field, headers)),
            "open": one.open,
            "blocks": one.blocks,
            "of_column": one.of_column,
            "import": one.params.get("import"),
            "answers": [{"action": action, "words": wording.answer(one.code, action)} for action in one.answers],
        }
        for one in findings
    ]


def label(key: str | None, headers: Mapping[str, str]) -> str:
    """What a field is called in this file, or else in the register; '' for none."""
    return headers.get(key) or wording.field(key) if key else ""
