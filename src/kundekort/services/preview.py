"""What the preview shows of a kept plan: counts, pages, samples, and why nothing would change. Reads, never plans."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import polars as pl

from kundekort.engine import frames, full_name, mapping
from kundekort.engine.decisions import Whose
from kundekort.engine.facts import ColumnChange, ConflictCount, ProblemCount, Totals
from kundekort.engine.finding import KINDS, Evidence, Finding
from kundekort.engine.frames import Status
from kundekort.engine.keeping import EMPTIED
from kundekort.engine.mapping import FULL_NAME
from kundekort.engine.problem import Conflict, Problem
from kundekort.engine.recipe import Column
from kundekort.engine.row import Row
from kundekort.services import fields, history, imports
from kundekort.services.refusals import PlanDamaged
from kundekort.store import packages, pages, plans, search_text
from kundekort.store.bands import Band
from kundekort.store.bands import bands as bands_of
from kundekort.store.models import Import
from kundekort.store.pages import Filter, Place
from kundekort.wording.lists import SHEETS

FOREIGN_ROWS: Final = 10
"""Customer numbers that nobody has, from which on they may be those of another system if they are most of the file."""
STATUS_NAMES = {status: status.name.lower() for status in Status}


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of all those that a filter shows, from `offset`; `found` is where a place is among all of them."""

    total: int
    rows: tuple[Row, ...]
    offset: int = 0
    found: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A warning, or a reason why nothing changes: its words are made by the doors."""

    code: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Summary:
    """All that stands above the rows. `changes` are changed cells by field key, most first.

    `columns` say how much of the register they are, where that was counted; `consents` how many cells of one change.
    """

    digest: str
    totals: Totals
    changes: Mapping[str, int]
    problems: tuple[ProblemCount, ...]
    conflicts: tuple[ConflictCount, ...]
    conflict_rows: int
    emptied: int
    warnings: tuple[Note, ...]
    findings: tuple[Finding, ...]
    columns: tuple[ColumnChange, ...] = ()
    consents: int = 0


@dataclass(frozen=True, slots=True)
class WordView:
    """A word of a column that its field does not know, how often it stands there, and for what (None: not said)."""

    text: str
    count: int
    value: str | None


@dataclass(frozen=True, slots=True)
class ColumnView:
    """One column of the file as the mapping page shows it.

    `split` are its samples as first name, last name and company, in case it becomes these.
    """

    position: int
    header: str
    field: str | None
    suggestion: str | None
    samples: tuple[str, ...]
    words: tuple[WordView, ...] = ()
    split: tuple[tuple[str, ...], ...] = ()


def summary(imp: Import) -> Summary:
    """What the plan of an import comes to; the import has one."""
    facts = imports.facts(imp)
    changes = sorted(facts.changes.items(), key=lambda item: -item[1])
    return Summary(
        digest=imp.digest,
        totals=imp.totals,
        changes={key: count for key, count in changes if count},
        problems=facts.problems,
        conflicts=facts.conflicts,
        conflict_rows=facts.conflict_rows,
        emptied=facts.emptied,
        warnings=warnings(imp),
        findings=facts.findings,
        columns=facts.columns,
        consents=sum(facts.changes.get(f.key, 0) for f in fields.schema() if f.consent),
    )


def warnings(imp: Import) -> tuple[Note, ...]:
    """What is worth knowing of a file besides its problems."""
    notes = []
    columns = mapping.ignored_columns(imports.recipe(imp).columns, imports.facts(imp).samples)
    if ignored := [c.header for c in columns]:
        notes.append(Note("columns_ignored", {"headers": ignored}))
    for column in columns:
        if column.suggestion:
            notes.append(Note("columns_suggested", {"header": column.header, "field": column.suggestion}))
    if (origin := imp.answers.origin) is not None:
        code = "columns_named" if origin.name else "columns_remembered"
        notes.append(Note(code, {"by": origin.by, "when": origin.when, "name": origin.name}))
    if similar := list(imports.facts(imp).similar_sheets):
        notes.append(Note("sheets_similar", {"sheets": similar}))
    if sheets := [name for name in other_sheets(imp) if name not in similar]:
        notes.append(Note("sheets_unread", {"sheets": sheets}))
    if hidden := imports.facts(imp).hidden_rows:
        code = "rows_hidden_left_out" if imports.recipe(imp).dialect.visible_only else "rows_hidden"
        notes.append(Note(code, {"count": hidden}))
    notes += [Note(code, params) for code, params in imports.facts(imp).preamble.warnings()]
    if (recut := imports.facts(imp).recut) and recut.one_cell:
        notes.append(Note("rows_in_one_cell", {"separator": recut.separator}))
    unknown = sum(p.count for p in imports.facts(imp).problems if p.code == "id_unknown")
    if imp.totals and unknown >= FOREIGN_ROWS and 2 * unknown >= imp.totals.rows:
        notes.append(Note("ids_foreign", {"count": unknown}))
    if newer := imports.facts(imp).newer:
        notes.append(Note("newer_kept", {"count": newer}))
    if blank := imports.facts(imp).blank_rows:
        notes.append(Note("blank_rows", {"count": blank}))
    return tuple(notes)


def other_sheets(imp: Import) -> list[str]:
    """The sheets of a workbook that were not read and may hold customers: our own explanation does not."""
    ours = {about for _, about in SHEETS.values()}
    return [name for name in imports.facts(imp).sheets if name not in {imports.recipe(imp).dialect.sheet, *ours}]


def page(imp: Import, wanted: Filter, *, offset: int, limit: int, place: Place | None = None) -> Page:
    """At most `limit` of the rows that a filter shows, from `offset` or where a place is. Raises PlanDamaged."""
    wanted, folder = _of_column(imp, wanted), packages.plan_folder(imp.pk, imp.digest)
    named = {(finding.code, finding.field) for finding in imports.facts(imp).findings}
    try:
        return page_of(folder, wanted, offset=offset, limit=limit, place=place, findings=named)
    except (FileNotFoundError, pl.exceptions.PolarsError) as error:
        raise PlanDamaged from error


def prepare_search(imp: Import) -> None:
    """Have a search in the rows of a large plan go through texts that are made for it; without them it takes longer."""
    assert imp.totals is not None
    if imp.totals.rows > search_text.SMALL:
        with suppress(OSError, pl.exceptions.PolarsError):  # no room, or the plan is gone meanwhile
            search_text.write(packages.plan_folder(imp.pk, imp.digest))


def _of_column(imp: Import, wanted: Filter) -> Filter:
    """A filter by a finding about a whole column, which has no evidence at rows, as one by what the column changes to.

    Of one that is answered, nothing changes any more.
    """
    if wanted.finding not in KINDS or not KINDS[wanted.finding].column:
        return wanted
    named = (f for f in imports.facts(imp).findings if (f.code, f.field) == (wanted.finding, wanted.field))
    value = next((value_of(f) for f in named), None)
    return replace(wanted, box="changed", column=wanted.field, value=value, finding="", field="")


def value_of(finding: Finding) -> str | None:
    """What cells of a finding about a whole column change to; None for different values."""
    return "" if finding.code == EMPTIED else finding.params.get("value")


def page_of(
    folder: Path,
    wanted: Filter,
    *,
    offset: int,
    limit: int,
    numbers: Path | None = None,
    place: Place | None = None,
    findings: Collection[tuple[str, str | None]] = (),
) -> Page:
    """The same of the plan in a folder; `numbers` as `pages.page` wants them. Raises FileNotFoundError.

    Evidence is given of `findings` only, by code and field: what is too little to be one is not told.
    """
    found = pages.page(folder, wanted, offset=offset, limit=limit, numbers=numbers, place=place)
    problems: dict[int, list[Problem]] = {}
    for p in found.problems.iter_rows(named=True):
        problems.setdefault(p[frames.ROW], []).append(Problem.from_row(p))
    evidence: dict[int, list[Evidence]] = {}
    for e in found.evidence.iter_rows(named=True):
        if (e["code"], e["field"]) in findings:
            evidence.setdefault(e[frames.ROW], []).append(Evidence.from_row(e))
    conflicts = _conflicts(found.conflicts, dict(found.rows.select(frames.ID, frames.VERSION).iter_rows()))
    rows = found.rows.iter_rows(named=True)
    return Page(
        total=found.total,
        offset=found.offset,
        found=found.found,
        rows=tuple(
            replace(
                _row(r, problems.get(r[frames.ROW], []), conflicts.get(r[frames.ROW], [])),
                evidence=tuple(evidence.get(r[frames.ROW], [])),
            )
            for r in rows
        ),
    )


def lines(imp: Import, rows: Collection[int]) -> dict[int, int]:
    """The lines of the file on which rows stand, by their numbers; those of a plan that is gone are not known."""
    path = packages.plan_folder(imp.pk, imp.digest) / plans.INDEX
    wanted = pl.col(frames.ROW).is_in(list(rows))
    try:
        return dict(pl.scan_parquet(path).filter(wanted).select(frames.ROW, frames.LINE).collect().iter_rows())
    except (FileNotFoundError, pl.exceptions.PolarsError):
        return {}


def saying(imp: Import, field: str, text: str) -> int:
    """How many rows say a text in a field, be it right there or wrong; 0 where the plan is gone."""
    folder = packages.plan_folder(imp.pk, imp.digest)
    wrong = pl.scan_parquet(folder / plans.PROBLEMS).filter(pl.col("field") == field, pl.col("value") == text)
    try:
        values = plans.values(folder)
        rows = pl.read_parquet(folder / plans.INDEX, columns=[frames.ROW])
        said = pl.lit(False) if field not in values.collect_schema() else (pl.col(field) == text).fill_null(False)
        rows = rows.with_columns(values.select(said.alias("said")).collect().to_series())
        return rows.filter(pl.col("said") | pl.col(frames.ROW).is_in(wrong.collect()[frames.ROW].implode())).height
    except (FileNotFoundError, pl.exceptions.PolarsError):
        return 0


def bands(imp: Import) -> list[Band]:
    """The whole plan as it looks from afar. Raises PlanDamaged."""
    try:
        return bands_of(packages.plan_folder(imp.pk, imp.digest))
    except (FileNotFoundError, pl.exceptions.PolarsError) as error:
        raise PlanDamaged from error


def conflicts(imp: Import, *, limit: int) -> list[tuple[int, int, Conflict]]:
    """The first conflicts of a plan, each with the line of its row and its card."""
    found = page(imp, Filter(box="conflicts"), offset=0, limit=limit).rows
    return [(row.line, row.id or 0, conflict) for row in found for conflict in row.conflicts]


def problems(imp: Import, *, limit: int) -> list[tuple[int, Problem]]:
    """The first problems of the file, each with the line its row starts on. Raises PlanDamaged."""
    path = packages.plan_folder(imp.pk, imp.digest) / plans.PROBLEMS
    try:
        found = pl.scan_parquet(path).head(limit).collect()
    except (FileNotFoundError, pl.exceptions.PolarsError) as error:
        raise PlanDamaged from error
    return [(row[frames.LINE], Problem.from_row(row)) for row in found.iter_rows(named=True)]


def columns(imp: Import) -> tuple[ColumnView, ...]:
    """The columns of the file with the field each becomes and its first values."""
    facts = imports.facts(imp)
    return tuple(
        ColumnView(
            position=n,
            header=c.header,
            field=c.field,
            suggestion=c.suggestion,
            samples=values,
            words=tuple(WordView(w.text, w.count, _translation(c, w.text)) for w in facts.words if w.column == n),
            split=_split(values) if c.field in (None, FULL_NAME) else (),
        )
        for n, (c, values) in enumerate(zip(imports.recipe(imp).columns, facts.samples, strict=True))
    )


def _translation(column: Column, text: str) -> str | None:
    return {word.lower(): value for word, value in column.words.items()}.get(text.lower())


def _split(samples: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    parts = full_name.split(pl.Series(samples, dtype=pl.String)).fill_null("")
    return tuple((text, *row) for text, row in zip(samples, parts.iter_rows(), strict=True))


def reasons(imp: Import) -> tuple[Note, ...]:
    """Why an import changes nothing: the reasons that hold for this file, the most telling first."""
    if imp.question:
        return (Note(imp.question.code, imp.question.params),)
    totals, facts = imp.totals, imports.facts(imp)
    if totals is None or totals.changes_register:
        return ()
    notes = []
    if totals.errors + totals.left_out == totals.rows:
        code = "only_errors" if not totals.left_out else "errors_or_left_out" if totals.errors else "all_left_out"
        notes.append(Note(code, {"count": totals.rows}))
    elif totals.unchanged == totals.rows:
        notes.append(Note("all_decided" if imp.decisions.steps else "all_unchanged", {"count": totals.rows}))
    else:
        code = "unchanged_or_left_out" if not totals.errors else "unchanged_or_errors"
        code = "unchanged_or_both" if totals.errors and totals.left_out else code
        params = {"unchanged": totals.unchanged, "errors": totals.errors, "left_out": totals.left_out}
        notes.append(Note(code, params))
    first = {}
    with suppress(PlanDamaged):  # of an import that is done it need not be there for ever
        first = {(p.code, p.field): line for line, p in reversed(problems(imp, limit=1000))}
    for kind in facts.problems[:5]:
        params = {"code": kind.code, "field": kind.field, "count": kind.count}
        if line := first.get((kind.code, kind.field)):
            params["line"] = line
        notes.append(Note("problem", params))
    if imports.recipe(imp).policy.empty_cells == "keep" and facts.emptied:
        notes.append(Note("empty_cells_kept", {"count": facts.emptied}))
    return (*notes, *(n for n in warnings(imp) if n.code == "columns_ignored"))


def _conflicts(found: pl.DataFrame, versions: Mapping[int, int]) -> dict[int, list[Conflict]]:
    """Conflicts by row, with who had written the other's value when the cards had these versions."""
    last = history.last_changes({number: versions[number] for number in found[frames.ID].unique()})
    by_row: dict[int, list[Conflict]] = {}
    for c in found.iter_rows(named=True):
        change = last.get((c[frames.ID], None if c["field"] == frames.CARD else c["field"]))
        conflict = Conflict(
            field=c["field"],
            mine=c["mine"],
            theirs=c["theirs"],
            who=change.who if change else "",
            when=change.when if change else None,
            base=c["base"],
            whose=Whose(c["whose"]) if c["whose"] else None,
        )
        by_row.setdefault(c[frames.ROW], []).append(conflict)
    return by_row


def _row(row: dict[str, Any], problems: list[Problem], conflicts: list[Conflict]) -> Row:
    keys = [name for name in row if frames.OLD + name in row]
    return Row(
        number=row[frames.ROW],
        line=row[frames.LINE],
        status=STATUS_NAMES[Status(row[frames.STATUS])],
        id=row[frames.ID],
        cells={key: row[key] for key in keys},
        old={key: old for key in keys if (old := row[frames.OLD + key]) is not None},
        problems=tuple(problems),
        conflicts=tuple(conflicts),
    )
