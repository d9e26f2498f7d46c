# Every command of the project. `make` alone explains them.

PYTHON ?= python3
VENV_BIN := .venv/bin
PY := $(VENV_BIN)/python

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup setup-dev run serve-full prove-faults test lint types imports bench bench-peers bench-overload bench-soak bench-index load prove-switch prove-search prove-catalogue prove-crashes prove-state bench-updates eval docs ci clean

help: ## Explain the commands
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## Create .venv with what the server needs (nothing to do when it is up to date)
	@$(PYTHON) scripts/setup_env.py

setup-dev: ## The same with what tests and checks need
	@$(PYTHON) scripts/setup_env.py --dev

run: setup ## Set up if needed and start the server; HOST=127.0.0.1 PORT=8000 by default
	@$(if $(HOST),API_HOST='$(HOST)') $(if $(PORT),API_PORT='$(PORT)') exec $(PY) -m scripts.run

serve-full: setup-dev ## Serve as docker-compose.yml does, without containers; FULL_ARGS="--port 9000 --workers 4"
	@exec $(PY) -m scripts.serve_full $(FULL_ARGS)

test: setup-dev ## Run all tests on SQLite and on a real PostgreSQL and Redis; PYTEST_ARGS='-k name' narrows
	@$(PY) -m pytest -n auto --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

lint: setup-dev ## Check style and format
	@$(VENV_BIN)/ruff check .
	@$(VENV_BIN)/ruff format --check .

types: setup-dev ## Check types strictly
	@$(VENV_BIN)/mypy --strict backend ml scripts demo

imports: setup-dev ## Check that imports go one way: scripts, backend, ml, demo
	@$(VENV_BIN)/lint-imports

bench: setup-dev ## Measure the server beside a straightforward one, under load; BENCH_ARGS="--only search --rounds 5"
	@$(PY) -m scripts.bench run $(BENCH_ARGS)

bench-peers: setup-dev ## Measure search beside Chroma, LanceDB and pgvector with the same encoder; installs the first two
	@$(PY) -m pip install --quiet -r requirements-bench.txt -c constraints.txt
	@$(PY) -m scripts.bench run --peers --only search --concurrency 8 --no-reference $(BENCH_ARGS)

bench-overload: setup-dev ## Ask for three times what the server can answer, and watch it recover
	@$(PY) -m scripts.bench overload $(BENCH_ARGS)

bench-soak: setup-dev ## Keep two workers under an even load: BENCH_ARGS="--minutes 10"
	@$(PY) -m scripts.bench soak $(BENCH_ARGS)

bench-index: setup-dev ## Measure the index on an invented catalogue; BENCH_ARGS="--products 1000000 --dimension 512"
	@$(PY) -m scripts.benchmark_index $(BENCH_ARGS)

load: setup-dev ## Let 20 shoppers shop on a running server for 30 s; LOAD_ARGS='-u 50 -t 60s --host URL' changes that
	@$(PY) -m locust -f scripts/load/locustfile.py --headless -u 20 -r 20 -t 30s --host http://127.0.0.1:8000 $(LOAD_ARGS)

prove-switch: setup-dev ## Switch models under load and check every answer; PROVE_ARGS="--second ViT-B-32 ..." for others
	@$(PY) -m scripts.prove_switch $(PROVE_ARGS)

prove-search: setup-dev ## Check search's invariants on fresh random cases: CASES=20000
	@METAMORPHIC_CASES=$(or $(CASES),20000) $(PY) -m pytest tests/backend/search/metamorphic -s -q --timeout=0

prove-catalogue: setup-dev ## Compare the catalogue in memory with dictionaries after every random step: STEPS=10000
	@MACHINE_STEPS=$(or $(STEPS),10000) $(PY) -m pytest tests/backend/catalogue_machine -s -q --timeout=0 -p no:logging

prove-crashes: setup-dev ## Kill a server while it writes, on SQLite and on PostgreSQL: KILLS=50 each
	@CRASH_KILLS=$(or $(KILLS),50) $(PY) -m pytest tests/e2e/test_prove_crashes.py -s -q --timeout=0

prove-faults: setup-dev ## Disturb PostgreSQL, Redis and workers under load and check every answer; PROVE_ARGS="--only Redis"
	@$(PY) -m scripts.prove_faults $(PROVE_ARGS)

bench-updates: setup-dev ## Measure writes beside searches: BENCH_ARGS="--products 20000 --seconds 20"
	@$(PY) -m scripts.benchmark_updates $(BENCH_ARGS)

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
