"""A card is found by its phone number, as guards of sorted columns ask."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kundekort', '0011_column_mappings'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('phone', ''), _negated=True), fields=['phone'], name='customer_phone'),
        ),
    ]
