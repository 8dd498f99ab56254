"""What somebody wants to see of all conversations: read from the address of the page, and turned into conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from bot.channels.limits import CHANNELS
from bot.channels.webchat.languages import library
from bot.conversations.models import DOUBTFUL, Feedback, Handover, Message
from bot.conversations.search import Holds
from console.conversations import words
from console.conversations.reading import unread

Choices = Sequence[tuple[str, Any]]

#: Messages around the beginning or end of a day whose ids are compared: ids are given in order of arrival, but two that
#: arrive in the same moment may be written in either order.
_AROUND = 64

_NO_CHOICE = gettext_lazy("There is no such choice.")

HANDOVER: Choices = (
    ("", gettext_lazy("All")),
    ("waiting", gettext_lazy("Wait for a person")),
    ("held", gettext_lazy("With somebody of the team")),
    ("mine", gettext_lazy("With me")),
    ("ever", gettext_lazy("Handed over, now or before")),
)


class Filters(forms.Form):
    """The filters as fields: every one may be left out, and all of them together narrow the list."""

    since = forms.DateField(required=False, label=gettext_lazy("From"), widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(required=False, label=gettext_lazy("To"), widget=forms.DateInput({"type": "date"}))
    channel = forms.ChoiceField(required=False, label=gettext_lazy("Channel"))
    language = forms.ChoiceField(required=False, label=gettext_lazy("Language"))
    topic = forms.ChoiceField(required=False, label=gettext_lazy("Topic"))
    outcome = forms.ChoiceField(required=False, label=gettext_lazy("Result"))
    handover = forms.ChoiceField(required=False, label=gettext_lazy("Person of the team"), choices=HANDOVER)
    doubtful = forms.BooleanField(required=False, label=gettext_lazy("Low confidence"))
    unhelpful = forms.BooleanField(required=False, label=gettext_lazy("“It did not help”"))
    safety = forms.BooleanField(required=False, label=gettext_lazy("Danger"))
    unread = forms.BooleanField(required=False, label=gettext_lazy("New to me"))

    def __init__(self, given: Mapping[str, Any]) -> None:
        super().__init__(given)
        language, content = translation.get_language() or "", library().current()
        everything = [("", gettext_lazy("All"))]
        choices: dict[str, Choices] = {
            "channel": [(name, words.channel(name)) for name in CHANNELS],
            "language": [(one.code, one.name) for one in content.languages.values()],
            "topic": words.topics(language),
            "outcome": [(one.value, words.outcome(one.value)) for one in Message.Outcome],
        }
        for name, found in choices.items():
            cast(forms.ChoiceField, self.fields[name]).choices = [*everything, *found]
        for field in self.fields.values():
            field.error_messages["invalid_choice"] = _NO_CHOICE  # Django's own would repeat what stood in the address
        for name in ("since", "until"):
            # The browser's own form for dates sends and takes this one alone, whatever the language of the page.
            cast(forms.DateInput, self.fields[name].widget).format = "%Y-%m-%d"

    @property
    def chosen(self) -> dict[str, Any]:
        """What was chosen and can be used; a value that means nothing is in `errors` and filters nothing."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def address(self) -> dict[str, str]:
        """What is chosen, as it stands in an address."""
        return {
            name: "on" if value is True else value.isoformat() if isinstance(value, date) else value
            for name, value in self.chosen.items()
        }

    def matching(self, account: Any, search: Sequence[str] = ()) -> Q:
        """The messages of people that all this fits, as a condition.

        Args:
            account: who asks; decides what is new and what is "mine".
            search: words that were looked for (bot.conversations.search.words_of).
        """
        chosen = self.chosen
        # Words are looked for in what the team wrote too; nothing else of it is asked for.
        condition = Q(Holds(search)) if search else Q(direction="in")
        for name in ("channel", "language", "topic", "outcome"):
            if name in chosen:
                condition &= Q(**{name: chosen[name]})
        if "safety" in chosen:
            condition &= Q(safety=True)
        if "doubtful" in chosen:
            condition &= Q(confidence__gt=0, confidence__lt=DOUBTFUL)
        if "unhelpful" in chosen:
            condition &= Q(pk__in=Feedback.objects.filter(verdict="unhelpful").values("message"))
        if "unread" in chosen:
            condition &= unread(account)
        if "handover" in chosen:
            condition &= _handed_over(chosen["handover"], account)
        return condition & _between(chosen.get("since"), chosen.get("until"))


def _handed_over(which: str, account: Any) -> Q:
    found = Handover.objects.all()
    match which:
        case "waiting":
            found = found.filter(closed_at__isnull=True, operator__isnull=True)
        case "held":
            found = found.filter(closed_at__isnull=True, operator__isnull=False)
        case "mine":
            found = found.filter(closed_at__isnull=True, operator=account)
    return Q(contact__in=found.values("contact"))


def _between(since: date | None, until: date | None) -> Q:
    """Messages of some days, in Panama's time.

    By their ids too: the list is read by id, and would otherwise read everything newer than the last day first.
    """
    condition = Q()
    if since is not None:
        begins = _begin(since)
        ids = (
            Message.objects.filter(created_at__gte=begins).order_by("created_at").values_list("pk", flat=True)[:_AROUND]
        )
        condition &= Q(created_at__gte=begins, pk__gte=min(ids, default=0))
    if until is not None:
        ends = _begin(until + timedelta(days=1))
        ids = Message.objects.filter(created_at__lt=ends).order_by("-created_at").values_list("pk", flat=True)[:_AROUND]
        condition &= Q(created_at__lt=ends, pk__lte=max(ids, default=0))
    return condition


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
