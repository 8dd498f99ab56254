"""The phone numbers that Faro itself gives to people: they are nobody's secret, and stay where others are masked."""

from __future__ import annotations

from bot.answers.schema import Content, FactKind


def numbers(content: Content) -> frozenset[str]:
    """Every published phone and WhatsApp number, as it is written in content/contacts.yml."""
    return frozenset(
        fact.value.get(())
        for contact in content.contacts.values()
        for fact in contact.facts
        if fact.kind in (FactKind.PHONE, FactKind.WHATSAPP)
    )
