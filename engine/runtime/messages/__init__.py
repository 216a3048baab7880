"""What comes from outside, or by the clock: messages, signals, and what starts cases by itself."""
