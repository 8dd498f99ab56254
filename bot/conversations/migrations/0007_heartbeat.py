from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0006_handover"),
    ]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("holder", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("process", models.CharField(max_length=16)),
                ("started_at", models.DateTimeField()),
                ("at", models.DateTimeField()),
            ],
        ),
    ]
