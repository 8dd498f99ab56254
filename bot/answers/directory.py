"""content/contacts.yml: services and hotlines, what they are for, where they are, and the places that people name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.answers.form import Fields, Form
from bot.answers.schema import (
    EVERY_LANGUAGE,
    Confidence,
    Contact,
    ContactFact,
    FactKind,
    Forbidden,
    Organisation,
    Place,
    Position,
    Reference,
    Town,
    Wording,
)
from bot.answers.tree import Node

#: What the value of a fact must look like, by kind; the others are free texts.
SHAPES = {
    FactKind.PHONE: re.compile(r"\+?\d(?:[ ()-]{0,2}\d){2,14}", re.ASCII),
    FactKind.WHATSAPP: re.compile(r"\+?\d(?:[ ()-]{0,2}\d){2,14}", re.ASCII),
    FactKind.EMAIL: re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII),
    FactKind.URL: re.compile(r"https?://[\w-]+(?:\.[\w-]+)+(?:[/?#]\S*)?", re.ASCII),
}

#: Written as the date of a fact whose source shows none.
UNDATED = "undated"

#: Corners of Panama with its waters, in degrees: a position outside them is a slip of the pen.
#: Source: GeoNames, country PA, bounding box (read 2026-11).
LATITUDES = (7.0, 9.9)
LONGITUDES = (-83.2, -77.0)

#: Farthest that a position may be off and still say which service is nearer, in metres.
LEAST_EXACT = 50_000

SECTIONS = ("categories", "contacts", "organisations", "places", "do_not_publish")
CONTACT_FIELDS = ("name", "purpose", "category", "position", "facts")
FACT_FIELDS = ("kind", "value", "source", "date", "confidence", "confirm", "confirmed_by")
POINT_FIELDS = ("lat", "lon", "accuracy_m")
POSITION_FIELDS = (*POINT_FIELDS, "source", "confidence", "map")
PLACE_FIELDS = ("name", "province", *POINT_FIELDS)
ORGANISATION_FIELDS = ("called", "topic")


@dataclass(frozen=True, slots=True)
class Directory:
    """content/contacts.yml."""

    contacts: dict[str, Contact]
    forbidden: tuple[Forbidden, ...]
    categories: dict[str, Wording]
    towns: dict[str, Town]
    organisations: dict[str, Organisation]


def parse_directory(form: Form, root: Node) -> Directory:
    """Read the file; what is wrong is noted in `form`."""
    top = form.fields(root, "", SECTIONS, ("contacts", "do_not_publish"))
    categories = _listed(form, top, "categories")
    named = {name: form.wording(categories, name) for name in categories.nodes}
    listed = _listed(form, top, "contacts")
    contacts = {name: _contact(form, name, node, listed.line_of(name)) for name, node in listed.nodes.items()}
    for contact in contacts.values():
        if contact.category is not None and contact.category.name not in named:
            form.note(contact.category.line, "unknown_category", category=contact.category.name)
    places = _listed(form, top, "places")
    towns = {name: _town(form, name, node) for name, node in places.nodes.items()}
    organisations = _listed(form, top, "organisations")
    named_by_people = {
        name: _organisation(form, name, node, organisations.line_of(name)) for name, node in organisations.nodes.items()
    }
    forbidden = []
    for item in form.items(top, "do_not_publish"):
        fields = form.fields(item, "do_not_publish", ["value", "reason"], ["value"])
        if value := form.text(fields, "value"):
            forbidden.append(Forbidden(value, fields.line_of("value")))
    there = {town.id: town for town in towns.values() if town}
    return Directory(contacts, tuple(forbidden), named, there, named_by_people)


def _listed(form: Form, top: Fields, name: str) -> Fields:
    return form.fields(top.nodes[name], name) if name in top.nodes else Fields()


def _contact(form: Form, name: str, node: Node, line: int) -> Contact:
    fields = form.fields(node, name, CONTACT_FIELDS, ("name", "purpose", "facts"))
    facts = [_fact(form, item) for item in form.items(fields, "facts")]
    category = form.text(fields, "category")
    return Contact(
        name,
        form.wording(fields, "name"),
        form.wording(fields, "purpose"),
        tuple(fact for fact in facts if fact is not None),
        Place(form.path, line),
        Reference(category, fields.line_of("category")) if category else None,
        _position(form, fields.nodes["position"]) if "position" in fields.nodes else None,
    )


def _position(form: Form, node: Node) -> Position | None:
    fields = form.fields(node, "position", POSITION_FIELDS, (*POINT_FIELDS, "source"))
    confidence = form.choice(fields, "confidence", Confidence)
    return _point(
        form, fields, Confidence(confidence) if confidence else None, form.choice(fields, "map", ["true", "false"])
    )


def _point(form: Form, fields: Fields, confidence: Confidence | None, on_map: str = "") -> Position | None:
    lat = form.decimal(fields, "lat", *LATITUDES)
    lon = form.decimal(fields, "lon", *LONGITUDES)
    accuracy = form.number(fields, "accuracy_m", 1, LEAST_EXACT)
    if lat is None or lon is None or not accuracy:
        return None
    return Position(lat, lon, accuracy, form.text(fields, "source"), confidence, on_map != "false")


def _town(form: Form, name: str, node: Node) -> Town | None:
    fields = form.fields(node, name, (*PLACE_FIELDS, "called"), PLACE_FIELDS)
    called = tuple(item.name for item in form.references(fields, "called"))
    position = _point(form, fields, Confidence.HIGH)
    if position is None:
        return None
    return Town(name, form.text(fields, "name"), form.text(fields, "province"), position, called)


def _organisation(form: Form, name: str, node: Node, line: int) -> Organisation:
    fields = form.fields(node, name, ORGANISATION_FIELDS, ORGANISATION_FIELDS)
    called = tuple(item.name for item in form.references(fields, "called"))
    return Organisation(name, called, form.text(fields, "topic"), Place(form.path, line))


def _fact(form: Form, node: Node) -> ContactFact | None:
    fields = form.fields(node, "facts", FACT_FIELDS, ("kind", "value"))
    kind = form.choice(fields, "kind", FactKind)
    value = form.wording(fields, "value", neutral=True)
    confidence = form.choice(fields, "confidence", Confidence)
    # What is printed must say where it comes from and from when it is.
    if confidence and confidence != Confidence.LOW:
        for name in ("source", "date"):
            if name not in fields.nodes:
                form.note(fields.line, "missing_field", field=f"facts.{name}")
    if kind and (shape := SHAPES.get(FactKind(kind))) and value.texts:
        if set(value.texts) != {EVERY_LANGUAGE}:
            form.note(value.place.line, "single_value", kind=kind)
        elif not shape.fullmatch(value.texts[EVERY_LANGUAGE].strip()):
            form.note(value.place.line, "bad_value", kind=kind)
    if not kind or not value.texts:
        return None
    return ContactFact(
        kind=FactKind(kind),
        value=value,
        source=form.text(fields, "source"),
        dated=form.dated(fields, "date", UNDATED),
        confidence=Confidence(confidence) if confidence else None,
        confirm=form.choice(fields, "confirm", ["true", "false"]) == "true",
        confirmed_by=form.text(fields, "confirmed_by"),
    )
