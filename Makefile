# Every target makes .venv and installs what is missing first: no other step is needed.
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-asterisk coverage proof proof-sample mutation lint format bench lock clean

# Make hands these and the command line's variables on in the environment, so no value needs quoting.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export VOICE ?= de
# Tests are compiled once, not at each run: that is three of its fifteen seconds.
unexport PYTHONDONTWRITEBYTECODE

# How much `make proof` looks at.
CALENDARS ?= 100000
NIGHTS ?= 20000
LAWS ?= proof

# Python programs without suffix, which ruff does not find by itself.
PROGRAMS = $(shell grep -lE -d skip '^\#!.*python' scripts/* | grep -v '[.]py$$')

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

setup: ## Make .venv and install what is missing
	@scripts/setup

demo: setup ## One emergency call, end to end [VOICE=de|en|pl|ru] [SCENARIO=name] [JSON=file] [OFFSET=0..9]
	@scripts/demo

test: setup ## All tests that need no Asterisk
	@pytest $(wildcard tests/unit tests/contract tests/integration)

test-asterisk: setup ## The tests on a real Asterisk (scripts/box)
	@pytest -m asterisk -n 3 tests/asterisk

coverage: setup ## Every branch of the core is tested, or it fails
	@pytest -q --cov=pbx_bridge.core --cov-branch --cov-report=term-missing:skip-covered \
		--cov-fail-under=100 tests/unit/core

proof: setup ## Random calendars against the oracle, virtual nights, laws, with counts [CALENDARS=n] [NIGHTS=n]
	@scripts/proof calendars --count $(CALENDARS)
	@pbx-bridge simulate nights --count $(NIGHTS)
	@HYPOTHESIS_PROFILE=$(LAWS) pytest -q -m hypothesis tests/unit tests/contract

proof-sample: setup ## A part of `make proof` that takes half a minute
	@$(MAKE) --no-print-directory proof CALENDARS=1000 NIGHTS=1000 LAWS=pbx-bridge

mutation: setup ## Change the rules on purpose: does a test see it? [MODULES="policy calendar"]
	@scripts/mutation $(MODULES)

lint: setup ## Style, types, layers, sizes, test mirror
	@scripts/lint

format: setup ## Put the code into its form
	@ruff check --quiet --fix-only . $(PROGRAMS)
	@ruff format --quiet . $(PROGRAMS)

bench: setup ## How fast a mobile rings, beside VoiceMail(); crowds, memory, speed [JSON=file]
	@scripts/bench

lock: ## Write the lock files from setup.cfg [UPGRADE=1]
	@scripts/lock

clean: ## Remove .venv and what tools left behind, not what was downloaded
	@rm -rf .venv .hypothesis .pytest_cache .mypy_cache .ruff_cache .import_linter_cache \
		.coverage build dist *.egg-info
