# The face of the project. Every target sets up all it needs; a second run finds it done.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PEERS := .venv-bench
GUIDE := src/kundekort/web/help
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# From left to right: what demo needs first is a port, and all else would wait for nothing.
.NOTPARALLEL:
.PHONY: demo port test laws torture quick audit check install dist bench bench-quick fuzz browser pooler proxy roundtrip messages screenshots docs clean

demo: port $(VENV)/.run docs  ## The main job on sample data, then the site on 127.0.0.1:8000, or another PORT=
	KUNDEKORT_DATA="$${KUNDEKORT_DATA:-$(CURDIR)/.demo}" $(BIN)/kundekort demo --port $(PORT)

port:  # asked before minutes of work
	@$(PYTHON) src/kundekort/cli/port.py '$(PORT)'

test: $(VENV)/.dev docs browser pooler proxy  ## All tests
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

laws: $(VENV)/.dev  ## The property tests, with examples that nobody has drawn before
	$(BIN)/pytest -n 2 -m hypothesis --hypothesis-profile random

torture: export TORTURE_KILLS := $(or $(KILLS),200)
torture: export TORTURE_RACES := 20
torture: export TORTURE_EXAMPLES := 100
torture: $(VENV)/.dev  ## Kill everybody at any moment, 200 times or KILLS=, and race for the same cards (TORTURE_SEED= to repeat one)
	$(BIN)/pytest -n 2 --hypothesis-profile random tests/torture

fuzz: $(VENV)/.dev  ## Look for a file that no reader should meet, for SECONDS=600 (Linux; python -m tests.fuzz)
	$(BIN)/pip install -q --require-hashes -r requirements/fuzz.txt
	mkdir -p .fuzz && $(BIN)/python -m tests.fuzz .fuzz -max_total_time=$(or $(SECONDS),600)

check: quick audit test  ## All that must hold: the quick checks first, then the tests

quick: $(VENV)/.dev  ## Lint, format, floors and types, told in seconds
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/mypy

audit: $(VENV)/.dev  ## Known faults of the dependencies, where this machine reaches somebody who knows
	$(BIN)/python requirements/audit.py

install: $(VENV)/.run  ## .venv/bin/kundekort

dist: $(VENV)/.run docs  ## The wheel and the source distribution, in dist/
	rm -rf dist
	$(BIN)/python -m hatchling build -d dist

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Kundekort needs Python 3.11 or newer; name one by PYTHON=…")'
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); $(PYTHON) -m pip install -q --user --break-system-packages virtualenv && $(PYTHON) -m virtualenv -q $(VENV); }  # Debian keeps venv in a package of its own

$(VENV)/.run: requirements/build.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install -q --require-hashes -r requirements/build.txt
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	$(BIN)/pip install -q --require-hashes -r requirements/dev.txt
	touch $@

browser: $(VENV)/.dev  ## The browser that the tests drive
	$(BIN)/python -m tests.e2e.browser

pooler: $(VENV)/.dev  ## The pooler that the tests of several hosts put before the database, where apt can install it
	$(BIN)/python -m tests.postgres

proxy: $(VENV)/.dev  ## The reverse proxy that the tests put before the site, where apt can install it
	$(BIN)/python -m tests.reverse_proxy

screenshots: $(VENV)/.dev browser  ## The pictures in docs/screenshots and of the guide
	$(BIN)/python -m pytest -q -m screenshots tests/e2e/screenshots.py tests/e2e/guide_screenshots.py

docs: $(GUIDE)/.done  ## The guide that the site serves at /help/, in Norwegian and English

$(GUIDE)/.done: export NO_MKDOCS_2_WARNING := 1
$(GUIDE)/.done: requirements/docs.txt $(shell find docs/guide -type f) | $(VENV)/.run
	$(BIN)/pip install -q --require-hashes -r requirements/docs.txt
	$(BIN)/mkdocs build -q --strict -f docs/guide/nb.yml
	$(BIN)/mkdocs build -q --strict -f docs/guide/en.yml
	find $(GUIDE) -name '*.map' -delete
	touch $@

bench: $(VENV)/.run $(PEERS)/.done  ## Every step beside its floor and beside others, and docs/performance.md: some hours, 60 GB (python -m bench -h: parts)
	$(BIN)/python -m bench
	$(BIN)/python -m bench.report

bench-quick: $(VENV)/.run $(PEERS)/.done  ## The same with fewer customers, in some minutes
	$(BIN)/python -m bench --quick

$(PEERS)/.done: requirements/bench.txt
	$(PYTHON) -m venv $(PEERS) || $(PYTHON) -m virtualenv -q $(PEERS)
	$(PEERS)/bin/pip install -q --require-hashes -r requirements/bench.txt
	touch $@

roundtrip: $(VENV)/.dev  ## Export, save in LibreOffice, import: nothing changes (needs soffice)
	DEMAND_LIBREOFFICE=1 $(BIN)/pytest tests/roundtrip

messages: DJANGO := DJANGO_SETTINGS_MODULE=kundekort.config.settings ../../$(BIN)/python -m django
messages: $(VENV)/.dev  ## Collect and compile the translations (needs GNU gettext)
	cd src/kundekort && $(DJANGO) makemessages -l nb -l sv -l da --no-obsolete --no-location --no-wrap -i help
	cd src/kundekort && $(DJANGO) compilemessages

clean:
	rm -rf $(VENV) $(PEERS) $(GUIDE) dist .bench .fuzz .demo .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
