"""Programs call here: the REST API."""
