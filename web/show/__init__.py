"""What pages show: pure functions from what services return to what templates write."""
