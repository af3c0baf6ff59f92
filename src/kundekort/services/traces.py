"""The kept files in which people are: uploads, plans and mended rows, searched as they stand on storage.

Reads, never writes. What cannot be read counts as a file that has them.
"""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import islice
from typing import Any, Final

import polars as pl

from kundekort.engine import frames
from kundekort.engine.errors import FileRefused
from kundekort.engine.reading import encoding, workbook
from kundekort.engine.reading.archive import ZIP
from kundekort.engine.traces import Traces
from kundekort.services import imports
from kundekort.store import packages, plans
from kundekort.store.models import Import

MOST: Final = 2_000
"""People up to which files are searched for them; of more, somebody counts as being in every file."""
_PIECE: Final = 4 * 2**20
"""Bytes of a text that are searched at a time."""
_OVERLAP: Final = 2**16
"""Bytes that such pieces have in common, so that no text is cut in all of them."""
_ROWS: Final = 10_000
_MARKUP: Final = re.compile(rb"<[^>]*>")


def size() -> int:
    """The bytes of all files of imports that are kept."""
    return sum(file.size for file in packages.kept_files() if file.name.startswith("imports/"))


def imports_with(traces: Traces, *, between: Callable[[], object] = lambda: None) -> dict[int, bool]:
    """The numbers of the imports whose kept files have somebody, and whether the uploaded ones have.

    `between` is called after each import.
    """
    found = {}
    kept = packages.contents().imports
    for imp in Import.objects.filter(pk__in=list(kept)).order_by("pk"):
        everybody = len(traces.ids) > MOST
        if everybody or _has(traces.in_texts, _source(imp)) or _has(traces.in_rows, _mended(imp)):
            found[imp.pk] = imp.undoes_id is None
        elif plan_has(imp, traces.ids) or _has(traces.in_rows, _plan(imp)):
            found[imp.pk] = imp.undoes_id is None and is_about(imp, traces.ids) is not False
        between()
    return found


def plan_has(imp: Import, ids: frozenset[int]) -> bool:
    """Whether the kept plan of an import says something of cards."""
    folder = packages.plan_folder(imp.pk, imp.digest) if imp.digest else None
    if folder is None or not (folder / plans.INDEX).exists():
        return False
    wanted = pl.Series(sorted(ids), dtype=pl.Int64).implode()
    index = pl.scan_parquet(folder / plans.INDEX)
    index = index.filter(pl.col(frames.ID).is_in(wanted), pl.col(frames.VERSION) > 0)  # else it has no value of theirs
    beside = plans.evidence(folder).filter(pl.col("card").is_in(wanted))
    return bool(index.select(pl.len()).collect().item()) or not beside.is_empty()


def is_about(imp: Import, ids: frozenset[int]) -> bool | None:
    """Whether a row of the kept plan is about one of the cards, so that the file says so; None if no plan is kept."""
    index = packages.plan_folder(imp.pk, imp.digest) / plans.INDEX if imp.digest else None
    if index is None or not index.exists():
        return None
    wanted = pl.col(frames.ID).is_in(pl.Series(sorted(ids), dtype=pl.Int64).implode())
    return not pl.scan_parquet(index).filter(wanted).head(1).collect().is_empty()


def _has(test: Callable[[Any], bool], pieces: Iterator[Any]) -> bool:
    """Whether a test holds for one of the pieces, or they cannot be read."""
    try:
        return any(map(test, pieces))
    except (FileRefused, OSError, ValueError, zipfile.BadZipFile, pl.exceptions.PolarsError):
        return True


def _plan(imp: Import) -> Iterator[pl.DataFrame]:
    """The rows of the kept plan, and all that is said of them."""
    folder = packages.plan_folder(imp.pk, imp.digest) if imp.digest else None
    if folder is not None and folder.exists():
        yield from (pl.read_parquet(part) for part in sorted(folder.glob("*.parquet")))


def _mended(imp: Import) -> Iterator[pl.DataFrame]:
    """The rows of the files that came back mended."""
    for name in packages.mended_names(imp.pk):
        yield pl.read_parquet(packages.mended_file(imp.pk, name))


def _source(imp: Import) -> Iterator[pl.Series]:
    """All texts of the uploaded file."""
    try:
        with packages.source(imp.pk) as data:
            view = memoryview(data)
            if not view.nbytes:
                return
            yield from _workbook(view) if workbook.begins(view) else _lines(view)
    except FileNotFoundError:
        return


def _lines(view: memoryview) -> Iterator[pl.Series]:
    text, start = encoding.to_utf8(view, encoding.detect(view).encoding), 0
    while start < len(text):
        end = text.find(b"\n", start + _PIECE)
        end = len(text) if end < 0 else end
        yield pl.Series(text[start:end].decode(errors="replace").split("\n"))
        start = end + 1


def _workbook(view: memoryview) -> Iterator[pl.Series]:
    """The rows of each sheet, and all other texts of the file: there are comments and properties."""
    rows = workbook.texts(view, limits=imports.limits())
    while some := [" ".join(cells) for cells in islice(rows, _ROWS)]:
        yield pl.Series(some)
    if not bytes(view[: len(ZIP)]).startswith(ZIP):
        for start in range(0, len(view), _PIECE):
            piece = bytes(view[start : start + _PIECE + _OVERLAP])
            for encoding_, skipped in (("utf-8", 0), ("latin-1", 0), ("utf-16-le", 0), ("utf-16-le", 1)):
                yield pl.Series(html.unescape(piece[skipped:].decode(encoding_, "replace")).split("\n"))
        return
    with zipfile.ZipFile(BytesIO(view)) as package:
        for name in package.namelist():
            with package.open(name) as part:
                texts = html.unescape(_MARKUP.sub(b"\n", part.read()).decode(errors="replace"))
            yield pl.Series(texts.split("\n"))
