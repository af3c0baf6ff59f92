"""How often guards of rows, columns and consent cry wolf at honest lists, and what they miss of damaged ones:

    .venv/bin/python -m bench.guards_rows [CUSTOMERS] [SEED]

For each guard several kinds of invented lists, against a register of so many invented customers. A miss is a row (or
for a whole column, a list) that is wrong and of which the guard says nothing; a false alarm is one at which it says
something though a person has meant it.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import polars as pl
from tests.engine.memory import EMPTY, MemoryRegister, task
from tests.engine.test_identity_guards import exported, register, shifted, sorted_alone, text

from kundekort.cli import sample
from kundekort.engine import frames, interpretation, pipeline
from kundekort.engine.frames import ROW
from kundekort.engine.guards.blast import Thresholds
from kundekort.engine.guards.doubles import EXAMPLES
from kundekort.engine.guards.traits import PERSON
from kundekort.engine.plan import Plan
from kundekort.engine.reading.table import Limits
from kundekort.engine.recipe import Answers
from kundekort.store.fields import SCHEMA

Row = dict[str, str]
Case = tuple[str, str, list[Row], set[int]]
"""A guard's code, what the list is, its rows, and those of them that are wrong."""
STREETS: Final = (("gata", "gt."), ("gate", "gt."), ("veien", "vn."), ("vei", "vn."))


def people(count: int, seed: int) -> list[Row]:
    """New customers, as rows of a file."""
    headers = {f.header: f.key for f in SCHEMA}
    rows = sample.customers(count, seed=seed)
    return [{headers[h]: v for h, v in row.items()} | {"external_id": ""} for row in rows.iter_rows(named=True)]


def other(row: Row, rng: random.Random, **changes: str) -> Row:
    """The row with another address and number, as somebody else has."""
    own = {"email": f"n{rng.randrange(10**9)}@example.org", "mobile": f"+479{rng.randrange(10**7):07}", "phone": ""}
    return row | own | changes


def of_identity(cards: MemoryRegister, rng: random.Random) -> Iterator[Case]:
    """Rows beside the cards that their numbers name."""
    every = exported(cards)
    all_of = set(range(len(every)))
    few = ("external_id", "address", "zip_code", "city", "phone", "tags", "internal_note")
    yield "other_card", "numbers shifted by one", shifted(every), all_of
    yield "other_card", "numbers shifted, names and addresses only", shifted(exported(cards, but=few)), all_of
    yield "other_card", "numbers shifted, no dates of birth", shifted(exported(cards, but=("date_of_birth",))), all_of
    one = [*every]
    there = set(rng.sample(sorted(all_of), len(every) // 20))
    gone = rng.sample(sorted(all_of - there), len(there))
    for place, taken in zip(there, gone, strict=True):
        one[place] = every[place] | {"id": every[taken]["id"]}
    kept = [row for place, row in enumerate(one) if place not in set(gone)]
    yield "other_card", "one number in twenty mistyped", kept, {n for n, row in enumerate(kept) if row not in every}
    for place in range(0, len(every), 3):  # who lives together
        for child in every[place + 1 : place + 2]:
            parent = {key: every[place][key] for key in ("address", "zip_code", "city", "country")}
            child |= parent
            cards.cards_by_id[int(child["id"])] |= parent
    for name, edit in HONEST.items():
        yield "other_card", name, [edit(row, every, rng) for row in every], set()
    for key in ("email", "mobile", "phone"):
        moved = [row | {key: before[key]} for row, before in zip(every, [every[-1], *every], strict=False)]
        for name, rows in (("sorted alone", sorted_alone(key)(every)), ("one cell inserted", moved)):
            wrong = {n for n, (row, was) in enumerate(zip(rows, every, strict=True)) if row[key] not in ("", was[key])}
            yield "column_sorted", f"{key} {name}", rows, wrong
    for name, edit in HONEST.items():
        yield "column_sorted", name, [edit(row, every, rng) for row in every], set()


def _moved(row: Row, every: Sequence[Row], rng: random.Random) -> Row:
    there = rng.choice(every)
    return row | {key: there[key] for key in ("address", "zip_code", "city", "country")}


def _married(row: Row, every: Sequence[Row], rng: random.Random) -> Row:
    return row | {"last_name": rng.choice(every)["last_name"] if row["first_name"] else row["last_name"]}


def _put_right(row: Row, every: Sequence[Row], rng: random.Random) -> Row:
    return row | {"date_of_birth": f"19{rng.randint(40, 99)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"}


def _of_family(row: Row, every: Sequence[Row], rng: random.Random) -> Row:
    at_home = [one for one in every if one["address"] and one["address"] == row["address"] and one is not row]
    return row | {key: at_home[0][key] for key in ("email", "mobile")} if at_home else row


HONEST: Final[dict[str, Callable[[Row, Sequence[Row], random.Random], Row]]] = {
    "everybody has a new e-mail and mobile": lambda row, every, rng: other(row, rng),
    "everybody has moved": _moved,
    "everybody has another last name": _married,
    "all dates of birth put right": _put_right,
    "every child has the e-mail and mobile of a parent": _of_family,
}


def of_moved(cards: MemoryRegister, rng: random.Random) -> Iterator[Case]:
    """Columns of names and dates of birth that were sorted or pushed down by themselves, and honestly edited ones."""
    every = exported(cards)
    for key in (*PERSON, "date_of_birth"):
        by_itself = sorted_alone(key)(every)
        lists = {
            "sorted alone": by_itself,
            "one cell inserted": [
                row | {key: above[key]} for row, above in zip(every, [every[-1], *every], strict=False)
            ],
            "sorted alone, one row in fifty edited": [
                row if n % 50 else row | {key: "1901-01-02" if key == "date_of_birth" else f"Ny-{row[key]}"}
                for n, row in enumerate(by_itself)
            ],
        }
        for name, rows in lists.items():
            old = [row[key] for row in every]
            wrong = {n for n, row in enumerate(by_itself if "sorted" in name else rows) if row[key] != old[n]}
            wrong -= {n for n in wrong if "edited" in name and n % 50 == 0}
            yield "column_moved", f"{key} {name}", rows, wrong
    for name, edit in HONEST.items():
        yield "column_moved", name, [edit(row, every, rng) for row in every], set()


def of_strangers(cards: MemoryRegister, rng: random.Random) -> Iterator[Case]:
    """Rows about somebody else than the card of their number, whom no card is about."""
    every = [row for row in exported(cards) if row["first_name"]]
    theirs = [row for row in people(len(every) * 2, seed=98) if row["first_name"]][: len(every)]
    other_system = [row | {"id": mine["id"]} for row, mine in zip(theirs, every, strict=True)]
    all_of = set(range(len(every)))
    yield "stranger", "customers of another system, whose numbers are ours too", other_system, all_of
    reached = ("id", "first_name", "last_name", "gender", "email", "mobile")
    narrow = [{key: row[key] for key in reached} for row in other_system]
    yield "stranger", "the same, with names, e-mail and mobile only", narrow, all_of
    there = set(rng.sample(sorted(all_of), len(every) // 20))
    few = [other_system[place] if place in there else row for place, row in enumerate(every)]
    yield "stranger", "one row in twenty of another system", few, there
    successors = [other(row | {key: new[key] for key in PERSON}, rng) for row, new in zip(every, theirs, strict=True)]
    yield "stranger", "a successor in every place: other names, e-mail, mobile and phone", successors, set()
    renamed = [row | {key: new[key] for key in PERSON} for row, new in zip(every, theirs, strict=True)]
    yield "stranger", "everybody has other names", renamed, set()
    for name, edit in HONEST.items():
        yield "stranger", name, [edit(row, every, rng) for row in every], set()


def of_doubles(cards: MemoryRegister, rng: random.Random) -> Iterator[Case]:
    """New rows."""
    every = [row | {"id": "0", "external_id": ""} for row in exported(cards)]
    named = [row for row in every if row["first_name"]]
    ways: dict[str, tuple[str, ...]] = {
        "the register once more": (),
        "without e-mail": ("email",),
        "without e-mail and mobile": ("email", "mobile"),
        "with another e-mail and mobile, without date of birth": ("date_of_birth",),
        "the same, streets spelled in another way": ("date_of_birth",),
        "the same, in capital letters": ("date_of_birth",),
    }
    for name, without in ways.items():
        rows = [row | dict.fromkeys(without, "") for row in named]
        if "date_of_birth" in without:
            rows = [other(row, rng) for row in rows]
        if "streets" in name:
            rows = [row | {"address": _respelled(row["address"])} for row in rows]
        if "capital" in name:
            rows = [row | {key: row[key].upper() for key in ("first_name", "last_name", "address")} for row in rows]
        yield "already_card", name, rows, set(range(len(rows)))
    strangers = people(len(every) * 5, seed=99)
    yield "already_card", "strangers with names as common", strangers, set()
    relatives = [_relative(row, rng, "email", "mobile", "phone") for row in named]
    yield "already_card", "families: other first names, all else the same", relatives, set()
    born = [other(row, rng, date_of_birth="2015-05-05", first_name=row["first_name"]) for row in named]
    yield "already_card", "children named for somebody at home", [r for r in born if r["date_of_birth"]], set()
    yield "twice_in_file", "every row twice", [*strangers, *strangers], set(range(len(strangers), 2 * len(strangers)))
    again = [other(row, rng, date_of_birth="", address=_respelled(row["address"])) for row in named]
    yield "twice_in_file", "once more by name and home", [*named, *again], set(range(len(named), 2 * len(named)))
    yield "twice_in_file", "strangers with names as common", strangers, set()
    yield "twice_in_file", "families: other first names, all else the same", [*named, *relatives], set()
    examples = [dict(zip(("first_name", "last_name", "email", "address"), one, strict=True)) for one in EXAMPLES]
    left = [{"id": "0", "gender": "0"} | row for row in examples]
    yield "example_row", "a template's rows above others", [*left, *strangers], {0, 1}
    yield "example_row", "one thing of each changed", [row | {"email": "a@example.no"} for row in left], {0, 1}
    yield "example_row", "strangers", strangers, set()
    yield "example_row", "the same names elsewhere", [other(row, rng, address="Nygata 1") for row in left], set()


def _respelled(address: str) -> str:
    for long, short in STREETS:
        if long + " " in address:
            return address.replace(long, short)
    return address


def _relative(row: Row, rng: random.Random, *keys: str) -> Row:
    """Somebody else of the family, born on another day, whose name begins with other letters."""
    first = rng.choice([name for name in NAMES if name[:2].lower() != row["first_name"][:2].lower()])
    return row | {"first_name": first, "date_of_birth": f"20{rng.randint(10, 20)}-01-{rng.randint(10, 28)}"}


NAMES: Final = ("Vilde", "Ulrik", "Yngve", "Quentin", "Xenia", "Dina", "Frida", "Gustav")


def of_columns(cards: MemoryRegister, rng: random.Random) -> Iterator[Case]:
    """Whole columns; the wrong row is the first one, for a list that is wrong."""
    every = exported(cards)

    def some(share: float, **cells: str) -> list[Row]:
        there = set(rng.sample(range(len(every)), round(len(every) * share)))
        return [row | (cells if n in there else {}) for n, row in enumerate(every)]

    for key in ("email", "address", "city", "tags"):
        yield "emptied", f"{key} emptied in a fifth", some(0.2, **{key: ""}), {0}
        yield "emptied", f"{key} emptied in two of a hundred", some(0.02, **{key: ""}), set()
    for key, value in (("email", "a@example.no"), ("last_name", "Hansen"), ("address", "Storgata 1")):
        yield "alike", f"{key} made one value in a tenth", some(0.1, **{key: value}), {0}
        yield "alike", f"{key} made one value in one of two hundred", some(0.005, **{key: value}), set()
    yield "alike", "city and tags made one value in all", some(1, city="Oslo", tags="vip"), set()
    for name, edit in HONEST.items():
        yield "alike", name, [edit(row, every, rng) for row in every], set()
    for key in ("city", "internal_note"):
        rows = [row | {key: f"{row[key]} {n}"} for n, row in enumerate(every)]
        yield "much_changed", f"{key} changed in all", rows, {0}
        few = [row if n % 8 else rows[n] for n, row in enumerate(every)]
        yield "much_changed", f"{key} changed in an eighth", few, set()


def of_consent(cards: MemoryRegister) -> Iterator[Case]:
    """Consents: those of every third card were withdrawn (see `main`)."""
    for key in ("email_consent", "sms_consent"):
        every = exported(cards)
        no = {n for n, row in enumerate(every) if row[key] == "0"}
        gone = {n for n in no if n % 3 == 0}
        switched = [row | {key: "1"} for row in every]
        yield "consent_given", f"{key} switched on for everybody", switched, gone
        yield "consent_from_no", f"{key} switched on for everybody", switched, no - gone
        yield "consent_given", f"{key} switched off for everybody", [row | {key: "0"} for row in every], set()
        asked = [row | {key: row[key] or "1"} for row in every]
        yield "consent_given", f"{key} switched on where nothing is known", asked, set()


def planned(rows: list[Row], cards: MemoryRegister) -> Plan:
    """The plan of rows."""
    data = text(rows).encode()
    file = interpretation.understand(data, answers=Answers(), schema=SCHEMA, limits=Limits(), ask=False)
    made = pipeline.plan(file.source, replace(task(file.recipe, cards), thresholds=Thresholds()))
    assert isinstance(made, Plan), made
    return made


def main() -> None:
    """Every list against the same register."""
    given = [int(number) for number in sys.argv[1:]]
    count, seed = (*given, *(2_000, 8)[len(given) :])
    rng = random.Random(seed)  # noqa: S311 - invented customers
    cards = register(count)
    log = [
        (number, 2, key, "1", "0")
        for number, card in cards.cards_by_id.items()
        for key in ("email_consent", "sms_consent")
        if card[key] == "0" and (number - 1) % 3 == 0
    ]
    cards.log.append(pl.DataFrame(log, schema=frames.CHANGES, orient="row"))
    print(f"{count} cards of {len(EMPTY)} fields")
    guards = (of_identity(cards, rng), of_doubles(cards, rng), of_columns(cards, rng), of_consent(cards))
    for lists in (*guards, of_strangers(cards, rng), of_moved(cards, rng)):
        for code, name, rows, wrong in lists:
            made = planned(rows, cards)
            told = {f.code for f in made.findings}
            if code in ("emptied", "alike", "much_changed"):
                found = {0} if code in told else set()
            else:
                found = set(made.evidence.filter(pl.col("code") == code)[ROW]) if code in told else set()
            missed, alarms = len(wrong - found), len(found - wrong)
            print(f"| `{code}` | {name} | {len(rows):,} | {len(wrong):,} | {missed:,} | {alarms:,} |", flush=True)


if __name__ == "__main__":
    main()
