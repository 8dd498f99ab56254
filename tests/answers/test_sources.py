"""What people are told comes from the research and from the brochure, and from no other page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.answers.brochure import REGISTER, read
from bot.answers.folder import Folder

ROOT = Path(__file__).parents[2]
CONTENT_FILES = [ROOT / "content" / "contacts.yml", *sorted((ROOT / "content" / "answers").rglob("*.yml"))]
FOLDER = Folder(ROOT / "content")
CONTENT = FOLDER.read(FOLDER.stamps()).content
BROCHURE, _ = read(ROOT / REGISTER)
#: The research is not part of the project; where both are, it lies beside it.
RESEARCH = ROOT.parent / "shared" / "research"
SOURCES = ("facts.md", "contacts.yml")

#: Not in the research as an address: GeoNames, which asks to be named for the positions of towns (CC BY 4.0). The research
#: took them from a package that is made of it.
NAMED = frozenset({"geonames.org"})

_ADDRESS = re.compile(r"https?://[^\s'\"|\]}]+")
_ARTICLE = re.compile(r"[-_]([A-Za-z]{0,4}\d{5,})(?:\.html)?$")

#: A research in small, with every way in which the real one names a page.
SMALL = """\
## 3. Health
3.1 First. src: prueba.test/salud/uno-dos (2025).   3.2 Second. src: telemetro.test n6051759 (2025-08-24).
    3.9 is only mentioned here.
### Reception stations (ETRM) - status table
- Page: https://www.prueba.test/otra/pagina/ [nd] | https://prueba.test/una-larga-pagina
"""


def normal(address: str) -> str:
    """An address without what differs between two ways to write the same one."""
    return re.sub(r"^https?://(www\.)?", "", address).rstrip("/.,;)")


def addresses(text: str) -> set[str]:
    return {normal(found) for found in _ADDRESS.findall(text)}


def is_researched(address: str, research: str) -> bool:
    """Whether the research names this very page: in full, without its scheme, or as its site and an article number."""
    ways = [rf"{re.escape(normal(address))}(?=[/.,;)]*(?:[\s|'\"\]]|$))"]
    if article := _ARTICLE.search(normal(address)):
        site = re.escape(normal(address).partition("/")[0])
        ways.append(rf"{site}\s+(?:\.\.\.)?{article[1]}\b")
    return any(re.search(rf"(?<![\w.-])(?:www\.)?{way}", research) for way in ways)


def strangers(found: set[str], research: str) -> set[str]:
    """The addresses that no source names."""
    return {address for address in found if address not in NAMED and not is_researched(address, research)}


def facts_of(research: str) -> set[str]:
    """The numbers of the facts, which open a line or follow a gap in it, and the tables ("3 (reception stations)")."""
    found = set(re.findall(r"(?:^|(?<=\S)  +)(\d{1,2}\.\d{1,2})(?= )", research, re.MULTILINE))
    section = ""
    for line in research.splitlines():
        if opened := re.match(r"## (\d+)\.", line):
            section = opened[1]
        elif table := re.match(r"### ([\w ]+\w)", line):
            found.add(f"{section} ({table[1].lower()})")
    return found


@pytest.fixture(scope="module")
def research() -> dict[str, str]:
    if not all((RESEARCH / name).is_file() for name in SOURCES):
        pytest.skip("the research itself is not part of the project and does not lie beside it")
    return {name: (RESEARCH / name).read_text(encoding="utf-8") for name in SOURCES}


@pytest.mark.parametrize("file", CONTENT_FILES, ids=lambda file: file.stem)
def test_every_page_that_is_named_as_a_source_is_one_of_the_research(file, research):
    assert not strangers(addresses(file.read_text(encoding="utf-8")), "\n".join(research.values()))


def test_every_fact_that_an_answer_names_is_a_fact_of_the_research(research):
    there = facts_of(research["facts.md"])
    named = {
        (answer.topic, source.fact) for answer in CONTENT.answers.values() for source in answer.sources if source.fact
    }
    assert named
    assert not {(topic, fact) for topic, fact in named if fact not in there and BROCHURE.file not in fact}


def test_every_fact_of_a_contact_says_where_it_comes_from(research):
    there = facts_of(research["facts.md"])
    everything = "\n".join(research.values())
    nowhere = set()
    for contact in CONTENT.contacts.values():
        for fact in contact.facts:
            indexed = re.search(r"GitHub index id \d+", fact.source)
            numbered = re.findall(r"facts\.md (\d+\.\d+)", fact.source)
            if not (
                (addresses(fact.source) and not strangers(addresses(fact.source), everything))
                or BROCHURE.file in fact.source
                or (indexed and indexed[0] in everything)
                or (numbered and set(numbered) <= there)
            ):
                nowhere.add((contact.id, fact.source))
    assert not nowhere


# ---- the checks themselves -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "https://prueba.test/salud/uno-dos",
        "http://www.prueba.test/salud/uno-dos/",
        "https://www.prueba.test/otra/pagina",
        "https://prueba.test/una-larga-pagina",
        "https://www.telemetro.test/nacionales/albergues-n6051759",
    ],
)
def test_a_page_of_the_research_is_found_in_every_spelling(address):
    assert is_researched(address, SMALL)


@pytest.mark.parametrize(
    "address",
    [
        "https://invented.test/salud/uno-dos",
        "https://prueba.test/salud/uno-dos-tres",
        "https://prueba.test/salud",
        "https://prueba.test/una-larga",
        "https://otra-prueba.test/una-larga-pagina",
        "https://www.telemetro.test/nacionales/albergues-n6051750",
        "https://otro.test/nacionales/albergues-n6051759",
    ],
)
def test_a_page_that_nobody_researched_is_a_stranger(address):
    assert strangers(addresses(f"sources:\n  - url: {address}\n"), SMALL) == {normal(address)}


def test_only_facts_that_are_written_out_count():
    assert facts_of(SMALL) == {"3.1", "3.2", "3 (reception stations)"}
