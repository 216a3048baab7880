"""One deed on many cases: stored runs, done case by case by whoever works."""
