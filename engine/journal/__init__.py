"""The journal: every fact that happened, append-only (law 3)."""
