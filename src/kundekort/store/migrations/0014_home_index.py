"""A card is found by where its customer lives, as guards of new rows ask. The expression is that of `bulk.statements`."""

from django.db import migrations

HOME = (
    "lower(last_name) || chr(31) || zip_code || chr(31) || "
    "coalesce(substring(address from '[0-9]+') || chr(31) || lower(left(address, 3)), lower(address))"
)


class Migration(migrations.Migration):
    dependencies = [("kundekort", "0013_earlier_imports")]
    operations = [
        migrations.RunSQL(
            f"CREATE INDEX customer_home ON kundekort_customer (({HOME})) "
            "WHERE last_name <> '' AND address <> '' AND zip_code <> ''",
            "DROP INDEX customer_home",
        )
    ]
