"""The project that stock Rasa is given: Faro's own data, in the shape that `rasa init` has."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.bench.processes import ROOT

#: Epochs of every network as `rasa init` leaves them. A training for the bench may have fewer (MEASURED_EPOCHS).
EPOCHS = 100

#: Epochs of a training that is only there for its turns: a turn costs the same after 3 as after 100.
MEASURED_EPOCHS = 3

#: Examples of each topic in each language that stock is taught. All of them (41,370) would keep two cores busy for most of a
#: day; what a turn costs hardly depends on them: the words it knows are looked up, and its networks are as large as before.
SAMPLE = 20

#: What `rasa train` uses when config.yml names nothing, as `rasa init` leaves it
#: (rasa/engine/recipes/config_files/default_config.yml of 3.6.21), word for word.
CONFIG = """\
recipe: default.v1
assistant_id: stock
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: RegexFeaturizer
  - name: LexicalSyntacticFeaturizer
  - name: CountVectorsFeaturizer
  - name: CountVectorsFeaturizer
    analyzer: "char_wb"
    min_ngram: 1
    max_ngram: 4
  - name: DIETClassifier
    epochs: 100
    constrain_similarities: true
  - name: EntitySynonymMapper
  - name: ResponseSelector
    epochs: 100
    constrain_similarities: true
  - name: FallbackClassifier
    threshold: 0.3
    ambiguity_threshold: 0.1
policies:
  - name: MemoizationPolicy
  - name: RulePolicy
  - name: UnexpecTEDIntentPolicy
    max_history: 5
    epochs: 100
  - name: TEDPolicy
    max_history: 5
    epochs: 100
    constrain_similarities: true
"""

#: As many stories as `rasa init` writes: without any, MemoizationPolicy, UnexpecTEDIntentPolicy and TEDPolicy would learn
#: nothing and cost nothing. They say what the rules say.
STORIES = (
    ("greet", "return_overview"),
    ("greet", "health_where", "thank"),
    ("greet", "rights_overview", "goodbye"),
)


def project(epochs: int = EPOCHS) -> Path:
    """The folder of the stock project whose networks are trained for so many epochs."""
    return ROOT / ".tools" / f"stock-project-{epochs}-{SAMPLE}"


def digest() -> str:
    """12 hexadecimal digits that change when the examples do, or how many of them are taken."""
    found = hashlib.sha256(str(SAMPLE).encode())
    for path in sorted((ROOT / "data" / "nlu").rglob("*.yml")):
        found.update(path.relative_to(ROOT).as_posix().encode() + b"\x00" + path.read_bytes())
    return found.hexdigest()[:12]


def write_project(folder: Path, *, epochs: int = EPOCHS) -> None:
    """Write the stock project anew from Faro's own data.

    SAMPLE of the examples and the same rules; rules that call an action of ours utter the answer of their topic instead, and
    topics without examples (those only buttons can say) are left out. Answers are the Spanish texts of content/, with
    their buttons, as templates of domain.yml.
    """
    shutil.rmtree(folder, ignore_errors=True)
    topics = _copy_examples(ROOT / "data" / "nlu", folder / "data" / "nlu")
    responses = _responses(topics)
    rules = [_rule(topic) for topic in (*topics, "nlu_fallback")]
    stories = [
        {"story": f"path {number}", "steps": [step for topic in path for step in _rule(topic)["steps"]]}
        for number, path in enumerate(STORIES, 1)
    ]
    _write(folder / "domain.yml", {"version": "3.1", "intents": topics, "responses": responses, **_session()})
    _write(folder / "data" / "rules.yml", {"version": "3.1", "rules": rules})
    _write(folder / "data" / "stories.yml", {"version": "3.1", "stories": stories})
    config = CONFIG.replace(f"epochs: {EPOCHS}", f"epochs: {epochs}")
    (folder / "config.yml").write_text(config, encoding="utf-8")


def _write(path: Path, data: Any) -> None:
    text = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
    path.write_text(text, encoding="utf-8")


_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # twenty times as fast where libyaml is there
_Dumper: type = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe one


def _copy_examples(source: Path, into: Path) -> list[str]:
    """Write a sample of every file of examples; returns the topics that have any."""
    topics: set[str] = set()
    for path in sorted(source.rglob("*.yml")):
        listed = _read(path)["nlu"]
        for one in listed:
            one["examples"] = "".join(f"{line}\n" for line in sample(one["examples"].splitlines(), SAMPLE))
        target = into / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(target, {"version": "3.1", "nlu": listed})
        topics.update(one["intent"] for one in listed if "intent" in one)
    return sorted(topics)


def sample(lines: Sequence[str], number: int) -> list[str]:
    """At most so many of the lines, evenly spread over all of them, because neighbours resemble each other."""
    written = [line for line in lines if line.strip()]
    if len(written) <= number:
        return written
    return [written[place * len(written) // number] for place in range(number)]


def _rule(topic: str) -> dict[str, Any]:
    return {"rule": topic.replace("_", " "), "steps": [{"intent": topic}, {"action": f"utter_{topic}"}]}


def _session() -> dict[str, Any]:
    return {"session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True}}


def _responses(topics: list[str]) -> dict[str, list[dict[str, Any]]]:
    interface = _read(ROOT / "content" / "interface.yml")
    answers = {path.stem: _read(path) for path in sorted((ROOT / "content" / "answers").rglob("*.yml"))}
    answers |= interface["topics"]
    answers["nlu_fallback"] = {"text": interface["sentences"]["not_understood"]}
    # Short questions about the answer before ("and how much is it?") have none of their own; stock does not resolve them.
    about_what = {"text": interface["sentences"]["follow_up_about_what"]}
    return {
        f"utter_{topic}": [_response(answers.get(topic, about_what), answers)] for topic in (*topics, "nlu_fallback")
    }


def _response(answer: dict[str, Any], answers: dict[str, Any]) -> dict[str, Any]:
    buttons = [{"title": answers[topic]["title"]["es"], "payload": f"/{topic}"} for topic in answer.get("next", ())]
    return {"text": answer["text"]["es"], **({"buttons": buttons} if buttons else {})}
