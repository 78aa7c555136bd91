# Needs Python 3.13 and make. Everything else is installed on first use, from hashed locks,
# into .venv and .tools.

PYTHON ?= python3.13
# The processor to build for. The default is the template's; deploy another with
# `--parameter-overrides Architecture=x86_64`. The local stack builds for this machine by itself.
ARCH ?= arm64

UV  := .tools/uv/bin/uv
BIN := .venv/bin
SAM := .tools/sam/bin/sam
OURS := PYTHONPATH=shared:layers/wix_auth:layers/wix_webhooks
SOURCES := functions layers shared tests

export ARCH
export SAM_CLI_TELEMETRY := 0
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/.tools/sam/bin:$(PATH)

.PHONY: help demo up test sdk-check contract-check samples check bench openapi docs recipe codes golden faults build format lock clean
.DELETE_ON_ERROR:

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

demo: .venv/ready .tools/sam/ready .tools/ministack/ready ## Run the whole story on this machine, visibly, then stop
	@$(BIN)/python -m tests.local_stack demo

up: .venv/ready .tools/sam/ready .tools/ministack/ready ## Leave the local stack running; Ctrl-C stops it
	@$(BIN)/python -m tests.local_stack up

test: .venv/ready .tools/sam/ready .tools/ministack/ready .tools/clients/ready .tools/faults/ready ## Run every test but those of `make check`, the deployed local stack included
	$(BIN)/pytest -n auto --ignore tests/check

sdk-check: .venv/ready .tools/sdk/ready ## Hold the simulator against Wix's own SDK (needs Node 20)
	$(BIN)/pytest tests/sdk

contract-check: .venv/ready .tools/clients/ready .tools/typescript/ready ## Make clients of the contract and use them (needs Node 20)
	$(BIN)/pytest tests/clients

samples: .venv/ready .tools/sam/ready .tools/ministack/ready .tools/samples/ready ## Run the samples for callers (needs Node 20 and curl)
	$(BIN)/pytest tests/unit/test_calling.py tests/unit/test_from_nextjs.py tests/stack/test_calling.py

check: .venv/ready .tools/sam/ready ## Check formatting, lint, types, the template and the build of layers
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/cfn-lint template.yaml
	$(BIN)/pytest tests/check

bench: .venv/ready .tools/sam/ready .tools/ministack/ready ## Measure cold starts and webhooks against bare libraries
	@$(OURS) $(BIN)/python -m tests.bench

openapi: .venv/ready ## Write the contract for callers again, from the template and the models
	@$(OURS) $(BIN)/python -m openapi

docs: openapi ## Write the contract again, and the tables of all pages
	@$(OURS) $(BIN)/python -m openapi.tables

recipe: .venv/ready .tools/sam/ready .tools/ministack/ready ## Add an action as functions/README.md says, in a copy, and call it
	@$(BIN)/python -m tests.recipe

codes: .venv/ready ## Record anew which problems each action answers with, and write the contract
	$(BIN)/pytest tests/unit --ignore tests/unit/test_openapi.py -n auto --write-codes
	@$(MAKE) openapi

golden: .venv/ready ## Write down anew what each action asks of Wix, answers and remembers
	@$(OURS) $(BIN)/python -m tests.golden

faults: .venv/ready .tools/sam/ready .tools/ministack/ready .tools/faults/ready ## Plant COUNT faults, drawn by SEED or those of the file FROM, and see which test catches them
	.tools/faults/bin/python -m tests.planted_faults --to build/faults.json \
	  $(if $(SEED),--seed $(SEED)) $(if $(COUNT),--count $(COUNT)) $(if $(FROM),--again $(FROM))

build: .venv/ready .tools/sam/ready ## Build the deployable artifacts (ARCH=arm64 or x86_64)
	$(SAM) build --parameter-overrides Architecture=$(ARCH)

format: .venv/ready ## Format the code and apply safe fixes
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

lock: $(UV) ## Resolve requirements/*.in again into hashed locks
	cd requirements && for name in bootstrap wix_auth wix_webhooks dev sam ministack clients faults; do \
	  ../$(UV) pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.13 \
	    --custom-compile-command "make lock" $$name.in -o $$name.lock || exit 1; done

clean: ## Remove everything that was built or installed
	rm -rf .venv .tools .aws-sam build

$(UV): requirements/bootstrap.lock
	@echo "Installing uv"
	@$(PYTHON) -m venv .tools/uv
	@.tools/uv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.lock
	@touch $@

# Runs a command that says nothing; on a terminal something turns meanwhile.
define patiently
	@if [ -t 1 ]; then \
	  while kill -0 $$$$ 2>/dev/null; do \
	    for mark in '|' / - '\'; do printf '%s\b' "$$mark"; sleep 0.1; done; \
	  done & spinner=$$!; \
	fi; \
	$(1); status=$$?; \
	[ -z "$$spinner" ] || kill $$spinner; \
	exit $$status
endef

define install
	@echo "Installing $(1) into $(2)"
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) $(2)
	$(call patiently,$(UV) pip install --quiet --python $(2) --require-hashes -r requirements/$(1).lock)
	@touch $@
endef

.venv/ready: requirements/dev.lock $(UV)
	$(call install,dev,.venv)

.tools/sam/ready: requirements/sam.lock $(UV)
	$(call install,sam,.tools/sam)

.tools/ministack/ready: requirements/ministack.lock $(UV)
	$(call install,ministack,.tools/ministack)

define npm_install
	@echo "Installing $(1) into $(@D)"
	@mkdir -p $(@D)
	cp $^ $(@D)
	cd $(@D) && npm ci
	@touch $@
endef

.tools/sdk/ready: $(addprefix tests/sdk/,package.json package-lock.json .npmrc)
	$(call npm_install,Wix's SDK)

.tools/samples/ready: $(addprefix tests/javascript/,package.json package-lock.json .npmrc)
	$(call npm_install,what the samples import)

.tools/typescript/ready: $(addprefix tests/clients/,package.json package-lock.json .npmrc)
	$(call npm_install,TypeScript)

.tools/clients/ready: requirements/clients.lock $(UV)
	$(call install,clients,.tools/clients)

.tools/faults/ready: requirements/faults.lock $(UV)
	$(call install,faults,.tools/faults)
