"""Decision tables (DMN): read, compiled to one sandbox expression a table, evaluated."""
