"""Each guard lets the good pass and names the bad; together they say everything at once."""

from __future__ import annotations

import gzip
import importlib.metadata
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from rasa.core.channels import BUILTIN_CHANNELS, input_channel_classes
from rasa.core.lock_store import LOCK_LIFETIME

from bot.conversations import rasa_client
from bot.errors import GuardError
from bot.rasa_compat import guards
from bot.settings import ROOT
from tests.rasa_compat.conftest import Run, Tiny

STORE = "bot.rasa_compat.session_store.SessionTrackerStore"
NLG = "bot.answers.nlg.AnswerLibraryNLG"
SECRET = "0123456789abcdef" * 2
ENVIRON = {"RASA_TELEMETRY_ENABLED": "false", "RASA_SECRET": SECRET}
ENDPOINTS = {"tracker_store": {"type": STORE}, "nlg": {"type": NLG}}
SESSION = {"session_expiration_time": 60, "carry_over_slots_to_new_session": False}


def _importable(path: str) -> list[str]:
    return guards.unimportable({"config.yml": [path]})


def _session(**changed: object) -> list[str]:
    return guards.session_problems({"session_config": {**SESSION, **changed}})


def _environ(**changed: str) -> list[str]:
    return guards.environment_problems({**ENVIRON, **changed})


def _endpoints(**changed: object) -> list[str]:
    return guards.endpoints_problems({**ENDPOINTS, **changed})


def _pipeline(name: str) -> list[str]:
    return guards.tensorflow_components({"pipeline": [{"name": "bot.nlu.tokens.SpacyTokenizer"}, {"name": name}]})


def _policy(name: str) -> list[str]:
    return guards.tensorflow_components({"policies": [name]})


def _agent(*, ready: bool = True, store: str = "SessionTrackerStore", nlg: str = "AnswerLibraryNLG") -> list[str]:
    inner = type(store, (), {})()
    wrapped = SimpleNamespace(_tracker_store=SimpleNamespace(_tracker_store=inner))
    return guards.agent_problems(
        SimpleNamespace(is_ready=lambda: ready, tracker_store=wrapped, nlg=type(nlg, (), {})())
    )


def _options(*arguments: str) -> list[str]:
    return guards.option_problems(["run", *arguments])


def _model(*, size: int = -1) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.tar.gz"
        whole = gzip.compress(os.urandom(1_000))
        file.write_bytes(whole[:size] if size >= 0 else whole)
        return guards.model_problems(file)


def _channel(name: str) -> list[str]:
    return guards.channels({name: None})


Check = Callable[[], list[str]]

#: (number of the guard in the research, good, bad, what the message names)
GUARDS: list[tuple[str, Check, Check, str]] = [
    ("1 model file", _model, lambda: guards.model_problems(Path("no.gz")), "no.gz"),
    ("1 model cut off", _model, lambda: _model(size=500), "damaged"),
    ("1 model empty", _model, lambda: _model(size=0), "damaged"),
    ("1 agent", _agent, lambda: _agent(ready=False), "no model"),
    ("1 no agent", _agent, lambda: guards.agent_problems(None), "no model"),
    ("2 store", _endpoints, lambda: _endpoints(tracker_store={"type": "SQL"}), "tracker_store"),
    ("2 no store", _endpoints, lambda: _endpoints(tracker_store=None), "tracker_store"),
    ("2 store replaced", _agent, lambda: _agent(store="InMemoryTrackerStore"), "InMemoryTrackerStore"),
    ("3 nlg", _endpoints, lambda: _endpoints(nlg={"type": "callback"}), "nlg"),
    ("3 nlg replaced", _agent, lambda: _agent(nlg="TemplatedNLG"), "TemplatedNLG"),
    ("3 broker", _endpoints, lambda: _endpoints(event_broker={"type": "pika"}), "event_broker"),
    ("3 model server", _endpoints, lambda: _endpoints(models={"url": "http://x"}), "models"),
    ("4 module", lambda: _importable(STORE), lambda: _importable("bot.nowhere.Thing"), "bot.nowhere"),
    ("4 class", lambda: _importable("RulePolicy"), lambda: _importable("bot.words.Nothing"), "Nothing"),
    ("7 slots", _session, lambda: _session(carry_over_slots_to_new_session=True), "carry_over_slots"),
    ("7 long", lambda: _session(session_expiration_time=120), lambda: _session(session_expiration_time=121), "120"),
    ("7 endless", _session, lambda: _session(session_expiration_time=0), "session_expiration_time"),
    ("7 no number", _session, lambda: _session(session_expiration_time="1 h"), "session_expiration_time"),
    ("7 nothing", _session, lambda: guards.session_problems({}), "carry_over_slots"),
    ("6 no secret", _environ, lambda: _environ(RASA_SECRET=""), "RASA_SECRET"),
    ("6 short secret", _environ, lambda: _environ(RASA_SECRET=SECRET[1:]), "RASA_SECRET"),
    ("8 telemetry", _environ, lambda: _environ(RASA_TELEMETRY_ENABLED="true"), "RASA_TELEMETRY_ENABLED"),
    ("8 unsaid", _environ, lambda: guards.environment_problems({"RASA_SECRET": SECRET}), "RASA_TELEMETRY_ENABLED"),
    ("9 short", lambda: _pipeline("FallbackClassifier"), lambda: _pipeline("DIETClassifier"), "DIETClassifier"),
    (
        "9 dotted",
        lambda: _pipeline("bot.nlu.topics.TopicClassifier"),
        lambda: _pipeline("rasa.nlu.classifiers.diet_classifier.DIETClassifier"),
        "DIETClassifier",
    ),
    ("9 policy", lambda: _policy("RulePolicy"), lambda: _policy("TEDPolicy"), "TEDPolicy"),
    ("9 own", lambda: _policy("RulePolicy"), lambda: _policy("tensorflow.keras.Mine"), "tensorflow.keras"),
    ("10 lock", lambda: _environ(TICKET_LOCK_LIFETIME="5"), lambda: _environ(TICKET_LOCK_LIFETIME="4"), "LIFETIME"),
    ("10 no number", _environ, lambda: _environ(TICKET_LOCK_LIFETIME="²"), "LIFETIME"),
    ("11 api", lambda: _options("--port", "5005"), lambda: _options("--enable-api"), "--enable-api"),
    ("11 cut short", lambda: _options("--endpoints", "x"), lambda: _options("--enable"), "--enable-api"),
    ("11 cors", lambda: _options("--debug"), lambda: _options("--cors=*"), "--cors"),
    ("11 token", lambda: _options("-p", "1"), lambda: _options("-tsecret"), "-t"),
    ("12 version", lambda: guards.version_problems("3.6.21"), lambda: guards.version_problems("3.6.20"), "3.6.20"),
]


@pytest.mark.parametrize(("good", "bad", "named"), [row[1:] for row in GUARDS], ids=[row[0] for row in GUARDS])
def test_a_guard_lets_the_good_pass_and_names_the_bad(good: Check, bad: Check, named: str) -> None:
    assert good() == []
    problems = bad()
    assert problems
    assert any(named in problem for problem in problems)


@pytest.mark.parametrize("name", sorted(BUILTIN_CHANNELS))
def test_no_stock_channel_is_allowed_by_its_short_name(name: str) -> None:
    assert name in "".join(_channel(name))


@pytest.mark.parametrize("stock", input_channel_classes)
def test_no_stock_channel_is_allowed_by_its_class(stock: Any) -> None:
    assert stock.__name__ in "".join(_channel(f"{stock.__module__}.{stock.__name__}"))


def test_our_own_channel_is_allowed() -> None:
    assert _channel("bot.rasa_compat.turn_channel.TurnChannel") == []


def test_the_real_reason_of_a_failing_import_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "spoilt_module.py").write_text("import a_library_that_is_missing\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert "a_library_that_is_missing" in "".join(_importable("spoilt_module.Thing"))


def test_a_secret_never_stands_in_a_problem() -> None:
    secret = "hunter2hunter2"
    assert secret not in "".join(_environ(RASA_SECRET=secret, TICKET_LOCK_LIFETIME="0"))


def test_the_figures_of_other_files_are_still_theirs() -> None:
    assert rasa_client.TIMEOUT == guards.TURN_TIMEOUT
    assert guards.DEFAULT_LOCK_LIFETIME == LOCK_LIFETIME


def test_every_tensorflow_component_is_one_of_rasa() -> None:
    from rasa.engine.recipes import default_components

    known = {component.__name__ for component in default_components.DEFAULT_COMPONENTS}
    assert known >= guards._TENSORFLOW_COMPONENTS


def test_every_component_of_rasa_that_needs_tensorflow_is_known() -> None:
    """Whoever of Rasa's own components builds on RasaModel or calls tensorflow is listed."""
    from rasa.engine.recipes import default_components

    needing = {
        component.__name__
        for component in default_components.DEFAULT_COMPONENTS
        if {"tensorflow", "transformers"} & set(component.required_packages())
        or "RasaModel" in vars(__import__(component.__module__, fromlist=["_"]))
    }
    assert needing
    assert needing <= guards._TENSORFLOW_COMPONENTS


def test_the_project_itself_passes(tiny: Tiny) -> None:
    assert guards.config_problems(ROOT) == []
    guards.refuse_to_train(ROOT)
    guards.refuse_to_start(root=ROOT, model=tiny.model, environ=ENVIRON)


def _change(path: Path, **changes: Any) -> None:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump({**data, **changes}), encoding="utf-8")


def _spoil(root: Path) -> None:
    _change(root / "config.yml", pipeline=[{"name": "DIETClassifier"}, {"name": "bot.nlu.nowhere.Thing"}])
    _change(root / "domain.yml", session_config={})
    _change(root / "endpoints.yml", nlg={"type": "callback"})
    _change(root / "credentials.yml", rest=None)


def test_starting_is_refused_with_every_problem_at_once(project: Path) -> None:
    _spoil(project)
    with pytest.raises(GuardError) as refused:
        guards.refuse_to_start(root=project, model=project / "none.tar.gz", environ={})
    message = str(refused.value)
    for named in (
        "DIETClassifier",
        "bot.nlu.nowhere",
        "session_expiration_time",
        "carry_over_slots",
        "nlg",
        "'rest'",
        "none.tar.gz",
        "RASA_SECRET",
        "RASA_TELEMETRY_ENABLED",
    ):
        assert sum(named in line for line in message.splitlines()) == 1, named


def test_training_is_refused_with_every_problem_at_once(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _spoil(project)
    monkeypatch.setattr(importlib.metadata, "version", lambda _name: "3.7.0")
    with pytest.raises(GuardError) as refused:
        guards.refuse_to_train(project)
    assert [line.partition(":")[0] for line in str(refused.value).splitlines()] == ["rasa", "config.yml", "config.yml"]


def test_the_command_refuses_the_open_api(python: Run) -> None:
    done = python("-W", "ignore", "-m", "bot", "rasa", "run", "--enable-api")
    assert done.returncode == 1
    assert "--enable-api is not allowed" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_refuses_a_component_that_needs_tensorflow(python: Run, project: Path) -> None:
    _change(project / "config.yml", pipeline=[{"name": "DIETClassifier", "epochs": 1}])
    done = python("-W", "ignore", "-m", "bot", "rasa", "train", root=project)
    assert done.returncode == 1
    assert "DIETClassifier needs TensorFlow" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (project / "models").exists()
