"""The texts of the rows of a kept plan, in small letters and side by side: what a search in a large one goes through.

It is made of the values of the plan, beside which it stands, and is no part of it: whoever misses it makes it anew.
"""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from kundekort.store import plans

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER: Final = "search"
SMALL: Final = 2 * plans.GROUP
"""Rows up to which a plan is searched as it is."""
_TEXT: Final = "text"
_BETWEEN: Final = "\x1f"


def write(folder: Path) -> Path:
    """Make the texts of the plan in a folder, whole or not at all; where they are. OSError where there is no room."""
    import pyarrow as pa  # as in `plans`
    import pyarrow.parquet as pq

    target = folder / FOLDER / "text.parquet"
    target.parent.mkdir(exist_ok=True)
    schema = pa.schema([(_TEXT, pa.large_string())])
    # A name of its own, for several people may search at the same time.
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".", delete=False) as file:
        unfinished = Path(file.name)
        try:
            with pq.ParquetWriter(
                file, schema, compression="lz4", use_dictionary=False, write_statistics=False
            ) as texts:
                for part in plans.value_parts(folder):
                    texts.write_table(_texts(part).cast(schema))
            unfinished.replace(target)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
    return target


def containing(folder: Path, text: str, *, rows: int) -> pl.Series:
    """Which of the rows of the plan in a folder, of so many, say a text in small letters anywhere."""
    if not _names(plans.values(folder)):  # a file may have nothing but numbers of customers
        return pl.repeat(value=False, n=rows, eager=True)
    path = folder / FOLDER / "text.parquet"
    if rows > SMALL and not path.exists():
        with suppress(OSError):
            write(folder)
    if path.exists():
        found = pl.scan_parquet(path).select(pl.col(_TEXT).str.contains(text, literal=True))
    else:
        found = plans.values(folder).select(_whole(plans.values(folder)).str.contains(text, literal=True))
    return found.collect(engine="streaming").to_series()


def _texts(part: Path) -> pa.Table:
    values = pl.scan_parquet(part)
    return values.select(_whole(values).alias(_TEXT)).collect().to_arrow(compat_level=pl.CompatLevel.oldest())


def _whole(values: pl.LazyFrame) -> pl.Expr:
    """All that the values of a row say."""
    return pl.concat_str(_names(values), separator=_BETWEEN, ignore_nulls=True).str.to_lowercase()


def _names(values: pl.LazyFrame) -> list[str]:
    return [name for name, kind in values.collect_schema().items() if kind == pl.String]
