"""A plan as files in a folder, named by its content: the values of its rows, its index, and its problems as Parquet."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from kundekort.engine import draft, frames, pipeline
from kundekort.engine.frames import ROW
from kundekort.engine.plan import MemoryRows, Plan, RowSink
from kundekort.engine.schema import Schema

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

INDEX: Final = "index.parquet"
PROBLEMS: Final = "problems.parquet"
CONFLICTS: Final = "conflicts.parquet"
EVIDENCE: Final = "evidence.parquet"
PARTS: Final = (INDEX, PROBLEMS, CONFLICTS, EVIDENCE)
DRAFT: Final = "draft"
"""The folder beside the parts from which a plan can be made again (`drafts`); it is no part of the plan."""
GROUP: Final = 20_000
"""Rows of one file of values: the least that is read to show one row."""
_VALUES: Final = "values*.parquet"
_FEW: Final = 1_000
"""Rows that Polars writes as soon: a command with a short file need not wait until Arrow's own writer is loaded."""


class ParquetRows:
    """The values of rows, written to files as they come, in groups of GROUP however they come."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._groups = folder, 0
        for part in value_parts(folder):  # of an attempt that was given up
            part.unlink()
        self._waiting: list[pl.DataFrame] = []

    def add(self, values: pl.DataFrame) -> None:
        """Take the values of some more rows."""
        self._waiting.append(values)
        if sum(frame.height for frame in self._waiting) >= GROUP:
            whole = pl.concat(self._waiting)
            full = whole.height - whole.height % GROUP
            for group in whole.head(full).iter_slices(GROUP):
                self._write(group)
            self._waiting = [whole.slice(full)]

    def finish(self) -> pl.LazyFrame:
        """All that was taken."""
        rest = pl.concat(self._waiting)
        if not self._groups:  # so few that they need not be read again
            self._write(rest)
            return rest.lazy()
        if rest.height:
            self._write(rest)
        return values(self._folder)

    def _write(self, group: pl.DataFrame) -> None:
        write_values(group, self._folder / f"values-{self._groups:05}.parquet")
        self._groups += 1


class ParquetFile:
    """Rows of one file, written as they come."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: pq.ParquetWriter | None = None

    def add(self, values: pl.DataFrame) -> None:
        """Take some more rows."""
        table: pa.Table = values.to_arrow(compat_level=pl.CompatLevel.oldest())
        if self._writer is None:
            import pyarrow.parquet as pq

            self._path.parent.mkdir(exist_ok=True)
            packed = {
                name: "DELTA_BINARY_PACKED"  # numbers that ascend or stay the same take no room
                for name, kind in values.schema.items()
                if kind.is_integer() and kind != pl.UInt8
            }
            self._writer = pq.ParquetWriter(
                self._path,
                table.schema,
                compression="lz4",
                use_dictionary=False,
                write_statistics=False,
                column_encoding=packed,
            )
        if table.num_rows:
            self._writer.write_table(table, row_group_size=GROUP)

    def finish(self) -> pl.LazyFrame:
        """All that was taken."""
        if self._writer is not None:
            self._writer.close()
        return pl.scan_parquet(self._path)


def rows(folder: Path, *, in_memory: bool = False) -> Callable[[str], RowSink]:
    """Where the parts of a plan and its draft go: into a folder, or but for its values into memory."""

    def place(name: str) -> RowSink:
        if name == draft.VALUES:
            return ParquetRows(folder)
        if in_memory:
            return MemoryRows()
        return ParquetFile(folder / INDEX if name == pipeline.INDEX else folder / DRAFT / f"{name}.parquet")

    return place


class PatchedRows:
    """The values of a kept plan, of which some rows (numbers) get new ones; files without such a row are shared."""

    def __init__(self, old: Path, new: Path, rows: pl.Series) -> None:
        self._old, self._new, self._rows = old, new, rows
        self._waiting: list[pl.DataFrame] = []

    def add(self, values: pl.DataFrame) -> None:
        """Take the values of some more of the rows."""
        self._waiting.append(values)

    def finish(self) -> pl.LazyFrame:
        """The values of all rows of the plan."""
        touched = set(self._rows // GROUP)
        given = pl.concat(self._waiting).with_columns(self._rows.alias(ROW)) if touched else pl.DataFrame()
        for number, part in enumerate(value_parts(self._old)):
            if number not in touched:
                share(part, self._new / part.name)
                continue
            there = given.filter(pl.col(ROW) // GROUP == number)
            old = pl.read_parquet(part).with_row_index(ROW, offset=number * GROUP)
            kept = old.join(there, on=ROW, how="anti").select(there.columns)
            write_values(pl.concat([kept, there]).sort(ROW).drop(ROW), self._new / part.name)
        return values(self._new)


def values(folder: Path) -> pl.LazyFrame:
    """The values of the rows of the plan in a folder, in their order. Raises FileNotFoundError where there are none."""
    parts = value_parts(folder)
    if not parts:
        raise FileNotFoundError(folder)
    return pl.scan_parquet(parts)


def value_parts(folder: Path) -> list[Path]:
    """The files with the values of the plan in a folder, GROUP rows each, in their order."""
    return sorted(folder.glob(_VALUES))


def write_values(values: pl.DataFrame, path: Path) -> None:
    """Write the values of some rows, in half the time and twice the room that `write_part` would take."""
    if values.height <= _FEW:
        write_part(values, path)
        return
    import pyarrow.parquet as pq

    table: pa.Table = values.to_arrow(compat_level=pl.CompatLevel.newest())
    pq.write_table(table, path, compression="lz4", use_dictionary=False, write_statistics=False, store_schema=False)


def write_part(frame: pl.DataFrame, path: Path) -> None:
    """Write a frame."""
    frame.write_parquet(path, compression="zstd", compression_level=1, row_group_size=GROUP, statistics=False)


def share(old: Path, new: Path) -> None:
    """Have a file that is never written again in another folder too, without a copy where the disk can do that."""
    try:
        new.hardlink_to(old)
    except OSError:
        shutil.copyfile(old, new)


def write(plan: Plan, folder: Path) -> None:
    """Write a plan of which the values, and perhaps the index, are in the folder already."""
    parts = {PROBLEMS: plan.problems, CONFLICTS: plan.conflicts, EVIDENCE: plan.evidence}
    if not (folder / INDEX).exists():
        parts[INDEX] = plan.index.collect()
    for name, frame in parts.items():
        write_part(frame, folder / name)


def read(folder: Path, *, schema: Schema) -> Plan:
    """The plan in a folder. Raises FileNotFoundError, and KeyError when the schema has lost one of its fields."""
    if not (folder / INDEX).exists():
        raise FileNotFoundError(folder / INDEX)
    index = pl.scan_parquet(folder / INDEX)
    keys = [name.removeprefix(frames.CHANGED) for name in index.collect_schema() if name.startswith(frames.CHANGED)]
    return Plan(
        fields=tuple(schema[key] for key in keys),
        index=index,
        values=values(folder),
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
    for path in sorted(folder.glob("*.parquet")):
        with path.open("rb") as part:
            whole.update(f"{path.name} {path.stat().st_size}\n".encode())
            while block := part.read(1 << 20):
                whole.update(block)
    return whole.hexdigest()
