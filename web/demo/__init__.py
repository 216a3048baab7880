"""The demo: two packs, people of several departments, and months of history lived through."""
