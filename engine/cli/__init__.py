"""Commands without the web: parse, call a service, print; no rules."""
