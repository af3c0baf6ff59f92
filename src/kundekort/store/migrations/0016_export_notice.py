"""A list that could not be written says why."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kundekort", "0015_home_and_email_statistics")]
    operations = [migrations.AddField("export", "notice", models.TextField(db_default="", default=""))]
