"""The schemas that editors check content with: up to date, content fits them, and what is typed wrong does not."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from bot.answers import json_schema
from bot.answers.check import REGISTER, read_topics
from bot.answers.folder import Folder
from bot.answers.parse import (
    ANSWER_FIELDS,
    CONVERSATION_FIELDS,
    COUNTRY_FIELDS,
    LANGUAGE_FIELDS,
    OPTIONAL_FIELDS,
    parse,
)

ROOT = Path(__file__).parents[2]
CONTENT = ROOT / "content"
FILES = sorted(CONTENT.rglob("*.yml"))
TOPICS, _ = read_topics(ROOT / REGISTER)
FOLDER = Folder(CONTENT)
SCHEMAS = json_schema.files(FOLDER.read(FOLDER.stamps()).content, TOPICS)
SETTINGS = json.loads((ROOT / ".vscode" / "settings.json").read_text(encoding="utf-8"))
COST = "answers/return/return_cost.yml"


class Editor(yaml.SafeLoader):
    """Reads YAML as editors do (YAML 1.2): a date is a text, and so is `no`."""


Editor.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Editor.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile("(?:true|false|True|False|TRUE|FALSE)$"), list("tTfF")
)


def schema_of(within: str) -> dict[str, Any]:
    """The schema that the editor's settings give a file of the content."""
    fitting = [schema for schema, files in SETTINGS["yaml.schemas"].items() if fnmatch(f"content/{within}", files)]
    assert len(fitting) == 1, f"{within}: {fitting}"
    text = (ROOT / fitting[0]).read_text(encoding="utf-8")
    return dict(json.loads(text))


def mistakes(within: str, text: str) -> list[str]:
    validator = Draft7Validator(schema_of(within))
    return [error.message for error in validator.iter_errors(yaml.load(text, Loader=Editor))]  # noqa: S506


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_schema_is_up_to_date(name):
    """But for the names of contacts and topics, which whoever adds one in a web editor cannot bring up to date."""
    file = CONTENT / json_schema.FOLDER / name
    there, wanted = json.loads(file.read_text(encoding="utf-8")), json.loads(SCHEMAS[name])
    assert without_names(there) == without_names(wanted), "type: bot content schema"


def without_names(schema):
    if isinstance(schema, dict):
        return {key: without_names(value) for key, value in schema.items() if key != "enum"}
    return [without_names(one) for one in schema] if isinstance(schema, list) else schema


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_schema_is_one(name):
    Draft7Validator.check_schema(json.loads(SCHEMAS[name]))


def test_there_is_a_schema_for_every_file_and_no_other():
    there = {f"./content/{json_schema.FOLDER}/{file.name}" for file in (CONTENT / json_schema.FOLDER).iterdir()}
    assert there == set(SETTINGS["yaml.schemas"])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(CONTENT).as_posix())
def test_the_real_content_fits_its_schema(file):
    assert mistakes(file.relative_to(CONTENT).as_posix(), file.read_text(encoding="utf-8")) == []


# file, what stands there, what is typed instead
MISTAKES = [
    (COST, "topic: return_cost", "topic: return_price"),
    (COST, "title:", "colour: red\ntitle:"),
    (COST, "  fr: Coût du retour\n", ""),
    (COST, "  fr: Coût du retour\n", "  fr:\n"),
    (COST, "  fr: Coût du retour\n", "  fr: Coût du retour\n  it: Costo\n"),
    (COST, "Coût du retour", "Coût du retour au pays natal"),
    (COST, "contacts: [", "contacts: [moonhouse, "),
    (COST, "contacts: [iom_panama", "contacts: [iom_panama, iom_panama"),
    (COST, "next: [return_fear", "next: [return_fears"),
    (COST, "next: [return_fear", "next: [return_family, return_fear"),
    (COST, "ask_cost: return_cost", "ask_prize: return_cost"),
    (COST, "  ask_more: return_eligibility\n", ""),
    (COST, "reviewed: 20", "reviewed: 23/11/20"),
    (COST, "reviewed: 20", "reviewed: 20-"),
    (COST, "review_every: 90", "review_every: often"),
    (COST, "review_every: 90", "review_every: 0"),
    (COST, "review_every: 90", "review_every: 90\nvalid_to: soon"),
    (COST, "review_every: 90\n", ""),
    (COST, "url: https://", "url: //"),
    (COST, '  - fact: "0.8"\n', "  - {}\n"),
    ("contacts.yml", "kind: phone", "kind: fax"),
    ("contacts.yml", "value: '911'", "value: call them"),
    ("contacts.yml", "value: '911'", "value: {es: '911', en: '911', fr: '911'}"),
    ("contacts.yml", "confidence: high", "confidence: sure"),
    ("contacts.yml", "        date: 2025-09-04\n", ""),
    ("contacts.yml", "date: 2025-09-04", "date: September 2025"),
    ("contacts.yml", "category: emergency", "category: emergencies"),
    ("contacts.yml", "        confirm: true", "        confirm: please"),
    ("contacts.yml", "es: Emergencias,", "es: Emergencias y socorro,"),
    ("contacts.yml", "lat: 9", "lat: 99"),
    ("contacts.yml", "\ndo_not_publish:", "\ndo_not_print:"),
    ("interface.yml", "  trouble:", "  truble:"),
    ("interface.yml", "  language_fr:", "  language_it:"),
    ("interface.yml", "menu: {es: Menú,", "menu: {es: Menú de todos los temas,"),
    ("interface.yml", "next: [show_menu]", "next: [show_men]"),
    ("interface.yml", "topics:\n", "topic:\n"),
    ("office.yml", "hours: {}", "hours: {monday: ['8-16']}"),
    ("office.yml", "hours: {}", "hours: {lunes: ['08:00-16:00']}"),
    ("office.yml", "holidays: []", "holidays: [{date: 25/12, name: {es: Navidad, en: Christmas, fr: Noël}}]"),
    ("office.yml", "holidays: []", "holidays: [{date: 2026-12-25, name: {es: Navidad}}]"),
    ("countries.yml", "  VE: {", "  VEN: {"),
    ("countries.yml", "  VE: {people:", "  VE: {peple:"),
    ("countries.yml", "members: [AT,", "members: [XX,"),
    ("contacts.yml", "topic: child_at_risk}", "topic: child_in_danger}"),
    ("answers/rights/consular_help.yml", "  VE:\n", "  XX:\n"),
    ("answers/rights/consular_help.yml", "countries_for_all: [VE,", "countries_for_all: [XX,"),
    ("languages.yml", "default: es", "default: it"),
    ("languages.yml", "fallback: [es]", "fallback: [it]"),
    ("languages.yml", "    name: English\n", ""),
    ("languages.yml", "  en:\n", "  English:\n"),
    ("languages.yml", "    name: English\n", "    name: English\n    drafts: true\n"),
]


@pytest.mark.parametrize(("within", "old", "new"), MISTAKES, ids=[f"{number}" for number in range(len(MISTAKES))])
def test_what_is_typed_wrong_is_shown(within, old, new):
    text = (CONTENT / within).read_text(encoding="utf-8")
    assert old in text
    wrong = text.replace(old, new, 1)
    assert mistakes(within, wrong)


@pytest.mark.parametrize(("within", "old", "new"), MISTAKES, ids=[f"{number}" for number in range(len(MISTAKES))])
def test_the_schema_knows_the_fields_that_the_parser_knows(within, old, new):
    """A name that the parser refuses as unknown or missing is refused by the schema: one definition, not two."""
    wrong = (CONTENT / within).read_text(encoding="utf-8").replace(old, new, 1)
    told = {problem.code for problem in parse(within, within, wrong.encode()).problems}
    if told & {"unknown_key", "missing_field", "bad_choice", "bad_value", "single_value", "bad_date", "bad_number"}:
        assert mistakes(within, wrong)


GOOD = [
    (COST, "reviewed:", "valid_from: 2026-01-01\nvalid_to: 2027-01-01\nreviewed:"),
    ("contacts.yml", "value: '911'", "value: 911"),
    ("contacts.yml", "date: 2025-09-04", "date: 2025"),
    ("contacts.yml", "date: 2025-09-04", "date: '2025-09'"),
    ("languages.yml", "    name: English\n", "    name: English\n    draft: true\n"),
]


@pytest.mark.parametrize(("within", "old", "new"), GOOD, ids=[f"{number}" for number in range(len(GOOD))])
def test_what_is_right_is_not_shown_as_wrong(within, old, new):
    text = (CONTENT / within).read_text(encoding="utf-8")
    assert old in text
    assert mistakes(within, text.replace(old, new, 1)) == []


def test_every_field_of_an_answer_is_explained_in_the_editor():
    for name, fields in (
        ("answers/return/return_cost.yml", (*ANSWER_FIELDS, *COUNTRY_FIELDS, *OPTIONAL_FIELDS)),
        ("interface.yml", (*CONVERSATION_FIELDS, *OPTIONAL_FIELDS)),
        ("languages.yml", LANGUAGE_FIELDS),
    ):
        schema = schema_of(name)
        if name == "interface.yml":
            schema = schema["properties"]["topics"]["additionalProperties"]
        elif name == "languages.yml":
            schema = schema["properties"]["languages"]["additionalProperties"]
        assert set(schema["properties"]) == set(fields)
        assert all(" / " in shape["description"] for shape in schema["properties"].values())


def test_a_draft_may_leave_its_places_empty():
    content = FOLDER.read(FOLDER.stamps()).content
    languages = dict(content.languages)
    languages["fr"] = replace(languages["fr"], draft=True)
    drafted = replace(content, languages=languages)
    schema = json.loads(json_schema.files(drafted, TOPICS)["answer.schema.json"])
    text = (CONTENT / COST).read_text(encoding="utf-8").replace("fr: Coût du retour", "fr:", 1)
    assert Draft7Validator(schema).is_valid(yaml.load(text, Loader=Editor))  # noqa: S506


def test_the_editor_is_told_to_leave_the_formatting_alone():
    assert SETTINGS["yaml.format.enable"] is False
    recommended = json.loads((ROOT / ".vscode" / "extensions.json").read_text(encoding="utf-8"))
    assert recommended["recommendations"] == ["redhat.vscode-yaml"]
