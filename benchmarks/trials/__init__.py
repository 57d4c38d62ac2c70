"""Programs that measure one thing each, in a process of their own, and print it as JSON."""
