"""Customers whose data go for good: who was anonymised, and who is not to be."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kundekort', '0019_people'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='revision',
            name='kind',
            field=models.TextField(choices=[('import', 'Import'), ('edit', 'Edit'), ('merge', 'Merge'), ('undo', 'Undo'), ('anonymisation', 'Anonymisation')]),
        ),
        migrations.CreateModel(
            name='Anonymisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('actor_name', models.TextField()),
                ('customers', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('by_rule', models.BooleanField(default=False)),
                ('state', models.TextField(choices=[('waiting', 'Waiting'), ('clearing', 'Clearing'), ('done', 'Done'), ('failed', 'Failed')], default='waiting')),
                ('notice', models.TextField(default='')),
                ('progress', models.JSONField(null=True)),
                ('imports', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('exports', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('transaction', models.BigIntegerField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revision', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='anonymisation', to='kundekort.revision')),
            ],
        ),
        migrations.CreateModel(
            name='RetentionHold',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('actor_name', models.TextField()),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
    ]
