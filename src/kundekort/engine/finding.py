"""What the guards find: evidence at single rows, and findings that sum it up. Stable codes; words stand in `wording`.

A finding never changes a plan. A person answers it by a decision, and what is dangerous waits for one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from dataclasses import field as dataclass_field
from typing import Any, Final, Self

import polars as pl

from kundekort.engine import frames, problem
from kundekort.engine.decisions import Action, Decision, Decisions, Rows
from kundekort.engine.frames import ID, ROW
from kundekort.engine.schema import Field


@dataclass(frozen=True, slots=True)
class FindingKind:
    """A kind of finding: one sentence for developers, the answers it offers, and how much of it there has to be.

    Evidence at fewer than `least` rows, or at less than `share` of those rows of the file that could show it, is none.
    One that is `dangerous` has to be answered before the plan is carried out. One of a whole `column` has no evidence
    at rows: it is about all cells of the column that change. Nor has one of the whole file (`file_again`, `same_file`),
    which names an earlier import in its `params`: its number (`import`), `file`, `who` and `when` (ISO 8601).
    """

    about: str
    answers: tuple[Action, ...]
    dangerous: bool = False
    least: int = 1
    share: float = 0.0
    column: bool = False


_CELL: Final = (Action.KEEP, Action.ACCEPT)
_CARD: Final = (Action.MATCH, Action.LEAVE_OUT, Action.ACCEPT)
_ROW: Final = (Action.LEAVE_OUT, Action.ACCEPT)

KINDS: Final[Mapping[str, FindingKind]] = {
    "consent_from_no": FindingKind("consent is switched on for somebody whose card says no", _CELL),
    "consent_given": FindingKind("consent is switched on for somebody who has withdrawn it", _CELL, dangerous=True),
    "hashes": FindingKind("##### of a column that was too narrow, in place of the value", _CELL, dangerous=True),
    "excel_error": FindingKind("the error of a formula in place of the value", _CELL, dangerous=True),
    "null_word": FindingKind("nan, NULL or another word of programs for nothing", _CELL, dangerous=True),
    "number_rounded": FindingKind(
        "4,79E+09, digits that became zeros, a decimal where there was none", _CELL, dangerous=True
    ),
    "date_made": FindingKind("a day where something like 1/2 stood", _CELL, dangerous=True),
    "zeros_lost": FindingKind("zeros at the beginning are gone", _CELL, dangerous=True),
    "plus_lost": FindingKind(
        "the plus at the beginning is gone, so that the number is another one", _CELL, dangerous=True
    ),
    "entities": FindingKind(
        "&oslash;, %C3%B8 or =?utf-8?Q?=C3=B8?= for ø, as in web pages and e-mails", _CELL, dangerous=True
    ),
    "mojibake": FindingKind("Ã¸ for ø: read in another encoding than it was written in", _CELL, dangerous=True),
    "letters_lost": FindingKind("letters that an encoding lacks became ?, _ or another mark", _CELL, dangerous=True),
    "letters_dropped": FindingKind("letters beyond a to z are gone without a trace", _CELL, least=3, share=0.2),
    "text_cut": FindingKind("a long text ends after 255 characters", _CELL, dangerous=True),
    "other_card": FindingKind("a row is about another card than the one it names", _CARD, dangerous=True),
    "stranger": FindingKind("a row has nothing in common with the card it names", _ROW, dangerous=True),
    "column_sorted": FindingKind(
        "many values of one column are those of other customers, in rows that are right for the rest",
        (Action.KEEP, Action.ACCEPT, Action.LEAVE_OUT),
        dangerous=True,
        least=5,
        share=0.3,
    ),
    "column_moved": FindingKind(
        "the names or dates of birth of a column stand in other rows than on the cards, which are right for the rest",
        (Action.KEEP, Action.ACCEPT, Action.LEAVE_OUT),
        dangerous=True,
        least=5,
        share=0.3,
    ),
    "already_card": FindingKind("a new row is somebody who has a card", _CARD),
    "twice_in_file": FindingKind("a new row is the same person as one before it in the file", _ROW),
    "example_row": FindingKind("a new row is an example of the template", _ROW),
    "file_again": FindingKind(
        "most new customers of the file were created by an earlier import", (Action.ACCEPT,), dangerous=True
    ),
    "same_file": FindingKind("a file that changes something was imported before", (Action.ACCEPT,)),
    "much_changed": FindingKind("a large part of the register changes in one column", (Action.ACCEPT,), column=True),
    "emptied": FindingKind("a part of the register is emptied in one column", _CELL, dangerous=True, column=True),
    "alike": FindingKind(
        "many cards get one value where values are normally distinct", _CELL, dangerous=True, column=True
    ),
}
"""Every kind of finding by its code."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a guard has found in a file: `count` rows with evidence, of which `open` wait for an answer.

    `field` is a field key, None where whole rows are meant; `params` is what the words need besides the counts.
    """

    code: str
    field: str | None
    count: int
    open: int
    params: Mapping[str, Any] = dataclass_field(default_factory=dict)

    @property
    def answers(self) -> tuple[Action, ...]:
        """The answers it offers, the safest first; that it is meant cannot be said of cells that are wrong."""
        answers = KINDS[self.code].answers
        return tuple(a for a in answers if a is not Action.ACCEPT) if self.params.get("wrong") else answers

    @property
    def of_column(self) -> bool:
        """Whether it is about a whole column rather than about rows with evidence."""
        return KINDS[self.code].column

    @property
    def blocks(self) -> bool:
        """Whether the plan must not be carried out before somebody has answered."""
        return KINDS[self.code].dangerous and self.open > 0

    def to_json(self) -> dict[str, Any]:
        """The finding as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The finding that `to_json` gave."""
        return cls(**data)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What makes a guard say so at one row, as it is shown: the file's value, the stored one, the other card."""

    code: str
    field: str | None
    value: str
    old: str
    card: int | None
    params: Mapping[str, Any]
    answer: Action | None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """The evidence of a row of an evidence frame."""
        answer = Action(row["answer"]) if row["answer"] else None
        values = {name: row[name] for name in ("code", "field", "value", "old", "card")}
        return cls(**values, params=json.loads(row["params"]), answer=answer)


def evidence(
    rows: pl.DataFrame,
    *,
    field: Field | None,
    code: str | pl.Expr,
    value: pl.Expr | str = "",
    old: pl.Expr | str = "",
    card: pl.Expr | None = None,
    params: Mapping[str, object] | None = None,
) -> pl.DataFrame:
    """Evidence (`frames.EVIDENCE`) at each of the rows, which have ROW. What is said of it may depend on the row."""
    if rows.is_empty():
        return pl.DataFrame(schema=frames.EVIDENCE)

    def text(cell: pl.Expr | str) -> pl.Expr:
        return (pl.lit(cell) if isinstance(cell, str) else cell).fill_null("").str.head(problem.SHOWN)

    return rows.select(
        pl.col(ROW),
        pl.lit(field.key if field else None, dtype=pl.String).alias("field"),
        (pl.lit(code) if isinstance(code, str) else code).alias("code"),
        text(value).alias("value"),
        text(old).alias("old"),
        (pl.lit(None, dtype=pl.Int64) if card is None else card.cast(pl.Int64)).alias("card"),
        problem.to_json(params or {}).alias("params"),
    )


def answer(found: pl.DataFrame, index: pl.DataFrame, decisions: Decisions) -> pl.DataFrame:
    """The evidence with what was decided about each piece of it (`answer`, one of `Action` or null).

    `index` has ROW and ID of the rows, and whether they are LEFT_OUT, which is an answer to all that was found there.
    """
    rows = found.join(index.select(ROW, ID, frames.LEFT_OUT), on=ROW, how="left", maintain_order="left")
    rows = rows.with_columns(pl.len().over("code", "field").alias("_count"))
    fitting = pl.lit(None, dtype=pl.String)
    steps = decisions.of(Action.KEEP, Action.ACCEPT, Action.MATCH)
    for step in sorted(steps, key=lambda one: one.rows is not None):  # of a row by itself after that of all
        fits = _fits(step)
        if step.action is Action.MATCH:  # whoever gives a row another number by hand after that means that one
            fits &= ~pl.col(ROW).is_in(decisions.set_later(step, frames.CARD))
        fitting = pl.when(fits).then(pl.lit(step.action.value)).otherwise(fitting)
    given = pl.when(frames.LEFT_OUT).then(pl.lit(Action.LEAVE_OUT.value)).otherwise(fitting)
    return rows.select(*found.columns, given.alias("answer"))


def _fits(step: Decision) -> pl.Expr:
    """Whether a decision is about a piece of evidence: that of its finding, or of a cell that keeps what it has."""
    fits = pl.lit(step.code is not None or step.action is not Action.ACCEPT)
    if step.code is not None:
        fits &= pl.col("code") == step.code
    if step.field is not None:
        fits &= pl.col("field") == step.field
    if step.rows is not None:
        fits &= pl.col(ROW).is_in(step.rows)
    elif step.action is Action.ACCEPT:
        fits &= pl.col("_count") <= step.count
    if step.text is not None:
        fits &= pl.col("value") == step.text
    if step.kind is not None:
        fits &= pl.col(ID) == 0 if step.kind is Rows.NEW else pl.col(ID) > 0
    return fits.fill_null(False)


def collect(found: pl.DataFrame, problems: pl.DataFrame, *, of: Mapping[str | None, int]) -> tuple[Finding, ...]:
    """The findings that the evidence, with its answers, comes to; the dangerous and the most frequent first.

    `of` says by field key in how many rows each could have been found: those whose cell changes; None is all rows.
    Where every cell is one of the `problems` too, none can be imported as it is: `wrong` stands in the params.
    """
    counts = found.group_by("code", "field").agg(
        pl.col(ROW).n_unique().alias("count"),
        pl.col(ROW).filter(pl.col("answer").is_null()).n_unique().alias("open"),
    )
    sound = found.join(problems.select(ROW, "field"), on=[ROW, "field"], how="anti")
    importable = set(sound.select("code", "field").unique().iter_rows())
    findings = [
        Finding(
            code=code,
            field=field,
            count=count,
            open=open_,
            params={"of": of.get(field, count)} | ({} if (code, field) in importable else {"wrong": True}),
        )
        for code, field, count, open_ in counts.iter_rows()
        if count >= KINDS[code].least and count >= KINDS[code].share * of.get(field, 0)
    ]
    return ordered(findings)


def ordered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings in the order in which they are shown: the dangerous and the most frequent first."""
    return tuple(sorted(findings, key=lambda f: (not KINDS[f.code].dangerous, -f.count, f.code, f.field or "")))


def accepted(finding: Finding, decisions: Decisions) -> Finding:
    """A finding about a whole column or file, without evidence at rows, with what was decided about it."""
    steps = [s for s in decisions.of(Action.ACCEPT) if (s.code, s.field) == (finding.code, finding.field)]
    return replace(finding, open=0) if any(finding.count <= step.count for step in steps) else finding
