"""What a plan can be made again from after other decisions, kept beside it: its draft, and the file's rows as read.

All of it can be made again from the file itself: nothing waits for the disk, what is damaged counts as not there, and
what a full disk has no room for is not kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import polars as pl

from kundekort.engine import draft, frames
from kundekort.engine.decisions import Decisions
from kundekort.engine.draft import Draft
from kundekort.engine.replanning import Cells, Previous
from kundekort.engine.schema import Schema
from kundekort.store import cells, plans
from kundekort.store.cells import ABOUT, UNWRITTEN

_FORMAT: Final = 2
"""Another one than that of drafts which were written in another form."""


def fingerprint(*facts: object) -> str:
    """A name for all that a draft or the rows of a file hang on: values that print alike in every process."""
    return hashlib.sha256(repr((*facts, pl.__version__, _FORMAT)).encode()).hexdigest()


def write(
    made: Draft, folder: Path, *, task: str, decisions: Decisions, previous: tuple[Path, Draft] | None = None
) -> None:
    """Keep the draft of the plan in a folder, with what it was made by: decisions, and `task`, a name for all else.

    Parts that are those of the `previous` draft are shared with its folder.
    """
    target = folder / plans.DRAFT
    try:
        _write(made, target, task=task, decisions=decisions, previous=previous)
    except UNWRITTEN:
        (target / ABOUT).unlink(missing_ok=True)  # its parts may be those that the plan is just being made of


def _write(made: Draft, target: Path, *, task: str, decisions: Decisions, previous: tuple[Path, Draft] | None) -> None:
    target.mkdir(exist_ok=True)
    for name, part in ((name, part) for name, part in made.parts.items() if name != draft.VALUES):
        path = target / f"{name}.parquet"
        if previous is not None and previous[1].parts[name] is part:
            plans.share(previous[0] / plans.DRAFT / path.name, path)
        elif not path.exists():
            plans.write_part(part.collect(), path)
    about = {"task": task, "blank_rows": made.blank_rows, "hidden_rows": made.hidden_rows, "dated": made.dated}
    about |= {"decisions": decisions.to_json(), "digest": plans.digest(target)}
    (target / ABOUT).write_text(json.dumps(about))


def read(folder: Path, *, task: str, schema: Schema, file: Callable[[], Cells], new: Path) -> Previous | None:
    """What the plan in a folder can be made again from; None where that is not there, or was made by another task.

    The folder bears the digest of its plan. `file` gives the rows of the file; the next plan goes into `new`.
    """
    try:
        about = cells.about(folder / plans.DRAFT)
        if about["task"] != task or plans.digest(folder) != folder.name:
            return None
        parts = {path.stem: pl.scan_parquet(path) for path in (folder / plans.DRAFT).glob("*.parquet")}
        names = parts[draft.INDEX].collect_schema()
        keys = [name.removeprefix(frames.CHANGED) for name in names if name.startswith(frames.CHANGED)]
        made = Draft(
            fields=tuple(schema[key] for key in keys),
            parts=parts | {draft.VALUES: plans.values(folder)},
            blank_rows=about["blank_rows"],
            hidden_rows=about["hidden_rows"],
            dated=about["dated"],
        )
        return Previous(
            draft=made,
            decisions=Decisions.from_json(about["decisions"]),
            cells=file(),
            sink=lambda rows: plans.PatchedRows(folder, new, rows),
        )
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError):
        return None
