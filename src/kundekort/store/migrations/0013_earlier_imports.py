"""Files are known by their bytes, and imports by the people whom they created; those of earlier versions are not."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kundekort', '0012_phone_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='import',
            name='sha256',
            field=models.TextField(default=''),
        ),
        migrations.AddIndex(
            model_name='import',
            index=models.Index(condition=models.Q(('sha256', ''), _negated=True), fields=['sha256'], name='import_sha256'),
        ),
        migrations.CreateModel(
            name='PeopleSketch',
            fields=[
                ('source', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='sketch', serialize=False, to='kundekort.import')),
                ('people', models.IntegerField()),
                ('hashes', models.BinaryField()),
            ],
            options={
                'indexes': [models.Index(fields=['people'], name='people_sketch_people')],
            },
        ),
    ]
