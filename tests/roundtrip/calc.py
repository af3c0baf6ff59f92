"""LibreOffice Calc without its windows: opens a file and saves it again."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

LOCALES = {"en-US": (1033, ","), "nb-NO": (1044, ";"), "sv-SE": (1053, ";"), "da-DK": (1030, ";"), "de-DE": (1031, ";")}
"""The locales tried: LibreOffice's number for each, and the separator that its users' spreadsheets write."""

XLSX = "xlsx:Calc MS Excel 2007 XML"
ODS = "ods"
XLS = "xls:MS Excel 97"


def csv(separator: str, number: int, *, charset: int = 76) -> str:
    """The target for CSV as a spreadsheet of that locale saves it: cells as shown, in UTF-8 (76) or another charset."""
    return f"csv:Text - txt - csv (StarCalc):{ord(separator)},34,{charset},1,,{number},false,true"


def saved(data: bytes, *, ending: str, target: str, number: int = 1033) -> bytes:
    """The file opened in a locale, with numbers and dates recognised as far as Calc can, and saved as the target."""
    program = shutil.which("soffice")
    assert program, "LibreOffice (soffice) is not installed; this test is about nothing else"
    with TemporaryDirectory() as folder:
        source = Path(folder) / f"export.{ending}"
        source.write_bytes(data)
        reading = [f"--infilter=CSV:59,34,76,1,,{number},false,true"] if ending == "csv" else []
        done = subprocess.run(
            [program, f"-env:UserInstallation=file://{folder}/profile", "--headless", *reading]
            + ["--convert-to", target, "--outdir", f"{folder}/saved", str(source)],
            capture_output=True,
            text=True,
            check=True,
        )
        made = list((Path(folder) / "saved").glob("*"))
        assert made, done.stderr
        return made[0].read_bytes()
