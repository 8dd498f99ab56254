"""The figures as a file for a spreadsheet: the tables of the page, one below the other, exactly as they are shown."""

from __future__ import annotations

import csv
import io

from django.utils.translation import pgettext

from console.figures import forms
from console.figures.protection import Shown
from console.figures.report import Report

#: The first line, the same in every language, for machines.
HEAD = ("from", "to", "channel", "language", "table", "row", "column", "number")

#: What a spreadsheet would take for a formula at the beginning of a cell (OWASP, CSV Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_csv(report: Report) -> str:
    """All tables in one, a number a line. Begins with a mark by which spreadsheets know the letters (UTF-8)."""
    file = io.StringIO()
    lines = csv.writer(file)
    period, every = report.scope.period, pgettext("figures", "all")
    lines.writerow(HEAD)
    same = [period.first.isoformat(), period.last.isoformat(), report.scope.channel or every]
    same.append(report.scope.language or every)
    for table in report.everything():
        for row in table.rows:
            for column, one in zip(table.columns, row.values, strict=True):
                lines.writerow([*same, *map(safe, (table.title, row.words, column)), _number(one)])
    return "\ufeff" + file.getvalue()


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _number(one: Shown) -> str:
    """Digits only, so that spreadsheets of every country read it; "<5" and "·" as on the page."""
    return forms.number(one) if one.hidden or one.few else str(one.number)
