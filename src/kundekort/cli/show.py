"""A preview on the terminal: the counting boxes, what was found in the file, and its first changes in colour.

Colour is never the only sign: each row says in a word what becomes of it. Nothing here decides anything.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from django.utils.formats import date_format
from rich.box import ROUNDED, SIMPLE_HEAD
from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from kundekort import wording
from kundekort.cli.failures import way_on
from kundekort.cli.language import _, ngettext
from kundekort.engine.finding import Finding
from kundekort.engine.notes import Note
from kundekort.services import customers, identities, import_names, imports, preview, record, writers
from kundekort.services.progress import no_progress
from kundekort.services.writers import Writer
from kundekort.store.pages import Filter
from kundekort.store.progress import Progress as Step

if TYPE_CHECKING:
    from datetime import datetime

    from kundekort.engine.facts import Totals
    from kundekort.engine.row import Row
    from kundekort.store.models import Import

SHOWN: Final = {"conflicts": 8, "errors": 8, "changed": 8, "new": 4, "left_out": 4, "removed": 8, "restored": 4}
"""How many rows of each box are shown at most, so that none of them hides another."""

_STATUS: Final = {
    "new": ("+", _("new"), "green"),
    "changed": ("~", _("changed"), "yellow"),
    "unchanged": ("=", _("unchanged"), "dim"),
    "error": ("!", _("error"), "red"),
    "left_out": ("-", _("left out"), "magenta"),
    "conflict": ("?", _("to choose"), "yellow"),
    "removed": ("x", _("removed"), "purple"),
    "restored": ("+", _("restored"), "green"),
}
_CONTROL: Final = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "·")
_LONG: Final = 60


@contextmanager
def progress(*, shown: bool) -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on standard error that disappears when its work is done; yields what the services report to."""
    console = Console(stderr=True)
    if not (shown and console.is_terminal):
        yield no_progress
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=1.0)

        def report(phase: str, done: int, total: int) -> None:
            words = _before() if phase == "waiting" else wording.phase(phase)
            bar.update(task, completed=Step(phase, done, total).fraction, description=words)

        yield report


def _before() -> str:
    """For whom one waits."""
    writer = writers.current() or Writer()
    return wording.writer(writer.kind, writer.name, writer.since)


def preview_of(imp: Import) -> None:
    """The preview of an import on standard output."""
    summary = preview.summary(imp)
    found = _first_rows(partial(preview.page, imp, offset=0), summary)
    nothing = [] if found.rows else [_nothing(imp)]
    columns = {c.field: c.header or wording.field(c.field) for c in record.columns(imp)}
    _say(
        _head(imp) if imp.undoes_id else _read(imp, summary.totals.rows),
        *map(_warning, summary.warnings),
        *(_finding(found) for found in summary.findings if found.open),
        *nothing,
        *_below(summary, found, columns, lines=imp.undoes_id is None),
    )


def record_of(imp: Import, wanted: Filter | None, *, limit: int) -> None:
    """One import on standard output: what became of it, and the rows of a filter; without one the first of each box."""
    parts: list[RenderableType] = [_head(imp)]
    if imp.question:
        parts.append(Text(_plain(wording.refusal(imp.question.code, imp.question.params), long=1000)))
    if imports.has_failed(imp):
        parts.append(Text(wording.refusal(imp.notice, {})))
    if imp.state == imp.State.CANCELLED:
        parts.append(Text(_("Nothing in the register was changed. The file and its preview are gone.")))
    if imp.state in record.SHOWN:
        parts += _record(imp, wanted, limit=limit)
    _say(*parts)


def _record(imp: Import, wanted: Filter | None, *, limit: int) -> list[RenderableType]:
    """The rows of an import that waits or is done, and what stands above and below them."""
    told = record.of(imp)
    look = partial(record.page, imp, offset=0)
    found = look(wanted, limit=limit) if wanted else _first_rows(look, told.summary)
    parts: list[RenderableType] = [_read(imp, imp.totals.rows)] if imp.recipe and imp.totals else []
    parts += map(_warning, told.summary.warnings)
    if not told.whole:
        gone = _("The plan that was confirmed is gone. What was written is shown from the history of the cards.")
        lost = ngettext(
            "%(count)s row that wrote nothing is not shown.",
            "%(count)s rows that wrote nothing are not shown.",
            told.untold,
        )
        parts.append(Text(f"! {gone} {lost % {'count': number(told.untold)} if told.untold else ''}", style="yellow"))
    if not told.summary.totals.changes_register:
        parts.append(_nothing(imp))
    columns = {c.field: c.header or wording.field(c.field) for c in told.columns}
    return parts + _below(told.summary, found, columns, lines=told.lines)


def _head(imp: Import) -> Text:
    """Which import it is, where it is on its way, and who has brought it there."""
    name = _("Import %(number)s") % {"number": imp.pk}
    words = [wording.state(imp.state)]
    who = _("begun by %(who)s, %(when)s") if imp.undoes_id else _("uploaded by %(who)s, %(when)s")
    words.append(who % {"who": _plain(identities.uploader(imp)), "when": _when(imp.created_at)})
    if imp.state == imp.State.DONE and imp.finished_at:
        who = _("confirmed by %(who)s, %(when)s")
        by = identities.confirmer(imp) or identities.uploader(imp)
        words.append(who % {"who": _plain(by), "when": _when(imp.finished_at)})
    known = import_names.name(imp)
    title = _plain(wording.import_title(known.filename, undone=known.undone))
    return Text.assemble((f"{name}  {title}", "bold"), "\n", " · ".join(words))


def _when(moment: datetime) -> str:
    return str(date_format(timezone.localtime(moment), "DATETIME_FORMAT"))


def _say(*parts: RenderableType) -> None:
    """All of it on standard output, one below the other."""
    Console(file=sys.stdout, highlight=False, emoji=False).print(Group(*parts))


def _first_rows(look: Callable[..., preview.Page], summary: preview.Summary) -> preview.Page:
    """The first rows of each box, in the order of the file; `look` gives those of a filter, up to a limit."""
    counts = asdict(summary.totals) | {"conflicts": summary.conflict_rows}  # settled ones stand in their box too
    boxes = {box: limit for box, limit in SHOWN.items() if counts[box]}  # in the others there is nothing to look for
    rows = {row.number: row for box, limit in boxes.items() for row in look(Filter(box=box), limit=limit).rows}
    total = summary.totals.rows - summary.totals.unchanged + sum(row.status == "unchanged" for row in rows.values())
    return preview.Page(total=total, rows=tuple(rows[n] for n in sorted(rows)))


def _below(
    summary: preview.Summary, found: preview.Page, header: Mapping[str, str], *, lines: bool
) -> list[RenderableType]:
    """Some rows as a table, how many more there are, the changes by column and the boxes.

    `lines`: the rows are those of a file.
    """
    parts: list[RenderableType] = [_changes(found.rows, header, lines=lines)] if found.rows else []
    if more := found.total - len(found.rows):
        told = ngettext("… and one more row.", "… and %(count)s more rows.", more)
        parts.append(Text(told % {"count": number(more)}, style="dim"))
    if summary.changes:
        counts = [f"{header.get(key) or wording.field(key)} {number(n)}" for key, n in summary.changes.items()]
        parts.append(Text(" · ".join(counts)))
    return [*parts, _boxes(summary.totals, lines=lines)]


def question_of_errors(imp: Import) -> str:
    """What to ask when rows have errors."""
    count = preview.summary(imp).totals.errors
    words = ngettext("Leave out the row with errors?", "Leave out the %(count)s rows with errors?", count)
    return words % {"count": number(count)}


def question_of_conflicts(imp: Import) -> str:
    """What to ask when others have changed the same cells."""
    count = preview.summary(imp).totals.conflicts
    words = ngettext(
        "Keep the values of the register where others have changed the row too?",
        "Keep the values of the register where others have changed %(count)s rows too?",
        count,
    )
    return words % {"count": number(count)}


def question_of_findings(imp: Import) -> str:
    """What to ask when something dangerous was found in the file."""
    count = sum(finding.blocks for finding in preview.summary(imp).findings)
    words = ngettext(
        "Is that what the file is meant to do?",
        "Is all of that what the file is meant to do? (%(count)s warnings)",
        count,
    )
    return words % {"count": number(count)}


def question(imp: Import) -> str:
    """What to ask before writing: exactly what will be done, in the words of the website's button."""
    summary = preview.summary(imp)
    words = wording.confirmation(summary.totals, undoes=imp.undoes_id is not None, consents=summary.consents)
    return f"{words}?"


def agreed(question: str) -> bool:
    """Ask at the terminal; anything but a yes is a no."""
    signal.siginterrupt(signal.SIGINT, True)  # Polars' own handler would have the reading go on after Ctrl-C
    choices = _("[y/N]")
    try:
        answer = input(f"{question} {choices} ")
    except EOFError:
        return False
    except KeyboardInterrupt:
        Console().print()  # what is told next begins a line of its own
        raise
    return answer.strip().lower() in ("y", "yes", "j", "ja")


def done(imp: Import) -> None:
    """Tell what was written."""
    words = _("%(changed)s changed, %(new)s created, %(left_out)s left out.")
    title = "👍 Customer successfully imported!" if imp.revision else _("0 Customers updated")
    if imp.undoes_id:
        words = _("%(changed)s restored, %(removed)s removed, %(restored)s brought back, %(left_out)s left out.")
        title = "👍 " + _("It is undone.")
    totals = preview.summary(imp).totals
    counts = words % {name: number(count) for name, count in totals.to_json().items()}
    Console(file=sys.stdout, highlight=False).print(Text.assemble((title, "bold green"), f"  {counts}"))


def number(count: int) -> str:
    """A count as the language writes it."""
    return str(wording.Count(count))


def _read(imp: Import, rows: int) -> Text:
    """What the file was read as."""
    recipe = imports.recipe(imp)
    known = sum(column.field is not None for column in recipe.columns)
    read = _("%(file)s, read as %(encoding)s with %(separator)s")
    if recipe.dialect.sheet:
        read = _("%(file)s, sheet %(sheet)s")
    words = [
        read,
        ngettext("%(rows)s row", "%(rows)s rows", rows),
        ngettext("%(count)s column recognised", "%(count)s columns recognised", known),
    ]
    return Text(
        " · ".join(words)
        % {
            "file": _plain(imp.filename),
            "encoding": wording.encoding(recipe.dialect.encoding),
            "separator": wording.separator(recipe.dialect.separator),
            "sheet": _plain(recipe.dialect.sheet),
            "rows": number(rows),
            "count": number(known),
        },
        style="bold",
    )


def _finding(found: Finding) -> Text:
    """What a guard has found, dangerous or not."""
    words = wording.finding(found, wording.field(found.field) if found.field else "")
    return Text(f"! {_plain(words, long=500)}", style="bold red" if found.blocks else "yellow")


def _warning(note: Note) -> Text:
    words = " ".join(filter(None, (wording.warning(note.code, note.params), way_on(note.code))))
    return Text("! " + _plain(words, long=1000), style="yellow")


def _nothing(imp: Import) -> Text:
    """Why there is no row to show."""
    lines = [_("0 Customers updated"), *(wording.reason(note.code, note.params) for note in preview.reasons(imp))]
    return Text("\n".join(_plain(line, long=1000) for line in lines))


def _changes(rows: Sequence[Row], header: Mapping[str, str], *, lines: bool) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    if lines:
        table.add_column(_("Line"), justify="right", style="dim")
    table.add_column("", no_wrap=True)
    table.add_column(_("Customer"), max_width=30)
    table.add_column(_("What changes"), ratio=1)
    cards = customers.cards([row.id for row in rows if row.id and not wording.has_name(row)])
    for row in rows:
        sign, word, style = _STATUS[row.status]
        line = [str(row.line)] * lines
        name = _plain(wording.customer_name(row, cards.get(row.id or 0)))
        who = Text(f"{row.id} {name}" if row.id else name)
        table.add_row(*line, Text(f"{sign} {word}", style=style), who, _what(row, header))
    return table


def _what(row: Row, header: Mapping[str, str]) -> Text:
    """One line per changed cell or problem; for a customer that comes or goes the values of its card."""
    lines = [part for line in wording.row_lines(row, header) for part in _line(line, style=_STATUS[row.status][2])]
    short = row.status in wording.rows.WHOLE
    return Text("\n", overflow="ellipsis" if short else None, no_wrap=short).join(lines)


def _line(line: wording.RowLine, *, style: str) -> list[Text]:
    """What is told of a row, the values of a conflict below its sentence."""
    parts = []
    if line.text:
        sign = {"conflict": "? ", "finding": "! "}.get(line.kind, "")
        style = {"error": "red", "conflict": "yellow", "finding": "yellow"}.get(line.kind, style)
        parts.append(Text(sign + _plain(line.text, long=1000), style=style))
    if line.label:
        parts.append(_change(line))
    return parts


def _change(line: wording.RowLine) -> Text:
    return Text.assemble(
        f"{_plain(line.label)}: ",
        (_plain(line.old or "") or _("(empty)"), "dim strike" if line.old else "dim"),
        " → ",
        (_plain(line.new or "") or _("(empty)"), "yellow"),
    )


def _boxes(totals: Totals, *, lines: bool) -> Columns:
    counts = [
        (totals.rows, _("in the file") if lines else _("customers concerned"), "blue"),
        (totals.changed, _("to be changed"), "yellow"),
        (totals.unchanged, _("will not change"), "cyan"),
        (totals.new, _("new customers"), "green"),
    ]
    others = [
        (totals.conflicts, _("to choose"), "yellow"),
        (totals.errors, _("with errors"), "red"),
        (totals.left_out, _("left out"), "magenta"),
        (totals.removed, _("removed"), "purple"),
        (totals.restored, _("restored"), "green"),
    ]
    counts += [box for box in others if box[0]]
    panels = [
        Panel(Text.assemble((number(n), "bold"), "\n", word), border_style=colour, box=ROUNDED, expand=False)
        for n, word, colour in counts
    ]
    return Columns(panels)


def _plain(text: str, long: int = _LONG) -> str:
    """Text from a file as one short line that cannot steer the terminal."""
    line = " ".join(text.split()).translate(_CONTROL)
    return line if len(line) <= long else line[: long - 1] + "…"
