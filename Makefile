.DEFAULT_GOAL := help
SHELL := /bin/bash
PY := .venv/bin/python
# Groups that were seen green on a clean clone within the time of `make test`; the others follow as they are.
VERIFIED := tests/bot tests/knowledge tests/desk tests/casework tests/storage tests/outreach $(wildcard tests/test_*.py)

help: ## what can be done here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

setup: ## make .venv with everything (idempotent)
	@deploy/setup.sh

run: setup ## set up, train, build, start; prints the address
	@exec $(PY) -m bot.cli serve --prepare

test: setup ## all tests that finish in minutes
	@[ "$$(id -u)" != 0 ] || deploy/system-packages.sh
	@$(PY) -m bot.cli train
	@$(PY) -m pytest $(VERIFIED) $(ARGS)
	@echo "NOT RUN: tests/telegram, tests/conversations, tests/conformance, tests/contracts, tests/browser (make test-all runs them)"

test-all: setup ## races at scale, replicas, fuzzing, soak (under an hour)
	@[ "$$(id -u)" != 0 ] || deploy/system-packages.sh
	@$(PY) -m bot.cli train
	@$(PY) -m pytest -m '' $(ARGS)

check: setup ## ruff, mypy, knowledge check
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(PY) -m bot.cli knowledge check

bench: setup ## measure, side by side with baselines
	@$(PY) -m benchmarks

lock: ## write requirements/*.txt again (needs uv)
	@requirements/lock.sh

system-packages: ## install Chromium, PostgreSQL, Redis, nginx, a Chinese font (root)
	@deploy/system-packages.sh

clean: ## remove what was trained and built, keep .venv and var
	@rm -rf models .rasa test-output .pytest_cache .mypy_cache .ruff_cache

.PHONY: help setup run test test-all check bench lock system-packages clean
