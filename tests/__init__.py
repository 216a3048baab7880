"""All tests of Baton; `tests.support` holds what several of them need."""
