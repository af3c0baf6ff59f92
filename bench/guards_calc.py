"""How often guards cry wolf at lists that LibreOffice has opened, edited and saved with care, and what they miss of
those that it has damaged:

    .venv/bin/python -m bench.guards_calc [CUSTOMERS] [SEED]

Invented customers go out through our own export, in each of its forms; LibreOffice (`soffice`, and `python3` with
`uno`) opens the file, does something to it and saves it, in each of the languages that our fields have names in; what
it has saved is planned against the same register. Counted are the cells that the plan would change though nobody has
meant it, and those of them of which no guard says anything.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kundekort.config.settings")
django.setup()

import polars as pl
from tests.engine.guards import edits
from tests.engine.guards.test_damage import register_of
from tests.engine.memory import EMPTY, MemoryRegister, task

from kundekort.engine import interpretation, pipeline
from kundekort.engine.facts import Question
from kundekort.engine.frames import CHANGED, ROW, STATUS, Status
from kundekort.engine.guards.blast import Thresholds
from kundekort.engine.plan import Plan
from kundekort.engine.reading.table import Limits
from kundekort.engine.recipe import Answers
from kundekort.services import lists
from kundekort.services.lists import FileFormat
from kundekort.store.fields import SCHEMA

LANGUAGES: Final = {
    "nb": (1044, ";"),
    "nn": (2068, ";"),
    "sv": (1053, ";"),
    "da": (1030, ";"),
    "en": (1033, ","),
    "en-GB": (2057, ","),
    "fi": (1035, ";"),
    "is": (1039, ";"),
    "de": (1031, ";"),
    "nl": (1043, ";"),
}
"""LibreOffice's number for a language, and the separator that its spreadsheets write."""
UTF8: Final = 76
ENCODINGS: Final = {"cp1252": 1, "mac": 2, "cp437": 3, "cp850": 4, "ascii": 11, "latin-1": 12}
XLSX, XLS, ODS, CSV = "Calc MS Excel 2007 XML", "MS Excel 97", "calc8", "Text - txt - csv (StarCalc)"
ENDINGS: Final = {XLSX: "xlsx", XLS: "xls", ODS: "ods", CSV: "csv"}
FIELDS: Final = ("id", *(f.key for f in SCHEMA.values))
KEYS: Final = {key: place for place, key in enumerate(FIELDS)}
TEXTS: Final = "/".join(f"{n}/2" for n in range(1, len(FIELDS) + 1))
"""Every column of a file opened as text, as a careful person says."""
Job = dict[str, Any]


def people(count: int, rng: random.Random) -> list[dict[str, str]]:
    """Invented cards with every field in which something can go wrong."""
    cards = []
    for number in range(count):
        card = edits.card(rng) | {"gender": rng.choice("012"), "country": rng.choice(["NO", "NO", "SE"])}
        card["phone"] = rng.choice(["", "+4722" + edits.digits(rng, 6), "+46812" + edits.digits(rng, 5)])
        card["date_of_birth"] = rng.choice(
            ["", f"19{rng.randint(40, 99)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"]
        )
        card["email_consent"], card["sms_consent"] = rng.choice(["", "0", "1"]), rng.choice(["", "0", "1"])
        card["tags"] = rng.choice(["", "kor", "a|b", "2-3", "vip", "1/2"])
        card["language"] = rng.choice(["", "nb", "sv"])
        card["zip_code"] = edits.digits(rng, 4) if card["country"] == "NO" else "1" + edits.digits(rng, 4)
        if card["external_id"]:
            card["external_id"] = rng.choice(
                [f"00{number:05}", f"{number:016}", f"K-{number}", f"{number}E5", f"{number}-1"]
            )
        cards.append(card)
    return cards


def exported(cards: Sequence[dict[str, str]], form: FileFormat) -> bytes:
    """The list as our export writes it, without versions."""
    rows = [{"id": str(n)} | EMPTY | card for n, card in enumerate(cards, start=1)]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(FIELDS, pl.String))
    columns = [(SCHEMA[key], SCHEMA[key].header) for key in FIELDS]
    return b"".join(lists.write([frame], columns=columns, form=form, language="nb"))


def reading(language: str, *, charset: int = UTF8, columns: str = "", detect: bool = True, quoted: bool = False) -> str:
    """The options with which LibreOffice opens our CSV."""
    number, _ = LANGUAGES[language]
    return f"59,34,{charset},1,{columns},{number},{str(quoted).lower()},{str(detect).lower()}"


def writing(language: str, charset: int = UTF8) -> str:
    """The options with which it saves one: cells as they are shown."""
    number, separator = LANGUAGES[language]
    return f"{ord(separator)},34,{charset},1,,{number},false,true"


def damage() -> Iterator[tuple[str, FileFormat, Job]]:
    """What careless people do, by what it is called."""
    for language in LANGUAGES:
        saved = {"as": CSV, "options": writing(language)}
        for form in (FileFormat.CSV, FileFormat.PLAIN):
            opened = {"filter": reading(language)}
            yield "opened and saved as CSV", form, opened | saved | {"act": ["wide"]}
            yield "opened and saved as CSV, narrow", form, opened | saved | {"act": ["narrow"]}
            yield "opened and saved as XLSX", form, opened | {"as": XLSX}
        yield "XLSX saved as CSV, narrow", FileFormat.XLSX, saved | {"act": ["narrow"]}
        for key in ("zip_code", "mobile", "external_id", "address2"):
            job = saved | {"act": ["numbers", "wide"], "column": KEYS[key]}
            yield "text made numbers", FileFormat.XLSX, job
    for name, charset in ENCODINGS.items():
        for form in (FileFormat.CSV, FileFormat.PLAIN):
            text = {"columns": TEXTS, "detect": False}
            wrong = {"filter": reading("nb", charset=charset, **text), "as": CSV, "options": writing("nb")}
            yield f"opened as {name}", form, wrong
            lost = {"filter": reading("nb", **text), "as": CSV, "options": writing("nb", charset)}
            yield f"saved as {name}", form, lost
        yield f"saved as {name}", FileFormat.XLSX, {"as": CSV, "options": writing("nb", charset)}
    for target in (XLS, ODS):
        yield f"by way of {ENDINGS[target]}", FileFormat.PLAIN, {"filter": reading("nb"), "as": target, "then": True}
    for key in ("email", "mobile", "phone", "last_name", "zip_code", "id"):
        column = {"column": KEYS[key]}
        for act in ("sort_alone", "shift", "insert"):
            yield f"{act} {key}", FileFormat.XLSX, column | {"act": [act], "as": XLSX}
    for key in ("email", "mobile", "last_name", "address", "city", "zip_code", "internal_note", "email_consent"):
        column = {"column": KEYS[key], "as": XLSX}
        yield f"fill_down {key}", FileFormat.XLSX, column | {"act": ["fill_down"]}
        yield f"series {key}", FileFormat.XLSX, column | {"act": ["fill_down"], "series": True}
    for formula in ("=1/0", "=NA()", "=VLOOKUP(AROW;$Z$1:$Z$2;1;0)", "=FOO(1)", "=#REF!1", '="a"+1', "=SQRT(-1)"):
        for target in (XLSX, CSV):
            for key in ("internal_note", "city", "mobile", "date_of_birth"):
                job = {"act": ["formula", "wide"], "formula": formula, "column": KEYS[key], "as": target}
                job |= {"options": writing("nb")} if target == CSV else {}
                yield "formula", FileFormat.XLSX, job
    yield "cut", FileFormat.XLSX, {"act": ["cut"], "column": KEYS["internal_note"], "as": XLSX}


def honest(cards: Sequence[dict[str, str]], rng: random.Random) -> Iterator[tuple[str, FileFormat, Job]]:
    """What careful people do: columns opened as text, one to three cells of each row written over by hand."""
    for language in LANGUAGES:
        cells = []
        for row, card in enumerate(cards, start=1):
            known = {key: card[key] for key in edits.CHANGES}
            new = edits.edited(rng, known)
            cells += [[row, KEYS[key], new[key]] for key in known if new[key] != known[key]]
        job = {"act": ["typed", "wide"], "cells": cells}
        text = {"filter": reading(language, columns=TEXTS, detect=False)}
        for form in (FileFormat.CSV, FileFormat.PLAIN):
            yield "careful, CSV", form, job | text | {"as": CSV, "options": writing(language)}
        yield "careful, CSV as XLSX", FileFormat.CSV, job | text | {"as": XLSX}
        yield "careful, XLSX", FileFormat.XLSX, job | {"as": XLSX}
        yield "careful, XLSX as CSV", FileFormat.XLSX, job | {"as": CSV, "options": writing(language)}


def planned(data: bytes, register: MemoryRegister) -> Plan | Question:
    """The plan of a file, as the preview makes it, or why there is none."""
    file = interpretation.understand(data, answers=Answers(), schema=SCHEMA, limits=Limits(), ask=False)
    if file.question is not None:
        return file.question
    return pipeline.plan(file.source, replace(task(file.recipe, register), thresholds=Thresholds()))


def cells(made: Plan) -> pl.DataFrame:
    """The cells that would change: ROW, field, value, old."""
    whole = pl.concat([made.index, made.values.collect()], how="horizontal")
    whole = whole.filter(pl.col(STATUS).is_in([Status.CHANGED, Status.CONFLICT]))
    parts = [
        whole.filter(CHANGED + f.key).select(ROW, field=pl.lit(f.key), value=pl.col(f.key), old=pl.col("old:" + f.key))
        for f in made.fields
    ]
    return pl.concat(parts)


def noticed(made: Plan, changed: pl.DataFrame) -> pl.DataFrame:
    """Those of the cells of which a finding tells, with its code: of the cell, or else its row, or else its column."""
    told = pl.DataFrame([(f.code, f.field) for f in made.findings], schema=["code", "field"], orient="row")
    told = told.cast(pl.String)
    evidence = made.evidence.join(told, on=["code", "field"], nulls_equal=True)
    whole = told.filter(pl.col("code").is_in(["alike", "emptied", "much_changed"]))
    parts = [
        changed.join(evidence.drop_nulls("field").select(ROW, "field", "code"), on=[ROW, "field"]),
        changed.join(evidence.filter(pl.col("field").is_null()).select(ROW, "code"), on=ROW),
        changed.join(whole, on="field"),
    ]
    return pl.concat(parts).unique([ROW, "field"], keep="first", maintain_order=True)


def main() -> None:
    """All jobs in one LibreOffice, then what became of each."""
    given = [int(text) for text in sys.argv[1:]]
    count, seed = (*given, *(300, 8)[len(given) :])
    rng = random.Random(seed)  # noqa: S311 - invented customers
    cards = people(count, rng)
    register = register_of(*cards)
    version = subprocess.run(["soffice", "--version"], capture_output=True, text=True, check=True)  # noqa: S607 - as installed
    print(version.stdout.strip())
    with tempfile.TemporaryDirectory() as place:
        folder, jobs = Path(place), []
        files = {form: folder / f"{form}.{form.extension}" for form in FileFormat}
        for form, path in files.items():
            path.write_bytes(exported(cards, form))
        todo = [*damage(), *honest(cards, rng)]
        for number, (_, form, job) in enumerate(todo):
            first = folder / f"{number}.{ENDINGS[job['as']]}"
            jobs.append(job | {"open": str(files[form]), "save": str(first)})
            if job.get("then"):
                again = folder / f"{number}.csv"
                jobs.append(
                    {"open": str(first), "save": str(again), "as": CSV, "options": writing("nb"), "act": ["wide"]}
                )
        listed = folder / "jobs.json"
        listed.write_text(json.dumps(jobs))
        script = str(Path(__file__).parent / "calc.py")
        subprocess.run(["/usr/bin/python3", script, str(listed)], check=True)  # noqa: S603 - our own script
        tell(register, todo, folder)


def tell(register: MemoryRegister, todo: list[tuple[str, FileFormat, Job]], folder: Path) -> None:
    """What the guards have seen of each kind of thing that was done, and some of what they have not."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    codes: dict[str, Counter[str]] = defaultdict(Counter)
    missed: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for number, (name, _, job) in enumerate(todo):
        count = counts[name]
        count["files"] += 1
        path = next((p for p in (folder / f"{number}.csv", *folder.glob(f"{number}.*")) if p.exists()), None)
        made = planned(path.read_bytes(), register) if path else None
        if not isinstance(made, Plan):
            count["files refused" if path else "files not saved"] += 1
            continue
        changed = cells(made)
        seen = noticed(made, changed)
        count["rows with errors"] += made.totals.errors
        count["cells changed"] += changed.height
        codes[name].update(seen["code"])
        if "cells" in job:
            meant = {(row - 1, FIELDS[column]) for row, column, _ in job["cells"]}
            count["changed but not edited"] += sum(cell not in meant for cell in changed.select(ROW, "field").rows())
            count["findings"] += len(made.findings)
        else:
            lost = changed.join(seen, on=[ROW, "field"], how="anti")
            count["missed"] += lost.height
            missed[name].update(lost.select("field", "old", "value").rows())
    for name, count in counts.items():
        print(f"{name}: {dict(+count)}, noticed {dict(codes[name])}")
        for cell, times in missed[name].most_common(5):
            print(f"    missed {times} times: {cell}")


if __name__ == "__main__":
    main()
