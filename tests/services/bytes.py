"""Words looked for in every column of every table, and in every byte of the data folder, packed or not."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl
from django.conf import settings
from django.db import connection


def in_database(words: Iterable[str]) -> list[str]:
    """The columns of tables that have one of the words, as text or as bytes."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " JOIN information_schema.tables USING (table_schema, table_name)"
            " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
        )
        for table, column, kind in cursor.fetchall():
            text = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
            for word in words:
                cursor.execute(f'SELECT count(*) FROM "{table}" WHERE {text} ILIKE %s', [f"%{word}%"])
                if cursor.fetchone()[0]:
                    found.append(f"{table}.{column}: {word}")
    return found


def in_files(words: Iterable[str], folder: Path | None = None) -> list[str]:
    """The files below the data folder that have one of the words, in the bytes or in what is packed in them."""
    found = []
    for path in (folder or Path(settings.DATA)).rglob("*"):
        if path.is_file() and not path.is_symlink():
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                continue
            found += [
                f"{path}: {word}" for word in words if any(has(part, word) for part in unpacked(path.name, content))
            ]
    return found


def unpacked(name: str, content: bytes) -> Iterator[bytes]:
    """The bytes, and those of what is packed in them."""
    yield content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for member in package.namelist():
                yield from unpacked(member, package.read(member))
    elif content.startswith(b"\x1f\x8b"):
        yield gzip.decompress(content)
    elif content[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            members = [(member.name, archive.extractfile(member)) for member in archive if member.isfile()]
            read = {name: file.read() for name, file in members if file}
        yield gzip.decompress(b"".join(part for name, part in sorted(read.items()) if name.startswith("database/")))
        for member, part in read.items():
            yield from unpacked(member, part) if member.startswith("files/") else ()
    elif content.startswith(b"PAR1") and content.endswith(b"PAR1"):  # whoever is killed leaves half of one
        yield pl.read_parquet(content).write_ndjson().encode()


def has(content: bytes, word: str) -> bool:
    """Whether bytes have a word in one of the encodings that files and databases have, however it is written."""
    small = content.lower()  # of ASCII letters in any encoding
    forms = {word, word.lower(), word.upper(), word.title()}
    codes = ("utf-8", "utf-16-le", "utf-16-be")
    return any(form in small for form in {form.encode(code).lower() for form in forms for code in codes})
