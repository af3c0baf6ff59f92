"""What a file is before anybody knows the register: how it is cut, what its columns become, and what is not clear.

`understand` looks at the beginning of a file only; the plan goes through all of it (`pipeline`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import polars as pl

from kundekort.engine import frames, mapping
from kundekort.engine.errors import FileRefused
from kundekort.engine.facts import Facts, Question, QuestionKind, Recut, WordCount
from kundekort.engine.marks import as_meant
from kundekort.engine.reading import recut
from kundekort.engine.reading.batches import PACE, Pace
from kundekort.engine.reading.encoding import Buffer
from kundekort.engine.reading.reader import open_source
from kundekort.engine.reading.table import Block, Limits, Source
from kundekort.engine.recipe import WORKBOOK, Answers, Column, Dialect, DialectOverrides, Recipe
from kundekort.engine.schema import Schema
from kundekort.engine.translate import sample_names, unknown_words

_ANSWERABLE: Final = ("encoding_unclear", "one_cell", "no_known_column", "column_twice", "no_key_column")
"""Refusals that a person can lift by saying what the columns of the file are."""
_FIRST_ROWS: Final = 10_000
_SAMPLE_ROWS: Final = 200
_SAMPLES: Final = 3
_SAMPLE_CHARACTERS: Final = 80


@dataclass(frozen=True, slots=True)
class Interpretation:
    """How a file is read and what its columns become, by which `answers`.

    `samples` are the first values of each column, `words` those of the first rows that their fields do not know,
    `names` some names of people in them, `recut` a better way to cut the file. With a `question`, somebody has to
    answer before there can be a plan; `source` and `recipe` are None where not even the layout of the file is known.
    """

    source: Source | None
    recipe: Recipe | None
    samples: tuple[tuple[str, ...], ...] = ()
    question: Question | None = None
    words: tuple[WordCount, ...] = ()
    names: tuple[str, ...] = ()
    recut: Recut | None = None
    answers: Answers = field(default_factory=Answers)

    @property
    def facts(self) -> Facts:
        """What is known of the file before there is a plan."""
        facts = Facts(samples=self.samples, names=self.names, words=self.words, recut=self.recut)
        if self.source is None:
            return facts
        source = self.source
        return replace(facts, sheets=source.sheets, similar_sheets=source.similar, preamble=source.preamble)


def understand(
    data: Buffer,
    *,
    answers: Answers,
    schema: Schema,
    limits: Limits,
    ask: bool = True,
    pace: Pace | None = None,
    recall: Callable[[Sequence[Column], Answers], Answers] = lambda columns, answers: answers,
) -> Interpretation:
    """The layout and the columns of a file, as far as its beginning and a person's answers say.

    Without `ask`, columns that no field is known for are ignored rather than asked about. `recall` gives the answers
    with what is remembered of other files with these headers; it is asked as long as nobody has said what they become.
    """
    known = mapping.header_test(schema)
    overrides, source = answers.dialect, None
    try:
        source = as_meant(open_source(data, known=known, overrides=overrides, limits=limits, pace=pace or PACE))
        first = next(block for block in source.blocks() if block.cells.height)
    except FileRefused as refused:
        return Interpretation(source, None, question=refusal(refused), answers=answers)
    better = recut.find(data, source, first, known=known, limits=limits, overrides=overrides)
    rows, matched = first.cells.head(_FIRST_ROWS), mapping.match_headers(source.headers, schema)
    if answers.columns is None:
        answers = recall(matched, answers)
    columns = answers.assign(matched)
    file = Interpretation(
        source=source,
        recipe=Recipe(dialect=source.dialect, columns=columns, policy=answers.policy),
        samples=_samples(rows),
        words=unknown_words(rows, columns, schema),
        names=sample_names(rows, columns),
        recut=better,
        answers=answers,
    )
    return replace(file, question=_question(file, schema, ask=ask))


def opened(data: Buffer, recipe: Recipe, limits: Limits) -> Source:
    """A file that was understood before, to be read again in the same way. FileRefused as `open_source` says."""
    dialect = recipe.dialect
    overrides = DialectOverrides(
        encoding=None if dialect.encoding == WORKBOOK else dialect.encoding,
        separator=dialect.separator or None,
        header_row=dialect.header_row,
        sheet=dialect.sheet or None,
        one_cell=dialect.one_cell or None,
        visible_only=dialect.visible_only or None,
    )
    return as_meant(open_source(data, known=lambda header: False, overrides=overrides, limits=limits))


def _question(file: Interpretation, schema: Schema, *, ask: bool) -> Question | None:
    """What somebody has to say of the columns of a file; without `ask`, only what makes it impossible to go on."""
    assert file.recipe is not None
    if file.source and file.source.encodings:
        return refusal(
            FileRefused("encoding_unclear", ways=[[name, [*w]] for name, w in file.source.encodings.items()])
        )
    columns, dialect = file.recipe.columns, file.recipe.dialect
    try:
        if file.recut and file.recut.one_cell and not any(column.field for column in columns):
            raise FileRefused("one_cell", headers=list(file.recut.headers), separator=file.recut.separator)
        mapping.check_columns(columns, schema=schema, policy=file.recipe.policy, separator=dialect.separator)
    except FileRefused as refused:
        if file.source is not None:
            refused.of_sheet(dialect.sheet, file.source.sheets)
        return refusal(refused)
    unknown = mapping.ignored_columns(columns, file.samples)
    return Question(QuestionKind.COLUMNS) if ask and _is_unclear(file.answers, file.words, unknown=unknown) else None


def _is_unclear(answers: Answers, words: Sequence[WordCount], *, unknown: Sequence[Column]) -> bool:
    """Whether columns are unknown and nobody has said what they are, or hold words that the person was not shown yet.

    A file whose headers are all known goes on: words in it are problems of its rows.
    """
    if answers.columns is None:
        return bool(unknown)
    return answers.origin is None and any(word.column not in answers.words for word in words)


def of_card(number: int, values: Mapping[str, str], *, version: int | None = None) -> tuple[Source, Recipe]:
    """A card made (0) or changed by hand, values by field key: a file of one row, made from a version of the card."""
    texts = {"id": str(number), **({} if version is None else {"version": str(version)}), **values}
    cells = pl.DataFrame(
        [{frames.ROW: 0, frames.LINE: 1} | {f"c{n}": text for n, text in enumerate(texts.values())}],
        schema=frames.NUMBERING | {f"c{n}": pl.String for n in range(len(texts))},
    )
    block = Block(cells, pl.DataFrame(schema=frames.PROBLEMS), 0, 1)
    columns = tuple(Column(header=key, field=key) for key in texts)
    source = Source(dialect=Dialect(), headers=tuple(texts), size=1, blocks=lambda: iter((block,)))
    return source, Recipe(columns=columns)


def _samples(rows: pl.DataFrame) -> tuple[tuple[str, ...], ...]:
    """The first values of each column."""
    texts = rows.head(_SAMPLE_ROWS).select(pl.exclude(frames.ROW, frames.LINE).str.head(_SAMPLE_CHARACTERS))
    return tuple(
        tuple(dict.fromkeys(v for v in column if v and v.strip()))[:_SAMPLES] for column in texts.iter_columns()
    )


def refusal(refused: FileRefused) -> Question:
    """What is wrong with a file, and whether a person can do something about it."""
    kind = QuestionKind.COLUMNS if refused.code in _ANSWERABLE else QuestionKind.REFUSED
    return Question(QuestionKind.SHEET if refused.code == "sheet_unknown" else kind, refused.code, refused.params)
