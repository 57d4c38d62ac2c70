"""Faces: found, brought into a standard pose, restored, and put back."""
