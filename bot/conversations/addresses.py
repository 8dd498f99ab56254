"""Where people are written to: found by keyed pseudonyms, kept sealed, opened only to send.

Nothing else in the house holds an address: not Rasa, not a log, not another column.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from collections.abc import Iterable, Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.db import transaction

from bot.conversations.models import Address, Contact


def pseudonym(key: str, channel: str, address: str) -> str:
    """A keyed pseudonym of an address: 64 hexadecimal digits, the same for the same person, useless without the key."""
    return hmac.new(key.encode(), f"{channel}\x00{address}".encode(), hashlib.sha256).hexdigest()


class AddressBook:
    """Opens and seals addresses under ADDRESS_KEY (Fernet: AES-128-CBC with HMAC-SHA256, github.com/fernet/spec).

    Args:
        pseudonym_key: PSEUDONYM_KEY.
        keys: the values of ADDRESS_KEY, the newest first; the newest seals, all open.
    """

    def __init__(self, pseudonym_key: str, keys: Sequence[str]) -> None:
        self._pseudonym_key = pseudonym_key
        self._box = MultiFernet([Fernet(_fernet_key(key)) for key in keys])

    def pseudonym(self, channel: str, address: str) -> str:
        """See the function of that name."""
        return pseudonym(self._pseudonym_key, channel, address)

    def seal(self, text: str) -> str:
        """What is kept of a text."""
        return self._box.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The text that was sealed, or "" when none of the keys opens it."""
        try:
            return self._box.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return ""

    def owner(self, channel: str, addresses: Iterable[str]) -> list[Contact]:
        """The contacts that these addresses belong to; more than one when Faro did not know yet that they are one."""
        names = [self.pseudonym(channel, one) for one in addresses]
        found = Contact.objects.filter(addresses__channel=channel, addresses__pseudonym__in=names)
        return list(found.distinct().order_by("created_at", "pk"))

    def note(self, contact: Contact, addresses: Iterable[str]) -> None:
        """Keep addresses of a contact that are not kept yet."""
        named = {self.pseudonym(contact.channel, one): one for one in addresses}
        known = Address.objects.filter(channel=contact.channel, pseudonym__in=named).values_list("pseudonym", flat=True)
        for name in known:
            named.pop(name)
        Address.objects.bulk_create(
            Address(contact=contact, channel=contact.channel, pseudonym=name, sealed=self.seal(one))
            for name, one in named.items()
        )

    def addresses(self, contact_id: uuid.UUID) -> tuple[str, ...]:
        """Every address of a contact, in clear: the newest last. Only for sending."""
        sealed = Address.objects.filter(contact_id=contact_id).order_by("pk").values_list("sealed", flat=True)
        return tuple(address for one in sealed if (address := self.open(one)))

    def move(self, channel: str, old: str, new: str) -> None:
        """A person's address has changed: the new one takes the place of the old one."""
        with transaction.atomic():
            owners = self.owner(channel, [old])
            if not owners:
                return
            contact = one_of(owners + [one for one in self.owner(channel, [new]) if one not in owners])
            Address.objects.filter(channel=channel, pseudonym=self.pseudonym(channel, old)).delete()
            self.note(contact, [new])
            if contact.pseudonym == self.pseudonym(channel, old):
                # The old number may be somebody else's tomorrow.
                Contact.objects.filter(pk=contact.pk).update(pseudonym=self.pseudonym(channel, new))

    def rotate(self) -> int:
        """Seal everything anew with the newest key. Returns how many addresses."""
        count = 0
        for address in Address.objects.iterator(chunk_size=500):
            opened = self.open(address.sealed)
            if opened:
                Address.objects.filter(pk=address.pk).update(sealed=self.seal(opened))
                count += 1
        return count


def one_of(contacts: Sequence[Contact]) -> Contact:
    """Make one contact of several that turned out to be the same person: the oldest keeps everything.

    A turn that somebody is doing for one of the others ends without effect, and is done again for the one that is left.
    """
    first, *others = contacts
    for other in others:
        other.messages.update(contact=first)
        other.addresses.update(contact=first)
        if first.handovers.filter(closed_at__isnull=True).exists():
            other.handovers.filter(closed_at__isnull=True).delete()
        other.handovers.update(contact=first)
        if other.safeguarding:
            # What one of them reported is now in the conversation of the other.
            first.safeguarding = True
            Contact.objects.filter(pk=first.pk).update(safeguarding=True)
        other.delete()
    return first


def _fernet_key(secret: str) -> bytes:
    # A Fernet key is 32 bytes in base64; the setting is any long random text, like the other keys.
    return base64.urlsafe_b64encode(hashlib.sha256(b"faro addresses\x00" + secret.encode()).digest())
