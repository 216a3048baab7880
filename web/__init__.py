"""Baton in the browser: pages, forms, the REST API; it uses services, never tables."""
