"""What an import, its preview or its undoing does not do."""

from __future__ import annotations

from kundekort.engine.errors import FileRefused
from kundekort.services.refusals.refusal import Refusal


class CannotImport(Refusal):
    """The file cannot be imported at all; `reason` is one of `engine.errors.FILE_CODES`."""

    code = "cannot_import"

    def __init__(self, refused: FileRefused) -> None:
        super().__init__(**refused.params)
        self.code = refused.code


class RowsHaveErrors(Refusal):
    """Rows with errors were neither mended nor left out; params: errors."""

    code = "rows_have_errors"


class RowsHaveConflicts(Refusal):
    """Nobody has said whose value stays in cells that others have changed too; params: conflicts."""

    code = "rows_have_conflicts"


class RowsHaveFindings(Refusal):
    """Something dangerous was found in the file that nobody has answered yet; params: findings, how many."""

    code = "rows_have_findings"


class SecondPersonNeeded(Refusal):
    """Somebody else than whose the import is has to confirm it; params: reasons (why, count, limit); why is made."""

    code = "second_person_needed"


class StalePlan(Refusal):
    """What was shown in the preview has moved since; nothing was written."""

    code = "register_moved"


class PlanMismatch(Refusal):
    """The plan to be confirmed is not the one that is kept: the preview has been made anew since."""

    code = "plan_mismatch"


class PlanDamaged(Refusal):
    """The kept plan is not what its digest says, or is gone."""

    code = "plan_damaged"


class SourceGone(Refusal):
    """The uploaded file of an import is not kept any more."""

    code = "source_gone"


class AlreadyApplied(Refusal):
    """The import has been confirmed before; nothing was written again."""

    code = "already_applied"


class AlreadyWritten(Refusal):
    """The confirmation of an import cannot be taken back any more: all of it has been written."""

    code = "already_written"


class NotWaiting(Refusal):
    """The import is not in a state in which this can be done; params: state."""

    code = "not_waiting"


class QuestionOpen(NotWaiting):
    """The import has no preview to be confirmed: it waits to be told how its file is to be read; params: state."""

    code = "question_open"


class CellInvalid(Refusal):
    """A cell cannot be set to this; params: field, value, problem (a problem code), and of them made: fault."""

    code = "cell_invalid"


class RowsUnknown(Refusal):
    """A file of mended rows has no rows of the import it is for: nothing in its column Problem says which."""

    code = "rows_unknown"


class RowsUneven(Refusal):
    """Rows that a program sends do not all have the same names; params: row, the first that has others, from 0."""

    code = "rows_uneven"


class DecisionInvalid(Refusal):
    """A decision names something that there is not, or too much at once."""

    code = "decision_invalid"


class AlreadyUndone(Refusal):
    """The revision has been undone before."""

    code = "already_undone"


class NothingToUndo(Refusal):
    """The import has changed nothing, or not yet; params: state."""

    code = "nothing_to_undo"
