"""What several databases would change: `python -m bench.scale`, by hand; what it told stands in docs/scale.md.

Three questions, asked of the product and of the PostgreSQL that comes with it, on one machine:

1. Which statements of an import, of taking it back, and of a day at the counter are local to a customer's number? The
   server tells each of them with its time; they are sorted here by what they ask for.
2. What does a question cost that has to be asked everywhere? Of one table in 1, 4, 16 and 64 parts by the hash of the
   number, as Citus would have it on so many servers, and of one that goes to a single part.
3. How fast is an import on each of N servers that have an Nth of the cards and of the rows? Each is measured alone, so
   that what comes out is what each would do; what all would do together is reckoned, and is called so.
"""

from __future__ import annotations

import argparse
import re
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import psycopg
from bench.clock import run
from bench.registers import FULL, Register

PARTS: Final = (1, 4, 16, 64)
SERVERS: Final = (1, 2, 4, 8)
_CARDS: Final = ("kundekort_customer", "kundekort_change", "kundekort_removedcard")
_STATEMENT: Final = re.compile(r"duration: ([\d.]+) ms  (?:statement|execute [^:]*): (.*)", re.DOTALL)
_BY_NUMBER: Final = re.compile(
    r"""(c\.id|"kundekort_customer"\."id"|r\.id|customer_id|"customer_id"|"kundekort_removedcard"\."id")"""
    r"""\s*(=|IN|BETWEEN)\s*"""
)


def kind(statement: str) -> str:
    """What a statement asks for, as a coordinator before several servers would see it."""
    if not any(name in statement for name in _CARDS):
        return "no card: stays on one server"
    if "nextval(pg_get_serial_sequence('kundekort_customer'" in statement:
        return "new cards: a number each, then local"
    if statement.startswith('COPY "kundekort_change"') or _BY_NUMBER.search(statement):
        return "local to numbers"
    return "asked everywhere"


def statements(register: Register) -> dict[str, dict[str, tuple[int, float]]]:
    """How many statements of each kind, and their seconds, by what was done."""
    told: dict[str, dict[str, tuple[int, float]]] = {}
    tenth = str(register.file("tenth"))
    shown: dict[str, int] = {}

    def preview() -> None:
        shown.update(run("imports:preview", data=register.data, file=tenth, keep=True).told)

    def confirm() -> None:
        shown.update(run("imports:confirm", data=register.data, number=shown["import"]).told)

    def undo() -> None:
        back = run("imports:undo", data=register.data, revision=shown["revision"]).told
        run("imports:confirm", data=register.data, number=back["import"])

    def counter() -> None:
        run("scale:counter", data=register.data)

    register.restore(FULL)
    for what, act in (("preview", preview), ("confirm", confirm), ("undo", undo), ("counter", counter)):
        with psycopg.connect(register.address, autocommit=True) as conn:
            conn.execute("ALTER DATABASE postgres SET log_min_duration_statement = 0")
        before = {path: path.stat().st_size for path in _logs(register)}
        act()
        with psycopg.connect(register.address, autocommit=True) as conn:
            conn.execute("ALTER DATABASE postgres RESET log_min_duration_statement")
        counts: Counter[str] = Counter()
        seconds: defaultdict[str, float] = defaultdict(float)
        for path in _logs(register):
            for milliseconds, statement in _lines(path, before.get(path, 0)):
                counts[kind(statement)] += 1
                seconds[kind(statement)] += milliseconds / 1000
        told[what] = {name: (counts[name], seconds[name]) for name in sorted(counts)}
    return told


def _logs(register: Register) -> list[Path]:
    return sorted((register.data / "postgres" / "log").glob("*.log"))


def _lines(path: Path, start: int) -> list[tuple[float, str]]:
    text = path.read_bytes()[start:].decode(errors="replace")
    records = re.split(r"\n(?!\t)", text)
    found = (_STATEMENT.search(record.replace("\n\t", "\n")) for record in records)
    return [(float(match[1]), match[2]) for match in found if match]


def partitions(register: Register, runs: int) -> list[tuple[int, float, float, float]]:
    """Parts, and the milliseconds of a card by its number, by its e-mail address, and of counting a city."""
    register.restore(FULL)
    told = []
    with psycopg.connect(register.address, autocommit=True) as conn:
        conn.execute("SET max_parallel_workers_per_gather = 0")  # which takes longer to begin than what is asked here
        some = "SELECT id, lower(email), city FROM kundekort_customer WHERE email <> '' LIMIT 500"
        asked = conn.execute(some).fetchall()
        for parts in PARTS:
            conn.execute("DROP TABLE IF EXISTS scale")
            conn.execute("CREATE TABLE scale (LIKE kundekort_customer) PARTITION BY HASH (id)")
            for part in range(parts):
                conn.execute(
                    f"CREATE TABLE scale_{part} PARTITION OF scale FOR VALUES WITH (MODULUS {parts}, REMAINDER {part})"
                )
            conn.execute("INSERT INTO scale SELECT * FROM kundekort_customer")
            conn.execute("ALTER TABLE scale ADD PRIMARY KEY (id)")
            conn.execute("CREATE INDEX ON scale (lower(email))")
            conn.execute("CREATE INDEX ON scale (city)")
            conn.execute("ANALYZE scale")
            questions = (
                ("SELECT * FROM scale WHERE id = %s", 0),
                ("SELECT * FROM scale WHERE lower(email) = %s", 1),
                ("SELECT count(*) FROM scale WHERE city = %s", 2),
            )
            times = []
            for question, column in questions:
                rounds = []
                for _ in range(runs):
                    began = time.perf_counter()
                    for row in asked:
                        conn.execute(question, [row[column]], prepare=True).fetchall()
                    rounds.append((time.perf_counter() - began) / len(asked) * 1000)
                times.append(statistics.median(rounds))
            told.append((parts, *times))
        try:
            conn.execute("CREATE UNIQUE INDEX ON scale (external_id) WHERE external_id <> ''")
        except psycopg.Error as refused:
            print(f"A unique ExternalID of a table in parts: {refused.diag.message_primary}.")
        conn.execute("DROP TABLE scale")
    return told


def servers(rows: int, runs: int) -> list[tuple[int, float, float]]:
    """Servers, and the seconds that the preview and the confirmation of its share take on one of them alone."""
    told = []
    for count in SERVERS:
        register = Register(rows // count)
        register.make()
        previews, confirms = [], []
        for _ in range(runs):
            register.restore(FULL)
            shown = run("imports:preview", data=register.data, file=str(register.file("tenth")), keep=True)
            previews.append(shown.seconds)
            confirms.append(run("imports:confirm", data=register.data, number=shown.told["import"]).seconds)
        told.append((count, statistics.median(previews), statistics.median(confirms)))
    return told


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table as the page has it."""
    for row in (head, ["--:"] * len(head), *rows):
        print("|", " | ".join(f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row), "|")


def main() -> None:
    """Ask all three."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=3)
    wanted = parser.parse_args()
    register = Register(wanted.rows)
    register.make()
    print(f"\n1. Statements, {wanted.rows:,} cards, a file of them with 10 % changed and 2 % new\n")
    for what, kinds in statements(register).items():
        whole = sum(seconds for _, seconds in kinds.values()) or 1.0
        rows = [(name, count, seconds, f"{seconds / whole:.0%}") for name, (count, seconds) in kinds.items()]
        table((what, "statements", "seconds", "share of the time"), rows)
        print()
    print(f"2. One table in parts, {wanted.rows:,} cards, milliseconds of a question\n")
    table(("parts", "by number", "by e-mail address", "count of a city"), partitions(register, wanted.runs))
    print(f"\n3. {wanted.rows:,} cards and rows on N servers, each measured alone\n")
    measured = servers(wanted.rows, wanted.runs)
    first = measured[0]
    rows = [
        (n, preview, confirm, f"{first[1] / preview:.1f} ×", f"{first[2] / confirm:.1f} ×")
        for n, preview, confirm in measured
    ]
    table(("servers", "preview, s", "confirm, s", "preview, reckoned", "confirm, reckoned"), rows)


if __name__ == "__main__":
    main()
