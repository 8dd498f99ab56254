"""Everything that is wrong with the files of the content, grave ones first, with the place to mend it."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.http import require_safe

from bot.answers.speaker import panama_today
from console.content import shelf
from console.content.words import WEIGHTS
from console.page import render
from console.permissions import Permission, demands


@require_safe
@demands(Permission.SEE_CONTENT)
def listed(request: HttpRequest) -> HttpResponse:
    """The problems by file; a file with a grave one comes before one without."""
    library = shelf.library()
    library.current()
    language = translation.get_language() or ""
    by_file = [(path, list(found)) for path, found in groupby(shelf.problems(panama_today()), lambda one: one.path)]
    by_file.sort(key=lambda one: (min(map(shelf.weight, one[1])), one[0]))
    every = [one for _, found in by_file for one in found]
    files = [
        (path, [(one, one.message(language), *WEIGHTS[shelf.weight(one)]) for one in found]) for path, found in by_file
    ]
    context = {
        "files": files,
        "errors": sum(one.level == "error" for one in every),
        "warnings": sum(one.level != "error" for one in every),
        "version": library.version,
        "broken": library.broken,
        "root": library.root.name,
    }
    return render(request, "console/content/errors.html", context)
