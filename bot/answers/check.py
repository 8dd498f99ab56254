"""`bot content check`: every problem of the content at once, for the person who edits it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TextIO

from bot.answers import rules, rules_of_messages
from bot.answers.folder import Folder, Reading
from bot.answers.parse import parse_topics
from bot.answers.problems import DEFAULT_LANGUAGE, Problem, problem, sentence
from bot.answers.schema import Topic

#: The register of topics, beside the content folder.
REGISTER = "data/topics.yml"


def read_topics(file: Path) -> tuple[dict[str, Topic], list[Problem]]:
    """The register of topics, with its problems."""
    path = f"{file.parent.name}/{file.name}"
    try:
        data = file.read_bytes()
    except OSError:
        return {}, [problem(path, 1, "unreadable")]
    return parse_topics(path, data)


def check(root: Path, today: date, topics: rules.Topics, fits: rules_of_messages.Fits | None = None) -> list[Problem]:
    """Every problem of the content folder `root` against the register `topics`, sorted by file and line.

    Never raises for anything that stands in a file. `fits` tells what of a message a channel cannot show; without it
    only our own limits count.
    """
    return _checked(_read(root), root.resolve().name, today, topics, fits)


def run(
    root: Path,
    today: date,
    language: str,
    out: TextIO,
    *,
    register: Path | None = None,
    fits: rules_of_messages.Fits | None = None,
) -> int:
    """Print every problem and a last line with the counts, in `language`.

    Args:
        root: the content folder.
        today: reviews are due and answers expire against this day.
        language: of the sentences: es, en or fr.
        out: where to print.
        register: the register of topics; by default data/topics.yml beside the content folder.
        fits: what of a message a channel cannot show.

    Returns:
        Exit code: 1 when there is an error, 0 when there are at most warnings.
    """
    topics, found = read_topics(register or root.parent / REGISTER)
    reading = _read(root)
    problems = sorted({*found, *_checked(reading, root.resolve().name, today, topics, fits)})
    for item in problems:
        out.write(f"{item.render(language)}\n")
    errors = sum(item.level == "error" for item in problems)
    counts = {"files": str(reading.files), "errors": str(errors), "warnings": str(len(problems) - errors)}
    out.write(f"{sentence('summary', language or DEFAULT_LANGUAGE, counts)}\n")
    return 1 if errors else 0


def _read(root: Path) -> Reading:
    # The name of the folder stands in every path, also for content given as ".".
    folder = Folder(root.resolve())
    return folder.read(folder.stamps())


def _checked(
    reading: Reading, name: str, today: date, topics: rules.Topics, fits: rules_of_messages.Fits | None
) -> list[Problem]:
    content = reading.content
    problems = [
        *reading.problems,
        *rules.languages_complete(content),
        *rules.paths_lead_on(content),
        *rules.follow_ups_lead_on(content, topics),
        *rules.contacts_sorted(content),
        *rules.sources_named(content),
        *rules.buttons_short(content),
        *rules_of_messages.messages_short(content),
        *rules_of_messages.readable(content),
        *rules.contacts_not_typed(content),
        *rules.numbers_agree(content),
        *rules.safety_first(content, topics),
        *rules.dates_current(content, today),
    ]
    if fits is not None:
        problems.extend(rules_of_messages.messages_fit(content, fits))
    if topics:
        missing = list(rules.topics_answered(content, topics, reading.unread, name))
        problems = [*_once(problems, missing), *missing]
    if "interface.yml" in reading.read:
        problems.extend(rules.interface_complete(content, f"{name}/interface.yml"))
        problems.extend(rules.menu_complete(content, topics))
    return sorted(set(problems))


def _once(problems: list[Problem], missing: list[Problem]) -> list[Problem]:
    """Without the many answers that lead to one that is missing: that it is missing says what to mend."""
    gone = {value for found in missing if found.code == "missing_answer" for value in found.values}
    return [one for one in problems if one.code != "unknown_next" or not gone & set(one.values)]
