# Two commands matter: `make run` and `make test`. Everything is set up in .venv, nothing outside this folder is touched.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Where the environment forbids bytecode, every start would compile every library again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test unit lint types lab eval docs bench bench-quick lock clean

help:
	@echo 'make run          set up and start: Slack where tokens are set, else the playground on http://127.0.0.1:3000'
	@echo 'make test         set up and run everything that must hold: linters, types, import rules, entries, tests'
	@echo 'make lab          run every scenario on several HAProxy majors and record what they log (HAPROXY=path: your own)'
	@echo 'make eval         how often the search names the right entry, on tuned and on held-out questions'
	@echo 'make docs         write the tables of the READMEs, docs/reference.*.md and docs/commands.md anew from the data'
	@echo 'make bench        measure against the floor and the peers; make bench-quick in under a minute'
	@echo 'make lock         resolve the requirements anew'

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'haflag needs Python 3.11 or later: make PYTHON=/path/to/python3.11'; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo 'python -m venv failed: on Debian or Ubuntu install python3-venv'; exit 1; }

INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# What the package needs beside its requirements: itself, bytecode, and the tables and index that it keeps (`knowledge/prebuilt.py`).
define OWN
	$(INSTALL) --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q bot knowledge
	@$(BIN)/haflag ask --short the backend is slow >/dev/null
endef

$(VENV)/.run: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(INSTALL) --require-hashes -r requirements.txt
	$(OWN)
	@touch $@

# The requirements of the tests are those of the bot and more: one installation does for both.
$(VENV)/.dev: requirements-dev.txt requirements.txt pyproject.toml | $(VENV)/bin/python
	$(INSTALL) --require-hashes -r requirements-dev.txt
	$(OWN)
	@touch $(VENV)/.run $@

run: $(VENV)/.run
	$(BIN)/haflag serve

# Types are checked beside the tests: neither uses all processors all the time.
test: lint
	@$(MAKE) --no-print-directory -j 2 types unit

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/haflag lint

types: $(VENV)/.dev
	$(BIN)/mypy

unit: $(VENV)/.dev
	$(BIN)/python -m pytest -n 3 --dist loadfile -rs

lab: $(VENV)/.dev
	$(BIN)/python -m tests.lab.record

eval: $(VENV)/.dev
	$(BIN)/python -m tests.eval.evaluate

docs: $(VENV)/.dev
	$(BIN)/python -m bot.site.docs

bench: $(VENV)/.dev
	$(BIN)/python -m tests.bench

bench-quick: $(VENV)/.dev
	$(BIN)/python -m tests.bench --quick

lock: $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra build pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra build --extra dev pyproject.toml -o requirements-dev.txt

clean:
	rm -rf $(VENV) .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
