"""Attacks on a running server: those that befell others, tried on one's own.

``velatura doctor --security`` runs them and says which were withstood.
"""

from __future__ import annotations

from velatura.server.attacks.client import Target
from velatura.server.attacks.table import ATTACKS, Attack, Finding, attack

__all__ = ["ATTACKS", "Attack", "Finding", "Target", "attack"]
