"""The version, written once: packaging, infotext and ``velatura --version`` read it here."""

__version__ = "0.1.0"

PIXELS = 1
"""Raised whenever a request comes to give other pixels than before: what was kept is made anew."""
