"""Pixels to more pixels."""
