# The commands that people and CI run. `make demo` and `make test` set up all that they need, once.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed-$(shell cat constraints.txt pyproject.toml | cksum | cut -d' ' -f1)
ARTWORK := artwork/node_modules/.installed-$(shell cat artwork/package-lock.json | cksum | cut -d' ' -f1)
OPTIMISER := benchmarks/vectorize/node_modules/.installed-$(shell cat benchmarks/vectorize/package-lock.json | cksum | cut -d' ' -f1)
HAS_NPM := $(shell command -v npm 2>/dev/null)

export HF_HUB_OFFLINE ?= 1
unexport PYTHONDONTWRITEBYTECODE  # compiled once, every command starts in half the time

.PHONY: help setup artwork browser demo test check bench clean

help: ## Show these commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

setup: $(STAMP) ## Make .venv with the exact versions of constraints.txt

# torch first and pinned: anything that pulled it in by itself would bring gigabytes of CUDA along.
$(STAMP): constraints.txt pyproject.toml
	$(PYTHON) scripts/setup_venv.py $(VENV)
	@rm -f $(VENV)/.installed-*
	@touch $@

artwork: ## Install the packages of regional artwork (needs Node.js)
ifdef HAS_NPM
artwork: $(ARTWORK)
else
artwork:
	@echo "Node.js is not installed: the demo runs on the small set of simple flags that we draw."
endif

$(ARTWORK): artwork/package-lock.json
	npm ci --prefix artwork --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# What `make bench` compares with: svgo after vtracer, and emoji to trace.
$(OPTIMISER): benchmarks/vectorize/package-lock.json
	npm ci --prefix benchmarks/vectorize --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

browser: ## Install Chromium and cairo for the tests that need them, where apt-get can
	@scripts/install-browser

demo: setup artwork ## Make the example's variants and say where to look
ifdef HAS_NPM
	$(BIN)/atelier run examples/mascot/brief.yaml
else
	$(BIN)/atelier run examples/mascot/brief-simple.yaml
endif
	$(BIN)/atelier run examples/mascot/brief-weather.yaml

test: setup artwork browser ## Run every test
	$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report=term:skip-covered --cov-fail-under=90

check: setup ## Lint, format, types, and the directions of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q -p no:cacheprovider tests/test_directions.py

bench: setup artwork $(if $(HAS_NPM),$(OPTIMISER)) ## Print every measured claim
	$(BIN)/python -m benchmarks.demo
	$(BIN)/python -m benchmarks.place
	$(BIN)/python -m benchmarks.taste
	$(BIN)/python -m benchmarks.repaint
ifdef HAS_NPM
	$(BIN)/python -m benchmarks.vectorize
else
	@echo "Node.js is not installed: vectors are not compared, their baseline needs svgo."
endif
	$(BIN)/python -m benchmarks.starter

clean: ## Remove what the demo made (not .venv)
	rm -rf .atelier outputs/* outputs/.packs
