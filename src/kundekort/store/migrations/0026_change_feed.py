"""Every revision has its place in the change feed; those that there are, in the order in which they were begun."""

from django.db import migrations, models
from django.db.models import Q

PLACE = """
    UPDATE kundekort_revision r SET position = p.position, first_change = p.first, last_change = p.last FROM (
        SELECT id, row_number() OVER (ORDER BY id) AS position, first, last FROM kundekort_revision LEFT JOIN (
            SELECT revision_id, min(id) AS first, max(id) AS last FROM kundekort_change GROUP BY revision_id
        ) h ON h.revision_id = id
    ) p WHERE r.id = p.id
"""


class Migration(migrations.Migration):
    dependencies = [("kundekort", "0025_api")]
    operations = [
        migrations.AddField("Revision", "position", models.BigIntegerField(null=True)),
        migrations.AddField("Revision", "first_change", models.BigIntegerField(null=True)),
        migrations.AddField("Revision", "last_change", models.BigIntegerField(null=True)),
        migrations.RunSQL(PLACE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "Revision",
            models.UniqueConstraint(fields=["position"], condition=Q(position__gt=0), name="revision_position"),
        ),
        migrations.AddIndex(
            "Revision", models.Index(fields=["id"], condition=Q(position=None), name="revision_unplaced")
        ),
    ]
