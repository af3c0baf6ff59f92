"""What is counted and shown of a file and its plan besides the rows themselves: values with a JSON form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self

from kundekort.engine.finding import Finding


class QuestionKind(StrEnum):
    """What a person has to say before a file can go on.

    SHEET: the workbook has no sheet of the name that was given. REFUSED: nothing they could say would help.
    """

    COLUMNS = "columns"
    DATES = "dates"
    SHEET = "sheet"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Question:
    """What a person must answer: `code` is a reason of `errors.FILE_CODES`, '' where nothing is wrong yet."""

    kind: QuestionKind
    code: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The question as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The question that `to_json` gave."""
        return cls(kind=QuestionKind(data["kind"]), code=data["code"], params=data["params"])


@dataclass(frozen=True, slots=True)
class Totals:
    """How many rows of a plan came to what; `rows` is the sum of all but the changed cells.

    `conflicts` are rows with a cell of which nobody has said yet whose value stays.
    """

    rows: int
    new: int
    changed: int
    unchanged: int
    errors: int
    left_out: int
    cells_changed: int
    removed: int = 0
    restored: int = 0
    conflicts: int = 0

    @property
    def cards_written(self) -> int:
        """How many cards are created, changed, removed or brought back."""
        return self.new + self.changed + self.removed + self.restored

    @property
    def changes_register(self) -> bool:
        """Whether anything would be written."""
        return self.cards_written > 0

    def to_json(self) -> dict[str, int]:
        """The totals as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, int]) -> Self:
        """The totals that `to_json` gave."""
        return cls(**data)


@dataclass(frozen=True, slots=True)
class ProblemCount:
    """How many rows have this kind of problem in this field; `field` None: in the whole row."""

    code: str
    field: str | None
    count: int


@dataclass(frozen=True, slots=True)
class WordCount:
    """How often a word that its field does not know stands in the first rows of a column, by its position."""

    column: int
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Recut:
    """Another way to cut a file into columns, under which more of it is known; with its headers and first rows.

    `one_cell`: what stands in one single cell is cut.
    """

    separator: str
    one_cell: bool
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The way of a JSON object."""
        rows = tuple(map(tuple, data["rows"]))
        return cls(**dict(data) | {"headers": tuple(data["headers"]), "rows": rows})


@dataclass(frozen=True, slots=True)
class TextLine:
    """A physical line of a file, from 1, with the beginning of its text, and what is wrong with it, if anything."""

    line: int
    text: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Preamble:
    """What stands above the rows: the first `lines` above the header, of all `count` that say something and are left
    out, and the header's own line where it has a fault."""

    lines: tuple[TextLine, ...] = ()
    count: int = 0
    header: TextLine | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The preamble of a JSON object."""
        header = TextLine(**data["header"]) if data["header"] else None
        return cls(tuple(TextLine(**line) for line in data["lines"]), data["count"], header)

    def warnings(self) -> list[tuple[str, dict[str, Any]]]:
        """What is worth a warning: codes with their params."""
        found: list[tuple[str, dict[str, Any]]] = []
        if self.header:
            params = {"line": self.header.line, "text": self.header.text, "problem": self.header.code}
            found.append(("header_damaged", params))
        if self.count:
            lines = [{"line": line.line, "text": line.text} for line in self.lines]
            found.append(("lines_above", {"count": self.count, "lines": lines}))
        return found


@dataclass(frozen=True, slots=True)
class ConflictCount:
    """How many cells of a field two people have changed, and for how many it is decided whose value stays."""

    field: str
    count: int
    mine: int
    theirs: int

    @property
    def undecided(self) -> int:
        """For how many cells nobody has said yet."""
        return self.count - self.mine - self.theirs


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """How many cards of the `register` would be changed in a field, and how many of these emptied.

    In a field whose values are normally distinct, `alike` of them would all get `value`, more than any other.
    """

    field: str
    changed: int
    emptied: int
    alike: int
    value: str
    register: int

    @property
    def percent(self) -> int:
        """How much of the register changes, rounded down: 0 is less than one in a hundred."""
        return min(100, self.changed * 100 // max(1, self.register))


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a file.

    `samples` are the first values of each column, `names` some names of people in it, `words` those of the first
    rows that their fields do not know, `sheets` the visible sheets of a workbook, `similar_sheets` those of them
    that were not read and look like the one that was, `recut` a better way to cut it, where there is one,
    `preamble` what stands above its rows; from its plan: `blank_rows` that were skipped, `hidden_rows` of a sheet
    that do not show in a spreadsheet, filled cells of the register that stand `emptied` in the file, `changes`
    (changed cells by field key), the kinds of `problems`, most first, how many `newer` values of the register are
    kept that the file knows nothing of, the `conflicts` by field and how many rows have one (`conflict_rows`), the
    `findings` of the guards, what becomes of the `columns` of the register, how many filled cells of it would be
    empty (`emptied_cells`), and how many `consents` would be given or withdrawn.
    """

    samples: tuple[tuple[str, ...], ...] = ()
    sheets: tuple[str, ...] = ()
    similar_sheets: tuple[str, ...] = ()
    words: tuple[WordCount, ...] = ()
    names: tuple[str, ...] = ()
    recut: Recut | None = None
    preamble: Preamble = Preamble()
    blank_rows: int = 0
    hidden_rows: int = 0
    emptied: int = 0
    changes: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[ProblemCount, ...] = ()
    newer: int = 0
    conflicts: tuple[ConflictCount, ...] = ()
    conflict_rows: int = 0
    findings: tuple[Finding, ...] = ()
    columns: tuple[ColumnChange, ...] = ()
    emptied_cells: int = 0
    consents: int = 0

    def to_json(self) -> dict[str, Any]:
        """The facts as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The facts that `to_json` gave."""
        return cls(
            samples=tuple(tuple(values) for values in data["samples"]),
            sheets=tuple(data["sheets"]),
            similar_sheets=tuple(data.get("similar_sheets", ())),
            words=tuple(WordCount(**count) for count in data.get("words", ())),
            names=tuple(data.get("names", ())),
            recut=Recut.from_json(data["recut"]) if data.get("recut") else None,
            preamble=Preamble.from_json(data["preamble"]) if "preamble" in data else Preamble(),
            blank_rows=data["blank_rows"],
            hidden_rows=data.get("hidden_rows", 0),
            emptied=data["emptied"],
            changes=data["changes"],
            problems=tuple(ProblemCount(**count) for count in data["problems"]),
            newer=data["newer"],
            conflicts=tuple(ConflictCount(**count) for count in data["conflicts"]),
            conflict_rows=data["conflict_rows"],
            findings=tuple(Finding.from_json(one) for one in data.get("findings", ())),
            columns=tuple(ColumnChange(**one) for one in data.get("columns", ())),
            emptied_cells=data.get("emptied_cells", sum(one["emptied"] for one in data.get("columns", ()))),
            consents=data.get("consents", 0),
        )
