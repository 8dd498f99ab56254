from django.db import migrations, models


class Migration(migrations.Migration):
    """Which of the messages that were put together said which line, so that one of them can be taken back alone."""

    dependencies = [("conversations", "0014_as_written")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="said_in",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
    ]
