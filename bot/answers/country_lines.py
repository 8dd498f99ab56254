"""What of an answer is only true for who comes from a country."""

from __future__ import annotations

from collections.abc import Iterable

from bot.answers.schema import Answer, Content

#: Countries of which somebody reads the lines at once: with more, a message would have no room left.
MOST_COUNTRIES = 2


def lines_for(content: Content, answer: Answer, countries: Iterable[str]) -> tuple[str, ...]:
    """The codes under which the answer has a line for people of `countries`: their own, and those of their unions."""
    codes = set(countries)
    return tuple(
        code
        for code in answer.countries
        if code in codes
        or (code in content.countries and codes & {one.name for one in content.countries[code].members})
    )


def country_text(content: Content, answer: Answer, language: str, countries: Iterable[str]) -> str:
    """The lines of an answer for people of `countries`, or "".

    Whose country is not known reads what is there for all; who is of a country without a line reads none.
    """
    known = tuple(countries)
    codes = lines_for(content, answer, known) if known else tuple(one.name for one in answer.countries_for_all)
    chain = content.chain(language)
    texts = [text for code in codes if code in answer.countries and (text := answer.countries[code].get(chain))]
    return "\n".join(f"- {text}" for text in texts) if len(texts) > 1 else "".join(texts)
