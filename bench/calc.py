"""LibreOffice Calc as people use it, without its windows. Run by LibreOffice's own Python, which has `uno`:

    python3 bench/calc.py JOBS

JOBS is a file of JSON: a list of jobs, each with `open` and `save`, paths; `filter`, the options of the text filter
that opens a CSV file (none for others); `as`, the filter that saves, and its `options`; `act`, what is done to the
sheet in between, functions of this module, with the `column` (from 0) and what else they want. A job that fails is told
and left out.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.table.CellContentType import EMPTY

Job = dict[str, Any]
NARROW = 900
"""Hundredths of a millimetre: too narrow for a phone number or a date."""


def prop(name: str, value: object) -> Any:
    """A named value as UNO wants it."""
    return PropertyValue(Name=name, Value=value)


def area(sheet: Any, column: int) -> Any:
    """The cells of a column below its header."""
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    return sheet.getCellRangeByPosition(column, 1, column, cursor.RangeAddress.EndRow)


def sort_alone(sheet: Any, job: Job) -> None:
    """One column sorted, and nothing else with it."""
    fields = (uno.createUnoStruct("com.sun.star.table.TableSortField"),)
    fields[0].Field, fields[0].IsAscending = 0, True
    uno_fields = uno.Any("[]com.sun.star.table.TableSortField", fields)
    area(sheet, job["column"]).sort((prop("SortFields", uno_fields), prop("ContainsHeader", False)))


def shift(sheet: Any, job: Job) -> None:
    """One cell deleted, and those below moved up."""
    from com.sun.star.sheet.CellDeleteMode import UP

    sheet.removeRange(area(sheet, job["column"]).getCellRangeByPosition(0, 0, 0, 0).RangeAddress, UP)


def insert(sheet: Any, job: Job) -> None:
    """One cell inserted, and those below moved down."""
    from com.sun.star.sheet.CellInsertMode import DOWN

    sheet.insertCells(area(sheet, job["column"]).getCellRangeByPosition(0, 0, 0, 0).RangeAddress, DOWN)


def fill_down(sheet: Any, job: Job) -> None:
    """The first value copied to all below, as by the handle at the corner with Ctrl held, or as a series without."""
    from com.sun.star.sheet.FillDirection import TO_BOTTOM

    cells = area(sheet, job["column"])
    if job.get("series"):
        cells.fillAuto(TO_BOTTOM, 1)
    else:
        data = cells.getDataArray()
        cells.setDataArray(tuple(data[0] for _ in data))


def formula(sheet: Any, job: Job) -> None:
    """A formula in every cell that has a value, which comes to an error or to something else."""
    cells = area(sheet, job["column"])
    for row in range(cells.Rows.Count):
        cell = cells.getCellByPosition(0, row)
        if cell.Type != EMPTY:
            cell.Formula = job["formula"].replace("ROW", str(row + 2))


def cut(sheet: Any, job: Job) -> None:
    """Texts cut off, as by a column of a database of 255 characters."""
    cells = area(sheet, job["column"])
    cells.setDataArray(tuple((str(row[0])[:255],) for row in cells.getDataArray()))


def numbers(sheet: Any, job: Job) -> None:
    """Text made numbers, as by Data, Text to Columns."""
    cells = area(sheet, job["column"])
    cells.NumberFormat = 0
    for row in range(cells.Rows.Count):
        cell = cells.getCellByPosition(0, row)
        cell.setFormula(cell.String.strip())


def narrow(sheet: Any, job: Job) -> None:
    """All columns too narrow."""
    sheet.Columns.Width = NARROW


def wide(sheet: Any, job: Job) -> None:
    """All columns wide enough."""
    sheet.Columns.Width = 12_000


def typed(sheet: Any, job: Job) -> None:
    """Cells written over by hand: `cells` is a list of row, column and text."""
    for row, column, text in job["cells"]:
        sheet.getCellByPosition(column, row).setString(text)


def nothing(sheet: Any, job: Job) -> None:
    """Only opened and saved."""


def run(desktop: Any, job: Job) -> None:
    """One job."""
    hidden = [prop("Hidden", True)]
    if job.get("filter"):
        hidden += [prop("FilterName", "Text - txt - csv (StarCalc)"), prop("FilterOptions", job["filter"])]
    document = desktop.loadComponentFromURL(Path(job["open"]).as_uri(), "_blank", 0, tuple(hidden))
    try:
        for act in job.get("act", ["nothing"]):
            globals()[act](document.Sheets.getByIndex(0), job)
        document.calculateAll()
        options = [prop("FilterName", job["as"])]
        if job.get("options"):
            options.append(prop("FilterOptions", job["options"]))
        document.storeToURL(Path(job["save"]).as_uri(), tuple(options))
    finally:
        document.close(True)


def main() -> None:
    """All jobs in one LibreOffice."""
    jobs = json.loads(Path(sys.argv[1]).read_text())
    with tempfile.TemporaryDirectory() as profile:
        pipe = f"calc{time.time_ns()}"
        office = subprocess.Popen(  # noqa: S603 - the program of this machine
            ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--norestore"]
            + [f"--accept=pipe,name={pipe};urp;StarOffice.ComponentContext"],
        )
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        while True:
            try:
                context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                break
            except Exception:
                if office.poll() is not None:
                    raise
                time.sleep(0.2)
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        for job in jobs:
            try:
                run(desktop, job)
            except Exception as error:
                print(f"{job['save']}: {error}", file=sys.stderr)
        with contextlib.suppress(Exception):  # the bridge goes with it
            desktop.terminate()
        office.wait()


if __name__ == "__main__":
    main()
