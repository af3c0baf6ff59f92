"""From a draft to the plan: what only all rows of a file together can tell, and the one status of every row."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from kundekort.engine import diff, draft, finding, frames, guards, mending
from kundekort.engine.decisions import Action
from kundekort.engine.draft import Draft, Task
from kundekort.engine.frames import ROW, Status
from kundekort.engine.guards import blast
from kundekort.engine.plan import Plan
from kundekort.engine.uniqueness import KEY_CODES, UniqueValues

_WRONG: Final = "_wrong"
_DOUBLED: Final = (*KEY_CODES, "value_twice")
"""The problems of several rows that have the same value, which is not to be said of them a second time."""


def conclude(made: Draft, task: Task) -> Plan:
    """What is to happen to the rows, given what a person decided. Every row gets exactly one status."""
    decisions, index = task.decisions, made.parts[draft.INDEX]
    evidence = guards.of_file(made.parts[draft.EVIDENCE])
    # Rows that are left out whatever the whole file tells stand in nobody's way.
    alone = index.filter(mending.left_out(made.parts[draft.PROBLEMS].clear(), evidence, decisions))[ROW]
    problems = _all_problems(made, task, but=alone)
    twice = guards.People(made.parts[draft.PEOPLE]).evidence(but=alone)
    twice = twice.join(problems.filter(pl.col("code").is_in(_DOUBLED)), on=ROW, how="anti")
    evidence = pl.concat([evidence, twice]).sort(ROW, maintain_order=True)
    out = mending.left_out(problems, evidence, decisions)
    wrong = pl.col(ROW).is_in(problems[ROW].unique().implode())
    if decisions.leave_out_errors:
        out |= wrong
    index = index.with_columns(out.alias(frames.LEFT_OUT), wrong.alias(_WRONG))
    status = (
        pl.when(frames.LEFT_OUT)
        .then(Status.LEFT_OUT)
        .when(_WRONG)
        .then(Status.ERROR)
        .when(diff.OPEN)
        .then(Status.CONFLICT)
        .when(pl.col(frames.ID) == 0)
        .then(Status.NEW)
        .when(pl.any_horizontal(pl.lit(False), *(frames.CHANGED + f.key for f in made.fields)))
        .then(Status.CHANGED)
        .otherwise(Status.UNCHANGED)
    )
    index = index.with_columns(status.cast(pl.UInt8).alias(frames.STATUS))
    sound = index.filter(~pl.col(_WRONG), ~pl.col(frames.LEFT_OUT))
    evidence = finding.answer(evidence, index, decisions)
    plan = Plan(
        fields=made.fields,
        index=index.select(*frames.index(made.fields)),
        values=made.values,
        problems=problems,
        conflicts=made.parts[draft.CONFLICTS].join(sound, on=ROW, how="semi", maintain_order="left"),
        evidence=evidence,
        blank_rows=made.blank_rows,
        emptied=int(sound[diff.EMPTIED].sum()),
        newer=int(sound[diff.NEWER].sum()),
    )
    of: dict[str | None, int] = {None: index.height} | dict(plan.changes.items())
    plan = replace(plan, findings=finding.collect(evidence, problems, of=of))
    return plan if task.thresholds is None else _measured(plan, task)


def _measured(plan: Plan, task: Task) -> Plan:
    """The plan with what becomes of the columns of the register, and what is too much of it."""
    assert task.thresholds is not None
    plan = replace(plan, columns=blast.columns(plan, size=task.register.size()))
    found = blast.findings(plan, task.thresholds, task.decisions)
    return replace(plan, findings=finding.ordered([*plan.findings, *found]))


def _all_problems(made: Draft, task: Task, *, but: pl.Series) -> pl.DataFrame:
    """The problems of the rows and of the file as a whole, without what only follows from others.

    Rows whose numbers are in `but` are no doubles of others.
    """
    matched = any(True for _ in task.decisions.of(Action.MATCH))
    unique = UniqueValues(policy=task.recipe.policy, schema=task.schema, parts=made.parts)
    whole = unique.problems(made.parts[draft.INDEX], but=but, matched=matched)
    of_keys = whole.filter(pl.col("code").is_in(KEY_CODES))[ROW].unique()
    # of a row that is not known to be the only one about its card, nothing can be said that its card decides
    follows = (pl.col("code") == "value_taken") & pl.col(ROW).is_in(of_keys.implode())
    return frames.concat([made.parts[draft.PROBLEMS].filter(~follows), whole], frames.PROBLEMS)
