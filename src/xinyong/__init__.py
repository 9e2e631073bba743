"""xinyong."""
