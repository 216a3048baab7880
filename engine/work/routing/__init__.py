"""Who gets a new work item: one strategy a file."""
