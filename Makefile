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

.PHONY: help run test lint types install lock train talk evaluate bench load faults pages content audit secrets licences fuzz clean

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

load: $(INSTALLED)  ## Measure a burst of WhatsApp messages until everybody has an answer, and a flood
	$(BIN)/python -m tests.bench.channels
	$(BIN)/python -m tests.bench.flood

faults: $(INSTALLED)  ## Do every fault to a running Faro, for two minutes each, and count what people got (2 hours)
	$(BIN)/python -m tests.bench.faults

pages: $(INSTALLED)  ## Measure the console's pages with a million messages (TEST_DATABASE_URL: a database that is filled)
	$(BIN)/python -m tests.bench.console

# In an environment of its own: the auditor's dependencies clash with Rasa's packaging<22. SERVICE=osv asks another database.
SERVICE ?= pypi

audit: $(INSTALLED) .tools/audit/.installed  ## Ask about known weaknesses of every locked package (needs the internet)
	@$(BIN)/python -m tests.security.audit --service $(SERVICE)

.tools/audit/.installed: requirements-audit.lock $(if $(filter .tools/bin/uv,$(UV)),.tools/bin/uv)
	@test -x .tools/audit/bin/python || $(UV) venv --quiet --python 3.11 .tools/audit || $(UV) venv --quiet --python "$(PYTHON)" .tools/audit
	VIRTUAL_ENV=$(CURDIR)/.tools/audit $(UV) pip sync --quiet --require-hashes --only-binary :all: requirements-audit.lock
	@touch $@

licences: $(INSTALLED)  ## Under which licence each locked package may be used
	@$(BIN)/python -m tests.security.licences

# Seconds for each parser that is fuzzed by what its code has not done yet, where there is a wheel of atheris (Linux).
SECONDS ?= 100

fuzz: $(INSTALLED) .tools/atheris/.installed  ## Throw harmed input at every parser and at the web process (a quarter of an hour)
	FUZZ_TIMES=20 $(BIN)/python -m pytest -q --timeout 1800 tests/security/test_openapi.py tests/security/test_parsers.py
	@for parser in telegram whatsapp posted content text; do \
		PYTHONPATH=.tools/atheris $(BIN)/python -m tests.security.guided $$parser $(SECONDS) || exit 1; done

.tools/atheris/.installed: requirements-fuzz.lock $(if $(filter .tools/bin/uv,$(UV)),.tools/bin/uv)
	$(UV) pip install --quiet --python $(BIN)/python --target .tools/atheris --require-hashes --only-binary :all: -r requirements-fuzz.lock
	@touch $@

secrets: $(INSTALLED)  ## Look for secrets in every file and in everything that was ever committed (some minutes)
	@$(BIN)/python -m tests.security.leaks

install: $(INSTALLED)  ## The locked environment in .venv

$(INSTALLED): requirements.lock pyproject.toml $(if $(filter .tools/bin/uv,$(UV)),.tools/bin/uv)
	@echo "Faro: setting up the environment (.venv); the first time takes a few minutes" >&2
	@test -x $(BIN)/python || $(UV) venv --quiet --python 3.11 $(VENV) || $(UV) venv --quiet --python "$(PYTHON)" $(VENV)
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(UV) pip sync --require-hashes --only-binary :all: requirements.lock
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(UV) pip install --quiet --no-deps --no-build-isolation --editable .
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
	echo "atheris>=3" | $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header - -o requirements-fuzz.lock
	echo "pip-audit>=2.10" | $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header - -o requirements-audit.lock

clean:  ## Remove the environment, the model and the local database
	rm -rf $(VENV) .tools models .rasa var
