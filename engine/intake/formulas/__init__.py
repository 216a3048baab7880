"""Expressions of other engines (JUEL, FEEL), parsed and written as Python for the sandbox."""
