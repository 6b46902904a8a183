# Ibasho on a fresh machine: `make demo` to look at it, `make test` to try all of it.
# Needs Python 3.11 or newer with venv and pip, and make. PYTHON=python3.12 chooses another one.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ROOMS := moderation classifiers rules api workers
ARGS ?=
MINUTES ?= 30
# Where the tests run side by side: one process a core.
JOBS ?= auto

INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed-dev
MODEL := var/models/ja/meta.json
MODEL_SOURCES := $(wildcard classifiers/*.py classifiers/*/*.py classifiers/corpus/*.jsonl classifiers/lexicon/*.yaml)

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup demo test lint bench bench-http bench-desk bench-console bench-reports screenshots soak lock docs clean bench-stats bench-recorder bench-trend-report
.DELETE_ON_ERROR:

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(INSTALLED) $(MODEL) ## Make .venv with .venv/bin/ibasho in it, and train the classifier
	@echo "setup: ready; try $(BIN)/ibasho --help"

demo: setup ## Start everything with a sample stream (ARGS=--once ends by itself)
	@$(BIN)/ibasho demo $(ARGS)

test: setup $(INSTALLED_DEV) ## Run every test; installs what they need (ARGS="-k name" chooses)
	@$(BIN)/python -m tests.support.provision
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal --durations=20 $(ARGS)

lint: $(INSTALLED_DEV) ## Formatting, style, types, import directions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup $(INSTALLED_DEV) ## Speed of the classifier and of the rules, each beside a plain way
	$(BIN)/python -m tests.bench.classifier
	$(BIN)/python -m tests.bench.rules

bench-http: setup $(INSTALLED_DEV) ## Speed of the scoring API, beside a bare echo of the same bodies
	$(BIN)/python -m tests.bench.http

bench-desk: setup $(INSTALLED_DEV) ## Claims of 20 moderators at once, pages over 2,000,000 flagged messages
	@$(BIN)/python -m tests.support.provision
	$(BIN)/python -m tests.bench.desk

bench-console: setup $(INSTALLED_DEV) ## From a deciding key to the next case, in Chromium
	@$(BIN)/python -m tests.support.provision
	$(BIN)/python -m tests.bench.console

bench-stats: setup $(INSTALLED_DEV) ## Statistics on simulated services whose truth is known (QUICK=1: five minutes)
	$(BIN)/python -m tests.bench.stats

bench-recorder: setup $(INSTALLED_DEV) ## Messages a second into archive and buckets, on one core
	$(BIN)/python -m tests.bench.recorder

bench-trend-report: setup $(INSTALLED_DEV) ## The report over 90 days of 200 million messages (makes some GB of rows)
	$(BIN)/python -m tests.bench.trend_report

screenshots: setup $(INSTALLED_DEV) ## Pictures of every page of the console in var/screenshots
	@$(BIN)/python -m tests.support.provision
	$(BIN)/python -m tests.browser.screenshots

soak: setup $(INSTALLED_DEV) ## Half load for a while: memory and errors (MINUTES=30)
	$(BIN)/python -m tests.bench.soak --minutes $(MINUTES)

bench-reports: setup $(INSTALLED_DEV) ## Reports: a burst, kill -9, grouping against a truth, the brigade simulation
	$(BIN)/python -m tests.bench.reports

docs: $(INSTALLED) ## Write the pages that are made from the code
	$(BIN)/ibasho settings > docs/settings.md

lock: ## Choose the newest versions that fit pyproject.toml
	@command -v uv >/dev/null || { echo "lock: needs uv (pip install uv)"; exit 2; }
	uv pip compile --universal --python-version 3.11 --generate-hashes --upgrade \
		--custom-compile-command "make lock" --quiet pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --upgrade --extra dev \
		--custom-compile-command "make lock" --quiet pyproject.toml -c requirements.lock -o requirements-dev.lock

clean: ## Remove .venv, var and caches
	rm -rf $(VENV) var build *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "setup: Ibasho needs Python 3.11 or newer; try: make PYTHON=python3.11 setup"; exit 2; }
	@echo "setup: making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)

$(INSTALLED): requirements.lock pyproject.toml | $(BIN)/python
	@echo "setup: installing what Ibasho needs (about 90 packages, a minute or two) ..."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps -e .
	@$(BIN)/python -m compileall -q $(ROOMS)
	@touch $@

$(INSTALLED_DEV): requirements-dev.lock $(INSTALLED)
	@echo "setup: installing what the tests need ..."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

$(MODEL): $(MODEL_SOURCES) | $(INSTALLED)
	@$(BIN)/ibasho model train --to var/models/ja
	@touch $@
