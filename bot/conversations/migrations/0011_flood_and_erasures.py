"""A person's allowance, and who was erased.

Beside a Faro that runs: no table is rewritten (the columns may be empty, or the database knows their default), and of the tables
that people write in each migration touches one. A turn holds a contact and wants its messages, an arriving message the other way
round: whoever wanted both tables whole would stand between them, and PostgreSQL would end one of the three as a deadlock.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0010_passage_and_doubt"),
    ]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("contact", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["at"], name="erasure_at")]},
        ),
        migrations.AddField("contact", "flood_until", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "contact", "flood_notice", models.CharField(blank=True, db_default="", default="", max_length=4)
        ),
    ]
