"""A plan as files in a folder, named by its content: the values of its rows, its index, and its problems as Parquet."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from kundekort.engine import frames
from kundekort.engine.plan import Plan
from kundekort.engine.schema import Schema

VALUES: Final = "values.parquet"
INDEX: Final = "index.parquet"
PROBLEMS: Final = "problems.parquet"
CONFLICTS: Final = "conflicts.parquet"
EVIDENCE: Final = "evidence.parquet"
PARTS: Final = (VALUES, INDEX, PROBLEMS, CONFLICTS, EVIDENCE)
ROW_GROUP: Final = 20_000
"""Rows of one Parquet row group: the least that is read to show one row."""


class ParquetRows:
    """The values of rows, written to a file as they come, in groups of ROW_GROUP however they come."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / VALUES
        self._path.unlink(missing_ok=True)  # of an attempt that was given up, whose writer may still be open
        self._writer: pq.ParquetWriter | None = None
        self._waiting: list[pl.DataFrame] = []

    def add(self, values: pl.DataFrame) -> None:
        """Take the values of some more rows."""
        self._waiting.append(values)
        if sum(frame.height for frame in self._waiting) >= ROW_GROUP:
            whole = pl.concat(self._waiting)
            full = whole.height - whole.height % ROW_GROUP
            for group in whole.head(full).iter_slices(ROW_GROUP):
                self._write(group)
            self._waiting = [whole.slice(full)]

    def finish(self) -> pl.LazyFrame:
        """All that was taken."""
        self._write(pl.concat(self._waiting))
        if self._writer is not None:
            self._writer.close()
        return pl.scan_parquet(self._path)

    def _write(self, group: pl.DataFrame) -> None:
        table: pa.Table = group.to_arrow(compat_level=pl.CompatLevel.oldest())
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, table.schema, compression="zstd", compression_level=1)
        if group.height:
            self._writer.write_table(table, row_group_size=ROW_GROUP)


def write(plan: Plan, folder: Path) -> None:
    """Write a plan whose values are in the folder already."""
    parts = {INDEX: plan.index, PROBLEMS: plan.problems, CONFLICTS: plan.conflicts, EVIDENCE: plan.evidence}
    for name, frame in parts.items():
        frame.write_parquet(folder / name, compression="zstd", compression_level=1, row_group_size=ROW_GROUP)


def read(folder: Path, *, schema: Schema) -> Plan:
    """The plan in a folder. Raises FileNotFoundError, and KeyError when the schema has lost one of its fields."""
    index = pl.read_parquet(folder / INDEX)
    keys = [name.removeprefix(frames.CHANGED) for name in index.columns if name.startswith(frames.CHANGED)]
    return Plan(
        fields=tuple(schema[key] for key in keys),
        index=index,
        values=pl.scan_parquet(folder / VALUES),
        problems=pl.read_parquet(folder / PROBLEMS),
        conflicts=pl.read_parquet(folder / CONFLICTS),
        evidence=evidence(folder),
    )


def shown(folder: Path) -> pl.DataFrame:
    """The version of each card that stood beside a plan when it was shown (`frames.VERSIONS`); none without a plan."""
    if not (folder / INDEX).exists():
        return pl.DataFrame(schema=frames.VERSIONS)
    index = pl.scan_parquet(folder / INDEX).filter(pl.col(frames.BASE) > 0)
    return index.select(pl.col(frames.ID).alias("id"), pl.col(frames.BASE).alias("version")).unique("id").collect()


def conflicts(folder: Path) -> pl.DataFrame:
    """The conflicts of a plan; none without a plan."""
    if not (folder / CONFLICTS).exists():
        return pl.DataFrame(schema=frames.CONFLICTS)
    return pl.read_parquet(folder / CONFLICTS)


def evidence(folder: Path) -> pl.DataFrame:
    """What guards have noticed at the rows of a plan; nothing in plans of the time before there were guards."""
    if not (folder / EVIDENCE).exists():
        return pl.DataFrame(schema=frames.ANSWERED)
    return pl.read_parquet(folder / EVIDENCE)


def digest(folder: Path) -> str:
    """The name of a plan: 64 hexadecimal digits that no other plan shares; the same plan has the same name."""
    whole = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        with path.open("rb") as part:
            whole.update(f"{path.name} {path.stat().st_size}\n".encode())
            while block := part.read(1 << 20):
                whole.update(block)
    return whole.hexdigest()
