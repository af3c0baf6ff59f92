"""The plan of an import: made from its file, from the draft of the plan shown last, or to take a revision back.

Reads what the import says, and changes nothing of it (see `planning`).
"""

from __future__ import annotations

import json
import logging
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final

import polars as pl
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from kundekort import telemetry, version
from kundekort.bulk import register
from kundekort.engine import interpretation, pipeline, undo
from kundekort.engine.decisions import Decisions
from kundekort.engine.draft import Draft, Task
from kundekort.engine.facts import Question
from kundekort.engine.plan import Plan
from kundekort.engine.recipe import Answers, Recipe
from kundekort.engine.schema import Schema
from kundekort.services import fields, imports, mappings, mended_rows
from kundekort.services import settings as choices
from kundekort.services.database import psycopg_connection
from kundekort.services.progress import Report
from kundekort.services.register import DatabaseRegister, workers
from kundekort.store import cells, drafts, packages, plans
from kundekort.store.models import Import, Revision

logger = logging.getLogger(__name__)

INLINE_BYTES: Final = 2 * 2**20
"""Bytes up to which a file is planned while its sender waits; it takes about a second."""


def plan(
    imp: Import, folder: Path, before: Path, *, ask: bool, report: Report
) -> tuple[dict[str, Any], Plan | Question]:
    """What is known of an import, and its plan; values go into a folder. `before` is that of the plan shown last."""
    if imp.undoes is not None:
        return {}, _undoing(imp.undoes, folder, imp.decisions, report=report)
    schema, large = fields.schema(), imp.size > INLINE_BYTES
    with imports.source(imp.pk) as data:
        with telemetry.span("import.understand"):
            file = interpretation.understand(
                data, answers=imp.answers, schema=schema, limits=imports.limits(), ask=ask, recall=mappings.recall
            )
        found: dict[str, Any] = {"recipe": file.recipe, "facts": file.facts, "answers": file.answers}
        if file.question:
            return found, file.question
        assert file.recipe is not None
        assert file.source is not None
        task = _task(imp, file.recipe, before, schema)
        source = cells.kept(file.source, _cells(imp, file.recipe), scratch=folder) if large else file.source
        # A small file is planned in one transaction, which spares a question two round trips; a large one waits for no
        # transaction to end.
        with (
            telemetry.span("import.compare"),
            workers() if large else nullcontext() as pool,
            nullcontext() if large else transaction.atomic(),
        ):
            made = pipeline.plan(
                source,
                task,
                ask=ask,
                rows=plans.rows(folder, in_memory=not large),
                progress=report,
                keep=lambda draft: _keep(draft, folder, file.answers, task) if large else None,
                workers=pool,
            )
    return found, made


def plan_again(imp: Import, folder: Path, before: Path, *, ask: bool) -> tuple[dict[str, Any], Plan | Question] | None:
    """The same, made from the draft of the plan shown last; None where that is not enough."""
    if imp.recipe is None:
        return None
    recipe, task = imp.recipe, _task(imp, imp.recipe, before, fields.schema())
    with imports.source(imp.pk) as data:
        previous = drafts.read(
            before,
            task=_name(imp.answers, task),
            schema=task.schema,
            file=lambda: cells.read(_cells(imp, recipe), lambda: interpretation.opened(data, recipe, imports.limits())),
            new=folder,
        )
        if previous is None:
            return None
        try:
            made = pipeline.plan_again(
                previous,
                task,
                ask=ask,
                rows=plans.rows(folder),
                keep=lambda draft: _keep(draft, folder, imp.answers, task, (before, previous.draft)),
            )
        except (OSError, pl.exceptions.PolarsError):  # another process has forgotten it meanwhile, or the disk is full
            logger.exception("The plan of import %s could not be made from its draft.", imp.pk)
            return None
    return None if made is None else ({"recipe": imp.recipe, "facts": imp.facts, "answers": imp.answers}, made)


def _task(imp: Import, recipe: Recipe, before: Path, schema: Schema) -> Task:
    return Task(
        recipe=recipe,
        decisions=imp.decisions,
        register=DatabaseRegister(),
        schema=schema,
        today=timezone.localdate(),
        country=settings.KUNDEKORT_COUNTRY,
        shown=plans.shown(before),
        mended=mended_rows.read(imp),
        thresholds=choices.current().thresholds,
    )


def _name(answers: Answers, task: Task) -> str:
    """A name for all by which the rows of a file are drafted, besides decisions and the register."""
    said = json.dumps([answers.to_json(), task.recipe.to_json()], sort_keys=True)
    return drafts.fingerprint(version(), said, task.schema, task.today, task.country)


def _cells(imp: Import, recipe: Recipe) -> Path:
    """Where the rows of a file are kept as they were read."""
    return packages.cells_folder(imp.pk, drafts.fingerprint(version(), recipe.dialect, imports.limits()))


def _keep(draft: Draft, folder: Path, answers: Answers, task: Task, previous: tuple[Path, Draft] | None = None) -> None:
    drafts.write(draft, folder, task=_name(answers, task), decisions=task.decisions, previous=previous)


def _undoing(revision: Revision, folder: Path, decisions: Decisions, *, report: Report) -> Plan:
    """The plan that takes a revision back; values go into a folder."""
    cards = revision.created + revision.changed
    return undo.plan(
        register.stream_changes(psycopg_connection(), revision.pk),
        decisions=decisions,
        register=DatabaseRegister(),
        schema=fields.schema(retired=True),
        rows=lambda: plans.ParquetRows(folder),
        progress=lambda done: report("undoing", done, cards),
    )
