"""A measurement as the page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy

from console.review import project, topics
from console.review.models import Change, Run
from console.review.runs import ERROR_WORDS, STEP_WORDS

#: Figure -> its words, and whether more of it is better.
FIGURES = {
    "right": (gettext_lazy("answered rightly"), True),
    "dangers": (gettext_lazy("dangers seen"), True),
    "false_alarms": (gettext_lazy("false alarms"), False),
    "out_of_scope": (gettext_lazy("out of scope seen"), True),
}

#: From this fall on, in shares, a figure is shown as worse: less is chance.
NOTABLE = 0.001


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a language before and after, in percent. `verdict`: "better", "worse" or ""."""

    words: str
    before: str
    after: str
    change: str
    verdict: str


def context(change: Change, digest: str) -> dict[str, Any]:
    """What the template needs of the newest run of a change. `digest`: of its lines as they are now."""
    run = change.runs.order_by("-pk").first()
    if run is None:
        return {"run": None}
    found = {
        "run": run,
        "run_under_way": run.state in (Run.State.QUEUED, Run.State.RUNNING),
        "run_step": STEP_WORDS[Run.Step(run.step)],
        "run_error": ERROR_WORDS.get(run.error, ERROR_WORDS[""]) if run.state == Run.State.FAILED else "",
        "run_fits": not digest or run.digest == digest,
    }
    if run.state == Run.State.DONE:
        found |= result(run.result)
    return found


def result(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The table of a finished run, and what to make of it."""
    languages = [
        (language, about["questions"], [_figure(name, about) for name in FIGURES])
        for language, about in stored.get("languages", {}).items()
    ]
    titled = topics.titled(project.ROOT, translation.get_language() or "")

    def title(name: str) -> str:
        return titled[name].title if name in titled else ""

    worst = [
        one | {"title": title(one["topic"]) or one["topic"], "taken_for": title(one["predicted"])}
        for one in stored.get("worst", [])
    ]
    return {
        "languages_measured": languages,
        "figure_names": [words for words, _ in FIGURES.values()],
        "won": stored.get("won", 0),
        "lost": stored.get("lost", 0),
        "worst": worst,
        "held_out": stored.get("held_out", False),
        "minutes": max(1, round(stored.get("seconds", 0) / 60)),
        "dangers_fell": [language for language, _, figures in languages if figures[1].verdict == "worse"],
    }


def _figure(name: str, about: Mapping[str, Mapping[str, Sequence[int]]]) -> Figure:
    words, more_is_better = FIGURES[name]
    before, after = _share(about["before"][name]), _share(about["after"][name])
    if before is None or after is None:
        return Figure(str(words), "–", "–", "", "")
    change = after - before
    verdict = ""
    if abs(change) >= NOTABLE:
        verdict = "better" if (change > 0) == more_is_better else "worse"
    return Figure(str(words), _percent(before), _percent(after), f"{100 * change:+.1f}".replace("-", "−"), verdict)


def _share(hits: Sequence[int]) -> float | None:
    return hits[0] / hits[1] if hits[1] else None


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
