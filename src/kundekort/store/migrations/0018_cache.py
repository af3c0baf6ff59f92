"""The table of the cache that all web processes share."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kundekort", "0017_audit_log")]
    operations = [
        migrations.CreateModel(
            name="CacheEntry",
            fields=[
                ("cache_key", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("value", models.TextField()),
                ("expires", models.DateTimeField()),
            ],
            options={
                "db_table": "kundekort_cache",
                "indexes": [models.Index(fields=["expires"], name="cache_expires")],
            },
        ),
    ]
