"""How the packaged face detector was made from a published one: ``python -m training.faces``."""
