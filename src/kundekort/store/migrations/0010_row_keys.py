"""Cards are found by their mobile, and by name and date of birth, as rows of a file are matched by them."""

import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kundekort', '0009_who_confirmed'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('mobile', ''), _negated=True), fields=['mobile'], name='customer_mobile'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(models.F('date_of_birth'), django.db.models.functions.text.Lower('last_name'), django.db.models.functions.text.Lower('first_name'), condition=models.Q(('date_of_birth__isnull', False)), name='customer_person'),
        ),
    ]
