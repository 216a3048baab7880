.DEFAULT_GOAL := help
VENV := .venv
PY := $(VENV)/bin/python
PYTHON ?= python3
export PIP_DISABLE_PIP_VERSION_CHECK = 1

help:  ## Show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/run.stamp assets  ## Set everything up and serve the demo on 127.0.0.1:8000 (PORT=…)
	@$(VENV)/bin/baton demo

test: $(VENV)/test.stamp assets browser  ## Run the default tests (under 15 minutes)
	@$(PY) -m pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)

deep: $(VENV)/test.stamp  ## Run the property tests of drawings and tokens with thousands of examples
	@BATON_LONG=1 $(PY) -m pytest tests/integration/intake tests/integration/runtime $(ARGS)

check: $(VENV)/test.stamp  ## Lint, types and arrows, in seconds
	@$(VENV)/bin/ruff check engine web tests
	@$(VENV)/bin/mypy engine
	@$(VENV)/bin/lint-imports --no-cache | tail -n 3

bench: $(VENV)/test.stamp  ## Measure (prints one table; sections: make bench ARGS="engine http", docs/performance.md)
	@$(PY) -m tests.bench $(ARGS)

faults: $(VENV)/test.stamp assets  ## Kill -9 under load, 200 times a database, and account for it (ARGS="--seed 2")
	@$(PY) -m tests.faults $(ARGS)

assets: $(VENV)/run.stamp  ## Build the front end into web/static/dist, when its inputs changed
	@$(PY) -m web.frontend

messages: $(VENV)/run.stamp  ## Bring the message catalogues up to date; names what is untranslated
	@$(PY) -m web.catalogue

revision: $(VENV)/test.stamp  ## Write the next migration from what tables.py files say: M="What it is for"
	@$(PY) -m tests.support.revision "$(M)"

shots: $(VENV)/test.stamp assets browser  ## Screenshots of the main pages of the demo at PORT, into .shots/
	@$(PY) -m tests.support.shots $(or $(URL),http://127.0.0.1:$(or $(PORT),8000)) \
		--people $(or $(PEOPLE),designer:dana:relay-race-26 staff:sam:relay-race-26 manager:max:relay-race-26 administrator:admin:relay-race-26)

readme-images: $(VENV)/test.stamp browser  ## Take the README's pictures from the demo at PORT
	@$(PY) -m tests.support.readme_images http://127.0.0.1:$(or $(PORT),8000)

browser: $(VENV)/test.stamp
	@$(PY) -m tests.support.browser

clean:  ## Remove what was built; the demo's data in .demo stays
	@rm -rf $(VENV) web/static/dist web/assets/node_modules build *.egg-info

$(VENV)/bin/python:
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: pyproject.toml constraints.txt | $(VENV)/bin/python
	@$(PY) -m pip install -q -c constraints.txt -e .
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp
	@$(PY) -m pip install -q -c constraints.txt -e ".[test]"
	@touch $@

.PHONY: help demo test deep check bench assets messages revision shots readme-images browser clean faults
