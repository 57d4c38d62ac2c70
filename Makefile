# Both targets start from nothing but Python >= 3.11 with venv; a second run starts at once.
#   make demo    install, then paint
#   make test    install, then every check: format, lint, types, import contracts, tests; the web application's, too
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NPM := web/npm.sh
# Python compiles what is imported, when it is: to compile all that is installed takes longer than installing it.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --constraint constraints.txt

WEB_MODULES := web/node_modules/.package-lock.json
WEB_SOURCES := $(shell find web/src -type f ! -name '*.test.ts') web/index.html web/vite.config.ts
WEB_BUILT := src/velatura/server/static/index.html

# The tests start hundreds of processes: each may use what another one compiled, whatever the shell says.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test prepare check lint check-web web format schema benchmark clean

demo: $(VENV)/installed $(WEB_BUILT)
	$(BIN)/python examples/demo.py

test: check

prepare:
	$(MAKE) --jobs 2 --output-sync $(VENV)/installed-dev $(WEB_BUILT)

check: prepare
	$(MAKE) --jobs 2 --output-sync lint check-web
	OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses 3 --ignore tests/e2e
	OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses 2 --dist loadfile tests/e2e

lint:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports

check-web: $(WEB_BUILT)
	$(NPM) run --silent check
	$(NPM) test --silent
	$(NPM) run --silent schema -- --check

web: $(VENV)/created $(WEB_BUILT)

format: $(VENV)/installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: $(VENV)/installed-dev
	$(BIN)/python -c 'import json, velatura; print(json.dumps(velatura.workflow_schema(), indent=1))' \
	  > docs/reference/workflow.schema.json

benchmark: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks

$(VENV)/created:
	$(PYTHON) -c 'import sys; sys.exit("Velatura needs Python 3.11 or newer; set PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/installed: $(VENV)/created pyproject.toml constraints.txt
	$(PIP) --editable .
	touch $@

$(VENV)/installed-dev: $(VENV)/created pyproject.toml constraints.txt
	$(PIP) --editable '.[dev]'
	touch $@ $(VENV)/installed

$(WEB_MODULES): web/package-lock.json | $(VENV)/created
	$(NPM) ci --silent --no-fund --no-audit
	touch $@

$(WEB_BUILT): $(WEB_MODULES) $(WEB_SOURCES)
	$(NPM) run --silent build
	touch $@

clean:
	rm -rf $(VENV) web/node_modules src/velatura/server/static build .pytest_cache .ruff_cache .hypothesis .import_linter_cache
