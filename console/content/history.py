"""Who changed what of the content and when, from git, where its folder is in a checkout."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from console.content import git, shelf
from console.page import render
from console.permissions import Permission, demands

#: Why there is no history, in words.
ABSENCES: dict[git.Absence, str | Promise] = {
    git.Absence.NO_GIT: gettext_lazy("There is no history to show: git is not installed where Faro runs."),
    git.Absence.NO_CHECKOUT: gettext_lazy(
        "There is no history to show: the content folder is not in a checkout of git."
    ),
    git.Absence.NOT_OURS: gettext_lazy(
        "There is no history to show: the folder belongs to another account of the machine. Its administrator can allow "
        "it with: git config --global --add safe.directory FOLDER"
    ),
    git.Absence.TROUBLE: gettext_lazy("There is no history to show at this moment: git failed or took too long."),
}


@require_safe
@demands(Permission.SEE_CONTENT)
def listed(request: HttpRequest) -> HttpResponse:
    """The newest changes of the whole content, and what was changed here and is not among them yet."""
    root = shelf.library().root
    try:
        context: dict[str, object] = {"history": git.history(root), "uncommitted": _marked(git.uncommitted(root))}
    except git.NoHistory as error:
        context = {"absence": ABSENCES[error.absence]}
    return render(request, "console/content/history.html", context)


@require_safe
@demands(Permission.SEE_CONTENT)
def change(request: HttpRequest, commit: str) -> HttpResponse:
    """What one change did to the content."""
    try:
        found = git.commit_of(shelf.library().root, commit)
    except git.NoHistory:
        found = None
    if found is None:
        raise Http404
    context = {"commit": found[0], "difference": _marked(found[1])}
    return render(request, "console/content/change.html", context)


def _marked(difference: git.Difference) -> dict[str, object]:
    """The lines with what they are: "ins", "del", "at" (a file or a place in it) or ""."""
    lines = []
    for line in difference.lines:
        if line.startswith(("diff --git ", "index ", "--- ", "new file mode", "deleted file mode", "similarity index")):
            continue
        if line.startswith("+++ "):
            lines.append(("at", line[4:].removeprefix("b/")))
        elif line.startswith("@@"):
            lines.append(("at", line))
        else:
            lines.append(({"+": "ins", "-": "del"}.get(line[:1], ""), line))
    return {"lines": lines, "cut": difference.cut}
