"""The ground: database, time, settings, ids, idempotency, the sweep."""
