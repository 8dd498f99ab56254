"""What a complaint of the YAML parser means for somebody who does not know YAML: on which line to look, and for what.

The parser names the place where it gave up. What has to be mended often stands before it, and most slips of the hand
are of a few kinds: a tab, a quote without its end, a line moved to the side, a blank that is missing behind a colon.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml

from bot.answers.problems import Problem, problem

#: Blank spaces that look like those of the format and are none: tab, no-break space and their kin, among plain ones.
_STRANGE_BLANK = re.compile("[ ]*[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
#: A name whose value stands right behind the colon ("es:Costo"); "https://" and "8:30" are no such names.
_NO_BLANK = re.compile(r"\s*(?:- )?[A-Za-z_][\w-]*:(?![\s/])(?!$)")
#: A name with its colon at the beginning of a line.
_NAME = re.compile(r"\s*(?:- )?[\w-]+\s*:(?:\s|$)")
#: What counts as the end of a line for the parser.
_LINE_END = re.compile("\r\n|[\r\n\x85\u2028\u2029]")

_NO_COLON = "could not find expected ':'"

#: What the parser says -> the problem. Whatever else it says is `yaml_broken`.
_SAID = {
    "mapping values are not allowed in this context": "yaml_colon",
    "found unexpected end of stream": "yaml_quote",
    "found character that cannot start any token": "yaml_sign",
    "block sequence entries are not allowed in this context": "yaml_dash",
}


def explained(path: str, text: str, error: yaml.MarkedYAMLError, quoted: yaml.Mark | None) -> Problem:
    """The problem behind an error of the parser.

    Args:
        path: of the file.
        text: of the file.
        error: what the parser says.
        quoted: where the last text in quotes began that goes on over several lines; None when there is none.
    """
    marks = (error.problem_mark, error.context_mark)
    # The parser waits for the colon of a name on the next line; the line without one is the one before.
    mark = (marks[1] or marks[0]) if error.problem == _NO_COLON else (marks[0] or marks[1])
    if mark is None:
        return problem(path, 1, "yaml_broken", column=1)
    lines = _LINE_END.split(text)
    lines += [""] * (mark.line + 1 - len(lines))
    last = mark.line
    for number, line in enumerate(lines[: last + 1], 1):
        if found := _STRANGE_BLANK.match(line):
            return problem(path, number, "yaml_blank", column=found.end())
    code = _SAID.get(error.problem or "", "yaml_broken")
    if code == "yaml_quote" and error.context_mark:
        # Noticed at the end of the file; what to mend is where it was opened.
        return problem(path, error.context_mark.line + 1, code, column=error.context_mark.column + 1)
    if quoted is not None and code in {"yaml_broken", "yaml_colon"}:
        # Texts of the content in quotes stand on one line: this one ended at the opening quote of a later one.
        return problem(path, quoted.line + 1, "yaml_quote", column=quoted.column + 1)
    opened = error.context_mark
    if (
        code in {"yaml_broken", "yaml_colon"}
        and opened
        and lines[opened.line][opened.column : opened.column + 1] in "[{"
    ):
        return problem(path, opened.line + 1, "yaml_bracket", column=opened.column + 1)
    for number in (last, _above(lines, last)):
        if code in {"yaml_broken", "yaml_colon"} and (found := _NO_BLANK.match(lines[number])):
            return problem(path, number + 1, "yaml_no_blank", column=found.end())
    if code in {"yaml_broken", "yaml_colon"} and _moved(lines[last], mark.column):
        return problem(path, last + 1, "yaml_moved", column=mark.column + 1)
    return problem(path, mark.line + 1, code, column=mark.column + 1)


def _above(lines: Sequence[str], last: int) -> int:
    """The nearest line above that is not blank."""
    return next((number for number in range(last - 1, -1, -1) if lines[number].strip()), last)


def _moved(line: str, column: int) -> bool:
    """Whether the parser stumbles over the first thing of a line: its first word, or the colon of its name."""
    first = len(line) - len(line.lstrip())
    name = _NAME.match(line)
    return bool(line.strip()) and (
        column == first or (name is not None and line[:column].strip() == line[: line.index(":")].strip())
    )
