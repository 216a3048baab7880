"""Baton's engine: everything a service journey needs, without the web."""
