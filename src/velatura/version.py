"""The version, written once: packaging, infotext and ``velatura --version`` read it here."""

__version__ = "0.1.0"
