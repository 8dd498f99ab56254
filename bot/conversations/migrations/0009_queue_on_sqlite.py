from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0008_daily_counts"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(condition=models.Q(("state", state)), fields=["id"], name=f"message_{state}"),
        )
        for state in ("waiting", "pending", "sending")
    ]
