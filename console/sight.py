"""Which contacts somebody of the team may see: every list, search, count, export and queue asks here."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from bot.conversations.models import Contact
from console.permissions import Permission, may


def visible(request: HttpRequest) -> QuerySet[Contact]:
    """The contacts that whoever asks may see.

    Not the erased ones, and those who reported an aid worker only with SEE_SAFEGUARDING: the colleagues of whoever was
    reported may be operators.
    """
    contacts = Contact.objects.filter(erased_at__isnull=True)
    if may(request, Permission.SEE_SAFEGUARDING):
        return contacts
    return contacts.filter(safeguarding=False)


def get_visible(request: HttpRequest, contact: UUID) -> Contact:
    """The contact with an id.

    Raises:
        Http404: there is none, or none that whoever asks may see; the two cannot be told apart.
    """
    found = visible(request).filter(pk=contact).first()
    if found is None:
        raise Http404
    return found
