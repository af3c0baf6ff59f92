"""The index behind the customer list's search. Its expression is that of `store.search` at the time."""

from django.db import migrations

VECTOR = (
    "to_tsvector('simple', translate(id || ' ' || first_name || ' ' || last_name || ' ' || company || ' ' || email || "
    "' ' || city || ' ' || mobile || ' ' || right(mobile, 8) || ' ' || phone || ' ' || right(phone, 8) || ' ' || "
    "external_id, '@._-+/', '      '))"
)


class Migration(migrations.Migration):
    dependencies = [("kundekort", "0001_initial")]
    operations = [
        migrations.RunSQL(
            f"CREATE INDEX customer_search ON kundekort_customer USING gin (({VECTOR}))",
            "DROP INDEX customer_search",
        )
    ]
