"""Decisions of a journey (DMN) made on a case's data, with the rules that were hit."""
