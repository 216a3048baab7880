"""Who works, when, and what they may do; and whom they serve."""
