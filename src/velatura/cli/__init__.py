"""Words at a terminal."""
