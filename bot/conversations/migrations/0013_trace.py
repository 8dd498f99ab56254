from django.db import migrations, models


class Migration(migrations.Migration):
    """The id by which a message is found in the logs of every process."""

    dependencies = [("conversations", "0012_turn_order")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="trace",
            field=models.CharField(blank=True, db_default="", default="", max_length=16),
        ),
    ]
