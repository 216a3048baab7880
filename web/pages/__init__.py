"""One module an area: each view has one access marker and works through services()."""
