# Every target makes the virtual environment it needs by itself.
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
EXTRAS ?=
# What is loaded is compiled when it first is.
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check install --no-compile
# Else each of the processes that a suite starts compiles anew what it loads.
unexport PYTHONDONTWRITEBYTECODE
# Playwright drives Debian's Chromium, and never looks for a build of its own.
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1
BROWSER := chromium fonts-dejavu-core fonts-noto-color-emoji
HAS_BROWSER := { command -v chromium || command -v chromium-browser; } >/dev/null
APT := DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=60 -o Acquire::http::Timeout=30
PROTOS := $(sort $(wildcard protos/nekohub/*/v1/*.proto))

.PHONY: help demo run test chaos fuzz screenshots check check-types check-rest format protos docs bench lock clean

help: ## Say what there is.
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.runtime: requirements/build.txt requirements/runtime.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV) (once)…"
	@$(PIP) --require-hashes -r requirements/build.txt -r requirements/runtime.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.local: $(VENV)/.runtime requirements/local.txt
	@echo "installing the models of the built-in engine (once)…"
	@$(PIP) --require-hashes -r requirements/local.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.local requirements/dev.txt
	@$(PIP) --require-hashes -r requirements/dev.txt
	@# Else the processes of the suite would do it beside each other.
	@$(BIN)/python -m compileall -q -j 0 $(VENV)/lib
	@touch $@

# Where it may not be installed, or cannot, tests go on without.
$(VENV)/.browser:
	@mkdir -p $(VENV)
	@if ! $(HAS_BROWSER) && test "$$(id -u)" = 0 && command -v apt-get >/dev/null; then \
	  echo "installing Chromium for the browser tests (once)…"; \
	  set -- install --no-install-recommends $(BROWSER); \
	  { $(APT) "$$@" || { $(APT) update && $(APT) "$$@"; }; } >/dev/null 2>&1; \
	fi; \
	if $(HAS_BROWSER); then touch $@; \
	else echo "browser tests will be skipped: there is no Chromium; see to it with: sudo apt-get install $(BROWSER)"; fi

# Without EXTRAS=local it is the same demo, whatever has been installed since.
demo: $(VENV)/.runtime $(EXTRAS:%=$(VENV)/.%) ## Start the hub, upload a photograph, enrich it, print the results, keep serving. EXTRAS=local: with models.
	@NEKOHUB_LOCAL_MODELS=$(if $(filter local,$(EXTRAS)),on,off) $(BIN)/nekohub demo $(ARGS)

run: $(VENV)/.runtime ## Start the hub.
	@$(BIN)/nekohub serve $(ARGS)

test: $(VENV)/.dev $(VENV)/.browser ## Run the whole suite.
	@$(BIN)/python -m pytest -n 4 --no-loadscope-reorder $(ARGS)

chaos: $(VENV)/.dev ## Kill the hub's processes a hundred times on each backend, see that nothing is lost.
	@$(BIN)/python -m tests.chaos $(ARGS)

fuzz: $(VENV)/.dev ## Send the hub ten thousand hostile requests, look at every answer.
	@$(BIN)/python -m tests.fuzz $(ARGS)

screenshots: $(VENV)/.dev $(VENV)/.browser ## Fill a hub, take the pictures of it that README shows.
	@$(BIN)/python -m tests.screenshots $(ARGS)

check: $(VENV)/.dev ## Format, lint, types, import walls, protos, generated files.
	@$(MAKE) --no-print-directory --jobs=2 --output-sync check-types check-rest

check-types:
	$(BIN)/mypy

check-rest:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/python protos/generate.py --check
	$(BIN)/python -m docs.generate --check

format: $(VENV)/.dev ## Put the code in shape.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

protos: $(VENV)/.dev ## Generate the stubs from protos/.
	$(BIN)/python protos/generate.py

docs: $(VENV)/.dev ## Write the generated tables of docs/ anew.
	$(BIN)/python -m docs.generate

bench: $(VENV)/.dev ## Measure, print the table of docs/performance.md.
	$(BIN)/python -m bench $(ARGS)

lock: $(VENV)/.dev ## Pin every dependency anew.
	cd requirements && for name in build runtime local dev; do \
	  src=../pyproject.toml; extra=; case $$name in build) src=build.in;; local) extra="--extra local --constraint runtime.txt --constraint build.txt";; dev) extra="--extra dev --constraint runtime.txt --constraint local.txt --constraint build.txt";; esac; \
	  CUSTOM_COMPILE_COMMAND="make lock" ../$(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host $$extra --output-file $$name.txt $$src; done

clean: ## Remove what was made, but no data.
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
