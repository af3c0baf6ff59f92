"""Old workbooks made of records, for tests: the container around them and the records of the kinds that are read."""

from __future__ import annotations

import struct

SECTOR = 512
END = 0xFFFFFFFE


def container(stream: bytes, name: str = "Workbook") -> bytes:
    """A container with one stream."""
    stream = stream.ljust(4096, b"\0")
    count = -(-len(stream) // SECTOR)
    table_sectors = -(-(count + 1) * 4 // (SECTOR - 4))
    directory = b"".join(
        n.encode("utf-16-le").ljust(64, b"\0")
        + struct.pack("<HBBLLL", 2 * len(n) + 2, kind, 1, END + 1, END + 1, END + 1)
        + bytes(36)
        + struct.pack("<LLL", first, size, 0)
        for n, kind, first, size in (("Root Entry", 5, END, 0), (name, 2, table_sectors + 1, len(stream)))
    ).ljust(SECTOR, b"\0")
    chain = [0xFFFFFFFD] * table_sectors + [END]
    chain += [table_sectors + 2 + n for n in range(count - 1)] + [END]
    table = struct.pack(f"<{len(chain)}L", *chain).ljust(table_sectors * SECTOR, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<LLLLLLLLL", 0, table_sectors, table_sectors, 0, 4096, END, 0, END, 0)
    places = [*range(table_sectors)] + [0xFFFFFFFF] * (109 - table_sectors)
    return (head + struct.pack("<109L", *places)) + table + directory + stream.ljust(count * SECTOR, b"\0")


def record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def text(value: str, size: str = "<H") -> bytes:
    """A string of Excel 97, its length in so many bytes."""
    wide = any(ord(c) > 255 for c in value)
    return struct.pack(size, len(value)) + bytes([wide]) + value.encode("utf-16-le" if wide else "latin-1")


def label(row: int, column: int, value: str) -> bytes:
    return record(0x0204, struct.pack("<HHH", row, column, 0) + text(value))


def number(row: int, column: int, value: float, form: int = 0) -> bytes:
    return record(0x0203, struct.pack("<HHHd", row, column, form, value))


def book(*cells: bytes, more: bytes = b"", version: int = 0x0600, name: str = "Workbook", title: bytes = b"") -> bytes:
    """A workbook of one sheet; `more` are records for all sheets."""
    begin = record(0x0809, struct.pack("<HHHH", version, 5, 0, 0))
    title = title or text("Kunder", "<B")
    ahead = len(begin) + len(more) + 4 + 6 + len(title) + 4
    whole = begin + more + record(0x0085, struct.pack("<LBB", ahead, 0, 0) + title) + record(0x000A)
    sheet = record(0x0809, struct.pack("<HHHH", version, 16, 0, 0)) + b"".join(cells) + record(0x000A)
    return container(whole + sheet, name)
