"""What the register as a whole, its fields, its lists and its segments do not do."""

from __future__ import annotations

from kundekort.services.refusals.refusal import Refusal


class NotFound(Refusal):
    """There is no such thing; params: id."""

    code = "not_found"


class SettingInvalid(Refusal):
    """A choice for the whole register that is out of bounds; params: least, most."""

    code = "setting_invalid"


class FieldInvalid(Refusal):
    """An own field cannot be as described; params: reason, and header or field; fault."""

    code = "field_invalid"


class ChoiceInUse(Refusal):
    """A choice that cards have cannot be taken away; params: choice, cards."""

    code = "choice_in_use"


class LayoutInvalid(Refusal):
    """A column layout cannot be as described; params: reason, and header, field or name; fault."""

    code = "layout_invalid"


class RegisterBusy(Refusal):
    """Somebody else has been writing the same cards for longer than a person wants to wait.

    params: writing, name and since, as a `writers.Writer` gives them, where one has the register; of them made: writer.
    """

    code = "register_busy"


class SegmentInvalid(Refusal):
    """A segment cannot be as described; params: reason, path (positions from the root, from 0), and more; fault."""

    code = "segment_invalid"


class ExportNotWaiting(Refusal):
    """The export is done or given up already."""

    code = "export_not_waiting"


class TooManyForWorkbook(Refusal):
    """A workbook cannot hold so many customers; params: count, limit."""

    code = "too_many_for_workbook"


class KeyRunning(Refusal):
    """A request with the same key has begun and is not finished."""

    code = "idempotency_running"


class KeyMismatch(Refusal):
    """The key belongs to a request that said something else."""

    code = "idempotency_mismatch"


class CursorInvalid(Refusal):
    """A cursor is none that the change feed has given; params: cursor."""

    code = "change_cursor_invalid"


class CursorUnknown(Refusal):
    """A cursor lies beyond the end of the change feed, as after a backup was restored; params: cursor."""

    code = "change_cursor_unknown"
