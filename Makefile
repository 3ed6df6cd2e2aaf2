# Needs Python 3.11 or later, make and pip. Everything is installed into .venv, nothing outside it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
# A Python named by the caller is meant; the default is only a first guess.
CANDIDATES := $(PYTHON) $(if $(filter file,$(origin PYTHON)),python3.14 python3.13 python3.12 python3.11 python)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test notebooks browser check docs

help:
	@echo 'make demo    invent a small world of tips, count it and show the ledger'
	@echo 'make test    the everyday tests, with every example of the docs'
	@echo 'make check   lint, format, types and the layers of the package'
	@echo 'make notebooks  the notebooks, from top to bottom'
	@echo 'make browser    the report, opened in Chromium, which has to be there'
	@echo 'make docs    the documentation, into site/, with its pictures and its links checked'
	@echo
	@echo 'PYTHON=...   the Python that makes .venv (3.11 or later; default $(PYTHON))'
	@echo 'ARGS=...     passed on to the demo or to pytest'

demo: $(VENV)/.demo
	@$(BIN)/tipline-outcomes demo $(ARGS)

# The examples of one page build on each other, so they run one after another, apart from the tests.
test: $(VENV)/.tests
	$(BIN)/python -m pytest src docs README.md --quiet
	$(BIN)/python -m pytest tests -n auto -m "not slow and not spark and not browser and not notebooks" $(ARGS)

notebooks: $(VENV)/.notebooks
	$(BIN)/python -m pytest tests/notebooks $(ARGS)

# It opens the site that `make docs` has left.
browser: $(VENV)/.browser
	$(BIN)/python -m pytest tests/browser -m browser $(ARGS)

check: $(VENV)/.lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy src $(wildcard tests/typing)
	$(BIN)/basedpyright --pythonpath $(BIN)/python src $(wildcard tests/typing)
	$(BIN)/lint-imports --no-logo

# Every picture first, then the site by both builders, from the same files, each checked as it was built.
# Material's note on its own end is answered at the top of mkdocs.yml.
docs: $(VENV)/.docs
	$(BIN)/python tests/test_docs_diagram.py
	$(BIN)/python .ci/pictures.py
	rm -rf site
	$(BIN)/zensical build --strict --clean
	$(BIN)/python .ci/site.py
	rm -rf site
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	$(BIN)/python .ci/site.py

$(VENV)/.made:
	@if [ ! -x $(BIN)/python ]; then \
	  for candidate in $(CANDIDATES); do \
	    if $$candidate -c '$(NEW_ENOUGH)' >/dev/null 2>&1; then found=$$candidate; break; fi; \
	  done; \
	  if [ -z "$$found" ]; then \
	    echo "tipline-outcomes needs Python 3.11 or later; '$(PYTHON)' is $$($(PYTHON) --version 2>/dev/null || echo missing)." >&2; \
	    echo "Name another one with: make PYTHON=/path/to/python3" >&2; \
	    exit 1; \
	  fi; \
	  echo "Making $(VENV) with $$found ($$($$found --version))"; \
	  $$found -m venv $(VENV) >/dev/null 2>&1 || { \
	    $$found -m venv --clear --without-pip $(VENV) && \
	    $$found -m pip --python $(BIN)/python install --quiet pip; \
	  } || { rm -rf $(VENV); echo "Could not make $(VENV): '$$found' needs its venv and pip modules." >&2; exit 1; }; \
	elif ! $(BIN)/python -c '$(NEW_ENOUGH)'; then \
	  echo "$(VENV) holds $$($(BIN)/python --version); remove it, and make will build it with Python 3.11 or later." >&2; \
	  exit 1; \
	fi
	@# Dependency groups need pip 25.1.
	@$(PIP) install --upgrade pip
	@touch $@

$(VENV)/.demo: pyproject.toml $(VENV)/.made
	@echo 'Installing the package and its command line'
	@$(PIP) install --editable '.[cli]'
	@touch $@

$(VENV)/.tests: pyproject.toml $(VENV)/.made
	@echo 'Installing what the tests need'
	@$(PIP) install --editable '.[cli,testing,geo,report]' --group tests
	@touch $@

$(VENV)/.notebooks: pyproject.toml $(VENV)/.made
	@echo 'Installing what runs notebooks'
	@$(PIP) install --editable '.[cli,testing,geo,report]' --group notebooks
	@touch $@

$(VENV)/.browser: pyproject.toml $(VENV)/.made
	@echo 'Installing what drives the browser'
	@$(PIP) install --editable '.[cli,testing,geo,report]' --group browser
	@touch $@

$(VENV)/.lint: pyproject.toml $(VENV)/.made
	@echo 'Installing what the checks need'
	@$(PIP) install --editable '.[cli,testing,geo,report]' --group lint --group tests
	@touch $@

$(VENV)/.docs: pyproject.toml $(VENV)/.made
	@echo 'Installing what the documentation needs'
	@$(PIP) install --editable '.[cli,testing,geo,report]' --group docs --group tests
	@touch $@
