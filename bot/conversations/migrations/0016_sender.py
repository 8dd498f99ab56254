from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0015_said_in"),
    ]

    operations = [
        # In the database too: while an update rolls out, processes of before still write rows.
        migrations.AddField(
            "message", "sender", models.CharField(blank=True, db_default="", default="", max_length=12)
        ),
    ]
