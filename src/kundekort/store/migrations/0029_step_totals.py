"""How many rows the steps of imports have gone through, and how long that took."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kundekort", "0028_sources")]
    operations = [
        migrations.CreateModel(
            name="StepTotal",
            fields=[
                ("step", models.TextField(primary_key=True, serialize=False)),
                ("times", models.BigIntegerField()),
                ("rows", models.BigIntegerField()),
                ("seconds", models.FloatField()),
            ],
        ),
    ]
