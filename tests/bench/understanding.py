"""Ask stock Rasa's classifier (DIET) test questions: texts as a JSON list on stdin, what it understood as one on stdout.

`bot evaluate --stock-epochs N` runs this. Only the understanding of stock_project.CONFIG is trained, on data/nlu, and kept
in .tools for as long as data/nlu stays the same; a hundred epochs take hours on two cores.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

from tests.bench import stock, stock_project
from tests.bench.measure import ended, run
from tests.bench.processes import ROOT

#: Runs in stock's own environment (Python 3.10), which has nothing of this project.
_PARSE = """\
import asyncio, json, sys
from pathlib import Path
from rasa.core.agent import Agent

async def parse(agent, texts):
    return [await agent.parse_message(text) for text in texts]

folder = Path(sys.argv[1])
found = asyncio.run(parse(Agent.load(sys.argv[2]), json.loads((folder / "texts.json").read_text(encoding="utf-8"))))
kept = [
    {
        "topic": one["intent"]["name"] or "",
        "ranking": [[rank["name"], rank["confidence"]] for rank in one.get("intent_ranking", [])],
    }
    for one in found
]
(folder / "found.json").write_text(json.dumps(kept), encoding="utf-8")
"""

#: Seconds: a training with many epochs, asking all questions.
TRAINING = 24 * 3600.0
ASKING = 3600.0


def folder(epochs: int) -> Path:
    """Where the project and the model of so many epochs are."""
    return ROOT / ".tools" / f"stock-understanding-{epochs}"


def train(into: Path, *, epochs: int) -> float:
    """Train when the examples changed or never before; returns the seconds that the training took, now or then.

    Raises:
        subprocess.CalledProcessError: Rasa could not; its output is in train.log of the folder.
    """
    record = into / stock.RECORD
    if stock.model(into).exists() and record.exists():
        kept = json.loads(record.read_text(encoding="utf-8"))
        if kept["examples"] == stock_project.digest():
            return float(kept["seconds"])
    stock_project.write_project(into, epochs=epochs)
    command = [str(stock.ENVIRONMENT / "bin" / "rasa"), "train", "nlu", "--nlu", "data/nlu", "--config", "config.yml"]
    command += ["--domain", "domain.yml", "--out", "models", "--fixed-model-name", stock.MODEL]
    ran = ended(run(command, cwd=into, environ=stock.surroundings(), log=into / "train.log", timeout=TRAINING))
    if not stock.model(into).exists():
        raise subprocess.CalledProcessError(1, command)
    record.write_text(json.dumps({"examples": stock_project.digest(), "seconds": ran.seconds}), encoding="utf-8")
    return ran.seconds


def ask(into: Path, texts: list[str]) -> list[dict[str, object]]:
    """What the trained model understands of each text: `topic`, and `ranking` of topics with confidence.

    Raises:
        subprocess.CalledProcessError: it could not be asked; ask.log of the folder says why.
    """
    (into / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
    (into / "found.json").unlink(missing_ok=True)
    command = [str(stock.ENVIRONMENT / "bin" / "python"), "-c", _PARSE, str(into), str(stock.model(into))]
    ended(run(command, cwd=into, environ=stock.surroundings(), log=into / "ask.log", timeout=ASKING))
    found: list[dict[str, object]] = json.loads((into / "found.json").read_text(encoding="utf-8"))
    return found


def main() -> int:
    """Install, train, ask; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.understanding", description=__doc__)
    parser.add_argument("--epochs", type=int, default=stock_project.EPOCHS, help="of the network (default: 100)")
    options = parser.parse_args()
    texts = json.load(sys.stdin)
    into = folder(options.epochs)
    try:
        _say("stock environment ...")
        stock.install()
        _say(f"training stock Rasa, {options.epochs} epochs; {into / 'train.log'} shows how far it is ...")
        seconds = train(into, epochs=options.epochs)
        _say(f"asking stock Rasa {len(texts):,} questions ...")
        found = ask(into, texts)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired, FileNotFoundError) as error:
        _say(f"stock Rasa could not be measured: {error}")
        return 1
    json.dump({"version": stock.VERSION, "seconds": seconds, "understood": found}, sys.stdout)
    return 0


def _say(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
