"""Why a use case does not do what was asked: one small tree, each with a stable code. The doors make the words."""

from __future__ import annotations

from typing import Any

from kundekort.engine.errors import FileRefused


class Refusal(Exception):
    """A use case that will not do what was asked, for an expected reason. `params` is what the words need."""

    code: str = ""

    def __init__(self, **params: Any) -> None:
        super().__init__(self.code)
        self.params = params


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


class SettingInvalid(Refusal):
    """A choice for the whole register that is out of bounds; params: least, most."""

    code = "setting_invalid"


class Forbidden(Refusal):
    """The person's role does not allow this; params: role, the one that would."""

    code = "forbidden"


class NotFound(Refusal):
    """There is no such thing; params: id."""

    code = "not_found"


class NameTaken(Refusal):
    """A user with this name exists; params: name."""

    code = "name_taken"


class WeakPassword(Refusal):
    """The password is too easy to guess; params: least, the least number of characters."""

    code = "weak_password"


class Failed(Refusal):
    """A fault of the program stopped the import; nothing was written, and the fault is in the log."""

    code = "failed"


class DiskFull(Refusal):
    """The disk was full for longer than a job tries again; nothing was written."""

    code = "disk_full"


class StorageFailed(Refusal):
    """Files could not be read or written for longer than a job tries again; nothing was written."""

    code = "storage_failed"


class WorkerDied(Refusal):
    """Worker after worker died at the same job; nothing was written."""

    code = "worker_died"


class FieldInvalid(Refusal):
    """An own field cannot be as described; params: reason, and header or field; fault."""

    code = "field_invalid"


class ChoiceInUse(Refusal):
    """A choice that cards have cannot be taken away; params: choice, cards."""

    code = "choice_in_use"


class LayoutInvalid(Refusal):
    """A column layout cannot be as described; params: reason, and header, field or name; fault."""

    code = "layout_invalid"


class CardInvalid(Refusal):
    """A card cannot be as given; params: problems, for each field key a list of problems, '' for the whole card."""

    code = "card_invalid"


class RowsHaveFindings(Refusal):
    """Something dangerous was found in the file that nobody has answered yet; params: findings, how many."""

    code = "rows_have_findings"


class CellInvalid(Refusal):
    """A cell cannot be set to this; params: field, value, problem (a problem code), and of them made: fault."""

    code = "cell_invalid"


class RowsUnknown(Refusal):
    """A file of mended rows has no rows of the import it is for: nothing in its column Problem says which."""

    code = "rows_unknown"


class DecisionInvalid(Refusal):
    """A decision names something that there is not, or too much at once."""

    code = "decision_invalid"


class CardMoved(Refusal):
    """Cards have changed since they were looked at; params: ids."""

    code = "card_moved"


class CardMerged(Refusal):
    """The card was merged into another one; params: id, into."""

    code = "card_merged"


class CardRemoved(Refusal):
    """The card was removed when what had created it was undone; params: id, import_id, which says when and by whom."""

    code = "card_removed"


class CardAnonymised(Refusal):
    """The customer was anonymised, so that nothing is known of them any more; params: id."""

    code = "card_anonymised"


class AnonymisationFinal(Refusal):
    """An anonymisation is not taken back: nothing is left that could come back."""

    code = "anonymisation_final"


class NotCleared(Refusal):
    """What is left of anonymised customers on the disk cannot be removed yet.

    params: reason, one of planning, pooler, reading.
    """

    code = "not_cleared"


class RetentionOff(Refusal):
    """No rule says after how long customers are proposed for anonymising."""

    code = "retention_off"


class ProposalMoved(Refusal):
    """Other customers would be anonymised by now than those that were shown."""

    code = "proposal_moved"


class EditConflict(Refusal):
    """An edit and somebody else's since change the same cells; params: conflicts, each a `history.Conflict`."""

    code = "edit_conflict"


class RegisterBusy(Refusal):
    """Somebody else has been writing the same cards for longer than a person wants to wait.

    params: writing, name and since, as a `writers.Writer` gives them, where one has the register; of them made: writer.
    """

    code = "register_busy"


class MergeOff(Refusal):
    """The administrator has switched merging off."""

    code = "merge_off"


class GroupsMoved(Refusal):
    """Groups of duplicates would not come to what was shown any more; params: ids (of the cards that stay)."""

    code = "groups_moved"


class MergeInvalid(Refusal):
    """The cards named are fewer than two, or one of them is named twice."""

    code = "merge_invalid"


class AlreadyUndone(Refusal):
    """The revision has been undone before."""

    code = "already_undone"


class NothingToUndo(Refusal):
    """The import has changed nothing, or not yet; params: state."""

    code = "nothing_to_undo"


class SegmentInvalid(Refusal):
    """A segment cannot be as described; params: reason, path (positions from the root, from 0), and more; fault."""

    code = "segment_invalid"


class ExportNotWaiting(Refusal):
    """The export is done or given up already."""

    code = "export_not_waiting"


class TooManyForWorkbook(Refusal):
    """A workbook cannot hold so many customers; params: count, limit."""

    code = "too_many_for_workbook"


class StorageForeign(Refusal):
    """The files of this database are kept elsewhere; params: storage (where they are looked for)."""

    code = "storage_foreign"


class StorageTaken(Refusal):
    """The storage keeps the files of another database; params: storage."""

    code = "storage_taken"


class NothingToBackUp(Refusal):
    """There is no register here."""

    code = "nothing_to_back_up"


class BackupDamaged(Refusal):
    """A backup is not as it was written, was cut short, or never was one; params: path."""

    code = "backup_damaged"


class BackupNewer(Refusal):
    """A backup was made by a newer version, which knows more than this one; params: made_by, version."""

    code = "backup_newer"


class DatabaseNotEmpty(Refusal):
    """A backup is to be restored into a database that has tables already; params: table, one of them."""

    code = "database_not_empty"


class StorageNotEmpty(Refusal):
    """A backup is to be restored where files are kept already; params: place, name, that of one of them."""

    code = "storage_not_empty"


class PoolerBetween(Refusal):
    """A connection pooler stands before the database, where a dump needs a session of its own."""

    code = "pooler_between"


class ToolsTooOld(Refusal):
    """The server is newer than the tools that come with the package; params: server, tools (major versions)."""

    code = "tools_too_old"


class DumpFailed(Refusal):
    """The database could not be copied; params: why."""

    code = "dump_failed"


class RestoreFailed(Refusal):
    """The database did not take what a backup holds, and has nothing of it; params: why."""

    code = "restore_failed"
