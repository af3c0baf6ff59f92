"""Columns for imports that take a revision back, and for who confirmed what."""

import django.db.models.deletion
import django.db.models.functions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kundekort", "0007_rooms_and_names"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            "Import",
            "confirmed_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField("Import", "confirmer_name", models.TextField(default="")),
        migrations.AddField(
            "Import", "touched_at", models.DateTimeField(db_default=django.db.models.functions.Now())
        ),
        migrations.AddField(
            "Import",
            "undoes",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="undoings",
                to="kundekort.revision",
            ),
        ),
    ]
