"""A card that goes leaves its values in one row of the log; the database checks no revision for each such card."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kundekort", "0023_list_indexes")]
    operations = [
        migrations.AddField("Change", "card", models.JSONField(null=True)),
        migrations.AlterField(
            "RemovedCard",
            "into",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="kundekort.customer",
            ),
        ),
        migrations.AlterField(
            "RemovedCard",
            "revision",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="removed",
                to="kundekort.revision",
            ),
        ),
        migrations.AddIndex(
            "RemovedCard",
            models.Index(
                fields=["into"], condition=models.Q(into__isnull=False), name="removed_card_into"
            ),
        ),
    ]
