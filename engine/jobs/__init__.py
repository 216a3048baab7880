"""Jobs: work outside the database to do now, deferred within the command that wants it."""
