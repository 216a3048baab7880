"""Promises: standards with a number, and the clocks that measure them on each case."""
