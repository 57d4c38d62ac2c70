"""Velatura measured: against its bars, and against diffusers, on the machine at hand."""
