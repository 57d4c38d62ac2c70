"""The studio over HTTP: our own interface, and those that other programs already speak."""

from __future__ import annotations

from velatura.server.app import create_app
from velatura.server.config import Bounds, ServerConfig

__all__ = ["Bounds", "ServerConfig", "create_app"]
