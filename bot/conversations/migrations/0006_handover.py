from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0005_search"),
    ]

    operations = [
        migrations.AddField(
            model_name="handover",
            name="notice_after",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="handover",
            name="notice_tries",
            field=models.PositiveSmallIntegerField(default=0),
        ),
    ]
