"""The page of figures, and the file of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from bot.channels.webchat.languages import languages
from console.audit.trail import Action, note
from console.figures import charts, choice, export, forms, words
from console.figures.names import names
from console.figures.report import Report, Table, make
from console.page import render
from console.permissions import Permission, demands

#: The periods with a name, as they are offered.
_PERIODS = (
    ("today", pgettext_lazy("figures", "Today")),
    ("7", pgettext_lazy("figures", "7 days")),
    ("30", pgettext_lazy("figures", "30 days")),
    ("month", pgettext_lazy("figures", "This month")),
)


@require_safe
@demands(Permission.SEE_FIGURES)
def figures(request: HttpRequest) -> HttpResponse:
    """The figures of a period."""
    chosen = _chosen(request.GET)
    report = make(chosen.scope, names())
    period = chosen.scope.period
    kept = {
        name: value for name, value in (("channel", chosen.scope.channel), ("language", chosen.scope.language)) if value
    }
    context = {
        "report": report,
        "choice": chosen,
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "today": timezone.localdate().isoformat(),
        "from_day": forms.day(period.first),
        "to_day": forms.day(period.last),
        "before_from": forms.day(period.before().first),
        "before_to": forms.day(period.before().last),
        "periods": [
            {"words": said, "query": urlencode({"period": name, **kept}), "here": name == chosen.name}
            for name, said in _PERIODS
        ],
        "channels": list(words.CHANNELS.items()),
        "languages_spoken": languages(),
        "pictures": [_picture(report, report.messages), _picture(report, report.conversations)],
        "topics": [_with_bars(table) for table in report.topics],
        "tables": [_with_bars(table) for table in report.tables],
        "totals": _with_bars(report.totals, bars=False),
    }
    return render(request, "console/figures/figures.html", context)


@require_POST
@demands(Permission.SEE_FIGURES)
def download(request: HttpRequest) -> HttpResponse:
    """The same as a file. That it was taken stands in the trail."""
    chosen = _chosen(request.POST)
    period = chosen.scope.period
    note(request, Action.EXPORTED_FIGURES, about=f"{period.first} {period.last}")
    file = HttpResponse(export.to_csv(make(chosen.scope, names())), content_type="text/csv; charset=utf-8")
    name = f"faro-{period.first}-{period.last}.csv"
    file.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    file.headers["Cache-Control"] = "no-store"
    return file


def _chosen(given: Mapping[str, str]) -> choice.Choice:
    return choice.read(
        given,
        today=timezone.localdate(),
        channels=words.CHANNELS,
        languages=[code for code, _ in languages()],
    )


def _picture(report: Report, table: Table) -> Mapping[str, Any]:
    """A table with the drawing of it."""
    step = report.scope.period.step
    series = [
        charts.Series(column, [row.values[place] for row in table.rows]) for place, column in enumerate(table.columns)
    ]
    said = [
        gettext("%(when)s, %(what)s: %(number)s")
        % {"when": row.words, "what": one.words, "number": forms.number(value)}
        for one in series
        for row, value in zip(table.rows, one.values, strict=True)
    ]
    drawing = charts.stacked([forms.bar(bar, step) for bar in report.bars], series, words=said, written=forms.whole)
    return {**_with_bars(table, bars=False), "drawing": drawing, "patterns": range(charts.PATTERNS)}


def _with_bars(table: Table, *, bars: bool = True) -> Mapping[str, Any]:
    """A table as the template reads it: each number in words, and the width of its bar."""
    columns = [[row.values[place] for row in table.rows] for place in range(len(table.columns))]
    widths = [charts.widths(column) for column in columns] if bars else []
    rows = [
        {
            "words": row.words,
            "cells": [
                {"number": forms.number(one), "width": widths[place][line] if bars and place == 0 else ""}
                for place, one in enumerate(row.values)
            ],
        }
        for line, row in enumerate(table.rows)
    ]
    return {
        "name": table.name,
        "title": table.title,
        "head": table.head,
        "note": table.note,
        "columns": table.columns,
        "rows": rows,
    }
