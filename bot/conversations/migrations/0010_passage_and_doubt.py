from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0009_queue_on_sqlite"),
    ]

    operations = [
        migrations.AddField(
            model_name="heartbeat",
            name="passage",
            # In the database too: while an update rolls out, workers of before still write rows.
            field=models.CharField(db_default="", default="", max_length=8),
        ),
        migrations.AddField(
            model_name="line",
            name="doubted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
