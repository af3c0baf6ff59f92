"""A fifth of each page of the cards' indexes is left free, so that cards can change twice before pages are parted.

A tenth, as PostgreSQL leaves, is what an import needs that changes each tenth card. The import after it, and taking it
back, found all pages full and took twice as long. Indexes that are there keep their pages until they are built anew.
"""

from typing import Final

from django.db import migrations

INDEXES: Final = (
    "kundekort_customer_pkey",
    "customer_city",
    "customer_email",
    "customer_external_id",
    "customer_home",
    "customer_mobile",
    "customer_name",
    "customer_person",
    "customer_phone",
)


class Migration(migrations.Migration):
    dependencies = [("kundekort", "0029_step_totals")]
    operations = [
        migrations.RunSQL(f"ALTER INDEX {name} SET (fillfactor = 80)", f"ALTER INDEX {name} RESET (fillfactor)")
        for name in INDEXES
    ]
