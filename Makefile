# The only list of commands. Needs make and Python 3.11 (or uv, which brings it); everything else is installed here, locked.
.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# uv of the system when there is one, else our own, from requirements-uv.lock.
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
PYTHON ?= $(shell command -v python3.11 2>/dev/null || command -v python3 2>/dev/null || command -v python)
export RASA_TELEMETRY_ENABLED := false

.PHONY: help run test lint types install lock train talk evaluate bench load pages content clean

help:  ## Show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(INSTALLED)  ## Start Faro on this machine: http://127.0.0.1:8000
	@exec $(BIN)/bot up

test: $(INSTALLED)  ## Everything CI runs: lint, types, content, training, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/bot content check
	$(BIN)/bot train
	$(BIN)/python -m pytest

lint: $(INSTALLED)  ## ruff
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(INSTALLED)  ## mypy
	$(BIN)/mypy

content: $(INSTALLED)  ## Check the answers that staff edit, and whether the schemas of the editors fit them
	$(BIN)/bot content check
	$(BIN)/bot content schema --check

train: $(INSTALLED)  ## Train a model if the one on disk is out of date
	$(BIN)/bot train

talk: $(INSTALLED)  ## A conversation in the terminal
	@exec $(BIN)/bot talk

# Public data beside the project (tests/evaluation/test_public.py says which); left out where it is not there.
PUBLIC ?= ../shared/data/massive_fewshot.jsonl

evaluate: $(INSTALLED)  ## Measure understanding on our own test questions (STOCK_EPOCHS=100 adds stock Rasa: hours)
	@$(BIN)/bot evaluate tests/questions --untaught tests/questions/untaught --baselines \
		$(if $(wildcard $(PUBLIC)),--public $(PUBLIC)) $(if $(STOCK_EPOCHS),--stock-epochs $(STOCK_EPOCHS)) \
		--preface docs/figures/understanding-preface.md

bench: $(INSTALLED)  ## Measure Faro beside stock Rasa (installs stock Rasa into .tools, 3 GB)
	$(BIN)/python -m tests.bench

load: $(INSTALLED)  ## Measure a burst of WhatsApp messages until everybody has an answer
	$(BIN)/python -m tests.bench.channels

pages: $(INSTALLED)  ## Measure the console's pages with a million messages (TEST_DATABASE_URL: a database that is filled)
	$(BIN)/python -m tests.bench.console

install: $(INSTALLED)  ## The locked environment in .venv

$(INSTALLED): requirements.lock pyproject.toml $(if $(filter .tools/bin/uv,$(UV)),.tools/bin/uv)
	@echo "Faro: setting up the environment (.venv); the first time takes a few minutes"
	@test -x $(BIN)/python || $(UV) venv --quiet --python 3.11 $(VENV) || $(UV) venv --quiet --python "$(PYTHON)" $(VENV)
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(UV) pip sync --require-hashes --only-binary :all: requirements.lock
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.tools/bin/uv: requirements-uv.lock
	@echo "Faro: uv is not installed; putting our own into .tools"
	@test -n "$(PYTHON)" || { echo "Faro needs Python 3.11 (or uv, which brings it)"; exit 1; }
	"$(PYTHON)" -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch $@

lock: $(if $(filter .tools/bin/uv,$(UV)),.tools/bin/uv)  ## Resolve requirements.lock anew (for whoever changes pyproject.toml)
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --extra test \
		pyproject.toml -o requirements.lock
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		-c requirements.lock pyproject.toml -o requirements-run.lock
	echo "uv>=0.9" | $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header - -o requirements-uv.lock

clean:  ## Remove the environment, the model and the local database
	rm -rf $(VENV) .tools models .rasa var
