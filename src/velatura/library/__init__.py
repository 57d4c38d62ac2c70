"""Pictures on disk."""
