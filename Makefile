.DEFAULT_GOAL := help
VENV := .venv
PY := $(VENV)/bin/python

help:  ## Show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12
.PHONY: help

assets:  ## Build the front end into web/static/dist, when its inputs changed
	@$(PY) -m web.frontend
messages:  ## Bring the message catalogues up to date; names what is untranslated
	@$(PY) -m web.catalogue
.PHONY: assets messages
shots:  ## Screenshots of the main pages of the Baton at URL, into .shots/ (PEOPLE="role:login:password ...")
	@$(PY) -m tests.support.shots $(or $(URL),http://127.0.0.1:$(or $(PORT),8000)) --people $(PEOPLE)
.PHONY: shots
