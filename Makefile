# xinyong: what one does with this repository. `make` alone prints this list.
#
# Needed: Python 3.11 or newer with venv and pip, and make. uv is used when it is on PATH.
# Another interpreter: make setup PYTHON=python3.12

PYTHON ?= python3
# Lock to install from: requirements/dev.txt (newest) or requirements/lowest.txt (oldest accepted).
LOCK ?= requirements/dev.txt

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp
UV := $(shell command -v uv 2>/dev/null)

# A virtual environment that happens to be active must not receive the installation.
unexport VIRTUAL_ENV
unexport PYTHONHOME

.DEFAULT_GOAL := help
.PHONY: help setup run portal studies test lint format types bench lock clean

help: ## print this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) \
		| while IFS='|' read -r target what; do printf '%-13s %s\n' "$$target" "$$what"; done

setup: $(STAMP) ## create .venv and install the locked dependencies and xinyong itself

# The lock is installed with hashes; the project after it, editable, without its dependencies
# and without build isolation, because the lock already holds hatchling.
$(STAMP): pyproject.toml $(LOCK)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "xinyong needs Python 3.11 or newer; try: make setup PYTHON=python3.12" >&2; exit 1; }
ifneq ($(UV),)
	@test -x $(BIN)/python || $(UV) venv --quiet --seed --python "$(PYTHON)" $(VENV)
	$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r $(LOCK)
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
else
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
endif
	@touch $@

run: setup ## the default run; writes a new folder under results/
	$(BIN)/xinyong run

portal: setup ## the portal on this machine, with the runs under results/
	$(BIN)/xinyong portal

studies: setup ## answer every question again: docs/studies.md and the portal's answers
	rm -rf .studies
	$(BIN)/xinyong study all --out .studies
	rm -rf src/xinyong/study/answers
	mv .studies src/xinyong/study/answers
	rm -f src/xinyong/study/answers/*/answer.md src/xinyong/study/answers/*/rows.csv
	$(BIN)/python -m xinyong.study.page docs/studies.md src/xinyong/study/answers/*

test: setup ## all tests
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: setup ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: setup ## ruff: mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: setup ## mypy, strict
	$(BIN)/mypy

bench: setup ## measure the budgets of the design
	$(BIN)/python benchmarks/run.py

# Universal locks: one file serves Python 3.11 and newer on every system. No index addresses in it.
COMPILE = uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --upgrade \
	--generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock"

lock: ## write requirements/*.txt anew (needs uv)
	$(COMPILE) --output-file requirements/run.txt
	$(COMPILE) --extra dev --output-file requirements/dev.txt
	$(COMPILE) --extra dev --resolution lowest-direct --output-file requirements/lowest.txt

clean: ## remove .venv and caches; results/ stays
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
