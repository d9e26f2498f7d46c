# Every command of the project. `make` alone explains them.

PYTHON ?= python3
VENV_BIN := .venv/bin
PY := $(VENV_BIN)/python

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup setup-dev run test lint types imports bench bench-index load prove-switch prove-state eval docs ci clean

help: ## Explain the commands
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## Create .venv with what the server needs (nothing to do when it is up to date)
	@$(PYTHON) scripts/setup_env.py

setup-dev: ## The same with what tests and checks need
	@$(PYTHON) scripts/setup_env.py --dev

run: setup ## Set up if needed and start the server; HOST=127.0.0.1 PORT=8000 by default
	@$(if $(HOST),API_HOST='$(HOST)') $(if $(PORT),API_PORT='$(PORT)') exec $(PY) -m scripts.run

test: setup-dev ## Run all tests on SQLite and on a real PostgreSQL and Redis; PYTEST_ARGS='-k name' narrows
	@$(PY) -m pytest $(PYTEST_ARGS)

lint: setup-dev ## Check style and format
	@$(VENV_BIN)/ruff check .
	@$(VENV_BIN)/ruff format --check .

types: setup-dev ## Check types strictly
	@$(VENV_BIN)/mypy --strict backend ml scripts demo

imports: setup-dev ## Check that imports go one way: scripts, backend, ml, demo
	@$(VENV_BIN)/lint-imports

bench: setup-dev ## Measure search latency over HTTP; BENCH_ARGS="--catalogue FILE" for your own products
	@$(PY) -m scripts.benchmark $(BENCH_ARGS)

bench-index: setup-dev ## Measure the index on an invented catalogue; BENCH_ARGS="--products 1000000 --dimension 512"
	@$(PY) -m scripts.benchmark_index $(BENCH_ARGS)

load: setup-dev ## Let 20 shoppers search a running server for 30 s; LOAD_ARGS='-u 50 -t 60s --host URL' changes that
	@$(VENV_BIN)/locust -f scripts/locustfile.py --headless -u 20 -r 20 -t 30s --host http://127.0.0.1:8000 $(LOAD_ARGS)

prove-switch: setup-dev ## Switch models under load and check every answer; PROVE_ARGS="--second ViT-B-32 ..." for others
	@$(PY) -m scripts.prove_switch $(PROVE_ARGS)

prove-state: setup-dev ## Kill servers and worker under load and check every state; PROVE_ARGS="--kills 10" for less
	@$(PY) -m tests.e2e.state_proof $(PROVE_ARGS)

eval: setup ## Measure search quality: CATALOGUE=products.jsonl JUDGMENTS=judgments.csv
	@test -n '$(CATALOGUE)' && test -n '$(JUDGMENTS)' || { \
		echo 'Name both files: make eval CATALOGUE=products.jsonl JUDGMENTS=judgments.csv' >&2; exit 2; }
	@$(PY) -m scripts.evaluate search --catalogue '$(CATALOGUE)' --judgments '$(JUDGMENTS)' $(EVAL_ARGS)

docs: setup ## Write docs/openapi.json from the code
	@$(PY) -m scripts.write_docs

ci: ## All checks and then all tests, as on every change
	@.ci/run

clean: ## Remove .venv and the tools' caches; var/, which holds your data, stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
