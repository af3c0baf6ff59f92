"""Writes the example files beside it: `python examples/make.py`. They fit a register that `kundekort demo` has loaded.

The edits are the ones people make in a spreadsheet: values typed anew in their own way, rows added below, and mistakes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import polars as pl

from kundekort.cli.demo import CUSTOMERS
from kundekort.cli.sample import customers
from kundekort.cli.sample_register import edited_since, exported
from kundekort.cli.sample_register import register as sample_register
from kundekort.engine.writing.csv import SPREADSHEET, Form, write
from kundekort.store.fields import SCHEMA

Row = dict[str, str]
HEADERS = [field.header for field in SCHEMA]
MOVED = [("Havnegata 4", "8006", "Bodø"), ("Bakkehaugen 17B", "0475", "Oslo"), ("Torvgata 1", "5003", "Bergen")]


def files() -> dict[str, bytes]:
    """The bytes of each example by its name."""
    everybody = in_export(sample_register(CUSTOMERS).to_dicts())
    register = [{**row, "CustomerID": str(number)} for number, row in enumerate(everybody, start=1)]
    return {
        "customers-edited.csv": edited(register),
        "stale-export.csv": stale(register),
        "damaged-by-spreadsheet.csv": damaged(register),
        "new-subscribers.csv": new_subscribers(),
        "newsletter.csv": newsletter(register),
        "box-office.txt": box_office(register),
    }


def sample(count: int, *, seed: int = 1) -> list[Row]:
    """Invented customers as they stand in an export."""
    return in_export(customers(count, seed=seed).to_dicts())


def in_export(rows: Sequence[Row]) -> list[Row]:
    """Customers with the column that an export adds."""
    return [{**row, "Version": "1"} for row in rows]


def edited(register: Sequence[Row]) -> bytes:
    """400 exported customers after an afternoon in a spreadsheet: edits, the same said in other words, and mistakes."""
    rows = [dict(row) for row in register[7::12]][:400]
    norwegian = [row for row in rows if row["Country"] == "NO"]

    def edit(chosen: Iterable[Row], how: Callable[[Row, int], None]) -> None:
        for number, row in enumerate(chosen):
            how(row, number)

    def having(header: str, start: int, count: int) -> list[Row]:
        return [row for row in norwegian if row[header]][start : start + count]

    # 60 changed cells: 10 removals of three cells, 12 addresses, 10 mobiles, 5 tags, 3 withdrawn consents
    edit(norwegian[6:16], lambda row, n: row.update(zip(("Address", "ZipCode", "City"), MOVED[n % 3], strict=True)))
    edit(having("Email", 20, 12), lambda row, n: row.update(Email=row["Email"].replace("@", ".ny@")))
    edit(having("Mobile", 50, 10), lambda row, n: row.update(Mobile=f"4{n}1 55 {n}0{n}"))
    edit(norwegian[80:85], lambda row, n: row.update(Tags=f"{row['Tags']}|Premiere"))
    edit([row for row in norwegian[90:] if row["EmailConsent"] == "1"][:3], lambda row, n: row.update(EmailConsent="0"))
    # the same in other words: no change
    edit(norwegian[130:140], lambda row, n: row.update(Country="Norge", Gender=GENDERS[row["Gender"]]))
    edit(having("Mobile", 130, 5), lambda row, n: row.update(Mobile="0047 " + spaced(row["Mobile"][3:])))
    edit(having("DateOfBirth", 120, 5), lambda row, n: row.update(DateOfBirth=dotted(row["DateOfBirth"])))
    # mistakes
    norwegian[200].update(Email="kari.nordmann.example.com")
    norwegian[201].update(ZipCode="150")
    norwegian[202].update(DateOfBirth="31.02.1980")
    norwegian[203].update(Mobile="12345")
    rows.insert(300, dict(norwegian[204]))
    new = [{**row, "Version": "", "ExternalID": ""} for row in sample(14, seed=2)]
    new[12].update(CustomerID="99999")
    new[13].update(Gender="")
    return written(rows + new, headers=HEADERS, form=SPREADSHEET)


def stale(register: Sequence[Row]) -> bytes:
    """A list that lay about: edited by its owner, while the box office has edited some of the same cards."""
    numbers = exported(register)
    rows = [dict(register[number - 1]) for number in numbers]
    since = edited_since(register)
    both = [row for row in rows if int(row["CustomerID"]) in since]
    alone = [row for row in rows if int(row["CustomerID"]) not in since]
    for number, row in enumerate(alone[:6]):
        row.update(Mobile=f"46 1{number} 22 3{number}")
    for row in alone[6:10]:
        row.update(Tags=f"{row['Tags']}|Premiere".removeprefix("|"))
    both[0].update(Tags="Sponsor")  # another cell than the office has changed
    both[4].update(Mobile="46 19 22 39")  # the same cell
    return written(rows, headers=HEADERS, form=SPREADSHEET)


def damaged(register: Sequence[Row]) -> bytes:
    """An export that was opened as plain CSV in a Norwegian Excel, and saved: what it took for numbers is broken."""
    norwegian = [row for row in register[4::12] if row["Country"] == "NO" and row["FirstName"] and row["Mobile"]]
    rows = [dict(row) for row in norwegian[:40]]
    for row in rows:
        row.update({header: row[header].lstrip("0") for header in ("ZipCode", "ExternalID")})
        row.update({header: row[header].lstrip("+") for header in ("Mobile", "Phone")})
        row.update(DateOfBirth=dotted(row["DateOfBirth"]))
    for row in rows[5::9]:  # where the column was narrow
        row.update(Mobile=f"{row['Mobile'][0]},{row['Mobile'][1:3]}E+09")
    for row in rows[7::12]:  # a formula that found nothing
        row.update(City="#N/A")
    form = Form(separator=";", line_end="\r\n", byte_order_mark=False, protected=False)
    return written(rows, headers=HEADERS, form=form).decode().encode("windows-1252", errors="replace")


def new_subscribers() -> bytes:
    """25 new customers as a Norwegian Excel saves CSV: Windows-1252, own words and dates, an empty row in between."""
    headers = ["Kundenr", "Fornavn", "Etternavn", "Adresse", "Postnr", "Poststed", "E-post", "Mobil", "Kjønn", "Født"]
    people = [row for row in sample(60, seed=3) if row["Country"] == "NO" and row["FirstName"]][:25]
    rows = [
        dict(
            zip(
                headers,
                [
                    *("0", row["FirstName"], row["LastName"], row["Address"], row["ZipCode"], row["City"]),
                    *(row["Email"], spaced(row["Mobile"][3:]), GENDERS[row["Gender"]], dotted(row["DateOfBirth"])),
                ],
                strict=True,
            )
        )
        for row in people
    ]
    rows.insert(12, dict.fromkeys(headers, ""))
    form = Form(separator=";", line_end="\r\n", byte_order_mark=False, protected=False)
    return written(rows, headers=headers, form=form).decode().encode("windows-1252")


def newsletter(register: Sequence[Row]) -> bytes:
    """Answers from a newsletter tool: comma, few columns, English words; some of the 30 had agreed already."""
    rows = [
        {"Customer No": row["CustomerID"], "E-mail address": row["Email"].upper(), "Newsletter": "yes"}
        for row in [row for row in register[100:400] if row["Email"]][:30]
    ]
    form = Form(separator=",", line_end="\n", byte_order_mark=False, protected=False)
    return written(rows, headers=["Customer No", "E-mail address", "Newsletter"], form=form)


def box_office(register: Sequence[Row]) -> bytes:
    """“Unicode text” from Excel: UTF-16, tabs, a title, columns that are no fields; 8 of 40 customers have moved."""
    headers = [
        "CustomerID",
        "Fornavn",
        "Etternavn",
        "Telefonn.",
        "Poststed",
        "Postnummer",
        "Rabattkode",
        "Sist på besøk",
    ]
    people = [row for row in register[1000:] if row["Country"] == "NO" and row["FirstName"]][:40]
    rows = []
    for number, row in enumerate(people):
        city, zip_code = (row["City"], row["ZipCode"]) if number % 5 else ("Tromsø", "9008")
        values = [row["CustomerID"], row["FirstName"], row["LastName"], row["Mobile"][3:], city, zip_code]
        rows.append(dict(zip(headers, [*values, f"VÅR{number:02}", f"{number % 28 + 1:02}.03.2026"], strict=True)))
    form = Form(separator="\t", line_end="\r\n", byte_order_mark=False, protected=False)
    text = "Billettluken, uttrekk\r\n\r\n" + written(rows, headers=headers, form=form).decode()
    return text.encode("utf-16")


GENDERS = {"0": "Ukjent", "1": "Mann", "2": "Kvinne"}


def spaced(digits: str) -> str:
    """A phone number in pairs, as people write it."""
    return " ".join(digits[i : i + 2] for i in range(0, len(digits), 2))


def dotted(date: str) -> str:
    """An ISO date as people write it; nothing for nothing."""
    return ".".join(reversed(date.split("-"))) if date else ""


def written(rows: Sequence[Row], *, headers: Sequence[str], form: Form) -> bytes:
    """Rows as the bytes of a file."""
    frame = pl.DataFrame({header: [row[header] for row in rows] for header in headers})
    return b"".join(write([frame], headers=headers, form=form))


if __name__ == "__main__":
    for name, content in files().items():
        (Path(__file__).parent / name).write_bytes(content)
