# make setup | demo | test | check | bench | words | clean. Each does its own set-up in .venv, here in the folder.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
COMMA := ,
READY := .venv/.ready

.PHONY: setup demo test check coverage bench words clean

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("amends needs Python 3.11 or newer; say PYTHON=python3.12, for example") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(READY)

# A sample marketplace with some disputes lived, served on 127.0.0.1; PORT=8001 changes the port.
demo: $(READY)
	$(BIN)/amends demo --port $(PORT)

test: $(READY)
	$(BIN)/python -m pytest -n auto

# Formatting, lint, types, layers.
check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Line and branch coverage of the domain core by its own tests.
CORE := kernel policy order dispute projections
coverage: $(READY)
	$(BIN)/coverage run --source=$(subst $() ,$(COMMA),$(CORE:%=src/amends/%)) -m pytest $(CORE:%=tests/%) tests/properties tests/money
	$(BIN)/coverage report --skip-covered --fail-under=100

# What it does on little hardware, at 10,000 and 1,000,000 orders, into docs/bench. Takes an hour and
# 40 GB the first time; "python -m bench --help" says how to measure less.
bench: $(READY)
	$(BIN)/python -m bench

clean:
	rm -rf .venv var

# Gathers the pages' strings into each language's pages.po; what is new there waits for words.
WORDS := src/amends/entrypoints/words
words: $(READY)
	$(BIN)/pybabel -q extract -F babel.cfg -k _ -k mark -k translate -k translate_plural:1,2 --no-location --sort-output --no-wrap -o $(WORDS)/pages.pot .
	for po in $(WORDS)/*/pages.po; do $(BIN)/pybabel -q update -N --no-wrap --ignore-obsolete --ignore-pot-creation-date -i $(WORDS)/pages.pot -o $$po -l $$(basename $$(dirname $$po) | tr - _); done
	rm $(WORDS)/pages.pot
