"""The shapes of imports as they are told: those of the command line's JSON (`services.import_json`), and more."""

from __future__ import annotations

from typing import Literal, TypeAlias

from ninja import Schema

from kundekort.api.schemas import Moment, Page, User

State: TypeAlias = Literal["received", "columns", "preview", "confirming", "done", "cancelled", "refused"]
"""Where an import is on its way; received and confirming: a job works on it, so ask again."""
Status: TypeAlias = Literal["unchanged", "changed", "new", "error", "left_out", "removed", "restored", "conflict"]
Whose: TypeAlias = Literal["mine", "theirs"]


class ImportLine(Schema):
    """An import as a list has it. Counts are null until there is a plan; the import `undone_by` took it back."""

    id: int
    created_at: Moment
    finished_at: Moment | None
    state: State
    file: str | None
    undoes: int | None
    uploaded_by: str
    uploaded_by_user: User | None
    confirmed_by: str | None
    confirmed_by_user: User | None
    rows: int | None
    new: int | None
    changed: int | None
    unchanged: int | None
    errors: int | None
    left_out: int | None
    removed: int | None
    restored: int | None
    conflicts: int | None
    revision: int | None
    undone_by: int | None


class ImportPage(Page):
    """Some imports, the newest first."""

    items: list[ImportLine]


class Said(Schema):
    """A code and its words."""

    code: str
    message: str


class Dialect(Schema):
    """How a file was read."""

    encoding: str | None
    separator: str | None
    header_row: int | None
    sheet: str | None


class ColumnOut(Schema):
    """A column of the file, and the field that it becomes."""

    header: str
    field: str | None


class ProblemOut(Schema):
    """What is wrong with a cell, or with a whole row."""

    line: int | None = None
    column: str | None
    code: str
    value: str | None
    message: str


class ConflictOut(Schema):
    """A cell that others have changed too: what stood there, what each wants, and what was chosen."""

    field: str
    base: str | None
    mine: str | None
    theirs: str | None
    whose: Whose | None
    who: str
    when: Moment | None


class ConflictCell(ConflictOut):
    """The same with its row."""

    line: int | None
    customer_id: int


class Warned(Said):
    """What is worth knowing; besides the words, what they are made of."""

    model_config = {"extra": "allow"}


class FindingOut(Said):
    """What a guard has found at `count` rows, `open` of which wait for an answer; what `blocks` has to be answered."""

    model_config = {"extra": "allow"}
    field: str | None
    count: int
    open: int
    blocks: bool
    answers: list[str]


class ProgressOut(Schema):
    """How far a job has come."""

    phase: str
    message: str
    done: int
    total: int
    fraction: float
    seconds_left: int | None


class QuestionOut(Schema):
    """What has to be answered before the file can go on."""

    kind: Literal["columns", "dates", "sheet", "refused"]
    code: str | None


class PolicyOut(Schema):
    """The choices about the whole file."""

    empty_cells: Literal["overwrite", "keep"]
    keys: list[str]
    date_order: Literal["dmy", "mdy"] | None


class ProblemCountOut(Said):
    """How many rows have this kind of problem in this field."""

    field: str | None
    column: str | None
    count: int


class ConflictCountOut(Schema):
    """How many cells of a field two people have changed, and for how many it is decided whose value stays."""

    field: str
    count: int
    mine: int
    theirs: int
    undecided: int


class ChoiceOut(Schema):
    """Whose value stays in conflicts: of a field, a customer, both, or all."""

    whose: Whose
    field: str | None
    customer_id: int | None
    message: str


class StepOut(Schema):
    """A decision, by whose `number` it is taken back."""

    number: int
    action: str
    value: str
    field: str | None
    rows: list[int] | None
    text: str | None
    code: str | None
    kind: str | None
    count: int
    message: str


class DecisionsOut(Schema):
    """All that was decided."""

    leave_out_errors: bool
    conflicts: list[ChoiceOut]
    steps: list[StepOut]


class ImportOut(Schema):
    """An import in whatever state. `digest` names the plan to be confirmed, while it waits for that.

    `notice` says why its plan was made anew, or that its job has `failed`. Of problems and conflicts the first 1000 are
    listed; all are at the rows.
    """

    import_id: int
    rows: int
    new: int
    changed: int
    unchanged: int
    errors: int
    left_out: int
    cells_changed: int
    removed: int
    restored: int
    conflicts: int
    dialect: Dialect
    columns: list[ColumnOut]
    problems: list[ProblemOut]
    conflict_cells: list[ConflictCell]
    warnings: list[Warned]
    applied: bool
    error: Said | None
    state: State
    file: str | None
    uploaded_by: str
    uploaded_by_user: User | None
    confirmed_by: str | None
    confirmed_by_user: User | None
    created_at: Moment
    finished_at: Moment | None
    undoes: int | None
    revision: int | None
    digest: str | None
    failed: bool
    notice: Said | None
    progress: ProgressOut | None
    waits_until: Moment | None
    question: QuestionOut | None
    policy: PolicyOut
    changes: dict[str, int]
    problem_counts: list[ProblemCountOut]
    conflict_counts: list[ConflictCountOut]
    findings: list[FindingOut]
    decisions: DecisionsOut
    second_person: list[str]


class ChangedCell(Schema):
    """What stood in a cell, and what stands there after."""

    old: str
    new: str


class EvidenceOut(Schema):
    """What a guard has noticed at a row, and what was answered."""

    code: str
    field: str | None
    value: str
    old: str
    customer_id: int | None
    answer: str | None


class RowOut(Schema):
    """A row: what becomes of it. Its `number` names it in decisions; `line` is where it stands in the file."""

    line: int | None
    status: Status
    customer_id: int | None
    changed: dict[str, ChangedCell]
    problems: list[ProblemOut]
    number: int
    values: dict[str, str]
    conflicts: list[ConflictOut]
    evidence: list[EvidenceOut]


class RowPage(Page):
    """Some of the `total` rows that a filter shows. `source`: they are those of the plan, or what the log knows."""

    total: int
    source: Literal["plan", "log"]
    items: list[RowOut]


class OutlookOut(Schema):
    """What taking an import back would do now, in customers (`services.undoing.Outlook`)."""

    restored: int
    removed: int
    edited: int
    gone: int
