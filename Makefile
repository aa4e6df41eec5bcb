# The two commands: `make run` opens the studio (or makes the sample mascot where there is no display),
# `make test` runs every check and the fast tests. Both set up all they need.
# For a CPU-only PyTorch, name a folder or page with its wheels: make setup WHEELS=...

SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
WHEELS ?=
PIP_WHEELS := $(if $(WHEELS),--find-links $(WHEELS))
# One thread per process: on few cores, several threaded processes side by side are many times slower.
ONE_THREAD := OMP_NUM_THREADS=1 QT_QPA_PLATFORM=offscreen

.PHONY: run server setup test test-slow coverage check check-types check-rest format bench bench-server starter screenshots clean

run: setup
	@$(BIN)/python -m engine.cli.first_run

# Everything on this machine; ARGS="--port 9000" and the like go to mascotforge-server.
server: setup
	@$(BIN)/mascotforge-server $(ARGS)

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml constraints.txt engine/cli/system_packages.py
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' || \
	  { echo "MascotForge needs Python 3.11 or 3.12; install one and run: make setup PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) engine/cli/system_packages.py || echo "Going on without them: the command line works; the studio needs them." >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { echo "Python's venv module is missing; on Debian or Ubuntu: sudo apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing MascotForge's packages into $(VENV) (a few minutes the first time) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check $(PIP_WHEELS) -c constraints.txt -e '.[dev,server]'
	@touch $@

$(VENV)/.test-ready: $(VENV)/.ready
	@$(PYTHON) engine/cli/system_packages.py --tests
	@touch $@

# The types take as long as all else together: both at once.
check: $(VENV)/.ready
	@$(MAKE) --no-print-directory --output-sync -j2 check-types check-rest

check-types:
	$(BIN)/basedpyright --level error

check-rest:
	$(BIN)/ruff check app engine sync_server tests
	$(BIN)/ruff format --check app engine sync_server tests
	$(BIN)/lint-imports
	$(BIN)/python -m sync_server.contract --check
	$(BIN)/python -m sync_server.client_code --check

format: $(VENV)/.ready
	$(BIN)/ruff check --fix -q app engine sync_server tests
	$(BIN)/ruff format -q app engine sync_server tests

# Three at a time, on two cores too: tests of servers and programs often wait.
test: $(VENV)/.test-ready check
	$(ONE_THREAD) $(BIN)/python -m pytest -q -n 3 --dist loadfile
	OMP_NUM_THREADS=1 xvfb-run -a -s "-screen 0 1400x900x24 +extension GLX" $(BIN)/python -m pytest -q -m gl tests/app

test-slow: $(VENV)/.test-ready
	@$(PYTHON) engine/cli/system_packages.py --slow-tests
	$(ONE_THREAD) $(BIN)/python -m pytest -q -m slow --timeout 1800

# How much of the server its tests reach, threads and child processes included; fails under 95 % of the branches.
coverage: $(VENV)/.test-ready
	@rm -f .coverage .coverage.*
	$(ONE_THREAD) $(BIN)/python -m pytest -q tests/sync_server tests/cloud --timeout 900 --cov --cov-report=
	@$(BIN)/coverage report --fail-under=95

bench: $(VENV)/.ready
	@$(BIN)/python -m tests.bench

bench-server: $(VENV)/.test-ready
	@$(PYTHON) engine/cli/system_packages.py --slow-tests
	@$(BIN)/python -m tests.bench.server

starter: $(VENV)/.ready
	$(BIN)/python -m engine.training.starter --work training/starter --out assets/starter
	$(BIN)/python -m engine.training.judges --work training/judges --starter assets/starter

screenshots: $(VENV)/.test-ready
	$(BIN)/python -m tests.make_pictures
	xvfb-run -a -s "-screen 0 1600x1000x24 +extension GLX" $(BIN)/python -m tests.app.make_screenshots

clean:
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .import_linter_cache
