"""The shapes of what is said about imports: the options of a file, answers, decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal, TypeAlias

import polars as pl
from ninja import Field, Schema

from kundekort.api.refusals import RequestRefused
from kundekort.engine.decisions import Action, Choice, Decision, Decisions, Rows, Whose
from kundekort.engine.mapping import FULL_NAME
from kundekort.engine.recipe import ENCODINGS, DateOrder, DialectOverrides, EmptyCells, Policy, Recipe, RowKey
from kundekort.engine.schema import Schema as Fields
from kundekort.engine.values import canonical
from kundekort.services import mappings

Key: TypeAlias = Annotated[str, Field(max_length=100, pattern=r"^[a-zA-Z0-9_:-]+$")]
"""The key of a field, or a code."""
Text: TypeAlias = Annotated[str, Field(max_length=10_000)]
Match: TypeAlias = Literal["id", "external_id", "email", "mobile", "name_birth", "none"]
Encoding: TypeAlias = Annotated[str, Field(json_schema_extra={"enum": list(ENCODINGS)})]
Cell: TypeAlias = str | int | float | bool | list[str] | None


class Reading(Schema):
    """How a file is to be read; what is null is found out."""

    encoding: Encoding | None = None
    separator: Literal[";", ",", "\t", "|"] | None = None
    header_row: int | None = Field(None, ge=1, le=1000)
    sheet: str | None = Field(None, max_length=100)
    one_cell: bool | None = None
    visible_only: bool | None = None

    def overrides(self, before: DialectOverrides | None = None) -> DialectOverrides:
        """What is said of the dialect; what is not said stays as it was. Raises RequestRefused."""
        if self.encoding is not None and self.encoding not in ENCODINGS:
            raise RequestRefused("request_invalid", 422, errors=[_fault("encoding")])
        said = {name: getattr(self, name) for name in Reading.model_fields if name in self.model_fields_set}
        return replace(before or DialectOverrides(), **said)


class Choices(Schema):
    """The choices about a whole file. `match`: by what a row finds its customer; none: all rows are new."""

    empty_cells: Literal["overwrite", "keep"] = "overwrite"
    match: list[Match] = Field(["id"], min_length=1, max_length=5)
    date_order: Literal["dmy", "mdy"] | None = None

    def policy(self, before: Policy | None = None) -> Policy:
        """The policy; what is not said stays as it was. Raises RequestRefused."""
        policy, said = before or Policy(), self.model_fields_set
        if "none" in self.match and len(self.match) > 1:
            raise RequestRefused("request_invalid", 422, errors=[_fault("match")])
        if "empty_cells" in said:
            policy = replace(policy, empty_cells=EmptyCells(self.empty_cells))
        if "match" in said:
            policy = replace(policy, keys=tuple(dict.fromkeys(RowKey(key) for key in self.match if key != "none")))
        if "date_order" in said:
            policy = replace(policy, date_order=DateOrder(self.date_order) if self.date_order else None)
        return policy


class UploadChoices(Choices):
    """The choices about a file that is sent, as the options of `kundekort import` are."""

    leave_out_errors: bool = False
    conflicts: Literal["mine", "theirs"] | None = None

    def decisions(self) -> Decisions:
        """What is decided beforehand."""
        choices = (Choice(Whose(self.conflicts)),) if self.conflicts else ()
        return Decisions(leave_out_errors=self.leave_out_errors, choices=choices)


class FileOptions(UploadChoices, Reading):
    """The options of an uploaded file."""


class RowsIn(UploadChoices):
    """An import without a file: `rows` that all have the same names, headers or keys of fields.

    Null is an empty cell, true and false are yes and no; a list is several tags. `name` is what the import is called.
    """

    rows: list[dict[Annotated[str, Field(min_length=1, max_length=200)], Cell]] = Field(min_length=1)
    name: str = Field("rows.json", min_length=1, max_length=200)


class ColumnIn(Schema):
    """What a column becomes, which its `header` or its `position` names (from 0): a field, `full_name`, or nothing.

    `words` says what texts of its cells mean that the field does not know; an empty meaning is an empty cell.
    """

    header: str | None = None
    position: int | None = Field(None, ge=0, le=10_000)
    field: Key | None = None
    words: dict[str, Text] = Field(default_factory=dict)


class Answers(Choices):
    """What is said of a file that waits: how it is to be read, what its columns become, or choices about all of it.

    Columns that are not named stay as they are. `save_as` keeps all this under a name, `mapping` takes what was kept.
    """

    reading: Reading | None = None
    columns: list[ColumnIn] | None = Field(None, max_length=1000)
    save_as: str = Field("", max_length=mappings.LONGEST_NAME)
    mapping: int | None = Field(None, ge=1, le=10**18)

    def fields_of(self, recipe: Recipe, schema: Fields) -> dict[int, str | None]:
        """The field of every column by its position, as they are but for those named. Raises RequestRefused."""
        chosen: dict[int, str | None] = {n: column.field for n, column in enumerate(recipe.columns)}
        for number, one in enumerate(self.columns or ()):
            if one.field not in (None, FULL_NAME) and one.field not in schema:
                raise RequestRefused("request_invalid", 422, errors=[_fault(f"columns.{number}.field")])
            for position in self._places(number, one, recipe):
                chosen[position] = one.field
        return chosen

    def words_of(self, recipe: Recipe, schema: Fields) -> dict[int, Mapping[str, str]]:
        """What is said of words, by the position of their column, as canonical text. Raises RequestRefused."""
        words: dict[int, Mapping[str, str]] = {n: dict(column.words) for n, column in enumerate(recipe.columns)}
        for number, one in enumerate(self.columns or ()):
            for position in self._places(number, one, recipe):
                words[position] = {**words[position], **_meanings(number, one, schema)}
        return {position: said for position, said in words.items() if said}

    def _places(self, number: int, one: ColumnIn, recipe: Recipe) -> Sequence[int]:
        places = [
            n
            for n, column in enumerate(recipe.columns)
            if (one.position is None and column.header == one.header) or one.position == n
        ]
        if not places or (one.header is None) == (one.position is None):
            raise RequestRefused("request_invalid", 422, errors=[_fault(f"columns.{number}")])
        return places


class DecisionIn(Schema):
    """What is done, and where: all cells or rows that fit everything that is said of them.

    `rows` are numbers of rows, `text` is what the file says in a cell ('' is empty), `code` that of a problem or a
    finding, `kind` rows of customers that are new or known.
    """

    action: Literal["set", "keep", "fill", "add", "leave_out", "match", "accept"]
    value: Text = ""
    field: Key | None = None
    rows: list[Annotated[int, Field(ge=0, le=999_999_999)]] | None = Field(None, min_length=1, max_length=10_000)
    text: Text | None = None
    code: Key | None = None
    kind: Literal["new", "known"] | None = None

    def decision(self) -> Decision:
        """The same for the engine."""
        rows = None if self.rows is None else tuple(sorted(set(self.rows)))
        kind = Rows(self.kind) if self.kind else None
        said: dict[str, Any] = {"field": self.field, "rows": rows, "text": self.text, "code": self.code, "kind": kind}
        return Decision(Action(self.action), self.value, **said)


class DecisionsIn(Schema):
    """Decisions that are taken together, all or none."""

    decisions: list[DecisionIn] = Field(min_length=1, max_length=100)


class ChoiceIn(Schema):
    """Whose value stays in conflicts: those of a `field`, of a customer, of one cell with both, or all of them."""

    whose: Literal["mine", "theirs"]
    field: Key | None = None
    customer_id: int | None = Field(None, ge=1, le=10**18 - 1)

    def choice(self) -> Choice:
        """The same for the engine."""
        return Choice(Whose(self.whose), field=self.field, card=self.customer_id)


class ErrorsIn(Schema):
    """Whether rows with errors are left out."""

    leave_out: bool


class DigestIn(Schema):
    """The plan that was looked at, by its `digest`."""

    digest: str = Field(max_length=200)


def _meanings(number: int, one: ColumnIn, schema: Fields) -> dict[str, str]:
    """The meanings of words as the field of their column keeps them. Raises RequestRefused."""
    meanings = {}
    for word, meaning in one.words.items():
        field = schema[one.field] if one.field is not None and one.field in schema else None
        found = canonical.read(field, pl.Series([meaning]), today=date.max) if field and meaning else None
        if field is None or (found is not None and found.code[0] is not None):
            raise RequestRefused("request_invalid", 422, errors=[_fault(f"columns.{number}.words")])
        meanings[word] = found.text[0] if found is not None else ""
    return meanings


def _fault(where: str) -> dict[str, str]:
    return {"where": f"body.{where}", "code": "value_error", "message": "Nothing is called like this here."}
