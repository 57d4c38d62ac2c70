"""Request and model to steps and pictures."""
