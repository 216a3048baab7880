.DEFAULT_GOAL := help
VENV := .venv
PY := $(VENV)/bin/python

help:  ## Show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12
.PHONY: help
