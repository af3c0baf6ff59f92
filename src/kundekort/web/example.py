"""Two invented customers in the default layout: what the import page shows, and what its template holds."""

from __future__ import annotations

from typing import Final

import polars as pl

from kundekort.engine.export import SPREADSHEET, csv
from kundekort.engine.schema import Kind
from kundekort.store.fields import SCHEMA

LAYOUT: Final = tuple(f for f in SCHEMA if f.kind is not Kind.VERSION)
"""The columns of a file that a person writes; the version is only for exports."""

CUSTOMERS: Final = (
    {
        "id": "0",
        "first_name": "Åse",
        "last_name": "Nygård",
        "address": "Fjordveien 12",
        "zip_code": "0150",
        "city": "Oslo",
        "country": "NO",
        "email": "ase.nygard@example.com",
        "mobile": "+4791234567",
        "gender": "2",
        "date_of_birth": "1984-05-17",
        "language": "nb",
        "email_consent": "1",
        "sms_consent": "0",
        "tags": "Premiere|Venneforening",
    },
    {
        "id": "1042",
        "first_name": "Jonas",
        "last_name": "Sæther",
        "company": "Kulturhuset AS",
        "address": "Storgata 3",
        "zip_code": "9008",
        "city": "Tromsø",
        "country": "NO",
        "email": "jonas@example.com",
        "phone": "+4777601234",
        "gender": "1",
        "language": "nn",
        "email_consent": "0",
        "sms_consent": "0",
        "internal_note": "Rullestol",
    },
)


def template() -> bytes:
    """The default layout with one customer to write over, as a spreadsheet opens it."""
    row = CUSTOMERS[0]
    frame = pl.DataFrame({f.key: [row.get(f.key, "")] for f in LAYOUT})
    return b"".join(csv([frame], headers=[f.header for f in LAYOUT], form=SPREADSHEET))
