# The project's eight verbs; `make` alone lists them. Needs python3 >= 3.11 with pip, git and make.

UV_VERSION := 0.13.9
UV := .uv/bin/uv
BIN := .venv/bin
STAMP := .venv/.set-up

export UV_PYTHON_DOWNLOADS := never
export DO_NOT_TRACK := 1

.DEFAULT_GOAL := help
.PHONY: help setup run up test check bench campaign clean

help: ## List the verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## Make .venv from requirements.lock (once; again when the lock changes)

run: setup ## Run the whole pipeline on the example company and print the scoreboard
	$(BIN)/anfl run

up: setup ## Dagster's pages, schedules and this machine's own metrics, until Ctrl-C
	$(BIN)/anfl up

test: setup ## Everything that must hold on each change: unit, contract, integration, real data
	$(BIN)/pytest $(wildcard tests/unit tests/contract tests/integration tests/real) \
		-n 3 --dist loadfile --no-loadscope-reorder

check: setup ## Format, lint, types, layers, SQL, spelling, catalog
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/sqlfluff lint --processes 2 dbt_project/models dbt_project/tests
	$(BIN)/codespell
	$(BIN)/anfl catalog check

bench: setup ## Measure the figures of the README
	$(BIN)/python -m benchmarks

campaign: setup ## The long fault campaign: runs killed at random, then compared
	$(BIN)/pytest tests/campaign -q

clean: ## Remove everything made here, .venv and the example's data included
	rm -rf .venv .uv build dbt_project/target dbt_project/logs
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find anfl_assets examples benchmarks tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(UV):
	python3 -m pip install --quiet --target .uv uv==$(UV_VERSION)

# The newest python3 >= 3.11 of this machine; none is ever downloaded. Everything comes from the lock,
# the build backend of the editable install included.
$(STAMP): requirements.lock pyproject.toml | $(UV)
	@test -x $(BIN)/python || { \
		for python in python3.14 python3.13 python3.12 python3.11 python3; do \
			if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
				exec $(UV) venv --quiet --python $$python .venv; \
			fi; \
		done; \
		echo "no python3 >= 3.11 found on PATH" >&2; exit 1; }
	$(UV) pip sync --quiet --require-hashes --compile-bytecode requirements.lock
	$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -c "from anfl_assets.flow.compiled import load_definitions; load_definitions()"
	@touch $@
