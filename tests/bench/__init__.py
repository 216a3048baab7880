"""What `make bench` measures, all in one run: figures are ratios on this machine, now."""
