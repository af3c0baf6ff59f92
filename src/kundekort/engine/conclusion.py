"""From a draft to the plan: what only all rows of a file together can tell, and the one status of every row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import polars as pl

from kundekort.engine import diff, draft, finding, frames, guards, mending, transfers, uniqueness
from kundekort.engine.decisions import Action, Decisions
from kundekort.engine.draft import Draft, Task
from kundekort.engine.frames import ROW, Status
from kundekort.engine.guards import blast
from kundekort.engine.plan import BLOCK, Plan, RowSink
from kundekort.engine.uniqueness import KEY_CODES, NOBODY

_DOUBLED: Final = (*KEY_CODES, "value_twice")
"""The problems of several rows that have the same value, which is not to be said of them a second time."""
_ABOUT: Final = pl.DataFrame(schema={ROW: pl.UInt32, frames.ID: pl.Int64, frames.LEFT_OUT: pl.Boolean})
"""What an answer to evidence hangs on."""


def conclude(made: Draft, task: Task, rows: RowSink, *, progress: Callable[[int, int], None]) -> Plan:
    """What is to happen to the rows, given what a person decided. Every row gets exactly one status.

    `rows` takes the index of the plan, block by block; `progress` is told the rows that are done, and all of them.
    """
    decisions, drafted = task.decisions, made.parts[draft.INDEX]
    found = made.parts[draft.PROBLEMS].collect()
    evidence = guards.of_file(made.parts[draft.EVIDENCE].collect())
    # Rows that are left out whatever the whole file tells stand in nobody's way.
    alone = _left_out(drafted, found.clear(), evidence, decisions)
    problems = _all_problems(made, found, task, but=alone)
    twice = guards.twice_in_file(made.parts[draft.PEOPLE], but=alone)
    twice = twice.join(problems.filter(pl.col("code").is_in(_DOUBLED)), on=ROW, how="anti")
    evidence = pl.concat([evidence, twice]).sort(ROW, maintain_order=True)
    problems = _without_given_up(problems, evidence, drafted, decisions)
    conflicts = made.parts[draft.CONFLICTS].collect()
    out = mending.left_out(problems, evidence, decisions)
    wrong = pl.col(ROW).is_in(problems[ROW].unique().implode())
    if decisions.leave_out_errors:
        out |= wrong
    status = (
        pl.when(frames.LEFT_OUT)
        .then(Status.LEFT_OUT)
        .when(wrong)
        .then(Status.ERROR)
        .when(diff.OPEN)
        .then(Status.CONFLICT)
        .when(pl.col(frames.ID) == 0)
        .then(Status.NEW)
        .when(pl.any_horizontal(pl.lit(False), *(frames.CHANGED + f.key for f in made.fields)))
        .then(Status.CHANGED)
        .otherwise(Status.UNCHANGED)
    )
    emptied = newer = done = 0
    total = drafted.select(pl.len()).collect().item()
    progress(done, total)
    of_evidence, of_conflicts = [_ABOUT], [_ABOUT.select(ROW)]
    for block in frames.blocks(drafted, BLOCK):
        index = block.with_columns(out.alias(frames.LEFT_OUT))
        index = index.with_columns(status.cast(pl.UInt8).alias(frames.STATUS))
        rows.add(index.select(*frames.index(made.fields)))
        sound = index.filter(~pl.col(frames.STATUS).is_in([Status.LEFT_OUT, Status.ERROR]))
        emptied, newer = emptied + int(sound[diff.EMPTIED].sum()), newer + int(sound[diff.NEWER].sum())
        of_evidence.append(index.join(evidence, on=ROW, how="semi").select(_ABOUT.columns))
        of_conflicts.append(sound.join(conflicts, on=ROW, how="semi").select(ROW))
        done += block.height
        progress(done, total)
    evidence = finding.answer(evidence, pl.concat(of_evidence), decisions)
    plan = Plan(
        fields=made.fields,
        index=rows.finish(),
        values=made.parts[draft.VALUES],
        problems=problems,
        conflicts=conflicts.join(pl.concat(of_conflicts), on=ROW, how="semi", maintain_order="left"),
        evidence=evidence,
        blank_rows=made.blank_rows,
        hidden_rows=made.hidden_rows,
        emptied=emptied,
        newer=newer,
    )
    of: dict[str | None, int] = {None: plan.totals.rows} | dict(plan.changes.items())
    plan = replace(plan, findings=finding.collect(evidence, problems, of=of))
    return plan if task.thresholds is None else _measured(plan, task)


def _without_given_up(
    problems: pl.DataFrame, evidence: pl.DataFrame, index: pl.LazyFrame, decisions: Decisions
) -> pl.DataFrame:
    """The problems without those of values that stand on another card, but on none any more once all is written."""
    taken = pl.col("code") == "value_taken"
    claims = problems.filter(taken)
    if claims.is_empty():
        return problems
    owner = pl.col("params").str.json_path_match("$.id").cast(pl.Int64).alias("owner")
    others = problems.filter(~taken)
    out = mending.left_out(others, evidence, decisions) | diff.OPEN
    stuck = pl.concat([others[ROW].unique(), index.filter(out).select(ROW).collect()[ROW]]).unique()
    written = index.filter(~pl.col(ROW).is_in(stuck.implode()))  # another row of the same card may be left out
    claims = transfers.givers(claims.select(ROW, "field", owner), written)
    refused = transfers.refused(claims, stuck)
    free = claims.join(refused, on=[ROW, "field"], how="anti").select(ROW, "field", pl.lit("value_taken").alias("code"))
    return problems.join(free, on=free.columns, how="anti", maintain_order="left")


def _left_out(index: pl.LazyFrame, problems: pl.DataFrame, evidence: pl.DataFrame, decisions: Decisions) -> pl.Series:
    """The numbers of the rows that somebody has decided not to import."""
    if not any(decisions.of(Action.LEAVE_OUT)):
        return NOBODY
    return index.filter(mending.left_out(problems, evidence, decisions)).select(ROW).collect()[ROW]


def _measured(plan: Plan, task: Task) -> Plan:
    """The plan with what becomes of the columns of the register, and what is too much of it."""
    assert task.thresholds is not None
    # more cards than so many are too many for any threshold, however many they are
    exact = blast.reach(plan, task.thresholds)
    plan = replace(plan, columns=blast.columns(plan, size=task.register.size(exact)))
    found = blast.findings(plan, task.thresholds, task.decisions)
    return replace(plan, findings=finding.ordered([*plan.findings, *found]))


def _all_problems(made: Draft, found: pl.DataFrame, task: Task, *, but: pl.Series) -> pl.DataFrame:
    """The problems of the rows and of the file as a whole, without what only follows from others.

    Rows whose numbers are in `but` are no doubles of others.
    """
    whole = uniqueness.problems(
        made.parts,
        made.parts[draft.INDEX],
        policy=task.recipe.policy,
        schema=task.schema,
        but=but,
        matched=any(True for _ in task.decisions.of(Action.MATCH)),
    )
    of_keys = whole.filter(pl.col("code").is_in(KEY_CODES))[ROW].unique()
    # of a row that is not known to be the only one about its card, nothing can be said that its card decides
    follows = (pl.col("code") == "value_taken") & pl.col(ROW).is_in(of_keys.implode())
    return frames.concat([found.filter(~follows), whole], frames.PROBLEMS)
