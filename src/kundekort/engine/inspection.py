"""What there is to say of a file by itself: the pipeline of imports, beside cards in which nothing stands.

Nothing is asked of a register, so that nothing is said of customers there: not which rows are new, nor what changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import polars as pl

from kundekort.engine import frames, pipeline
from kundekort.engine.draft import Task
from kundekort.engine.facts import Facts, Question, QuestionKind
from kundekort.engine.finding import Finding
from kundekort.engine.frames import ROW
from kundekort.engine.guards import damage
from kundekort.engine.interpretation import Interpretation, understand
from kundekort.engine.plan import Plan
from kundekort.engine.reading.encoding import Buffer
from kundekort.engine.reading.table import Limits
from kundekort.engine.recipe import Answers, Policy, Recipe, RowKey
from kundekort.engine.schema import Field, Kind, Schema

_FINDINGS: Final = damage.CODES | {"twice_in_file", "example_row"}
"""The findings that need no register."""
_OF_NEW: Final = ("name_missing", "gender_missing", "required")
"""What is wrong with a new customer that a row about a card may leave to the card."""
_NEWEST: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Inspection:
    """A file as it is: `file` is how it is read, `facts` what is known of it, with the findings that need no register.

    `problems` (`frames.PROBLEMS`) are of cells that no field would take and of rows that could not be read, `errors`
    the number of rows with any. `question` is what somebody would have to say before it can be imported, or why it
    cannot be.
    """

    file: Interpretation
    facts: Facts
    rows: int
    errors: int
    problems: pl.DataFrame
    question: Question | None = None

    @property
    def recipe(self) -> Recipe:
        """How the file is read, as far as that is known."""
        return self.file.recipe or Recipe()

    @property
    def is_clean(self) -> bool:
        """Whether nothing in it has to be mended or answered."""
        return self.question is None and not self.errors and not any(f.blocks for f in self.facts.findings)


class BlankCards:
    """A register in which every number is that of a card without a value (`draft.Register`)."""

    def cards(self, by: Field | Sequence[Field], keys: pl.Series, fields: Sequence[Field]) -> pl.DataFrame:
        """A card for each number; none is found by anything else."""
        first = by if isinstance(by, Field) else by[0]
        types = frames.cards(fields)
        if first.kind is not Kind.ID:
            return pl.DataFrame(schema=types)
        ids = keys.drop_nulls().unique().cast(pl.Int64)
        blank = {f.key: pl.lit("0" if f.kind is Kind.GENDER else "").alias(f.key) for f in fields}
        found = pl.DataFrame({"id": ids.filter(ids > 0)})
        return found.select("id", pl.lit(_NEWEST, pl.Int64).alias("version"), *blank.values())

    def neighbours(self, homes: pl.Series, fields: Sequence[Field]) -> pl.DataFrame:
        """Nobody lives anywhere."""
        return pl.DataFrame(schema=frames.cards(fields))

    def redirects(self, ids: pl.Series) -> pl.DataFrame:
        """No card has gone."""
        return pl.DataFrame(schema=frames.REDIRECTS)

    def owners(self, field: Field, values: pl.Series) -> pl.DataFrame:
        """No value is anybody's."""
        return pl.DataFrame(schema={"id": pl.Int64, field.key: pl.String})

    def masters(self, ids: pl.Series) -> pl.Series:
        """No card was merged."""
        return ids.clear()

    def withdrawn(self, field: Field, ids: pl.Series) -> pl.Series:
        """Nobody has ever said anything."""
        return ids.clear()

    def size(self, exact: int) -> int:
        """There are no cards to count."""
        return 0

    def former_values(self, cards: pl.DataFrame) -> pl.DataFrame:
        """Nothing has ever changed."""
        return pl.DataFrame(schema=frames.FORMER)


def inspect(data: Buffer, *, answers: Answers, schema: Schema, limits: Limits, today: date, country: str) -> Inspection:
    """What a file is, whether it can be imported or not; `country` is that of phone numbers without a calling code."""
    file = understand(data, answers=answers, schema=schema, limits=limits, ask=False)
    question, looked_at = file.question, file
    if question and question.code == "no_key_column":  # its cells can be looked at all the same
        policy = replace(answers.policy, keys=())
        looked_at = understand(data, answers=replace(answers, policy=policy), schema=schema, limits=limits, ask=False)
    facts = file.facts
    if looked_at.question or looked_at.source is None or looked_at.recipe is None:
        return _unread(file, facts, looked_at.question)
    task = Task(looked_at.recipe, BlankCards(), schema, today, country)
    made = pipeline.plan(looked_at.source, task, ask=False)
    if isinstance(made, Question):
        return _unread(file, facts, made)
    problems = _by_itself(made, task, told=question is None)
    undecided = made.problems["code"].is_in(["date_ambiguous", "date_mixed"]).any()
    facts = replace(
        facts,
        blank_rows=made.blank_rows,
        hidden_rows=made.hidden_rows,
        problems=replace(made, problems=problems).problem_counts,
        findings=tuple(map(_unanswered, (f for f in made.findings if f.code in _FINDINGS))),
    )
    return Inspection(
        file=file,
        facts=facts,
        rows=made.totals.rows,
        errors=problems[ROW].n_unique(),
        problems=problems,
        question=question or (Question(QuestionKind.DATES) if undecided else None),
    )


def _unread(file: Interpretation, facts: Facts, question: Question | None) -> Inspection:
    return Inspection(file, facts, 0, 0, pl.DataFrame(schema=frames.PROBLEMS), question)


def _by_itself(made: Plan, task: Task, *, told: bool) -> pl.DataFrame:
    """The problems that hold whatever stands in the register. `told`: by what rows find their cards is known.

    A row with a number has a card there, which may have what the row lacks; of others that is known only where rows
    find their cards by nothing but their numbers.
    """
    policy: Policy = task.recipe.policy
    given = {c.field for c in task.columns()}
    new = made.index.filter(pl.col(frames.ID) == 0).select(ROW).collect()[ROW]
    known_new = pl.col(ROW).is_in(new.implode()) if told and policy.keys in ((), (RowKey.ID,)) else pl.lit(False)
    lacking = pl.col("code").is_in(_OF_NEW) & ~pl.col("field").is_in([*(g for g in given if g)]).fill_null(False)
    return made.problems.filter(known_new | ~lacking)


def _unanswered(finding: Finding) -> Finding:
    """A finding as it is told of: what was said of its rows needs the register."""
    return replace(finding, params={key: value for key, value in finding.params.items() if key != "wrong"})
