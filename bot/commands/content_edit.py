"""Verbs of `bot content` that change it: review, withdraw, restore, confirm, add-language, schema."""

from __future__ import annotations

import argparse
import difflib
import shlex
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.answers import json_schema, revise
from bot.answers.check import read_topics
from bot.answers.choices import SENTENCE_CONTACTS
from bot.answers.edit import Change, ChangedMeanwhile, NotEditable, replace_file, write
from bot.answers.folder import Folder
from bot.answers.problems import DEFAULT_LANGUAGE
from bot.answers.render import sentence
from bot.answers.revise import Refused
from bot.answers.rules import Topics
from bot.answers.schema import Content, Language
from bot.answers.speaker import panama_today
from bot.commands.content_parser import StaffParser, program
from bot.commands.edit_sentences import said as told
from bot.settings import ROOT

#: The sentence that takes the place of an answer that is not given.
NO_ANSWER = "no_answer_yet"


def _review(arguments: list[str]) -> int:
    """I have read this answer and it is still true."""
    parser = _parser("review", arguments)
    parser.add_argument("topic", type=revise.topic_of, help="topic")
    parser.add_argument("--on", metavar="DATE", help="on")
    options = parser.parse_args(arguments)

    def work(desk: _Desk) -> int:
        on = _day(options.on) or desk.today
        change = revise.review(desk.root, options.topic, on, desk.today)
        return desk.save([change], said("reviewed", desk.language, topic=options.topic, day=on))

    return _at_desk(parser, options, work)


def _withdraw(arguments: list[str]) -> int:
    """Stop giving an answer, at once or after a day. People then read that there is no checked answer, and whom to ask."""
    parser = _parser("withdraw", arguments)
    parser.add_argument("topic", type=revise.topic_of, help="topic")
    parser.add_argument("--until", metavar="DATE", help="until")
    options = parser.parse_args(arguments)

    def work(desk: _Desk) -> int:
        until = _day(options.until) or revise.yesterday(desk.today)
        change = revise.withdraw(desk.root, options.topic, until)
        done = said("withdrawn", desk.language, topic=options.topic, day=until)
        before = next((one.valid_to for one in desk.content().answers.values() if one.topic == options.topic), None)
        undo = f"withdraw {options.topic} --until {before}" if before else f"restore {options.topic}"
        code = desk.save([change], done, undo=undo)
        if code == 0 and until < desk.today:
            desk.say(said("instead", desk.language), "", desk.instead())
        return code

    return _at_desk(parser, options, work)


def _restore(arguments: list[str]) -> int:
    """Give a withdrawn answer again."""
    parser = _parser("restore", arguments)
    parser.add_argument("topic", type=revise.topic_of, help="topic")
    options = parser.parse_args(arguments)

    def work(desk: _Desk) -> int:
        change = revise.restore(desk.root, options.topic)
        ended = desk.content().answers[options.topic].valid_to
        done = said("restored", desk.language, topic=options.topic)
        return desk.save([change], done, undo=f"withdraw {options.topic} --until {ended}" if ended else "")

    return _at_desk(parser, options, work)


def _confirm(arguments: list[str]) -> int:
    """Somebody made sure of a contact's facts: by a call, a visit, a letter."""
    parser = _parser("confirm", arguments)
    parser.add_argument("contact", help="contact")
    parser.add_argument("--source", required=True, help="source")
    parser.add_argument("--fact", default="", help="fact")
    parser.add_argument("--value", default="", help="value")
    parser.add_argument("--by", default="", help="by")
    parser.add_argument("--on", metavar="DATE", help="on")
    options = parser.parse_args(arguments)

    def work(desk: _Desk) -> int:
        on = _day(options.on) or desk.today
        chosen = {"fact": options.fact, "value": options.value, "by": options.by.strip()}
        result = revise.confirm(desk.root, options.contact, options.source, on, desk.today, **chosen)
        done = said("confirmed", desk.language, contact=options.contact, day=on, facts=", ".join(result.marked))
        if result.left and not options.fact:
            done += "\n" + said("left", desk.language, facts=", ".join(result.left))
        return desk.save([result.change], done)

    return _at_desk(parser, options, work)


def _add_language(arguments: list[str]) -> int:
    """Begin a language: it is offered at once, and every text gets a place for its translation."""
    parser = _parser("add-language", arguments)
    parser.add_argument("code", help="code")
    parser.add_argument("--name", default="", help="name")
    parser.add_argument("--fallback", default="", help="fallback")
    parser.add_argument("--called", default="", help="called")
    parser.add_argument("--undo", action="store_true", help="undo")
    options = parser.parse_args(arguments)

    def work(desk: _Desk) -> int:
        if options.undo:
            changes = revise.remove_language(desk.root, options.code)
            done = said("language_removed", desk.language, code=options.code, count=len(changes))
            return desk.save(changes, done, undo=_begun(desk.content().languages[options.code]))
        changes = revise.add_language(
            desk.root, options.code, options.name, _listed(options.fallback), _listed(options.called)
        )
        done = said("language_added", desk.language, name=options.name, code=options.code)
        code = desk.save(changes, done, undo=f"add-language {options.code} --undo")
        if code == 0:
            values = {"code": options.code, "folder": desk.root.name, "model": desk.content().default}
            desk.say("", said("language_next", desk.language, **values))
        return code

    return _at_desk(parser, options, work)


def _schema(arguments: list[str]) -> int:
    """Write the schemas by which editors show mistakes while typing."""
    parser = _parser("schema", arguments)
    parser.add_argument("--check", action="store_true", help="schema_check")
    options = parser.parse_args(arguments)

    def work(desk: _Desk) -> int:
        old = desk.schemas(write_them=not options.check)
        if old and options.check:
            return desk.refuse(said("schema_old", desk.language, files=", ".join(old)))
        desk.say(said("schema_written" if old else "schema_current", desk.language, files=", ".join(old)))
        return 0

    return _at_desk(parser, options, work)


#: verb -> what runs it with the arguments behind it and gives the exit code
VERBS: dict[str, Callable[[list[str]], int]] = {
    "review": _review,
    "withdraw": _withdraw,
    "restore": _restore,
    "confirm": _confirm,
    "add-language": _add_language,
    "schema": _schema,
}


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where somebody works: the content folder, their language, the day, the register of topics."""

    root: Path
    language: str
    today: date
    topics: Topics

    def save(self, changes: list[Change], done: str, undo: str = "") -> int:
        """Save the changes unless they make something worse; says what was done and how to undo it."""
        changes = [change for change in changes if change.after != change.before]
        if not changes:
            self.say(said("unchanged", self.language))
            return 0
        if found := revise.worsened(self.root, changes, self.today, self.topics):
            return self.refuse(said("worsened", self.language), *(one.render(self.language) for one in found))
        write(self.root, changes)
        self.say(done)
        if len(changes) > 1:
            self.say(said("changed_files", self.language, count=len(changes), folder=self.root.name))
        else:
            self.say(said("changed", self.language, file=f"{self.root.name}/{changes[0].within}"), *_lines(changes[0]))
        if undo:
            self.say(said("undo_command", self.language, command=self.command(undo)))
        else:
            self.say(said("undo_lines", self.language))
        if (self.root / json_schema.FOLDER).is_dir():
            # The languages, topics and contacts that editors offer may be others now.
            try:
                self.schemas(write_them=True)
            except (OSError, Refused):  # the change itself is saved
                self.say(said("schema_old", self.language, files=json_schema.FOLDER))
        return 0

    def command(self, verb: str) -> str:
        """How to call a verb for the same folder and in the same language."""
        language = "" if self.language == DEFAULT_LANGUAGE else f" --lang {self.language}"
        folder = "" if self.root == _content_dir() else f" --dir {shlex.quote(str(self.root))}"
        return f"bot content {verb}{language}{folder}"

    def instead(self) -> str:
        """What Faro says when it has no answer to give."""
        try:
            return sentence(self.content(), NO_ANSWER, self.language, (), SENTENCE_CONTACTS[NO_ANSWER]).text
        except KeyError:  # a mistake that was there before; the check names it
            return "-"

    def content(self) -> Content:
        """What the files say now."""
        folder = Folder(self.root)
        return folder.read(folder.stamps()).content

    def schemas(self, *, write_them: bool) -> list[str]:
        """The schemas that are not what the content asks for; with `write_them` they are written."""
        content = self.content()
        if not content.default or not content.contacts:
            raise Refused("schema_broken")
        old = []
        for name, text in json_schema.files(content, self.topics).items():
            file = self.root / json_schema.FOLDER / name
            data = text.encode()
            if not file.exists() or file.read_bytes() != data:
                old.append(name)
                if write_them:
                    file.parent.mkdir(exist_ok=True)
                    replace_file(file, data)
        return old

    def say(self, *lines: str) -> None:
        """To whoever typed the command."""
        sys.stdout.write("".join(f"{line}\n" for line in lines))

    def refuse(self, *lines: str) -> int:
        """Why nothing was done."""
        sys.stderr.write("".join(f"{line}\n" for line in (*lines, said("nothing", self.language))))
        return 1


def said(code: str, language: str, /, **values: object) -> str:
    """A sentence in which the commands can be typed as they stand there."""
    return told(code, language, **values).replace("bot content ", f"{program()} content ")


def _parser(verb: str, arguments: list[str]) -> StaffParser:
    parser = StaffParser(verb, arguments)
    parser.add_folder()
    return parser


def _at_desk(parser: StaffParser, options: argparse.Namespace, work: Callable[[_Desk], int]) -> int:
    root = parser.folder(options).resolve()
    topics, _ = read_topics(ROOT / "data" / "topics.yml")
    desk = _Desk(root, options.lang, panama_today(), topics)
    try:
        return work(desk)
    except Refused as error:
        return desk.refuse(said(error.code, desk.language, **error.values))
    except NotEditable as error:
        return desk.refuse(said("not_editable", desk.language, file=error.path, reason=error.reason))
    except ChangedMeanwhile as error:
        return desk.refuse(said("changed_meanwhile", desk.language, file=error.path))
    except BrokenPipeError:
        raise  # whoever read what is said has gone; that says nothing about the files
    except OSError as error:
        file = Path(error.filename or root).name
        return desk.refuse(said("disk", desk.language, file=file, reason=error.strerror or type(error).__name__))


def _content_dir() -> Path:
    from bot import settings

    return settings.read().content_dir.resolve()


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("bad_day", day=text) from None


def _begun(language: Language) -> str:
    """The command that begins a language."""
    words = ["add-language", language.code, "--name", language.name]
    for option, values in (("--fallback", language.fallback), ("--called", language.called)):
        words += [option, ",".join(values)] if values else []
    return shlex.join(words)


def _listed(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def _lines(change: Change) -> Iterable[str]:
    """The lines that a change took away (-) and added (+)."""
    before, after = change.before.decode().splitlines(), change.after.decode().splitlines()
    compared = difflib.unified_diff(before, after, n=0, lineterm="")
    return (f"  {line[0]} {line[1:]}" for line in list(compared)[2:] if line[0] in "+-")
