"""The text and data that a picture file carries."""
