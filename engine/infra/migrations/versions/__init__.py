"""The revisions of the schema, in order; a file that has landed on main never changes."""
