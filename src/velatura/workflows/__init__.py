"""Chains of stages: as documents, out of pictures, carried out, and checked."""
