"""Short questions that only mean something after an answer: "and how much is that?", "where is it?"."""

from __future__ import annotations

from datetime import date

from bot.answers.choices import area_buttons, following_buttons, sentence_buttons
from bot.answers.choose import Choice, choose
from bot.answers.render import contact_blocks, printed_facts, render, sentence
from bot.answers.schema import Answer, Contact, Content, FactKind
from bot.words import Outgoing

#: What of a contact answers which short question; what no fact can answer is left to the answers.
_FACTS = {
    "ask_phone": (FactKind.PHONE, FactKind.WHATSAPP, FactKind.EMAIL, FactKind.URL),
    "ask_where": (FactKind.ADDRESS,),
    "ask_hours": (FactKind.HOURS,),
}

#: Sentences: above facts of contacts; when nothing answers it; when nothing was answered before.
HERE = "follow_up_here"
UNKNOWN = "follow_up_unknown"
ABOUT_WHAT = "follow_up_about_what"


def follow_up(
    content: Content, question: str, after: str, language: str, on: date, *, countries: tuple[str, ...] = ()
) -> Outgoing:
    """What answers a short question that comes after an answer.

    Staff say in `follow_ups` which answer serves it. A number, an address or opening hours are printed from the
    contacts of the answer itself, when it is the one that serves or none is named. What nobody wrote down is not
    guessed: Faro says so and names whom to ask.

    Args:
        content: the answers.
        question: the short question ("ask_cost").
        after: the topic that was answered before it, or "".
        language: of the person.
        on: the day on which answers must be valid.
        countries: those that the person is of or goes back to, as far as they are known.

    Raises:
        KeyError: the interface lacks a sentence.
    """
    before = choose(content, after, language, on)
    if not isinstance(before, Choice):
        return sentence(content, ABOUT_WHAT, language, area_buttons(content, language))
    answer = before.answer
    named = answer.follow_ups.get(question)
    if named is not None and named.name != answer.topic:
        other = choose(content, named.name, language, on)
        if isinstance(other, Choice):
            return render(content, other, countries)
    if question in _FACTS and (told := _contacts_with(content, answer, _FACTS[question])):
        here = sentence(content, HERE, language)
        blocks = contact_blocks(content, told, language, _FACTS[question])
        buttons = following_buttons(content, answer.topic, language)
        return Outgoing("\n\n".join([here.text, *blocks]), buttons, answer.topic)
    if named is not None and named.name == answer.topic:
        return render(content, before, countries)
    return _unknown(content, answer, language)


def _contacts_with(content: Content, answer: Answer, kinds: tuple[FactKind, ...]) -> list[Contact]:
    there = (content.contacts[name.name] for name in answer.contacts if name.name in content.contacts)
    return [contact for contact in there if any(fact.kind in kinds for fact in printed_facts(contact))]


def _unknown(content: Content, answer: Answer, language: str) -> Outgoing:
    asked = [name.name for name in answer.contacts if name.name in content.contacts]
    buttons = (*following_buttons(content, answer.topic, language)[:1], *sentence_buttons(content, UNKNOWN, language))
    said = sentence(content, UNKNOWN, language, buttons, asked[:2] or ("iom_panama",))
    return Outgoing(said.text, said.buttons, answer.topic)
