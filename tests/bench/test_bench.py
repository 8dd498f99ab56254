"""The parts of the bench that reckon, and the project that stock Rasa is given. No time is asserted, nothing installed."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.conversations.addresses import AddressBook
from bot.conversations.worker import Worker
from tests.bench import capacity, flood, measure, report, stacks, stock, stock_project
from tests.bench.load import LENGTH, Conversation, conversations, drive, offer
from tests.bench.measure import Turns
from tests.bench.processes import ROOT
from tests.conversations.conftest import NamedPhrases
from tests.conversations.test_worker import Always


def test_percentile_is_the_nearest_rank() -> None:
    values = [float(n) for n in range(20, 0, -1)]
    assert [measure.percentile(values, share) for share in (0.0, 0.5, 0.95, 1.0)] == [1.0, 10.0, 19.0, 20.0]
    assert math.isnan(measure.percentile([], 0.5))


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0, 1))
def test_percentile_is_a_value_that_enough_others_do_not_exceed(values: list[float], share: float) -> None:
    found = measure.percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9


def test_memory_and_processor_time_are_read_from_what_linux_writes() -> None:
    rollup = "55d0-7ffe ---p 00000000 00:00 0    [rollup]\nRss:     1000 kB\nPss:      600 kB\nShared_Clean: 4 kB\n"
    assert measure.memory_from(rollup) == measure.Memory(resident=1_024_000, share=614_400)
    ticks = "7 (a (b) c) S 1 1 1 0 -1 4194560 10 0 0 0 150 50 9 9 20 0 1 0 100 0 0"
    assert measure.processor_from(ticks) == pytest.approx(200 / 100)


def test_a_file_with_two_names_counts_once(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"x" * 1000)
    (tmp_path / "two").hardlink_to(tmp_path / "one")
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "three").write_bytes(b"x" * 10)
    assert measure.size(tmp_path) == 1010


def test_an_epoch_is_timed_without_the_first_in_which_tensorflow_compiles() -> None:
    output = (
        "Epochs:   0%|          | 0/3 [00:00<?, ?it/s]\rEpochs:  33%|███▎      | 1/3 [00:44<01:28, 44.2s/it]\r"
        "Epochs:  67%|██████▋   | 2/3 [00:46<00:22, 22.9s/it, loss=5]\rEpochs: 100%|██████████| 3/3 [00:48<00:00, 16s/it]\n"
        "Epochs:   0%|          | 0/3 [00:00<?, ?it/s]\rEpochs:  33%|███▎      | 1/3 [01:10<01:28, 44.2s/it]\r"
        "Epochs: 100%|██████████| 3/3 [1:01:50<00:00, 16s/it]\n"
    )
    assert stock.seconds_an_epoch(output) == 2.0 + (3710 - 70) / 2
    assert stock.seconds_an_epoch("Epochs:   0%|   | 0/1 [00:00<?]\rEpochs: 100%|█| 1/1 [00:44<00:00, 44.2s/it]") == 0.0


def test_a_training_with_fewer_epochs_is_reckoned_to_the_full_number() -> None:
    ran = measure.Ran(command=(), seconds=100.0, processor=50.0, peak=1, code=0)
    trained = stock.Trained("today", "abc", stock_project.EPOCHS - 10, ran, 2.0)
    assert trained.seconds == pytest.approx(120.0)
    assert trained.processor == pytest.approx(60.0)


def test_a_stack_counts_for_the_innermost_part_and_not_at_all_while_it_waits() -> None:
    known = stacks.parts(answers=r"bot/answers/", the_action_server=r"rasa/core/actions")
    collapsed = (
        "main (bot/x.py:1);run (rasa/core/actions/action.py:9);generate (bot/answers/nlg.py:3);dumps (json/a.py:1) 3\n"
        "main (bot/x.py:1);run (rasa/core/actions/action.py:9) 2\n"
        "main (bot/x.py:1);f (other file.py:2) 4\n"
        "main (bot/answers/x.py:1);Condition.wait (threading.py:327) 50\n"
        "broken line\n"
    )
    assert stacks.attribute(collapsed, known) == {"answers": 3, "the action server": 2, stacks.OTHER: 4}


def test_messages_offered_at_a_rate_leave_at_their_times_whoever_answers_late() -> None:
    said: list[tuple[float, str]] = []

    def say(contact: str, text: str) -> bool:
        said.append((time.perf_counter(), contact))
        time.sleep(0.3)
        return True

    held = [Conversation(name, tuple("123456")) for name in "ab"]
    begun = time.perf_counter()
    turns = offer(say, held, rate=40.0)
    assert [contact for _, contact in sorted(said)] == ["a", "b"] * 6
    assert max(at for at, _ in said) - begun < 2.0  # one after the other it would have been 3.6 s
    assert min(turns.latencies) >= 0.3


def test_every_conversation_has_a_new_contact_and_loads_repeat() -> None:
    found = conversations(ROOT / "tests" / "questions", turns=50, name="x")
    assert found == conversations(ROOT / "tests" / "questions", turns=50, name="x")
    assert len({one.contact for one in found}) == len(found) == math.ceil(50 / LENGTH)
    assert all(len(one.texts) == LENGTH for one in found)


def test_a_load_says_everything_in_order_and_counts_silence() -> None:
    said: dict[str, list[str]] = {"a": [], "b": [], "c": []}

    def say(contact: str, text: str) -> bool:
        said[contact].append(text)
        return text != "2"

    turns = drive(say, [Conversation(name, ("1", "2", "3")) for name in said], contacts=2)
    assert all(texts == ["1", "2", "3"] for texts in said.values())
    assert (len(turns.latencies), turns.unanswered) == (9, 3)


def test_a_load_that_fails_says_so() -> None:
    def say(contact: str, text: str) -> bool:
        raise ConnectionError(contact)

    with pytest.raises(ConnectionError):
        drive(say, [Conversation("a", ("1",))], contacts=2)


def test_stock_gets_every_topic_with_examples_a_rule_and_an_answer_of_its_own(tmp_path: Path) -> None:
    stock_project.write_project(tmp_path / "stock", epochs=2)
    counts = Counter(
        one["intent"]
        for path in (tmp_path / "stock" / "data" / "nlu").rglob("*.yml")
        for one in stock_project._read(path)["nlu"]
        for _ in one["examples"].splitlines()
    )
    assert max(counts.values()) <= 3 * stock_project.SAMPLE
    assert min(counts.values()) >= 10
    domain = yaml.safe_load((tmp_path / "stock" / "domain.yml").read_text(encoding="utf-8"))
    rules = yaml.safe_load((tmp_path / "stock" / "data" / "rules.yml").read_text(encoding="utf-8"))["rules"]
    ours = yaml.safe_load((ROOT / "data" / "topics.yml").read_text(encoding="utf-8"))["areas"]
    assert set(domain["intents"]) == {topic for area in ours.values() for topic in area}
    assert {rule["steps"][0]["intent"] for rule in rules} == {*domain["intents"], "nlu_fallback"}
    assert {rule["steps"][1]["action"] for rule in rules} == set(domain["responses"])
    assert all(one["text"].strip() for texts in domain["responses"].values() for one in texts)
    config = (tmp_path / "stock" / "config.yml").read_text(encoding="utf-8")
    assert config.count("epochs: 2") == stock_project.CONFIG.count(f"epochs: {stock_project.EPOCHS}")


def test_the_report_shows_what_was_measured_and_a_dash_for_what_was_not() -> None:
    load = report.turns(Turns((0.01, 0.02, 0.03), 0.1, unanswered=1, processor=0.03))
    results = {
        "when": "today",
        "commit": "abc",
        "machine": {"cores": 2, "memory_gb": 4},
        "environment": {"faro": 870_000_000},
        "turns": {"Faro, SQLite": {"1": load, "8": load}, "Stock, SQLite": {"1": load, "8": load}},
    }
    page = report.markdown(results)
    assert "| Environment on disk | 870 MB | – | – |" in page
    assert "| 8 at a time: Faro, SQLite | 20 ms | 30 ms | 30 ms | 30.0 | 10.0 ms | 3 | 1 |" in page
    assert "1.0 times with 1, 1.0 times with 8" in page


def found(**changed: float) -> capacity.Measured:
    measured = {"rasa": 400e6, "worker": 60e6, "web": 50e6, "actions": 40e6, "turns_a_second": 30.0, "whole_path": 20.0}
    return capacity.Measured(**{**measured, "door": 150.0, "bytes_a_turn": 8_000.0, "cores": 2, **changed})  # type: ignore[arg-type]


def test_what_is_needed_is_reckoned_from_what_was_measured() -> None:
    office, region = capacity.need(500, found()), capacity.need(50_000, found())
    assert office.messages_a_day == 3_000
    assert (office.cores, office.rasa, office.worker, office.web) == (2, 1, 1, 1)
    assert office.disk == 3_000 * 8_000 * 30
    assert region.peak == pytest.approx(300_000 * 0.15 / 3600 * 3)
    assert region.rasa == region.worker == math.ceil(37.5 / 18)
    assert region.cores == math.ceil(37.5 * 2 / 20 / 0.6)
    assert region.connections == 3 * 20 + 16 + 8
    assert capacity.need(50_000, found(turns_a_second=15.0)).rasa == 2 * region.rasa - 1


def test_a_worker_has_as_many_connections_as_the_pages_on_capacity_say() -> None:
    """Threads of a worker, with one for each thing that runs beside it in bot/commands/serve.py and work()."""

    class Silent(Always):
        name = "telegram"

    running = Worker(
        rasa=Always(),
        phrases=NamedPhrases(),
        channels={"telegram": Silent()},  # type: ignore[dict-item]
        threads=capacity.TURN_THREADS,
        delivery_threads=capacity.DELIVERY_THREADS,
        retention_days=30,
        book=AddressBook("k" * 40, ("a" * 40,)),
    )
    beside = 4  # Telegram's polling, notices, the audit trail, the training of the review
    assert len(running._threads) + beside == capacity.TURN_THREADS + capacity.DELIVERY_THREADS + capacity.OTHER_THREADS


def test_the_pages_on_capacity_are_what_the_figures_say() -> None:
    """Whoever measures again writes them again: `make bench`, or python -m tests.bench.capacity."""
    measured = capacity.Measured.read(ROOT / "docs" / "figures")
    for language, path in capacity.PAGES.items():
        assert path.read_text(encoding="utf-8") == capacity.page(language, measured)


def test_a_page_about_floods_has_what_was_found_and_nothing_of_what_was_not() -> None:
    beside = {
        "turns": 180,
        "quiet_p95_ms": 400,
        "flooded_p95_ms": 500,
        "unanswered": 0,
        "sent": 300,
        "refused": 0,
        "heard": 12,
        "notices": 1,
        "measured": "2026-11-30 16:00 UTC",
    }
    page = flood.page({"beside": {"SQLite": beside}})
    assert "| SQLite | 180 | 400 | 500 | 1.25 | 0 | 300 | 0 | 12 | 1 | 2026-11-30 16:00 UTC |" in page
    assert page.count("| SQLite") == 1


def test_the_notice_of_a_flood_is_found_in_what_was_delivered() -> None:
    assert len(flood._notices()) == len({*flood._notices()}) == 3


def test_a_bench_that_is_ended_leaves_nothing_running(tmp_path: Path) -> None:
    bench = (
        "import sys, time; from pathlib import Path\n"
        "from tests.bench.processes import Process, end_with_sigterm\n"
        "end_with_sigterm()\n"
        "command = [sys.executable, '-c', 'import time; time.sleep(600)']\n"
        "with Process.started('x', command, cwd=Path(), environ={}, log=Path(sys.argv[1])) as started:\n"
        "    print(started.pid, flush=True)\n"
        "    time.sleep(600)\n"
    )
    command = [sys.executable, "-c", bench, str(tmp_path / "log")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        begun = int(running.stdout.readline())
        running.terminate()
        assert running.wait() == 128 + signal.SIGTERM
    with pytest.raises(ProcessLookupError):
        os.kill(begun, 0)
