from django.db import migrations, models


class Migration(migrations.Migration):
    """Whether a text still stands as it was written.

    Everything of before counts so, also what Faro said: the worker looks at it a hundred rows at a time and marks it. To do
    that here would hold the whole table until the last row.
    """

    dependencies = [
        ("conversations", "0013_trace"),
    ]

    operations = [
        migrations.AddField("message", "as_written", models.BooleanField(db_default=True, default=True)),
    ]
