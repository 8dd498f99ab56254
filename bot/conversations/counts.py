"""The tables of counts: how many, and never who."""

from __future__ import annotations

from django.db import models


class Count(models.Model):
    """How many of something, by day or month, channel, language and topic. No contact, no text.

    With an empty topic a row is the sum over all topics, so that what needs no topics reads few rows.
    """

    #: The day in Panama; of a month its first.
    day = models.DateField()
    channel = models.CharField(max_length=16)
    language = models.CharField(max_length=8, blank=True)
    topic = models.CharField(max_length=64, blank=True)
    #: bot/conversations/measures.py says which there are.
    measure = models.CharField(max_length=80)
    number = models.IntegerField(default=0)

    class Meta:
        """What days and months have in common."""

        abstract = True

    def __str__(self) -> str:
        return f"{self.day} {self.measure} {self.number}"


class DailyCount(Count):
    """The counts of days."""

    class Meta:
        """One row for each combination; what needs no topics reads its few rows and no others."""

        constraints = [
            models.UniqueConstraint(
                fields=["topic", "day", "channel", "language", "measure"], name="one_count_for_each_of_a_day"
            )
        ]
        indexes = [
            models.Index(fields=["day"], name="daily_count_without_topic", condition=models.Q(topic="")),
            models.Index(fields=["day"], name="daily_count_of_topics", condition=models.Q(topic__gt="")),
        ]


class MonthlyCount(Count):
    """The same by month, written at the same moment: a year is read from 12 months and not from 365 days."""

    class Meta:
        """As of days."""

        constraints = [
            models.UniqueConstraint(
                fields=["topic", "day", "channel", "language", "measure"], name="one_count_for_each_of_a_month"
            )
        ]
        indexes = [
            models.Index(fields=["day"], name="monthly_count_without_topic", condition=models.Q(topic="")),
            models.Index(fields=["day"], name="monthly_count_of_topics", condition=models.Q(topic__gt="")),
        ]
