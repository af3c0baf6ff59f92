"""The JSON objects of commands, on which other programs rely: their keys never go away, their words are English.

That of an import is the API's too (`services.import_json`).
"""

from __future__ import annotations

import json
import sys
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kundekort.cli.failures import Failure
    from kundekort.engine.inspection import Inspection
    from kundekort.store.models import Import

PROBLEMS: Final = 1000
"""Problems of a file that is inspected that are listed at most; `errors` counts all rows that have any."""


def import_json(imp: Import | None, *, applied: bool = False, failure: Failure | None = None) -> dict[str, Any]:
    """What became of a file: `imp` is None when it was not even received, `failure` tells why it went no further."""
    from kundekort import wording
    from kundekort.wording.json_objects import blank_import

    error = {"code": failure.code, "message": failure.in_english()} if failure else None
    if imp is None:
        return blank_import(applied=applied, error=error)
    from kundekort.services import import_json as form

    with wording.in_english():
        return form.import_json(imp, applied=applied, error=error)


def record_json(imp: Import) -> dict[str, Any]:
    """An import in whatever state: the object of `import --json`, and where it stands and whose it is."""
    from kundekort import wording
    from kundekort.services import import_json as form

    with wording.in_english():
        return form.record_json(imp)


def inspection_json(name: str, found: Inspection | None, *, failure: Failure | None = None) -> dict[str, Any]:
    """What `inspect` says of a file: None where it was not looked at; `failure` tells why it cannot be imported."""
    from kundekort import wording
    from kundekort.engine import notes
    from kundekort.engine.mapping import spread
    from kundekort.engine.problem import Problem
    from kundekort.wording.json_objects import DIALECT, finding_json, problem_json, warning_json
    from kundekort.wording.lists import OWN_SHEETS

    result: dict[str, Any] = {
        "file": name,
        "dialect": dict.fromkeys(DIALECT),
        "columns": [],
        **dict.fromkeys(("rows", "blank_rows", "errors"), 0),
        "problems": [],
        "problem_counts": [],
        "warnings": [],
        "error": {"code": failure.code, "message": failure.in_english()} if failure else None,
    }
    if found is None or found.file.recipe is None:
        return result
    recipe, facts = found.recipe, found.facts
    header = {c.field: c.header for c in spread(recipe.columns) if c.field is not None}
    samples = facts.samples or ((),) * len(recipe.columns)
    with wording.in_english():
        return result | {
            "dialect": {name: getattr(recipe.dialect, name) or None for name in DIALECT},
            "columns": [
                {"header": c.header, "field": c.field, "suggestion": c.suggestion, "samples": list(values)}
                for c, values in zip(recipe.columns, samples, strict=False)
            ],
            "rows": found.rows,
            "blank_rows": facts.blank_rows,
            "errors": found.errors,
            "problems": [
                {"line": row["_line"], **problem_json(Problem.from_row(row), header)}
                for row in found.problems.head(PROBLEMS).iter_rows(named=True)
            ],
            "problem_counts": [
                {"code": p.code, "column": header.get(p.field) if p.field else None, "count": p.count}
                for p in facts.problems
            ],
            "warnings": [
                *map(warning_json, notes.of_file(recipe, facts, own_sheets=OWN_SHEETS)),
                *map(finding_json, facts.findings),
            ],
        }


def write(result: Mapping[str, Any] | list[dict[str, Any]]) -> None:
    """The object, or a list of some, as one line on standard output, always in UTF-8: it is not for the terminal."""
    sys.stdout.buffer.write(json.dumps(result, ensure_ascii=False).encode(errors="backslashreplace") + b"\n")


def write_with_list(result: Mapping[str, Any], key: str, items: Iterable[Mapping[str, Any]]) -> None:
    """The object as `write` does with one more key, a list that is written as it comes."""
    rest = iter(items)
    first = list(islice(rest, 1))  # whatever is refused is refused before anything is written
    text = json.dumps({**result, key: first}, ensure_ascii=False).removesuffix("]}")
    sys.stdout.buffer.write(text.encode(errors="backslashreplace"))
    for item in rest:
        sys.stdout.buffer.write(f", {json.dumps(item, ensure_ascii=False)}".encode(errors="backslashreplace"))
    sys.stdout.buffer.write(b"]}\n")
